"""What is pressed on the card of a shared draft. Everything it needs stands in its custom id: it outlives a restart."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import discord

from bot import texts
from bot.delivery import custom_ids
from bot.drafts.deciding import add_variant, approve, require_vote_ready, vote
from bot.drafts.people import require_editor
from bot.drafts.service import Opening
from bot.upstream.requests import VideoRequest
from cogs import draft_forms, draft_panels
from cogs.choices import models_for
from cogs.draft_files import lasting, names_of, short_lived
from cogs.draft_panel_buttons import PANEL_PRESSES, price_of
from cogs.draft_words import prompt_shown
from cogs.drafting import Interaction, Press, change, change_and_say, draft_with, person_of, words_for
from cogs.errors import errors_answered
from cogs.ui import answering, require_permissions, say
from storage.draft_records import DraftId, Slot
from storage.records import GenerationId


async def _slot(press: Press) -> None:
    draft, person = await draft_with(press.interaction, press.draft_id), person_of(press.interaction)
    require_editor(draft, person)  # before anybody writes for nothing
    # Cards posted by an earlier version have a menu of the parts; they are not edited before their draft changes.
    form = draft_forms.slot_form(draft, person, Slot(press.extra or press.values[0]))
    await draft_forms.show_form(press.interaction, form)


async def _files(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    require_editor(draft, person_of(press.interaction))
    await draft_forms.show_form(press.interaction, draft_forms.files_form(draft))


async def _options(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    require_editor(draft, person_of(press.interaction))
    form = draft_forms.options_form(draft, await models_for(press.interaction))
    await draft_forms.show_form(press.interaction, form)


async def _suggestions(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    panel = draft_panels.suggestions_panel(draft, person_of(press.interaction))
    await say(press.interaction, embed=panel.embed, view=panel.view())


async def _undo(press: Press) -> None:
    async with answering(press.interaction):
        drafts = press.interaction.client.services.drafts
        applied = await drafts.undo(press.draft_id, person_of(press.interaction))
        await say(press.interaction, words_for(applied))


async def _preview(press: Press) -> None:
    async with answering(press.interaction):
        embed, files = prompt_shown(await draft_with(press.interaction, press.draft_id))
        await say(press.interaction, embed=embed, files=files)


async def _approve(press: Press) -> None:
    revision, _, price = press.extra.partition("-")
    async with answering(press.interaction):
        applied = await change(
            press.interaction,
            press.draft_id,
            approve,
            seen_revision=int(revision) if revision else None,
            seen_price=int(price) if price else None,
        )
        await say(press.interaction, words_for(applied) if applied.edit else texts.DRAFT_APPROVED_ALREADY)


async def _variant(press: Press) -> None:
    async with answering(press.interaction):
        await change_and_say(press.interaction, press.draft_id, add_variant)


async def _begin(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    require_vote_ready(draft, person_of(press.interaction))  # before anybody chooses a time for nothing
    await draft_forms.show_form(press.interaction, draft_forms.begin_form(draft.id))


async def _vote(press: Press) -> None:
    async with answering(press.interaction):
        await change_and_say(
            press.interaction,
            press.draft_id,
            vote,
            int(press.values[0]),
            now=press.interaction.created_at,
        )


async def _pay(press: Press) -> None:
    async with answering(press.interaction):
        draft = await draft_with(press.interaction, press.draft_id)
        price = await price_of(press.interaction, draft)
        panel = draft_panels.pay_panel(draft, person_of(press.interaction), price_credits=price)
        await say(press.interaction, embed=panel.embed, view=panel.view())


async def _more(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    panel = draft_panels.more_panel(draft, person_of(press.interaction))
    await say(press.interaction, embed=panel.embed, view=panel.view())


PRESSES: Mapping[str, Callable[[Press], Awaitable[None]]] = {
    custom_ids.DRAFT_SLOT: _slot,
    custom_ids.DRAFT_FILES: _files,
    custom_ids.DRAFT_OPTIONS: _options,
    custom_ids.DRAFT_SUGGESTIONS: _suggestions,
    custom_ids.DRAFT_UNDO: _undo,
    custom_ids.DRAFT_PREVIEW: _preview,
    custom_ids.DRAFT_APPROVE: _approve,
    custom_ids.DRAFT_VARIANT: _variant,
    custom_ids.DRAFT_BEGIN: _begin,
    custom_ids.DRAFT_VOTE: _vote,
    custom_ids.DRAFT_PAY: _pay,
    custom_ids.DRAFT_MORE: _more,
    **PANEL_PRESSES,
}


class DraftControl(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=rf"(?P<action>{'|'.join(PRESSES)}):{custom_ids.DRAFT_ID}(:(?P<extra>[a-z0-9-]+))?",
):
    """Anything on a draft's card or on a panel about it, made again from its custom id."""

    def __init__(self, item: discord.ui.Item[Any], *, action: str, draft_id: DraftId, extra: str) -> None:
        super().__init__(item)
        self._action = action
        self._draft_id = draft_id
        self._extra = extra

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make it again."""
        return cls(
            item,
            action=match["action"],
            draft_id=DraftId(match["draft_id"]),
            extra=match["extra"] or "",
        )

    async def callback(self, interaction: Interaction) -> None:
        """Do what it says, or say why not."""
        async with errors_answered(interaction):
            await PRESSES[self._action](
                Press(
                    interaction=interaction,
                    draft_id=self._draft_id,
                    extra=self._extra,
                    values=tuple(getattr(self.item, "values", ())),
                )
            )


class ForkButton(discord.ui.DynamicItem[discord.ui.Item[Any]], template=custom_ids.pattern(custom_ids.FORK)):
    """Opens a draft with what a finished video was made of."""

    def __init__(self, item: discord.ui.Item[Any], *, generation_id: GenerationId) -> None:
        super().__init__(item)
        self._generation_id = generation_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again."""
        return cls(item, generation_id=GenerationId(match["generation_id"]))

    async def callback(self, interaction: Interaction) -> None:
        """Open the draft here."""
        async with errors_answered(interaction), answering(interaction):
            require_permissions(interaction)
            services = interaction.client.services
            video = await services.generations.get(self._generation_id)
            files = await services.intake.files_of(
                video, member_id=interaction.user.id, guild_id=interaction.guild_id
            )
            await services.drafts.require_room(interaction.guild_id or 0)
            media = await lasting(interaction, [file.medium for file in files])
            opening = Opening(
                interaction_id=interaction.id,
                channel_id=interaction.channel_id or 0,
                title=VideoRequest.from_stored(video.request).prompt,
            )
            draft = await services.drafts.fork(video, media, opening, person_of(interaction))
            said = [texts.DRAFT_OPENED.format(channel_id=draft.channel_id)]
            if dying := short_lived(it.medium for it in draft.media):
                said.append(texts.DRAFT_FORK_FILES_A_DAY.format(names=names_of(dying)))
            await say(interaction, "\n".join(said))


CONTROLS = (DraftControl, ForkButton)
