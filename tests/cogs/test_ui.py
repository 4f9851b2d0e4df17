"""Where the bot makes something, whichever way it is asked."""

import asyncio
from typing import Any

import discord
import pytest

import cogs.ui
from bot import texts
from simulated import WAIT_S, Simulated, embed_text, reply_text


@pytest.mark.parametrize("label", [texts.BUTTON_AGAIN, texts.BUTTON_FORK])
async def test_nothing_is_made_where_no_limits_of_a_server_hold(label: str, simulated: Simulated) -> None:
    """Cards that came as direct messages before have these buttons."""
    await simulated.ask(simulated.alice)
    card = await simulated.finished_card()
    direct = await simulated.application.client.create_dm(discord.Object(simulated.alice.id))
    buttons = discord.ui.View.from_message(card)
    buttons.stop()  # presses come by the custom id, as after a restart
    copy = await direct.send(view=buttons)

    answer = await simulated.alice.user.click(copy, label=label)

    assert reply_text(answer) == texts.ONLY_IN_SERVERS
    services = simulated.application.services
    assert await services.generations.latest(asker_id=simulated.alice.id, guild_id=None) == []
    assert await services.drafts.open_in(direct.id) == []


async def test_what_takes_long_is_acknowledged_before_it_is_done_and_then_answered(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations, is_released = simulated.application.services.generations, asyncio.Event()
    latest = generations.latest

    async def latest_when_released(**options: Any) -> Any:
        await is_released.wait()
        return await latest(**options)

    monkeypatch.setattr(cogs.ui, "DEFER_AFTER_S", 0.0)
    monkeypatch.setattr(generations, "latest", latest_when_released)
    asking = asyncio.create_task(simulated.alice.slash(simulated.channel, "video status"))
    async with asyncio.timeout(WAIT_S):
        while not _deferrals(simulated):
            await asyncio.sleep(0)
    is_released.set()
    answer = await asking

    assert embed_text(answer) == texts.STATUS_NONE
    assert answer.response is not None and answer.response.ephemeral
    assert len(_deferrals(simulated)) == 1


def _deferrals(simulated: Simulated) -> list[Any]:
    """The requests that only say that an answer is on its way."""
    kind = discord.InteractionResponseType.deferred_channel_message.value
    return [
        it for it in simulated.env.http_requests if it.path.endswith("/callback") and it.json["type"] == kind
    ]
