"""A hundred commands at once of a member with ten credits: ten are admitted, by one process or by several."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot import texts
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
from scenarios.channel import answer_to, cards_of, replies_of, until_connected, until_told
from standin import DROP, HANG, PROCEED, Permission
from standin.model import EVERYONE
from storage import generations, ledger
from storage.check import contradictions
from storage.database import open_database
from storage.ledger import Account
from storage.shards import Shard

COMMANDS, CREDITS, PROCESSES = 100, 10, 4
OF_A_DAY = {"LIMITS": f"credits_per_day={CREDITS}"}


async def ask_often(discord, member, count):
    asked = (
        discord.slash(member, discord.channel, "video text", options={"prompt": f"Fox {number}"})
        for number in range(count)
    )
    return await asyncio.gather(*asked)


async def test_of_a_hundred_commands_at_once_ten_credits_pay_for_ten(bot, discord, wire, tmp_path):
    async with bot(**OF_A_DAY) as process:
        await until_connected(discord)
        interactions = await ask_often(discord, discord.add_member("alice"), COMMANDS)
        answers = [await answer_to(discord, interaction) for interaction in interactions]
        await until_told(discord, count=CREDITS)
        await process.terminate()

    refusals = [
        answer for answer in answers if "10 of your 10 credits of the last 24 hours are gone" in answer
    ]
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
        on_warning=lambda: None,
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

    async with bot(**OF_A_DAY) as process:

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
        interactions = await ask_often(discord, alice, CREDITS + 1)
        answers = [await answer_to(discord, interaction) for interaction in interactions]
        assert any("credits of the last 24 hours are gone" in answer for answer in answers)
        await until_told(discord, count=CREDITS)
        await process.terminate()

    async with bot("check") as check:
        assert (await check.ended(), check.output().splitlines()[-1]) == (0, "0 contradictions.")
    assert wire.create_count <= len(cards_of(discord)) == CREDITS


def cost_on(card):
    [cost] = [field["value"] for field in card.embeds[0]["fields"] if field["name"] == texts.FIELD_COST]
    return cost


async def test_a_refund_reaches_card_and_member_though_the_process_dies_in_between(bot, discord, tmp_path):
    alice = discord.add_member("alice")
    carol = discord.world.add_member(discord.guild, "carol", permissions=EVERYONE | Permission.MANAGE_GUILD)

    async with bot() as process:
        await until_connected(discord)
        await ask_often(discord, alice, 1)
        await until_told(discord)
        (card,) = cards_of(discord)
        held_up = discord.faults.add("PATCH", f"/messages/{card.id}$", action=HANG)
        footer = card.embeds[0]["footer"]["text"]
        asked = await discord.slash(
            carol, discord.channel, "limits refund", options={"generation": footer.split()[-1]}
        )
        letters = discord.world.direct_channel(alice)
        await discord.until(lambda: held_up.hits and asked.answers and discord.messages(letters.id))
        await process.kill()
        assert cost_on(card) == "1 credit"
        await process.start()
        await discord.until(lambda: cost_on(card) == texts.COST_GIVEN_BACK.format(credits="1 credit"))
        await process.terminate()

    (letter,), (ping,) = discord.messages(letters.id), replies_of(discord)
    assert "gave you back the 1 credit" in letter.content
    assert ([card], len(card.attachments)) == (cards_of(discord), 1)
    assert ping.pings == {alice.id} and letter.pings == set()
    assert contradictions(tmp_path / "data" / "showrunner.db") == []
