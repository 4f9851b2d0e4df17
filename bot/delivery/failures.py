"""What may go wrong when Discord is asked for something, by what is certain then.

Nothing here repeats what Discord said: an answer may hold what somebody wrote.
"""

import discord

# Discord's JSON error codes (docs, "Opcodes and Status Codes").
_GONE = frozenset({10008})
_ARCHIVED = frozenset({50083})
_CLOSED = frozenset({10003, 10004, 50001, 50007, 50013, 50278, 160002, 160005})
_TOO_LARGE = frozenset({40005})


class SendFailed(Exception):
    """Discord did not do what was asked."""


class MessageGone(SendFailed):
    """The message was deleted."""


class ThreadArchived(MessageGone):
    """The message stands in an archived thread, where it cannot be edited; a new one opens the thread again."""


class ChannelClosed(SendFailed):
    """The channel is gone or the bot may not write there."""


class FileTooLarge(SendFailed):
    """Discord takes no file of this size here."""


class DiscordUnavailable(SendFailed):
    """No usable answer: it may or may not have happened. Safe to repeat, as everything here is."""


class MessageRejected(SendFailed):
    """Discord refuses what the message says; repeating does not help."""


def failure_of(error: discord.HTTPException) -> SendFailed:
    """Return what an answer of Discord means."""
    words = f"HTTP {error.status}, code {error.code}"
    if error.code in _GONE:
        return MessageGone(words)
    if error.code in _ARCHIVED:
        return ThreadArchived(words)
    if error.code in _TOO_LARGE or error.status == 413:
        return FileTooLarge(words)
    if error.code in _CLOSED:
        return ChannelClosed(words)
    if error.code == 0 and error.status in (403, 404):
        # Discord itself gives a code; without one, something on the way answered.
        return DiscordUnavailable(words)
    if error.status in (403, 404):
        return ChannelClosed(words)
    if error.status == 429 or error.status >= 500 or error.status == 401:
        return DiscordUnavailable(words)
    return MessageRejected(words)
