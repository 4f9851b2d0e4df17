"""The question before credits are taken, and the two buttons that answer it."""

import re
from typing import Any, ClassVar, Self

import discord

from bot import texts
from bot.delivery.custom_ids import LEAVE_IT, MAKE_IT, question_id, question_pattern
from bot.limits.reservations import Quote
from cogs.errors import errors_answered
from cogs.people import member_of
from cogs.ui import acknowledge_in_place, say
from storage.records import Generation

Interaction = discord.Interaction[Any]


async def say_admitted(
    interaction: Interaction, admitted: Generation | Quote, *, interaction_id: int
) -> None:
    """Say that a video is on its way, or ask whether it may cost what it would.

    Args:
        interaction: What is answered.
        admitted: What became of asking for it.
        interaction_id: Of the interaction that asked for it.
    """
    if not isinstance(admitted, Quote):
        await say(interaction, texts.ADMITTED)
        return
    view = discord.ui.View(timeout=None)
    for button in BUTTONS:
        view.add_item(button(interaction_id, admitted.price_credits))
    view.stop()  # presses come by the custom id, so discord.py must not keep a copy
    await say(interaction, _question(admitted), view=view)


class _AnswerButton:
    """What both answers share: they are made again from what was asked for and the price that was named."""

    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle]

    def __init__(self, interaction_id: int, price_credits: int) -> None:
        key = question_id(self.action, interaction_id=interaction_id, price_credits=price_credits)
        super().__init__(  # type: ignore[call-arg]  # the next class is always a DynamicItem
            discord.ui.Button(label=self.label, style=self.style, custom_id=key)
        )
        self._interaction_id = interaction_id
        self._price_credits = price_credits

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again."""
        return cls(int(match["interaction_id"]), int(match["price_credits"]))

    async def callback(self, interaction: Interaction) -> None:
        """Answer in the place of the question, whatever comes of it."""
        async with errors_answered(interaction):
            await acknowledge_in_place(interaction)
            await self.press(interaction)

    async def press(self, interaction: Interaction) -> None:
        """Do what the button says."""
        raise NotImplementedError


class MakeItButton(
    _AnswerButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=question_pattern(MAKE_IT)
):
    """Says yes to a price."""

    action, label, style = MAKE_IT, texts.BUTTON_MAKE_IT, discord.ButtonStyle.primary

    async def press(self, interaction: Interaction) -> None:
        """Have it made; or ask again, if its price has risen meanwhile."""
        admitted = await interaction.client.services.questions.accept(
            self._interaction_id, member=member_of(interaction), price_credits=self._price_credits
        )
        await say_admitted(interaction, admitted, interaction_id=self._interaction_id)


class LeaveItButton(
    _AnswerButton, discord.ui.DynamicItem[discord.ui.Button[Any]], template=question_pattern(LEAVE_IT)
):
    """Says no."""

    action, label, style = LEAVE_IT, texts.BUTTON_LEAVE_IT, discord.ButtonStyle.secondary

    async def press(self, interaction: Interaction) -> None:
        """Forget about it, unless it is being made already."""
        made = await interaction.client.services.questions.decline(
            self._interaction_id, member_id=interaction.user.id
        )
        await say(interaction, texts.ADMITTED if made else texts.LEFT)


BUTTONS = (MakeItButton, LeaveItButton)


def _question(quote: Quote) -> str:
    if quote.left_credits is None:
        return texts.QUESTION.format(price=texts.credits_text(quote.price_credits))
    return texts.QUESTION_OF.format(
        price_credits=quote.price_credits, left=texts.credits_text(quote.left_credits)
    )
