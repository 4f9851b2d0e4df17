"""``/limits`` as moderators see it; what a decision brings about is tested with the services."""

from collections.abc import Sequence
from typing import Any

import discord
import pytest
from simcord import MemberActor, RoleHandle

from bot import texts
from bot.charts.facts import RankingChart
from bot.clock import SystemClock
from bot.limits.limits import Limits, ServerSettings
from bot.limits.trail import Action, Actor
from bot.limits.values import SETTINGS
from builders import make_generation, make_request
from simulated import FakePainter, Simulated, embed_text, letters_to, reply_text
from storage import generations, ledger, settings
from storage.database import Transaction
from storage.ledger import Entry, Verb
from storage.records import Generation, Notice, State
from storage.settings import Scope, Subject

MODERATING = discord.Permissions(manage_guild=True)


@pytest.fixture
def carol(simulated: Simulated) -> MemberActor:
    """A moderator."""
    role = simulated.guild.create_role("Moderators", permissions=MODERATING)
    return simulated.guild.add_member(simulated.env.create_user("carol"), roles=[role])


@pytest.fixture
def fans(simulated: Simulated) -> RoleHandle:
    return simulated.guild.create_role("Fans")


async def paid(
    simulated: Simulated, *, credits: int = 3, helpers: Sequence[MemberActor] = (), **changes: Any
) -> Generation:
    """A video that alice asked for just now and paid, and helpers as much as she."""
    fields = {
        "state": State.DELIVERED,
        "notice": Notice.TOLD,
        "guild_id": simulated.guild.id,
        "asker_id": simulated.alice.id,
        "request": make_request(prompt="A *fox* in the snow"),
        "price_credits": credits,
        "asked_at": SystemClock().now(),
    }
    generation = make_generation(**fields | changes)
    payers = [generation.asker_id, *(helper.id for helper in helpers)]
    await simulated.application.database.transaction(_pay, generation, payers)
    return generation


def _pay(transaction: Transaction, generation: Generation, payers: Sequence[int]) -> None:
    generations.add(transaction, generation)
    guild_id = generation.guild_id or 0
    ledger.lock(transaction, guild_id=guild_id, member_ids=payers)
    for member_id in payers:
        reserved = Entry(
            at=generation.asked_at,
            verb=Verb.RESERVE,
            guild_id=guild_id,
            member_id=member_id,
            generation_id=generation.id,
            allowance_credits=generation.price_credits,
            counted_at=generation.asked_at,
        )
        ledger.add(transaction, reserved)
    ledger.settle(transaction, generation.id, at=generation.asked_at)


def _actor(simulated: Simulated, member: MemberActor) -> Actor:
    return Actor(member_id=member.id, guild_id=simulated.guild.id, interaction_id=1)


def test_every_word_of_the_services_has_its_words() -> None:
    assert texts.HISTORY_LINES.keys() == {action.value for action in Action}
    assert texts.WHOM.keys() == texts.LIMITS_OF.keys() == {scope.value for scope in Scope}


async def test_discord_hides_it_from_those_who_may_not_manage_the_server(simulated: Simulated) -> None:
    offered = simulated.alice.available_commands(simulated.channel)

    assert [name for name in offered if name.startswith("limits")] == []


async def test_who_is_let_in_by_discord_alone_is_refused_by_us(simulated: Simulated) -> None:
    commands = await simulated.application.client.tree.fetch_commands()
    [command] = [one for one in commands if one.name == "limits"]
    simulated.guild.set_command_permissions(command, {simulated.alice: True})
    alice, channel = simulated.alice, simulated.channel

    answers = [
        await alice.slash(channel, "limits show"),
        await alice.slash(channel, "limits set", limit="gifts", value="yes"),
        await alice.slash(channel, "limits reset"),
        await alice.slash(channel, "limits grant", member=alice, credits=100),
        await alice.slash(channel, "limits refund", generation="x"),
        await alice.slash(channel, "limits top"),
        await alice.slash(channel, "limits history"),
    ]
    offered = await alice.autocomplete(channel, "limits refund", "generation", "")

    assert {reply_text(answer) for answer in answers} == {texts.ONLY_MODERATORS}
    assert offered == []


async def test_everything_that_holds_is_shown_with_where_it_comes_from(
    simulated: Simulated, carol: MemberActor
) -> None:
    await carol.slash(simulated.channel, "limits set", limit="credits_per_day", value="20")

    shown = embed_text(await carol.slash(simulated.channel, "limits show"))

    for name in (*Limits.model_fields, *ServerSettings.model_fields):
        assert f"`{name}`" in shown
    assert "`credits_per_day` **20 credits** · this server" in shown
    assert shown.index("`credits_per_day`") < shown.index("`exempt`")
    assert "`time_zone` **UTC** · default" in shown
    [*_, last] = shown.splitlines()
    assert last.startswith(texts.LIMITS_NONE.format(names="`credits_per_month`, `videos_per_day`"))


def test_every_limit_is_offered_in_whole_words() -> None:
    names = {name: SETTINGS[name].help_of(name) for name in SETTINGS}

    assert all(len(texts.LIMIT_CHOICE.format(name=name, help=help)) <= 100 for name, help in names.items())


async def test_a_role_is_set_shown_and_reset(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    channel = simulated.channel

    was_set = await carol.slash(channel, "limits set", limit="cooldown_s", value="5m", role=fans)
    shown = await carol.slash(channel, "limits show", role=fans)
    reset = await carol.slash(channel, "limits reset", limit="cooldown_s", role=fans)
    again = await carol.slash(channel, "limits reset", role=fans)

    assert reply_text(was_set) == texts.LIMIT_SET.format(
        name="cooldown_s", whom=fans.mention, after="5 min", before=texts.NOT_SET
    )
    assert "`cooldown_s` **5 min** · role" in embed_text(shown)
    assert reply_text(reset).splitlines() == [
        texts.LIMITS_RESET.format(whom=fans.mention),
        "`cooldown_s` **no limit** · default",
    ]
    assert reply_text(again) == texts.LIMITS_RESET_NOTHING.format(whom=fans.mention)


async def test_a_reset_says_what_holds_now_as_show_does(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    channel, dora = (
        simulated.channel,
        simulated.guild.add_member(simulated.env.create_user("dora"), roles=[fans]),
    )
    for credits, whom in (("30", {}), ("10", {"role": fans}), ("5", {"member": dora})):
        await carol.slash(channel, "limits set", limit="credits_per_day", value=credits, **whom)

    answers = [
        await carol.slash(channel, "limits reset", member=dora),
        await carol.slash(channel, "limits reset", role=fans),
        await carol.slash(channel, "limits reset", limit="credits_per_day"),
    ]

    assert [reply_text(answer).splitlines()[1:] for answer in answers] == [
        ["`credits_per_day` **10 credits** · role"],
        ["`credits_per_day` **30 credits** · this server"],
        ["`credits_per_day` **no limit** · default"],
    ]


async def test_what_was_not_set_reads_as_show_reads_it(simulated: Simulated, carol: MemberActor) -> None:
    shown = embed_text(await carol.slash(simulated.channel, "limits show"))
    answer = await carol.slash(simulated.channel, "limits set", limit="gifts", value="yes")
    history = embed_text(await carol.slash(simulated.channel, "limits history"))

    assert "`gifts` **no** · default" in shown
    assert "(before: no · default)" in reply_text(answer)
    assert "no · default → **yes**" in history


async def test_a_member_is_shown_with_their_own_credits(simulated: Simulated, carol: MemberActor) -> None:
    bob, channel = simulated.bob, simulated.channel
    await carol.slash(channel, "limits grant", member=bob, credits=5)
    await carol.slash(channel, "limits set", limit="exempt", value="yes", member=bob)

    shown = embed_text(await carol.slash(channel, "limits show", member=bob))

    assert texts.LIMITS_OF["member"].format(whom=bob.mention, credits="5 credits") in shown
    assert "`exempt` **yes** · this member" in shown


async def test_everybodys_role_is_the_server(simulated: Simulated, carol: MemberActor) -> None:
    everyone = simulated.guild.default_role

    answer = await carol.slash(simulated.channel, "limits set", limit="gifts", value="yes", role=everyone)

    assert texts.WHOM["server"] in reply_text(answer)


async def test_a_role_and_a_member_at_once_are_refused(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    answer = await carol.slash(simulated.channel, "limits show", role=fans, member=simulated.bob)

    assert texts.ONE_SUBJECT in reply_text(answer)


async def test_a_channel_of_another_server_is_refused(simulated: Simulated, carol: MemberActor) -> None:
    elsewhere = simulated.env.create_guild("Elsewhere").create_text_channel("secret")
    options = {"limit": "moderator_channel"}

    there = await carol.slash(simulated.channel, "limits set", value=elsewhere.mention, **options)
    here = await carol.slash(simulated.channel, "limits set", value=simulated.channel.mention, **options)

    assert texts.CHANNEL_ELSEWHERE in reply_text(there)
    assert simulated.channel.mention in reply_text(here)


async def test_limits_are_offered_by_name_and_help(simulated: Simulated, carol: MemberActor) -> None:
    offered = await carol.autocomplete(simulated.channel, "limits set", "limit", "pause")

    assert [choice["value"] for choice in offered] == ["cooldown_s"]


async def test_a_role_is_offered_no_settings_of_the_server(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    offered = await carol.autocomplete(simulated.channel, "limits set", "limit", "", value="", role=fans)

    assert [choice["value"] for choice in offered] == list(Limits.model_fields)


async def test_values_are_offered_with_the_present_one_first(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    await carol.slash(simulated.channel, "limits set", limit="credits_per_day", value="37", role=fans)

    offered = await carol.autocomplete(
        simulated.channel, "limits set", "value", "", limit="credits_per_day", role=fans
    )

    assert offered[0] == {"name": "37 credits (now)", "value": "37"}
    assert {"name": "no limit", "value": "no limit"} in offered


async def test_channels_are_offered_by_name(simulated: Simulated, carol: MemberActor) -> None:
    offered = await carol.autocomplete(
        simulated.channel, "limits set", "value", "vid", limit="moderator_channel"
    )

    assert offered == [{"name": "#videos", "value": str(simulated.channel.id)}]


async def test_only_what_is_set_is_offered_to_be_reset(simulated: Simulated, carol: MemberActor) -> None:
    await carol.slash(simulated.channel, "limits set", limit="gifts", value="yes")

    offered = await carol.autocomplete(simulated.channel, "limits reset", "limit", "")

    assert [choice["value"] for choice in offered] == ["gifts"]


async def test_a_grant_says_what_the_member_has_now(simulated: Simulated, carol: MemberActor) -> None:
    bob, channel = simulated.bob, simulated.channel

    given = await carol.slash(channel, "limits grant", member=bob, credits=5)
    taken = await carol.slash(channel, "limits grant", member=bob, credits=-4)
    refused = await carol.slash(channel, "limits grant", member=bob, credits=-2)

    assert reply_text(given) == texts.GRANTED.format(
        whom=bob.mention, credits="5 credits", balance="5 credits"
    )
    assert reply_text(taken) == texts.GRANTED_BACK.format(
        whom=bob.mention, credits="4 credits", balance="1 credit"
    )
    assert texts.GRANT_BELOW_ZERO.format(balance="1 credit") in reply_text(refused)


def _letter(letter: str, by: MemberActor, *, credits: str, balance: str, **words: str) -> str:
    has = texts.LETTER_BALANCE.format(balance=balance)
    return letter.format(actor_id=by.id, credits=credits, server="Studio", balance=has, **words)


async def test_who_is_granted_credits_hears_of_it(simulated: Simulated, carol: MemberActor) -> None:
    bob, channel = simulated.bob, simulated.channel

    await carol.slash(channel, "limits grant", member=bob, credits=5)
    await carol.slash(channel, "limits grant", member=bob, credits=-4)
    await carol.slash(channel, "limits grant", member=bob, credits=-2)
    await carol.slash(channel, "limits grant", member=carol, credits=1)

    assert letters_to(bob) == [
        _letter(texts.LETTER_GRANTED, carol, credits="5 credits", balance="5 credits"),
        _letter(texts.LETTER_TAKEN_BACK, carol, credits="4 credits", balance="1 credit"),
    ]
    assert letters_to(carol) == []


async def test_everybody_who_paid_hears_of_a_refund_once(simulated: Simulated, carol: MemberActor) -> None:
    fox = await paid(simulated, credits=5, helpers=[simulated.bob])

    for _ in range(2):
        await carol.slash(simulated.channel, "limits refund", generation=fox.id)

    told = _letter(
        texts.LETTER_REFUNDED, carol, credits="5 credits", balance="0 credits", generation_id=fox.id
    )
    assert [letters_to(payer) for payer in (simulated.alice, simulated.bob, carol)] == [[told], [told], []]


async def test_the_card_of_a_refunded_video_says_so_without_a_ping_or_a_second_card(
    simulated: Simulated, carol: MemberActor
) -> None:
    await simulated.ask(simulated.alice)
    card = await simulated.finished_card()
    await simulated.reply_to(card)
    before = [message.id for message in simulated.channel.history()]
    [offered] = await carol.autocomplete(simulated.channel, "limits refund", "generation", "")

    await carol.slash(simulated.channel, "limits refund", generation=offered["value"])

    given_back = texts.COST_GIVEN_BACK.format(credits="1 credit")
    shown = await simulated.until(lambda: simulated.newest_with(given_back))
    assert (shown.id, len(shown.attachments)) == (card.id, 1)
    assert [message.id for message in simulated.channel.history()] == before


async def test_a_paid_video_is_offered_and_refunded(simulated: Simulated, carol: MemberActor) -> None:
    fox = await paid(simulated)

    [offered] = await carol.autocomplete(simulated.channel, "limits refund", "generation", "FOX")
    answer = await carol.slash(simulated.channel, "limits refund", generation=offered["value"])

    asked = f"{fox.asked_at:%Y-%m-%d %H:%M} UTC"
    assert offered == {"name": f"3 credits · {asked} · A *fox* in the snow", "value": fox.id}
    assert (
        embed_text(answer) == f"Given back for the video `{fox.id}`:\n3 credits to {simulated.alice.mention}"
    )


async def test_the_refund_of_a_shared_video_names_everybody(simulated: Simulated, carol: MemberActor) -> None:
    fox = await paid(simulated, credits=5, helpers=[simulated.bob])

    answer = await carol.slash(simulated.channel, "limits refund", generation=fox.id)

    _, *shares = embed_text(answer).split("\n")
    assert shares == [f"5 credits to {payer.mention}" for payer in (simulated.alice, simulated.bob)]


async def test_a_video_with_a_long_prompt_is_offered_in_one_choice(
    simulated: Simulated, carol: MemberActor
) -> None:
    await paid(simulated, request=make_request(prompt="fox " * 100), credits=1_000_000)

    [offered] = await carol.autocomplete(simulated.channel, "limits refund", "generation", "")

    assert len(offered["name"]) == 100
    assert "UTC · fox" in offered["name"]


async def test_what_is_no_video_leads_to_the_list(simulated: Simulated, carol: MemberActor) -> None:
    answer = await carol.slash(simulated.channel, "limits refund", generation="the fox")

    assert reply_text(answer) == f"{texts.REFUND_UNKNOWN}\n{texts.REFUND_UNKNOWN_HINT}"


async def test_the_top_is_a_list_a_picture_and_a_file(
    simulated: Simulated, carol: MemberActor, painter: FakePainter
) -> None:
    await paid(simulated, credits=3)
    await paid(simulated, credits=1, asker_id=simulated.bob.id)

    answer = await carol.slash(simulated.channel, "limits top")

    assert embed_text(answer).splitlines() == [
        f"**#1** {simulated.alice.mention} · 3 credits, 1 video",
        f"**#2** {simulated.bob.mention} · 1 credit, 1 video",
    ]
    [chart] = painter.charts
    assert isinstance(chart, RankingChart)
    assert [(bar.label, bar.used_credits) for bar in chart.bars] == [("#1 alice", 3), ("#2 bob", 1)]
    assert answer.response is not None
    assert [file.filename for file in answer.response.attachments] == ["use.png", "use.csv"]
    rows = (await answer.response.attachments[1].read()).decode().splitlines()
    assert rows[1] == f"{simulated.alice.id},alice,3,1"


async def test_the_file_holds_everybody(
    simulated: Simulated, carol: MemberActor, painter: FakePainter
) -> None:
    painter.fails = True
    for asker_id in range(1, 13):
        await paid(simulated, credits=100 - asker_id, asker_id=asker_id)

    answer = await carol.slash(simulated.channel, "limits top", days=1)

    assert answer.response is not None
    [file] = answer.response.attachments
    rows = (await file.read()).decode().splitlines()
    assert rows[:2] == ["member_id,name,credits,videos", "1,,99,1"]
    assert len(rows) == 13
    assert len(embed_text(answer).splitlines()) == 10


async def test_a_server_without_use_has_no_picture(
    simulated: Simulated, carol: MemberActor, painter: FakePainter
) -> None:
    answer = await carol.slash(simulated.channel, "limits top")

    assert embed_text(answer) == texts.TOP_NONE
    assert painter.charts == []


async def test_the_history_tells_every_kind_of_decision(
    simulated: Simulated, carol: MemberActor, fans: RoleHandle
) -> None:
    channel, bob = simulated.channel, simulated.bob
    fox = await paid(simulated)
    await carol.slash(channel, "limits set", limit="cooldown_s", value="30", role=fans)
    await carol.slash(channel, "limits grant", member=bob, credits=1)
    await carol.slash(channel, "limits refund", generation=fox.id)
    await simulated.application.services.prices.set("videos", "7", actor=_actor(simulated, carol))

    lines = embed_text(await carol.slash(channel, "limits history")).splitlines()

    told = [line.partition(f"{carol.mention}: ")[2] for line in lines]
    assert told == [
        "price of Videos 720p · standard: not set → **7**",
        f"3 credits of video `{fox.id}` back to {simulated.alice.mention}",
        f"1 credit granted to {bob.mention}",
        f"`cooldown_s` of {fans.mention}: not set → **30 s**",
    ]


async def test_a_history_of_nothing_says_so(simulated: Simulated, carol: MemberActor) -> None:
    shown = embed_text(await carol.slash(simulated.channel, "limits history"))

    assert shown == texts.HISTORY_NONE


async def test_the_longest_settings_fit(simulated: Simulated, carol: MemberActor) -> None:
    names = [name for name in Limits.model_fields if name not in ("models", "exempt")]
    server = Subject(guild_id=simulated.guild.id, scope=Scope.SERVER)
    content = dict.fromkeys(names, 1_000_000) | {"models": ["sd2_manxue_fast_1080p"] * 8}
    await simulated.application.database.transaction(settings.put, server, content)

    shown = embed_text(await carol.slash(simulated.channel, "limits show"))

    assert len(shown) <= 4096
    assert not shown.endswith("more")
