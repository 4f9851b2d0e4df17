"""What every way into a shared draft has in common: who acts, which draft is meant, what is said afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import discord
from discord import app_commands

from bot import texts
from bot.delivery.cards import message_url
from bot.drafts.edits import Edit
from bot.drafts.people import Person
from bot.drafts.reading import UnknownDraft
from bot.drafts.service import Applied
from bot.errors import Refusal
from bot.upstream.families import family_of
from bot.upstream.requests import VideoRequest
from cogs.choices import NAME_MAX_CHARS
from cogs.people import is_moderator, member_from, member_of
from cogs.ui import announce, say
from storage.draft_records import ChangeKind, Draft, DraftId, DraftState

Interaction = discord.Interaction[Any]
P = ParamSpec("P")


class NoDraftHere(Refusal):
    """No draft was named, and the channel has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Something was pressed or chosen on a draft's card or on a panel about it.

    Attributes:
        extra: What the custom id says beside the draft.
        values: What was chosen, where it is a menu.
    """

    interaction: Interaction
    draft_id: DraftId
    extra: str = ""
    values: tuple[Any, ...] = ()


class DraftName(app_commands.Transformer):
    """A draft of the server, by its id; members choose it by its title."""

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[app_commands.Choice[Any]]:
        """Offer the drafts that whoever types can see."""
        found = await interaction.client.services.drafts.of_server(interaction.guild_id or 0)
        return [
            app_commands.Choice(name=_choice_name(draft), value=draft.id)
            for draft in found
            if str(value).casefold() in _choice_name(draft).casefold() and _may_know(interaction, draft)
        ]

    async def transform(self, _interaction: Interaction, value: Any, /) -> str:
        """Pass the words on; whether they name a draft is told by :func:`draft_named`."""
        return str(value)


def person_of(interaction: Interaction) -> Person:
    """Return whoever interacts; moderators of a draft are those who may manage messages or the server."""
    moderates = interaction.permissions.manage_messages or is_moderator(interaction)
    return Person(member=member_of(interaction), is_moderator=moderates, interaction_id=interaction.id)


def person_from(member: discord.Member) -> Person:
    """Return somebody whom a change is about."""
    return Person(member=member_from(member, guild_id=member.guild.id))


async def draft_named(interaction: Interaction, draft: str | None) -> Draft:
    """Return the named draft; without a name, the one edited last of those open in this channel.

    Raises:
        UnknownDraft: There is none that whoever interacts can see.
        NoDraftHere: None was named, and none is open here.
    """
    if draft is not None:
        found = await draft_with(interaction, DraftId(draft.strip()))
        if not _may_know(interaction, found):
            raise UnknownDraft(texts.DRAFT_UNKNOWN)
        return found
    return (await drafts_here(interaction))[0]


async def drafts_here(interaction: Interaction) -> Sequence[Draft]:
    """Return the open drafts of this channel, the one edited last first; one at least.

    Raises:
        NoDraftHere: There are none.
    """
    here: Sequence[Draft] = await interaction.client.services.drafts.open_in(interaction.channel_id or 0)
    if not here:
        raise NoDraftHere(texts.DRAFT_NONE_HERE, hint=texts.DRAFT_NONE_HERE_HINT)
    return here


async def draft_with(interaction: Interaction, draft_id: DraftId) -> Draft:
    """Return a draft of this server.

    Raises:
        UnknownDraft: There is none with this id.
    """
    found: Draft = await interaction.client.services.drafts.get(draft_id, guild_id=interaction.guild_id or 0)
    return found


async def change(
    interaction: Interaction,
    draft_id: DraftId,
    how: Callable[Concatenate[Draft, Person, P], Edit | None],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Applied:
    """Change a draft in the name of whoever interacts.

    Raises:
        Refusal: It cannot be changed so; says why.
    """
    applied: Applied = await interaction.client.services.drafts.apply(
        draft_id, how, person_of(interaction), *args, **kwargs
    )
    return applied


async def change_and_say(
    interaction: Interaction,
    draft_id: DraftId,
    how: Callable[Concatenate[Draft, Person, P], Edit | None],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Change a draft in the name of whoever interacts, and tell them.

    Raises:
        Refusal: It cannot be changed so; says why.
    """
    await say(interaction, words_for(await change(interaction, draft_id, how, *args, **kwargs)))


def require_possible(*, model: str, duration: int, ratio: str | None) -> None:
    """Refuse options that the model does not have, before anybody approves them.

    Raises:
        InvalidRequest: Names every fault.
    """
    body = {"model": model, "prompt": texts.DRAFT_UNTITLED, "duration": duration, "ratio": ratio}
    VideoRequest.parse(body, family=family_of(model))


def words_for(applied: Applied) -> str:
    """Return what somebody is told about their change."""
    if applied.edit is None:
        return texts.DRAFT_UNCHANGED
    if applied.after.state is DraftState.DECIDED:
        return texts.DRAFT_HANDED_OVER
    if applied.edit.kind is ChangeKind.LOCK_DRAFT and applied.after.locking_moderator_id is not None:
        return texts.DRAFT_LOCKED_FOR_ALL
    part = texts.SLOTS[applied.edit.slot] if applied.edit.slot else ""
    return texts.DRAFT_DONE[applied.edit.kind].format(slot=part)


async def announce_owner(interaction: Interaction, applied: Applied) -> None:
    """Let the channel know, once, that a draft was handed over; after the answer."""
    if applied.is_repeated:
        return
    # Without its title: the draft may lie in a channel that not everybody here can see.
    text = texts.DRAFT_NEW_OWNER.format(
        giver_id=interaction.user.id, owner_id=applied.after.owner_id, link=draft_link(applied.after) or ""
    )
    await announce(interaction, text.strip())


def can_see(interaction: Interaction, channel_id: int) -> bool:
    """Whether whoever interacts may look into a channel of this server, as far as we know."""
    if channel_id == interaction.channel_id:
        return True
    channel = interaction.guild.get_channel_or_thread(channel_id) if interaction.guild else None
    if channel is None or not isinstance(interaction.user, discord.Member):
        return False
    if isinstance(channel, discord.Thread) and (channel.is_private() or channel.parent is None):
        return False
    return channel.permissions_for(interaction.user).view_channel


def draft_link(draft: Draft) -> str | None:
    """Return a link to a draft's card; None while it has none."""
    if draft.card_id is None:
        return None
    url = message_url(draft.guild_id, draft.channel_id, draft.card_id)
    return texts.DRAFT_CARD_LINK.format(url=url)


def _may_know(interaction: Interaction, draft: Draft) -> bool:
    """Whether a draft is shown to whoever interacts: also those who have to end it where its channel is deleted."""
    is_theirs = draft.owner_id == interaction.user.id
    return is_theirs or is_moderator(interaction) or can_see(interaction, draft.channel_id)


def _choice_name(draft: Draft) -> str:
    state = texts.DRAFT_STATES[draft.state]
    title = draft.title[: NAME_MAX_CHARS - len(texts.DRAFT_CHOICE) - len(state)]
    return texts.DRAFT_CHOICE.format(title=title, state=state)
