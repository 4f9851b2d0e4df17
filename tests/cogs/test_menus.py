"""The menus of a message take what it has, or what it forwards."""

from typing import Any

import discord
import pytest
from simcord import InteractionResult

import files
from bot import texts
from simulated import Simulated, reply_text
from storage.records import State

PICTURE = ("boat.png", files.picture())


async def forwarded(simulated: Simulated, *, content: str = "", **sent: Any) -> discord.Message:
    """A message of bob's from another channel, forwarded by alice."""
    elsewhere = simulated.guild.create_text_channel("harbour")
    message = await simulated.bob.send(elsewhere, content, **sent)
    return await simulated.alice.forward(message, simulated.channel)


async def submit(simulated: Simulated, form: InteractionResult) -> InteractionResult:
    assert form.modal is not None
    prompt = form.modal["components"][0]["component"]["custom_id"]
    return await simulated.alice.submit_modal(form, {prompt: "It sails"})


@pytest.mark.parametrize(
    ("menu", "field"), [(texts.MENU_ANIMATE, "first_image"), (texts.MENU_REFERENCE, "referenceImages")]
)
async def test_a_forwarded_picture_becomes_a_video(menu: str, field: str, simulated: Simulated) -> None:
    message = await forwarded(simulated, attachments=[PICTURE])
    form = await simulated.alice.context_menu(simulated.channel, menu, message)

    answer = await submit(simulated, form)

    await simulated.card(State.QUEUED)
    assert reply_text(answer) == texts.ADMITTED
    assert "boat.png" in str(simulated.sandbox.world.creates[-1][field])


@pytest.mark.parametrize(
    ("menu", "refusal"),
    [(texts.MENU_ANIMATE, texts.NO_PICTURE), (texts.MENU_REFERENCE, texts.NOTHING_ATTACHED)],
)
async def test_forwarded_words_are_no_files(menu: str, refusal: str, simulated: Simulated) -> None:
    message = await forwarded(simulated, content="Look")

    answer = await simulated.alice.context_menu(simulated.channel, menu, message)

    assert reply_text(answer) == f"{refusal}\n{texts.NOTHING_ATTACHED_HINT}"
