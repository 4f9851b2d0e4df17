"""A hundred commands at once of a member with ten credits: ten are admitted, by one process or by several."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.clock import SystemClock
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.limits.limits import Limits
from bot.limits.policy import Barrier
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.wording import LimitsReached
from builders import make_member, make_request
from scenarios.channel import answer_to, cards_of, until_connected, until_told
from standin import DROP, PROCEED
from storage import generations, ledger
from storage.check import contradictions
from storage.database import open_database
from storage.ledger import Account
from storage.shards import Shard

COMMANDS, CREDITS, PROCESSES = 100, 10, 4
OF_A_MONTH = {"LIMITS": f"credits_per_month={CREDITS}"}


async def ask_often(discord, member, count):
    asked = (
        discord.slash(member, discord.channel, "video text", options={"prompt": f"Fox {number}"})
        for number in range(count)
    )
    return await asyncio.gather(*asked)


async def test_of_a_hundred_commands_at_once_ten_credits_pay_for_ten(bot, discord, wire, tmp_path):
    async with bot(**OF_A_MONTH) as process:
        await until_connected(discord)
        interactions = await ask_often(discord, discord.add_member("alice"), COMMANDS)
        answers = [await answer_to(discord, interaction) for interaction in interactions]
        await until_told(discord, count=CREDITS, timeout_s=60)
        await process.terminate()

    refusals = [answer for answer in answers if "10 of your 10 credits of this month are used" in answer]
    assert len(refusals) == COMMANDS - CREDITS
    assert all("It works again <t:" in refusal for refusal in refusals)
    assert wire.create_count == len(cards_of(discord)) == CREDITS
    assert contradictions(tmp_path / "data" / "showrunner.db") == []


def service_of(database):
    clock = SystemClock()
    rules = OperatorRules(limits=Limits(credits_per_day=CREDITS))
    return GenerationService(
        database,
        clock=clock,
        line=Line(place_count=1, clock=clock),
        reservations=Reservations(Rulebook(rules)),
        on_change=lambda generation: None,
        on_budgets_short=lambda budgets: None,
        cancel_window_s=0,
    )


async def admit(service, interaction_id):
    asked = Asked(interaction_id=interaction_id, channel_id=20, member=make_member())
    return await service.admit(Checked(request=make_request()), asked)


@pytest.fixture
async def several(postgresql_url):
    """Databases as several processes have them open."""
    async with AsyncExitStack() as stack:
        shards = [Shard(id=number, count=PROCESSES) for number in range(PROCESSES)]
        yield [
            await stack.enter_async_context(await open_database(postgresql_url, shard=shard))
            for shard in shards
        ]


async def test_several_processes_admit_no_more_than_one_would(several):
    services = [service_of(database) for database in several]
    commands = (admit(services[number % PROCESSES], number) for number in range(COMMANDS))

    answers = await asyncio.gather(*commands, return_exceptions=True)

    refusals = [answer for answer in answers if isinstance(answer, LimitsReached)]
    assert {obstacle.barrier for one in refusals for obstacle in one.obstacles} == {Barrier.CREDITS_PER_DAY}
    assert len(refusals) == COMMANDS - CREDITS
    assert len(await several[0].transaction(generations.unfinished)) == CREDITS
    assert await several[0].transaction(ledger.account, ledger.INSTANCE) == Account(held_credits=CREDITS)


async def test_a_command_that_reaches_every_process_counts_once(several):
    services = [service_of(database) for database in several]

    admitted = await asyncio.gather(*(admit(service, 7) for service in services * 5))

    assert len({generation.id for generation in admitted}) == 1
    assert await several[0].transaction(ledger.account, ledger.INSTANCE) == Account(held_credits=1)


@pytest.mark.parametrize("nth", [1, 30])
async def test_a_kill_in_the_middle_of_admissions_leaves_a_ledger_that_balances(nth, bot, discord, wire):
    answered = 0

    async with bot(**OF_A_MONTH) as process:

        async def strike():
            nonlocal answered
            answered += 1
            if answered < nth:
                return PROCEED
            await process.kill()
            return DROP

        discord.faults.add("POST", r"/callback$", when="before", action=strike, count=nth)
        await until_connected(discord)
        await ask_often(discord, alice := discord.add_member("alice"), COMMANDS)
        await process.ended()
        await discord.until(lambda: not discord.gateway.is_connected)
        await process.start()
        await until_connected(discord)
        last = (await ask_often(discord, alice, CREDITS + 1))[-1]
        assert "credits of this month are used" in await answer_to(discord, last)
        await until_told(discord, count=CREDITS, timeout_s=60)
        await process.terminate()

    async with bot("check") as check:
        assert (await check.ended(), check.output().splitlines()[-1]) == (0, "0 contradictions.")
    assert wire.create_count <= len(cards_of(discord)) == CREDITS
