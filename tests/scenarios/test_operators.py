"""Nobody knows whether a video was accepted; the people who run the bot are called, look, and decide."""

import re
import shutil

from bot import texts
from scenarios.channel import answer_to, cards_of, replies_of, title_of, until_connected, until_told
from standin import DROP
from storage.records import State


def owner_of(discord):
    """Whom the application belongs to; the bot asks Discord."""
    return discord.world.users[discord.guild.owner_id]


async def ask_in_vain(discord, wire):
    """A member asks, and the answer of the API is lost after it took the order."""
    wire.faults.add("POST", r"^/v1/", when="after", action=DROP)
    alice = discord.add_member("alice")
    await discord.slash(alice, discord.channel, "video text", options={"prompt": "A fox"})
    await until_told(discord)
    return alice


def id_on(card):
    return re.search(r"[0-9a-f]{16}", card.embeds[0]["footer"]["text"])[0]


async def resolve(discord, **options):
    (card,) = cards_of(discord)
    interaction = await discord.slash(
        owner_of(discord),
        discord.channel,
        "operator resolve",
        options={"generation": id_on(card)} | options,
    )
    return await answer_to(discord, interaction)


async def test_an_operator_finds_the_video_and_it_is_brought(bot, discord, wire, sandbox):
    async with bot():
        await until_connected(discord)
        await ask_in_vain(discord, wire)
        called = discord.world.direct_channel(owner_of(discord))
        await discord.until(lambda: discord.messages(called.id))
        (task,) = sandbox.world.tasks.values()
        answer = await resolve(discord, outcome="came through", task_id=task.task_id)
        await until_told(discord, count=2)

    (card,), (alarm,) = cards_of(discord), discord.messages(called.id)
    assert texts.ALARM_UNCERTAIN.format(count=1) in alarm.content
    assert answer == texts.RESOLVED_FOLLOWED
    assert title_of(card) == texts.HEADLINES[State.DELIVERED]
    assert card.attachments[0].data == sandbox.world.file_bytes(task.task_id)
    assert wire.create_count == 1


async def test_an_operator_finds_nothing_and_two_presses_tell_the_asker_once(bot, discord, wire):
    async with bot():
        await until_connected(discord)
        alice = await ask_in_vain(discord, wire)
        answers = [await resolve(discord, outcome="did not come through") for _ in range(2)]
        await until_told(discord, count=2)

    (card,) = cards_of(discord)
    assert answers[0] == texts.RESOLVED_ENDED
    assert title_of(card) == texts.HEADLINES[State.REFUSED]
    assert texts.NOT_CHARGED in card.embeds[0]["description"]
    assert [reply.pings for reply in replies_of(discord)] == [{alice.id}] * 2
    assert wire.create_count == 1


async def test_what_nobody_decided_ends_at_a_later_start(bot, discord, wire):
    async with bot(UNCERTAIN_DAYS="0.0000001") as process:
        await until_connected(discord)
        await ask_in_vain(discord, wire)
        await process.terminate()
        await process.start()
        await until_told(discord, count=2)

    (card,) = cards_of(discord)
    assert texts.REASON_NOBODY_KNOWS in card.embeds[0]["description"]
    assert wire.create_count == 1


async def test_a_backup_made_beside_the_bot_is_in_order_and_can_be_restored(bot, discord, tmp_path):
    async with bot() as process:
        await until_connected(discord)
        alice = discord.add_member("alice")
        await discord.slash(alice, discord.channel, "video text", options={"prompt": "A fox"})
        await process.wait_for("notice told")
        assert await exit_code_of(bot("backup", "copy.db")) == 0
        assert await exit_code_of(bot("backup", "copy.db")) == 1
        assert await exit_code_of(bot("check")) == 0
    assert await exit_code_of(bot("check", "copy.db")) == 0

    for leftover in (tmp_path / "data").glob("showrunner.db*"):
        leftover.unlink()
    shutil.copyfile(tmp_path / "copy.db", tmp_path / "data" / "showrunner.db")
    async with bot() as restored:
        await restored.wait_for("taking up 0 unfinished generations")
        await until_connected(discord)
        listed = await discord.slash(alice, discord.channel, "video status")
        await discord.until(lambda: listed.answers)

    assert texts.LISTED_HEADLINES[State.DELIVERED] in listed.shown[0].embeds[0]["description"]
    assert len(cards_of(discord)) == len(replies_of(discord)) == 1


async def exit_code_of(process):
    """Let a command run to its end."""
    async with process:
        return await process.ended()
