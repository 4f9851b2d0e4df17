"""The pretend Discord keeps Discord's rules, seen through a tiny real discord.py client."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from standin import (
    DROP,
    HANG,
    Answer,
    BotProcess,
    Channel,
    Discord,
    Flag,
    ImpossibleError,
    Message,
    Permission,
    Upload,
    User,
)

Action = Callable[[discord.Interaction], Awaitable[object]]
TINY_BOT = """
import discord

class Bot(discord.Client):
    async def on_connect(self):
        print("connected", flush=True)

Bot(intents=discord.Intents(guilds=True)).run(__import__("os").environ["DISCORD_TOKEN"])
"""


async def _done(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("done")


async def _prompts(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{typed} at night", value=f"{typed} at night")]


class Bot(discord.Client):
    """Answers ``/video text`` and every button with what the test put into ``answer``."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0)
        self.tree = app_commands.CommandTree(self)
        self.answer: Action = _done
        group = app_commands.Group(name="video", description="Make videos")
        self.tree.add_command(group)
        group.command(name="text", description="From words")(self._text)
        self.tree.add_command(app_commands.ContextMenu(name="Animate", callback=self._animate))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds before a second IDENTIFY, as the library does."""

    async def setup_hook(self) -> None:
        await self.tree.sync()

    @app_commands.autocomplete(prompt=_prompts)
    @app_commands.choices(model=[app_commands.Choice(name="Fast, 720p", value="fast")])
    async def _text(
        self,
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 100],
        model: str = "fast",
        picture: discord.Attachment | None = None,
    ) -> None:
        interaction.extras.update(prompt=prompt, model=model, picture=picture)
        await self.answer(interaction)

    async def _animate(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"animating {message.content}", ephemeral=True)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await self.answer(interaction)


@pytest.fixture
async def world() -> AsyncIterator[Discord]:
    async with Discord() as world:
        yield world


@pytest.fixture
def pointed(world: Discord, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Route, "BASE", world.url + "/api/v10")
    gateway = yarl.URL(world.url.replace("http", "ws", 1) + "/gateway/")
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    yield


@pytest.fixture
async def bot(world: Discord, pointed: None) -> AsyncIterator[Bot]:
    async with running(world) as bot:
        yield bot


@asynccontextmanager
async def running(world: Discord) -> AsyncIterator[Bot]:
    bot = Bot()
    async with bot:
        await bot.login(world.world.token)
        task = bot.loop.create_task(bot.connect())
        await bot.wait_until_ready()
        yield bot
        await bot.close()
        await task


@pytest.fixture
def mia(world: Discord) -> User:
    return world.add_member("mia")


@pytest.fixture
def channel(world: Discord) -> Channel:
    return world.channel


async def card(bot: Bot, channel: Channel, **fields: object) -> Message:
    sent = await place(bot, channel).send(**fields)
    return channel.messages[sent.id]


def place(bot: Bot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


def row(**button: object) -> list[object]:
    return [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", **button}]}]


def picture(name: str = "cat.png", data: bytes = b"png") -> discord.File:
    return discord.File(io.BytesIO(data), name)


async def test_a_command_is_answered_where_everybody_sees_it(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await interaction.answered()

    assert [message.content for message in world.messages(channel.id)] == ["done"]
    assert not interaction.is_ephemeral
    assert world.violations == []


async def test_a_private_deferral_stays_private_and_takes_a_file(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(content="here", attachments=[picture()])

    bot.answer = answer

    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await world.until(lambda: interaction.response and interaction.response.attachments)

    assert interaction.is_deferred and interaction.is_ephemeral
    assert interaction.response.attachments[0].data == b"png"
    assert world.messages(channel.id) == []


async def test_an_attached_picture_reaches_the_bot_with_its_bytes(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    seen: list[bytes] = []

    async def answer(interaction: discord.Interaction) -> None:
        seen.append(await interaction.extras["picture"].read())
        await _done(interaction)

    bot.answer = answer
    upload = Upload("cat.png", b"\x89PNG", size_px=(640, 480))

    interaction = await world.slash(
        mia, channel, "video text", options={"prompt": "a cat", "picture": upload}
    )
    await interaction.answered()

    assert seen == [b"\x89PNG"]


async def test_what_somebody_types_is_completed(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    typing = await world.autocomplete(
        mia, channel, "video text", options={"prompt": "a cat"}, focused="prompt"
    )
    await typing.answered()

    assert [choice["name"] for choice in typing.choices] == ["a cat at night"]


@pytest.mark.parametrize(
    "options",
    [{}, {"prompt": ""}, {"prompt": 3}, {"prompt": "a", "model": "slow"}, {"prompt": "a", "size": 1}],
)
async def test_nobody_sends_what_the_command_does_not_offer(
    world: Discord, bot: Bot, mia: User, channel: Channel, options: dict[str, object]
) -> None:
    with pytest.raises(ImpossibleError):
        await world.slash(mia, channel, "video text", options=options)


async def test_a_second_answer_is_refused(world: Discord, bot: Bot, mia: User, channel: Channel) -> None:
    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await interaction.answered()
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"

    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.request(Route("POST", path), json={"type": 4, "data": {"content": "again"}})

    assert refused.value.code == 40060


async def test_a_token_dies_after_fifteen_minutes(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await interaction.answered()
    world.world.advance(15 * 60 + 1)

    with pytest.raises(discord.HTTPException) as refused:
        path = f"/webhooks/{bot.application_id}/{interaction.token}/messages/@original"
        await bot.http.request(Route("PATCH", path), json={"content": "late"})

    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_a_nonce_makes_one_message_of_two_posts(world: Discord, bot: Bot, channel: Channel) -> None:
    first = await card(bot, channel, content="card", nonce="generation-1")
    second = await card(bot, channel, content="card", nonce="generation-1")

    assert first is second
    assert len(world.messages(channel.id)) == 1


async def test_an_old_nonce_does_not_help(world: Discord, bot: Bot, channel: Channel) -> None:
    first = await card(bot, channel, content="card", nonce="generation-1")
    world.world.advance(600)
    second = await card(bot, channel, content="card", nonce="generation-1")

    assert first is not second


async def test_an_edit_keeps_only_the_attachments_it_lists(bot: Bot, channel: Channel) -> None:
    message = await place(bot, channel).send(files=[picture("a.png"), picture("b.png")])
    await message.edit(attachments=[message.attachments[1], picture("c.mp4", b"mp4")])

    kept = channel.messages[message.id].attachments
    assert [(one.filename, one.data) for one in kept] == [("b.png", b"png"), ("c.mp4", b"mp4")]


async def test_a_link_serves_the_exact_bytes_until_it_dies(
    world: Discord, bot: Bot, channel: Channel
) -> None:
    message = await card(bot, channel, file=picture("a.mp4", bytes(range(256))))
    url = message.attachments[0].url

    async with aiohttp.ClientSession() as session:
        async with session.get(url) as alive:
            data = await alive.read()
        world.world.advance(2 * 24 * 3600)
        async with session.get(url) as dead:
            status = dead.status

    assert (data, status) == (bytes(range(256)), 404)


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (discord.AllowedMentions.none(), False),
        (discord.AllowedMentions(users=True, everyone=False), True),
        (None, True),
    ],
)
async def test_allowed_mentions_decide_who_is_pinged(
    bot: Bot, mia: User, channel: Channel, allowed: discord.AllowedMentions | None, pinged: bool
) -> None:
    message = await card(bot, channel, content=f"{mia.mention} @everyone", allowed_mentions=allowed)

    assert message.pings == (frozenset({mia.id}) if pinged else frozenset())


async def test_a_reply_pings_the_author_unless_told_not_to(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    asked = await world.post(mia, channel, "please")
    target = place(bot, channel).get_partial_message(asked.id)

    loud = await target.reply("done")
    quiet = await target.reply("done", mention_author=False)

    assert channel.messages[loud.id].pings == {mia.id}
    assert channel.messages[quiet.id].pings == frozenset()


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.ATTACH_FILES, 50013),
    ],
)
async def test_a_closed_channel_says_why(
    world: Discord, bot: Bot, channel: Channel, denied: Permission, code: int
) -> None:
    await world.deny(channel, denied)

    with pytest.raises(discord.Forbidden) as refused:
        await card(bot, channel, file=picture())

    assert refused.value.code == code


async def test_a_closed_inbox_refuses_the_message(bot: Bot, mia: User) -> None:
    mia.direct_messages_open = False

    direct = await bot.create_dm(discord.Object(mia.id))
    with pytest.raises(discord.Forbidden) as refused:
        await direct.send("your video")

    assert refused.value.code == 50007


async def test_a_file_above_the_limit_is_refused(world: Discord, bot: Bot, channel: Channel) -> None:
    world.guild.file_limit_bytes = 10

    with pytest.raises(discord.HTTPException) as refused:
        await card(bot, channel, file=picture(data=b"x" * 11))

    assert (refused.value.status, refused.value.code) == (413, 40005)
    assert world.messages(channel.id) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
        ({"components": row(style=5, url="ftp://a")}, "components.0.components.0.url"),
        ({"components": row(label="x" * 81)}, "components.0.components.0.label"),
        ({"components": row(custom_id="")}, "components.0.components.0.custom_id"),
        ({"content": "x", "attachments": [{"id": "7"}]}, "attachments.0.id"),
        ({"content": "x", "flags": int(Flag.COMPONENTS_V2)}, "content"),
    ],
)
async def test_a_wrong_field_is_named(
    world: Discord, bot: Bot, channel: Channel, fields: dict[str, object], path: str
) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)

    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.request(route, json=fields)

    assert refused.value.code == 50035
    assert f"In {path}:" in refused.value.text
    assert len(world.violations) == 1


async def test_an_unknown_route_is_a_violation(world: Discord, bot: Bot) -> None:
    with pytest.raises(discord.NotFound):
        await bot.http.request(Route("GET", "/users/@me/connections"))

    assert world.violations == ["unknown route GET /users/@me/connections"]


async def test_a_wrong_token_is_not_let_in(world: Discord, pointed: None) -> None:
    async with Bot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("wrong")


async def test_a_button_reaches_the_bot(world: Discord, bot: Bot, mia: User, channel: Channel) -> None:
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="Again", custom_id="again"))
    message = await card(bot, channel, content="card", view=view)

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="pressed", view=None)

    bot.answer = answer

    await (await world.click(mia, message, "Again")).answered()

    assert (message.content, message.components) == ("pressed", [])
    with pytest.raises(ImpossibleError):
        await world.click(mia, message, "Again")


async def test_a_form_is_shown_filled_in_and_sent(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    class Form(discord.ui.Modal, title="Change"):
        prompt = discord.ui.Label(text="Prompt", component=discord.ui.TextInput())

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(self.prompt.component.value)

    bot.answer = lambda interaction: interaction.response.send_modal(Form())
    opened = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await opened.answered()

    sent = await world.submit_modal(mia, opened, {"Prompt": "a dog"})
    await sent.answered()

    assert sent.response.content == "a dog"


async def test_a_message_menu_carries_the_message(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    target = await world.post(mia, channel, "a cat on a roof")

    interaction = await world.context_menu(mia, channel, "Animate", target)
    await interaction.answered()

    assert interaction.response.content == "animating a cat on a roof"


async def test_events_of_a_lost_connection_are_replayed(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    await world.gateway.drop()

    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await interaction.answered()

    assert len(world.gateway.resumes) == 1
    assert len(world.gateway.identifies) == 1


async def test_an_event_lost_on_the_way_is_replayed(
    world: Discord, bot: Bot, mia: User, channel: Channel
) -> None:
    world.faults.add("GATEWAY", "INTERACTION_CREATE", action=DROP)

    interaction = await world.slash(mia, channel, "video text", options={"prompt": "a cat"})
    await interaction.answered()

    assert len(world.gateway.resumes) == 1


async def test_two_hundred_commands_at_once_are_all_answered(
    world: Discord, bot: Bot, mia: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a loaded machine, two hundred answers may take longer than Discord would wait.
    monkeypatch.setattr("standin.responses.ANSWER_WITHIN", timedelta(seconds=60))
    options = {"prompt": "a cat"}
    sent = [await world.slash(mia, channel, "video text", options=options) for _ in range(200)]
    await world.until(lambda: all(interaction.first_answer_at for interaction in sent))

    assert len(world.messages(channel.id)) == 200
    assert world.violations == []


async def test_a_requested_reconnect_is_a_resume(world: Discord, bot: Bot) -> None:
    await world.gateway.ask_reconnect()
    await world.until(lambda: world.gateway.resumes)

    assert len(world.gateway.identifies) == 1


async def test_an_invalid_session_begins_anew(world: Discord, bot: Bot) -> None:
    await world.gateway.invalidate()
    await world.until(lambda: len(world.gateway.identifies) == 2)

    assert world.gateway.resumes == []


async def test_a_shard_gets_only_what_happens_in_its_own_servers(world: Discord) -> None:
    for _ in range(8):
        world.world.advance(0.001)
        world.world.add_guild("another studio")
    async with aiohttp.ClientSession() as session:
        shards = [await _identified(session, world, shard=[number, 2]) for number in range(2)]
        events = [[await socket.receive_json() for _ in range(2)] for socket in shards]

    guilds = [{int(guild["id"]) for guild in ready["d"]["guilds"]} for ready, _ in events]
    assert [ready["d"]["shard"] for ready, _ in events] == [[0, 2], [1, 2]]
    assert [{(id_ >> 22) % 2 for id_ in ids} for ids in guilds] == [{0}, {1}]
    assert guilds[0] | guilds[1] == set(world.world.guilds)
    assert all(int(created["d"]["id"]) in ids for (_, created), ids in zip(events, guilds, strict=True))


async def test_a_shard_that_cannot_be_is_refused(world: Discord) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await _identified(session, world, shard=[2, 2])
        await socket.receive()

    assert socket.close_code == 4010


async def _identified(
    session: aiohttp.ClientSession, world: Discord, *, shard: list[int]
) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(world.url + "/gateway/?v=10&encoding=json")
    await socket.receive_json()
    await socket.send_json(
        {"op": 2, "d": {"token": world.world.token, "intents": 1, "properties": {}, "shard": shard}}
    )
    return socket


async def test_a_refused_handshake_comes_first(world: Discord) -> None:
    world.gateway.refuse_next(status=503)

    async with aiohttp.ClientSession() as session:
        async with session.get(world.url + "/gateway/") as refused:
            assert refused.status == 503
        async with session.ws_connect(world.url + "/gateway/?v=10&encoding=json") as socket:
            hello = await socket.receive_json()

    assert hello["op"] == 10


async def test_a_lost_answer_leaves_the_message(world: Discord, bot: Bot, channel: Channel) -> None:
    world.faults.add("POST", "/messages$", when="after", action=DROP)

    with pytest.raises((aiohttp.ClientError, OSError)):
        await card(bot, channel, content="card")

    assert len(world.messages(channel.id)) == 1
    assert world.requests_to("POST", "/messages")[0].status is None


async def test_a_fault_before_leaves_nothing(world: Discord, bot: Bot, channel: Channel) -> None:
    fault = world.faults.add("POST", "/messages$", action=Answer(503))

    with pytest.raises(discord.DiscordServerError):
        await card(bot, channel, content="card")

    assert world.messages(channel.id) == []
    assert fault.hits == 1


async def test_a_hanging_answer_comes_when_released(world: Discord, bot: Bot, channel: Channel) -> None:
    fault = world.faults.add("POST", "/messages$", when="after", action=HANG)

    sending = bot.loop.create_task(card(bot, channel, content="card"))
    await world.until(lambda: world.messages(channel.id))
    was_waiting = not sending.done()
    fault.release()

    assert (await sending).content == "card"
    assert was_waiting


async def test_a_full_bucket_makes_the_library_wait(world: Discord, bot: Bot, channel: Channel) -> None:
    world.rate_limits.set("POST", "/messages$", limit=2, per_s=0.2)

    for number in range(5):
        await card(bot, channel, content=str(number))

    assert len(world.messages(channel.id)) == 5
    assert len(world.requests_to("POST", "/messages")) == 5 + world.rate_limits.refused_count


async def test_a_429_on_order_is_waited_for(world: Discord, bot: Bot, channel: Channel) -> None:
    world.faults.add("POST", "/messages$", action=Answer.rate_limited(0.01))

    await card(bot, channel, content="card")

    assert [one.status for one in world.requests_to("POST", "/messages")] == [429, 200]


async def test_a_page_of_history_starts_where_asked(world: Discord, bot: Bot, channel: Channel) -> None:
    sent = [await card(bot, channel, content=str(number)) for number in range(4)]

    newer = place(bot, channel).history(after=discord.Object(sent[1].id))
    found = [message.content async for message in newer]

    assert found == ["2", "3"]


async def test_a_process_is_killed_in_the_middle_of_a_request_and_started_again(
    world: Discord, tmp_path: Path
) -> None:
    (tmp_path / "tiny.py").write_text(TINY_BOT)
    environment = {"DISCORD_TOKEN": world.world.token}

    async with BotProcess(world.url, environment, working=tmp_path, module="tiny") as bot:
        await bot.wait_for("connected")
        world.faults.add("GET", "/users/@me", action=bot.kill)
        await bot.kill()
        await bot.start()
        await bot.ended(timeout_s=60)
        assert bot.returncode == -9

        await bot.start()
        await bot.wait_for("connected")
        code = await bot.terminate()

    assert code != -9
    assert bot.output().count("connected to Gateway") == 2
