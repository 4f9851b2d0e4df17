"""Two processes share one PostgreSQL: each carries out its own servers, and none does the other's work twice."""

from collections import Counter

import psycopg
import pytest

from bot import texts
from databases import administer
from scenarios.channel import answer_to, cards_of, replies_of, title_of
from scenarios.test_operators import id_on, owner_of
from standin import DROP
from storage.postgresql_lock import SHARD_LOCK, STARTING_LOCK
from storage.records import State

LOOK = r"^/v1/result/"
CREATE = r"^/v1/"
PROCESSES = 2
LOSE_SHARDS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    f" WHERE locktype = 'advisory' AND datname = current_database() AND classid = {SHARD_LOCK}"
)


@pytest.fixture
def process_of(bot, postgresql_url, tmp_path):
    """Make the process of a shard."""

    def make(number):
        working = tmp_path / f"process {number}"
        working.mkdir()
        shard = {"SHARD_ID": str(number), "SHARD_COUNT": str(PROCESSES)}
        return bot(working=working, DATABASE_URL=postgresql_url, **shard)

    return make


@pytest.fixture
def channels(discord):
    """A channel in a server of each shard."""
    guilds = {}
    while len(guilds) < PROCESSES:
        discord.world.advance(0.001)  # ids are made from the time
        guild = discord.world.add_guild("another studio")
        guilds.setdefault((guild.id >> 22) % PROCESSES, guild)
    return [discord.world.add_channel(guilds[number], "videos") for number in range(PROCESSES)]


async def until_all_connected(discord):
    await discord.until(lambda: discord.gateway.connected_count == PROCESSES)


async def ask(discord, channel, prompt):
    member = discord.world.add_member(channel.guild, "alice")
    await discord.slash(member, channel, "video text", options={"prompt": prompt})


async def until_told(discord, channel, *, count=1):
    await discord.until(lambda: len(replies_of(discord, channel)) >= count)


def titles_in(discord, channel):
    return [title_of(card) for card in cards_of(discord, channel)]


async def test_servers_of_both_shards_get_their_videos_once(process_of, discord, channels, sandbox):
    prompts = [(channel, f"Fox {number}") for number in range(3) for channel in channels]

    async with process_of(0), process_of(1):
        await until_all_connected(discord)
        for channel, prompt in prompts:
            await ask(discord, channel, prompt)
        for channel in channels:
            await until_told(discord, channel, count=3)

    assert Counter(body["prompt"] for body in sandbox.world.creates) == Counter(
        prompt for _, prompt in prompts
    )
    assert [titles_in(discord, channel) for channel in channels] == [
        [texts.HEADLINES[State.DELIVERED]] * 3
    ] * 2
    assert [len(replies_of(discord, channel)) for channel in channels] == [3, 3]


async def test_a_killed_process_goes_on_while_the_other_never_stopped(process_of, discord, channels, wire):
    async with process_of(0), process_of(1) as killed:

        async def strike():
            await killed.kill()
            return DROP

        await until_all_connected(discord)
        wire.faults.add("GET", LOOK, action=strike)
        await ask(discord, channels[1], "A fox")
        await killed.ended()
        await ask(discord, channels[0], "An owl")
        await until_told(discord, channels[0])
        before = titles_in(discord, channels[1])
        await killed.start()
        await until_told(discord, channels[1])

    assert before != [texts.HEADLINES[State.DELIVERED]]
    assert [titles_in(discord, channel) for channel in channels] == [[texts.HEADLINES[State.DELIVERED]]] * 2
    assert wire.create_count == 2


async def test_an_operator_decides_in_one_shard_about_a_video_of_the_other(
    process_of, discord, channels, wire, sandbox
):
    here, there = channels
    wire.faults.add("POST", CREATE, when="after", action=DROP)

    async with process_of(0), process_of(1) as owner:
        await until_all_connected(discord)
        await ask(discord, there, "A fox")
        await owner.wait_for("notice told")
        (card,), (task,) = cards_of(discord, there), sandbox.world.tasks.values()
        options = {"generation": id_on(card), "outcome": "came through", "task_id": task.task_id}
        answer = await answer_to(
            discord, await discord.slash(owner_of(discord), here, "operator resolve", options=options)
        )
        await until_told(discord, there, count=2)

    assert answer == texts.RESOLVED_FOLLOWED
    assert titles_in(discord, there) == [texts.HEADLINES[State.DELIVERED]]
    assert wire.create_count == 1


async def test_a_second_process_of_a_shard_refuses(process_of, bot, postgresql_url, discord):
    async with process_of(0):
        await discord.until(lambda: discord.gateway.is_connected)
        async with bot(DATABASE_URL=postgresql_url, SHARD_COUNT="2") as second:
            assert await second.ended() == 1
        async with bot(DATABASE_URL=postgresql_url) as alone:
            assert await alone.ended() == 1

    assert "Another Showrunner is already using shard 0 of the PostgreSQL database" in second.output()
    assert "A Showrunner with another SHARD_COUNT" in alone.output()


async def test_a_process_that_lost_its_lock_takes_it_again(
    process_of, bot, discord, channels, postgresql_url
):
    async with process_of(0) as process:
        await discord.until(lambda: discord.gateway.is_connected)
        administer(postgresql_url, LOSE_SHARDS)
        await process.wait_for("the locks in PostgreSQL are ours again")

        async with bot(DATABASE_URL=postgresql_url, SHARD_COUNT="2") as second:
            assert await second.ended() == 1
        await ask(discord, channels[0], "A fox")
        await until_told(discord, channels[0])

    assert titles_in(discord, channels[0]) == [texts.HEADLINES[State.DELIVERED]]


async def test_a_process_whose_shard_another_took_meanwhile_stops(process_of, discord, postgresql_url):
    async with process_of(0) as process:
        await discord.until(lambda: discord.gateway.is_connected)
        with psycopg.connect(postgresql_url) as another:
            with another.transaction():  # until its end nobody else can take anything
                another.execute("SELECT pg_advisory_xact_lock(%s, 0)", [STARTING_LOCK])
                another.execute(LOSE_SHARDS)
                another.execute("SELECT pg_advisory_lock(%s, 0)", [SHARD_LOCK])

            assert await process.ended() == 1

    said = "another process has taken over: Another Showrunner is already using shard 0"
    assert process.output().count(said) == 1
    assert "Traceback" not in process.output()


async def test_one_without_shards_takes_up_what_its_predecessor_wrote_late(bot, discord, postgresql_url):
    async with bot(DATABASE_URL=postgresql_url, CANCEL_WINDOW_S="600"):
        await discord.until(lambda: discord.gateway.is_connected)
        await ask(discord, discord.channel, "A fox")
        await discord.until(lambda: titles_in(discord, discord.channel))
        administer(postgresql_url, "UPDATE generations SET due_at = asked_at, version = version + 1")

        await until_told(discord, discord.channel)

    assert titles_in(discord, discord.channel) == [texts.HEADLINES[State.DELIVERED]]
