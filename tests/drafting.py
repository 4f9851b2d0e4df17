"""What members do with a shared draft, as steps for tests."""

import asyncio
from collections.abc import Callable
from typing import Any

import discord
from simcord import InteractionResult, MemberActor

from bot import texts
from bot.delivery import custom_ids
from simulated import WAIT_S, Simulated
from storage.draft_records import Draft, DraftId, Slot


async def open_draft(simulated: Simulated, member: MemberActor, **options: Any) -> discord.Message:
    """Open a draft in the channel and wait for its card, until the draft knows it too."""
    named = {"title": "Regatta"} | options
    await member.slash(simulated.channel, "draft new", **named)
    card = await draft_card(simulated, lambda words: named["title"] in words)
    async with asyncio.timeout(WAIT_S):
        while (await draft_of(simulated, card)).card_id is None:
            await asyncio.sleep(0)
    return card


async def draft_card(
    simulated: Simulated, shows: Callable[[str], bool] = lambda _words: True
) -> discord.Message:
    """Wait for the newest draft's card to show something."""
    return await simulated.until(lambda: _newest_card(simulated, shows))


async def draft_of(simulated: Simulated, card: discord.Message) -> Draft:
    """The draft of a card as it is written now."""
    draft_id = DraftId((card.embeds[0].footer.text or "").split()[-1])
    return await simulated.application.services.drafts.get(draft_id, guild_id=simulated.guild.id)


async def press(
    simulated: Simulated, member: MemberActor, card: discord.Message, action: str, *values: str
) -> InteractionResult:
    """Press a button of a card, or choose from one of its menus."""
    draft = await draft_of(simulated, card)
    key = custom_ids.draft_custom_id(action, draft.id)
    if values:
        return await member.select(card, values, custom_id=key)
    [shown] = [one for one in _custom_ids(card) if one.split(":")[:2] == key.split(":")]
    return await member.click(card, custom_id=shown)


async def press_part(
    simulated: Simulated, member: MemberActor, card: discord.Message, slot: Slot
) -> InteractionResult:
    """Press the button of a part, which opens its form."""
    draft = await draft_of(simulated, card)
    key = custom_ids.draft_custom_id(custom_ids.DRAFT_SLOT, draft.id)
    return await member.click(card, custom_id=f"{key}:{slot}")


async def write(
    simulated: Simulated, member: MemberActor, card: discord.Message, slot: Slot, text: str
) -> InteractionResult:
    """Write a part of a draft by its button."""
    form = await press_part(simulated, member, card, slot)
    return await member.submit_modal(form, {"text": text})


def _newest_card(simulated: Simulated, shows: Callable[[str], bool]) -> discord.Message | None:
    footer = texts.DRAFT_FOOTER.format(draft_id="")
    for message in reversed(simulated.channel.history()):
        for embed in message.embeds:
            if (embed.footer.text or "").startswith(footer):
                return message if shows(str(embed.to_dict())) else None
    return None


def _custom_ids(card: discord.Message) -> list[str]:
    rows = [row for row in card.components if isinstance(row, discord.ActionRow)]
    return [getattr(item, "custom_id", None) or "" for row in rows for item in row.children]
