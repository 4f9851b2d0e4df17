"""The buttons of a card. What they act on stands in their custom id, so they work after a restart."""

import re
from typing import Any, ClassVar, Self

import discord

from bot import texts
from bot.delivery.custom_ids import AGAIN, CANCEL, DELETE, REMIX, custom_id, pattern
from bot.upstream.requests import VideoRequest
from cogs.asking import ask
from cogs.choices import models_for
from cogs.errors import errors_answered
from cogs.forms import Filled, WishForm, wish_from
from cogs.ui import answering, delete_message, say
from storage.records import Generation, GenerationId

Interaction = discord.Interaction[Any]


class _CardButton:
    """What all buttons of a card share: they are made again from the generation's id they carry."""

    action: ClassVar[str]

    def __init__(self, generation_id: GenerationId) -> None:
        super().__init__(  # type: ignore[call-arg]  # the next class is always a DynamicItem
            discord.ui.Button(custom_id=custom_id(self.action, generation_id))
        )
        self._generation_id = generation_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again."""
        return cls(GenerationId(match["generation_id"]))

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says, or say why not."""
        async with errors_answered(interaction):
            await self.press(interaction)

    async def press(self, interaction: Interaction) -> None:
        """Do what the button says."""
        raise NotImplementedError


class CancelButton(_CardButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=pattern(CANCEL)):
    """Stops a generation that has not been sent."""

    action = CANCEL

    async def press(self, interaction: Interaction) -> None:
        """Cancel."""
        async with answering(interaction):
            await interaction.client.services.generations.cancel(
                self._generation_id,
                member_id=interaction.user.id,
                card_id=interaction.message.id if interaction.message else None,
            )
            await say(interaction, texts.CANCEL_DONE)


class AgainButton(_CardButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=pattern(AGAIN)):
    """Asks for the same once more."""

    action = AGAIN

    async def press(self, interaction: Interaction) -> None:
        """Ask again, in the name of whoever pressed."""
        async with answering(interaction):
            parent = await interaction.client.services.generations.get(self._generation_id)
            request = VideoRequest.from_stored(parent.request)
            filled = Filled(
                prompt=request.prompt,
                model=request.model,
                duration=request.duration,
                ratio=request.ratio,
                files=(),
            )
            await _ask_from(parent, filled, interaction)


class RemixButton(_CardButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=pattern(REMIX)):
    """Opens a form with the prompt and options filled in; the files stay the same."""

    action = REMIX

    async def press(self, interaction: Interaction) -> None:
        """Open the form."""
        parent = await interaction.client.services.generations.get(self._generation_id)
        request = VideoRequest.from_stored(parent.request)

        async def ask_from_parent(submitted: Interaction, filled: Filled) -> None:
            await _ask_from(parent, filled, submitted)

        form = WishForm(
            title=texts.FORM_REMIX,
            on_done=ask_from_parent,
            models=await models_for(interaction),
            prompt=request.prompt,
            model=request.model,
            duration=request.duration_s,
            ratio=request.shown_ratio,
        )
        await interaction.response.send_modal(form)


class DeleteButton(_CardButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=pattern(DELETE)):
    """Deletes the card of a generation that is over."""

    action = DELETE

    async def press(self, interaction: Interaction) -> None:
        """Delete the message the button is on."""
        async with answering(interaction):
            await interaction.client.services.generations.forget_card(
                self._generation_id,
                member_id=interaction.user.id,
                may_moderate=interaction.permissions.manage_messages,
            )
            await delete_message(interaction)
            await say(interaction, texts.DELETED)


BUTTONS = (CancelButton, AgainButton, RemixButton, DeleteButton)


async def _ask_from(parent: Generation, filled: Filled, interaction: Interaction) -> None:
    files = await interaction.client.services.intake.files_of(
        parent, member_id=interaction.user.id, guild_id=interaction.guild_id
    )
    await ask(interaction, wish_from(interaction, filled, files=files, parent_id=parent.id))
