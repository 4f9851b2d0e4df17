"""Discord takes less than it should; the asker still gets the video, or is told once how to fetch it."""

import av
import pytest

from bot import texts
from scenarios.channel import cards_of, replies_of, title_of, until_connected, until_told
from standin import PROCEED, Answer
from storage.records import State


async def ask(discord):
    member = discord.add_member("alice")
    await discord.slash(member, discord.channel, "video text", options={"prompt": "A fox"})
    return member


def files_of(card):
    return [attachment.data for attachment in card.attachments]


def video_in(sandbox):
    (task,) = sandbox.world.tasks.values()
    return sandbox.world.file_bytes(task.task_id)


async def test_a_video_too_large_for_the_server_comes_as_a_smaller_copy(
    bot, discord, sandbox, wire, tmp_path
):
    async def fall_short():
        discord.guild.file_limit_bytes = len(video_in(sandbox)) * 3 // 4
        return PROCEED

    wire.faults.add("GET", "^/files/", when="after", action=fall_short)
    async with bot():
        await until_connected(discord)
        await ask(discord)
        await until_told(discord)

    (card,) = cards_of(discord)
    (data,) = files_of(card)
    assert len(data) <= discord.guild.file_limit_bytes
    assert texts.SMALLER_COPY in card.embeds[0]["description"]
    (tmp_path / "copy.mp4").write_bytes(data)
    with av.open(tmp_path / "copy.mp4") as copy:
        assert copy.streams.video[0].codec_context.name == "h264"


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(404, {"code": 10003, "message": "Unknown Channel"}),
        Answer(404, {"code": 10004, "message": "Unknown Guild"}),
        Answer(403, {"code": 50001, "message": "Missing Access"}),
        Answer(403, {"code": 50013, "message": "Missing Permissions"}),
    ],
    ids=["channel gone", "server gone", "no access", "no permission"],
)
async def test_where_the_bot_was_shut_out_the_asker_gets_one_direct_message(trouble, bot, discord, wire):
    async def shut_out():
        channel = rf"^/channels/{discord.channel.id}/messages"
        for method in ("POST", "PATCH", "GET"):
            discord.faults.add(method, channel, action=trouble, count=1000)
        return PROCEED

    wire.faults.add("GET", "^/files/", action=shut_out)
    async with bot() as process:
        await until_connected(discord)
        alice = await ask(discord)
        await process.wait_for("notice told")

    (message,) = discord.messages(discord.world.direct_channel(alice).id)
    assert title_of(message) == texts.HEADLINES[State.DELIVERED]
    assert len(files_of(message)) == 1


async def test_what_nobody_takes_is_kept_and_fetched_with_a_command(bot, discord, sandbox, wire):
    async def shut_out():
        channel = r"^/channels/\d+/messages/\d+$"
        gone = Answer(403, {"code": 50001, "message": "Missing Access"})
        discord.faults.add("PATCH", channel, action=gone, count=1000)
        return PROCEED

    wire.faults.add("GET", "^/files/", action=shut_out)
    async with bot() as process:
        await until_connected(discord)
        alice = discord.add_member("alice")
        alice.direct_messages_open = False
        await discord.slash(alice, discord.channel, "video text", options={"prompt": "A fox"})
        await process.wait_for("notice told")
        typing = await discord.autocomplete(
            alice, discord.channel, "video show", options={"generation": ""}, focused="generation"
        )
        await discord.until(lambda: typing.choices)
        chosen = {"generation": typing.choices[0]["value"]}
        shown = await discord.slash(alice, discord.channel, "video show", options=chosen)
        await discord.until(lambda: shown.shown and shown.shown[0].attachments)

    assert files_of(shown.shown[0]) == [video_in(sandbox)]
    assert [reply.content for reply in replies_of(discord)] == [
        texts.REPLIES[State.UNDELIVERABLE].format(asker_id=alice.id)
    ]
