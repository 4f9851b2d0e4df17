"""The demo makes videos, and shows what prices are for: they differ, and one goes by the second."""

import asyncio

import pytest
from simcord import ChannelHandle

from bot import texts
from bot.demo import show
from bot.demo.show import open_show, prices
from bot.demo.simulated_discord import Changes
from bot.limits.prices import prices_from
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL, FAMILIES, Billing
from simulated import WAIT_S
from storage.records import State


async def test_a_video_that_somebody_asks_for_by_a_command_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, quick in (("QUEUE_S", 0.0), ("RUN_S", 0.0), ("HEIGHT_PX", 64)):
        monkeypatch.setattr(show, name, quick)

    async with open_show(port=0) as page, asyncio.timeout(WAIT_S):
        changes = Changes(page.env)
        await page.viewers[0].slash(page.channel, "video text", prompt="A paper boat")
        await changes.until(lambda: has_video(page.channel))


def has_video(channel: ChannelHandle) -> bool | None:
    embeds = [embed for message in channel.history() for embed in message.embeds]
    return any(embed.title == texts.HEADLINES[State.DELIVERED] for embed in embeds) or None


def test_every_model_has_a_price_and_one_goes_by_the_second() -> None:
    shown = prices_from(prices())

    assert shown.keys() == {model.name for family in FAMILIES.values() for model in family.models}
    assert {price.amount_credits for price in shown.values()} == {1, 4, 6, 8}
    assert [price.billing for price in shown.values()].count(Billing.PER_SECOND) == 1


def test_the_first_video_costs_no_question() -> None:
    assert prices_from(prices())[DEFAULT_MODEL].for_video(seconds=DEFAULT_DURATION_S) == 1
