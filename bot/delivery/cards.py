"""The card: the one message in the channel that tells everything about a generation. Pure.

Whoever edits the card shows it whole again, so an edit may be repeated. Prompts and reasons are other people's words
and pass :func:`plain_text`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import discord

from bot import texts
from bot.delivery.custom_ids import AGAIN, CANCEL, DELETE, FORK, REMIX, custom_id
from bot.delivery.plain_text import plain_text
from bot.delivery.progress import Progress
from bot.upstream.families import find_model
from bot.upstream.requests import VideoRequest
from storage.draft_records import Slot
from storage.records import Contributor, Generation, GenerationId, Medium, State

PROMPT_MAX_CHARS = 2000
PROMPT_MAX_LINES = 30
# Fifteen names fit an embed field of 1,024 characters.
NAME_MAX_CHARS = 50
REASON_MAX_CHARS = 500
CONTRIBUTORS_MAX_CHARS = 1024
PAYERS_MAX_CHARS = 200
# The 80 characters of a draft's title, with some marks that make them harmless.
DRAFT_TITLE_MAX_CHARS = 100
# Discord refuses a link button above this; https://discord.com/developers/docs/components/reference#button
LINK_MAX_CHARS = 512
# Fits an embed's 4,096 characters beside the longest prompt and our own short reasons.
TEXT_LINK_MAX_CHARS = 2500
PROMPT_BESIDE_LINK_MAX_CHARS = 300

# Nobody should be led to ask again where the first one may still come through, or may have cost something.
_REPEATABLE = frozenset({State.DELIVERED, State.CANCELLED, State.REFUSED, State.FAILED})

GREY, BLUE, GREEN, RED, AMBER = 0x8A8F98, 0x3E7BFA, 0x2DA562, 0xD1453B, 0xD99A1C


@dataclass(frozen=True, slots=True)
class Card:
    """What a message shows: an embed, its buttons and its menus."""

    embed: discord.Embed
    buttons: tuple[discord.ui.Button[discord.ui.View], ...]
    menus: tuple[discord.ui.Select[discord.ui.View], ...] = ()

    def without_actions(self) -> "Card":
        """Return the card with its links alone, for where it cannot be acted upon."""
        return replace(self, buttons=tuple(button for button in self.buttons if button.url), menus=())

    def view(self) -> discord.ui.View:
        """Return buttons and menus as discord.py sends them.

        The view is stopped: presses are handled by ``DynamicItem`` classes, after a restart too, so discord.py must
        not keep a copy for each card.
        """
        view = discord.ui.View(timeout=None)
        for item in (*self.menus, *self.buttons):
            view.add_item(item)
        view.stop()
        return view


def card_for(generation: Generation, *, progress: Progress | None = None, note: str | None = None) -> Card:
    """Return the card of a generation as it is written now.

    Args:
        generation: What to show.
        progress: How far it is, while the API works on it.
        note: Said instead of the usual explanation of its state.
    """
    request = VideoRequest.from_stored(generation.request)
    embed = discord.Embed(
        title=texts.HEADLINES[generation.state],
        description=_description(generation, request, note),
        colour=_colour(generation.state),
    )
    model = find_model(generation.model)
    embed.add_field(name=texts.FIELD_MODEL, value=model.label if model else generation.model)
    embed.add_field(name=texts.FIELD_MODE, value=texts.MODES[request.mode])
    embed.add_field(
        name=texts.FIELD_FORMAT,
        value=texts.FORMAT.format(seconds=request.duration_s, ratio=request.shown_ratio),
    )
    if generation.price_credits:
        embed.add_field(name=texts.FIELD_COST, value=_cost_text(generation))
    embed.add_field(name=texts.FIELD_ASKER, value=f"<@{generation.asker_id}>")
    embed.add_field(name=texts.FIELD_ASKED, value=discord.utils.format_dt(generation.asked_at, "R"))
    if generation.state is State.DELIVERED:
        embed.add_field(name=texts.FIELD_TOOK, value=took_text(generation))
    if generation.media:
        embed.add_field(name=texts.FIELD_MEDIA, value=_media_text(generation.media), inline=False)
    if generation.contributors:
        made_by = contributors_text(generation.contributors, max_chars=CONTRIBUTORS_MAX_CHARS)
        name = texts.FIELD_CONTRIBUTORS if len(generation.contributors) > 1 else texts.FIELD_CONTRIBUTOR
        embed.add_field(name=name, value=made_by, inline=False)
    if generation.draft_title is not None:
        embed.add_field(
            name=texts.FIELD_DRAFT, value=_draft_text(generation, generation.draft_title), inline=False
        )
    if generation.parent_id is not None:
        name = texts.FIELD_PARENT if generation.draft_id is None else texts.FIELD_ORIGIN
        embed.add_field(name=name, value=_parent_text(generation, generation.parent_id))
    if progress is not None and generation.state in (State.QUEUED, State.PROCESSING):
        embed.add_field(name=texts.FIELD_PROGRESS, value=_progress_text(progress), inline=False)
    embed.set_footer(text=texts.FOOTER.format(generation_id=generation.id))
    return Card(embed=embed, buttons=_buttons(generation))


def message_url(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """Return where a message is; the server is None for direct messages."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"


def took_text(generation: Generation) -> str:
    """Return how long a generation took, from the question to the finished video."""
    ended_at = generation.ended_at or generation.asked_at
    minutes, seconds = divmod(max(0, round((ended_at - generation.asked_at).total_seconds())), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def contributors_text(contributors: Sequence[Contributor], *, max_chars: int) -> str:
    """Return who made something together and which parts they wrote; some at the end only counted, if need be."""
    people = [f"<@{it.member_id}> {_parts_text(it)}" for it in contributors]
    return listed(people, separator=" · ", max_chars=max_chars)


def _parts_text(contributor: Contributor) -> str:
    parts = [
        *(texts.SLOTS[Slot(slot)].lower() for slot in contributor.slots),
        *(texts.MEDIA_FIELDS[field] for field in contributor.fields),
    ]
    return ", ".join(parts) or texts.BROUGHT_FILES


def listed(items: Sequence[str], *, separator: str, max_chars: int) -> str:
    """Return as many items as fit, and how many more there are."""
    whole = separator.join(items)
    if len(whole) <= max_chars:
        return whole
    for count in range(len(items) - 1, 0, -1):
        more = texts.LIST_MORE.format(count=len(items) - count)
        shown = separator.join([*items[:count], more])
        if len(shown) <= max_chars:
            return shown
    return texts.LIST_MORE.format(count=len(items))


def _description(generation: Generation, request: VideoRequest, note: str | None) -> str:
    long_link = _long_link(generation)
    paragraphs = [
        _quoted(request.prompt, max_chars=PROMPT_BESIDE_LINK_MAX_CHARS if long_link else PROMPT_MAX_CHARS)
    ]
    if generation.reason:
        paragraphs.append(f"**{texts.REASON}:** {plain_text(generation.reason, max_chars=REASON_MAX_CHARS)}")
    explanation = note or texts.EXPLANATIONS.get(generation.state)
    if generation.state is State.UNDELIVERABLE:
        explanation = _where_it_is(generation)
    if explanation:
        paragraphs.append(explanation)
    if generation.state is State.DELIVERED and generation.file_bytes is None:
        paragraphs.append(texts.LINK_INSTEAD)
    if generation.state is State.DELIVERED and generation.copy_max_bytes is not None:
        paragraphs.append(texts.SMALLER_COPY)
    paragraphs.extend(long_link)
    return "\n\n".join(paragraphs)


def _where_it_is(generation: Generation) -> str:
    """Where to get a video that could not be brought: only what is true of this one."""
    ways = [
        *([texts.UNDELIVERABLE_KEPT] if generation.file_bytes is not None else []),
        *([texts.UNDELIVERABLE_LINKED] if generation.video_url is not None else []),
    ]
    where = " ".join(ways) or texts.UNDELIVERABLE_ELSEWHERE
    return f"{where} {texts.NOT_CHARGED}" if _took_nothing(generation) else where


def _cost_text(generation: Generation) -> str:
    credits = texts.credits_text(generation.price_credits)
    if generation.refunded_at is not None:
        return texts.COST_GIVEN_BACK.format(credits=credits)
    if _took_nothing(generation):
        return texts.COST_NOTHING
    return _paid_text(generation, credits)


def _paid_text(generation: Generation, credits: str) -> str:
    """What it costs and who pays, where that is not the asker alone."""
    match generation.payers:
        case ():
            return credits
        case (payer,) if payer.member_id == generation.asker_id:
            return credits
        case (payer,):
            return texts.COST_PAID_BY.format(credits=credits, member_id=payer.member_id)
    shares = [
        texts.DRAFT_SHARE.format(member_id=payer.member_id, credits=payer.credits)
        for payer in generation.payers
    ]
    shared = listed(shares, separator=", ", max_chars=PAYERS_MAX_CHARS)
    return texts.COST_SHARED.format(credits=credits, shares=shared)


def _took_nothing(generation: Generation) -> bool:
    if generation.state is State.UNDELIVERABLE:
        return generation.file_bytes is None
    return generation.state in (State.CANCELLED, State.REFUSED, State.FAILED)


def _quoted(prompt: str, *, max_chars: int) -> str:
    lines = [line for line in prompt.splitlines() if line.strip()]
    shown = "\n".join([*lines[: PROMPT_MAX_LINES - 1], " ".join(lines[PROMPT_MAX_LINES - 1 :])])
    harmless = plain_text(shown, max_chars=max_chars) or texts.PROMPT_MISSING
    return "\n".join(f"> {line}" for line in harmless.splitlines())


def _long_link(generation: Generation) -> list[str]:
    """The link as text, where it is too long for a button but not for an embed."""
    url = generation.video_url
    if not _shows_link(generation) or url is None or len(url) <= LINK_MAX_CHARS:
        return []
    link = url.replace("(", "%28").replace(")", "%29")
    return (
        [texts.LINK_IS_TEMPORARY.format(url=link)]
        if len(link) <= TEXT_LINK_MAX_CHARS
        else [texts.LINK_TOO_LONG]
    )


def _media_text(media: Sequence[Medium]) -> str:
    names = [
        f"{texts.MEDIA_FIELDS[medium.field]}: {plain_text(medium.name, max_chars=NAME_MAX_CHARS)}"
        for medium in media
    ]
    return "\n".join(names)


def _draft_text(generation: Generation, draft_title: str) -> str:
    title = plain_text(draft_title, max_chars=DRAFT_TITLE_MAX_CHARS)
    if generation.draft_card_id is None:
        return texts.FROM_DRAFT.format(title=title)
    url = message_url(generation.guild_id, generation.channel_id, generation.draft_card_id)
    return texts.FROM_DRAFT_LINKED.format(title=title, url=url)


def _parent_text(generation: Generation, parent_id: GenerationId) -> str:
    if generation.parent_card_id is None:
        return texts.VIDEO_NUMBERED.format(generation_id=parent_id)
    url = message_url(generation.guild_id, generation.channel_id, generation.parent_card_id)
    return texts.PARENT_LINKED.format(url=url)


def _progress_text(progress: Progress) -> str:
    percent = round(progress.fraction * 100)
    if progress.ready_at is None:
        return texts.PROGRESS_SOON.format(bar=progress.bar, percent=percent)
    when = discord.utils.format_dt(progress.ready_at, "R")
    return texts.PROGRESS_ETA.format(bar=progress.bar, percent=percent, when=when)


def _shows_link(generation: Generation) -> bool:
    return generation.state in (State.DELIVERED, State.UNDELIVERABLE)


def _buttons(generation: Generation) -> tuple[discord.ui.Button[discord.ui.View], ...]:
    if generation.state in (State.ADMITTED, State.WAITING, State.PREPARING):
        return (_button(texts.BUTTON_CANCEL, CANCEL, generation),)
    buttons = []
    url = generation.video_url
    if _shows_link(generation) and url is not None and len(url) <= LINK_MAX_CHARS:
        buttons.append(discord.ui.Button[discord.ui.View](label=texts.BUTTON_OPEN, url=url))
    if generation.state in _REPEATABLE:
        buttons += [
            _button(texts.BUTTON_REMIX, REMIX, generation),
            _button(texts.BUTTON_AGAIN, AGAIN, generation),
            _button(texts.BUTTON_DELETE, DELETE, generation),
        ]
        if generation.guild_id is not None:
            buttons.append(_button(texts.BUTTON_FORK, FORK, generation))
    return tuple(buttons)


def _button(label: str, action: str, generation: Generation) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id(action, generation.id)
    )


def _colour(state: State) -> int:
    match state:
        case State.ADMITTED | State.WAITING | State.PREPARING | State.CANCELLED:
            return GREY
        case (
            State.SUBMITTING
            | State.QUEUED
            | State.PROCESSING
            | State.DOWNLOADING
            | State.DELIVERING
            | State.SHRINKING
        ):
            return BLUE
        case State.DELIVERED:
            return GREEN
        case State.REFUSED | State.FAILED:
            return RED
        case State.UNCERTAIN | State.STALLED | State.LOST | State.UNDELIVERABLE:
            return AMBER
        case _:
            assert_never(state)
