"""Links to files on Discord, kept alive: they are signed and die after about a day.

A link that came with a message is made fresh by reading that message again. One that came with a command belongs to no
message; when it has died, the file must be attached again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from bot import texts
from bot.clock import Clock
from bot.delivery.plain_text import plain_text
from bot.delivery.sender import ChannelClosed, MessageGone, MessageRejected, Sender
from bot.errors import Refusal
from storage.records import Medium

# A link must live until the video API has fetched it, which it does at some time while a task is queued.
MUST_LIVE = timedelta(hours=1)


class OriginalGone(Refusal):
    """Files can no longer be fetched from Discord; the person has to attach them again.

    Attributes:
        names: Theirs, as their owners wrote them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        shown = ", ".join(plain_text(name, max_chars=100) for name in names)
        super().__init__(texts.ORIGINAL_GONE.format(names=shown), hint=texts.ORIGINAL_GONE_HINT)
        self.names = names


class Links:
    """Makes links fresh.

    Args:
        sender: Reads messages.
        clock: The source of time.
    """

    def __init__(self, sender: Sender, *, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock

    async def fresh(self, media: Sequence[Medium]) -> tuple[str, ...]:
        """Return a link for each file that lives long enough, in the same order.

        Raises:
            OriginalGone: Names every file that cannot be had any more.
            DiscordUnavailable: Discord gives no usable answer; try again.
        """
        links = [await self._fresh(medium) for medium in media]
        gone = [medium.name for medium, link in zip(media, links, strict=True) if link is None]
        if gone:
            raise OriginalGone(gone)
        return tuple(link for link in links if link is not None)

    async def _fresh(self, medium: Medium) -> str | None:
        dies_at = expires_at(medium.url)
        now = self._clock.now()
        if dies_at is None or dies_at - now > MUST_LIVE:
            return medium.url
        again = await self._again(medium)
        if again is None and dies_at > now:
            return medium.url
        return again

    async def _again(self, medium: Medium) -> str | None:
        if medium.channel_id is None or medium.message_id is None:
            return None
        try:
            links = await self._sender.attachment_links(medium.channel_id, medium.message_id)
        except (MessageGone, ChannelClosed, MessageRejected):
            return None
        return links.get(attachment_id(medium.url))


def expires_at(url: str) -> datetime | None:
    """Return when a Discord link dies, from its ``ex`` (seconds since 1970, hexadecimal); None if it says nothing.

    Source: Discord's docs, "Signed Attachment CDN URLs".
    """
    values = parse_qs(urlsplit(url).query).get("ex", [])
    try:
        return datetime.fromtimestamp(int(values[0], 16), UTC) if values else None
    except (ValueError, OverflowError, OSError):
        return None


def attachment_id(url: str) -> int:
    """Return the id of the attachment a Discord link leads to (``…/<attachment id>/<file name>``), else 0."""
    parts = urlsplit(url).path.split("/")
    return int(parts[-2]) if len(parts) > 2 and parts[-2].isdigit() else 0
