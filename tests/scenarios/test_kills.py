"""The process is killed at every outside effect; a new one takes over. Paid once, posted once, nothing lost."""

from itertools import count

import pytest

from bot.sandbox.api import Sandbox
from scenarios.channel import cards_of, replies_of, title_of, until_connected
from standin import DROP, PROCEED

CALLBACK = ("discord", "POST", r"/callback$")
CARD = ("discord", "POST", r"/messages$")
EDIT = ("discord", "PATCH", r"/messages/\d+$")
LOOK = ("api", "GET", r"^/v1/result/")
DOWNLOAD = ("api", "GET", r"^/files/")
CREATE = ("api", "POST", r"^/v1/")


@pytest.fixture
async def sandbox():
    """Time there passes with the looks: it takes three of them, however slow the machine is."""
    sandbox = Sandbox(queue_s=2, run_s=1, height=96, now=lambda: float(sandbox.world.query_count))
    async with sandbox:
        yield sandbox


async def killed_at(effect, when, *, nth, bot, discord, wire):
    """Ask for a video, kill the process at the nth such effect, start it again, wait for the end."""
    side, method, path = effect
    passing = count(1)

    async with bot() as process:

        async def strike():
            if next(passing) < nth:
                return PROCEED
            await process.kill()
            return DROP

        faults = (discord if side == "discord" else wire).faults
        faults.add(method, path, when=when, action=strike, count=nth)
        await until_connected(discord)
        await discord.slash(
            discord.add_member("alice"), discord.channel, "video text", options={"prompt": "A fox"}
        )
        await process.ended()
        await process.start()
        await process.wait_for("notice told")
        assert await process.terminate() == 0


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("effect", "nth"),
    [(CALLBACK, 1), (CARD, 1), (EDIT, 1), (LOOK, 1), (LOOK, 3), (DOWNLOAD, 1), (EDIT, 3), (CARD, 2)],
    ids=["callback", "card", "first edit", "first look", "third look", "download", "delivery", "reply"],
)
async def test_a_kill_costs_nothing_and_loses_nothing(effect, nth, when, bot, discord, wire, sandbox):
    await killed_at(effect, when, nth=nth, bot=bot, discord=discord, wire=wire)

    (card,), (task,) = cards_of(discord), sandbox.world.tasks.values()
    assert wire.create_count == 1
    assert title_of(card).startswith("✅")
    assert [attachment.data for attachment in card.attachments] == [sandbox.world.file_bytes(task.task_id)]
    assert len(replies_of(discord)) == 1


@pytest.mark.parametrize(("when", "reached"), [("before", 0), ("after", 1)])
async def test_a_kill_around_the_create_call_is_uncertain_and_never_sent_again(
    when, reached, bot, discord, wire
):
    await killed_at(CREATE, when, nth=1, bot=bot, discord=discord, wire=wire)

    (card,) = cards_of(discord)
    assert wire.create_count == reached
    assert title_of(card).startswith("❔")
