"""``/usage`` as members see it; what stands behind the numbers is tested with the service."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import texts
from bot.charts.facts import DailyChart
from bot.limits.limits import Limits
from bot.limits.policy import Barrier
from bot.limits.trail import Actor
from bot.upstream.families import FAMILIES
from builders import make_generation, make_request
from simulated import PNG, FakePainter, Simulated, embed_text
from storage import generations, ledger, settings
from storage.database import Transaction
from storage.ledger import Entry, Verb
from storage.records import Generation, Notice, State
from storage.settings import Scope, Subject

TODAY = datetime.now(UTC).replace(microsecond=0)
ALL_LIMITS = {
    "credits_per_day": 1_000_000,
    "credits_per_month": 1_000_000,
    "videos_per_day": 1_000_000,
    "videos_per_month": 1_000_000,
    "running_at_once": 1_000_000,
    "waiting_in_line": 1_000_000,
    "cooldown_s": 2_678_399,
    "longest_s": 999_999,
    "account_age_days": 3650,
    "membership_days": 3650,
}


async def limit(simulated: Simulated, **values: Any) -> None:
    subject = Subject(guild_id=simulated.guild.id, scope=Scope.SERVER)
    await simulated.application.database.transaction(settings.put, subject, values)


async def has(simulated: Simulated, *, credits: int = 3, is_over: bool = False, **changes: Any) -> Generation:
    """A video that alice asked for just now, settled if it is over."""
    fields: dict[str, Any] = {
        "state": State.DELIVERED if is_over else State.QUEUED,
        "notice": Notice.TOLD if is_over else Notice.DUE,
        "guild_id": simulated.guild.id,
        "channel_id": simulated.channel.id,
        "card_id": 77,
        "asker_id": simulated.alice.id,
        "request": make_request(prompt="A *fox* in the snow"),
        "price_credits": credits,
        "asked_at": TODAY,
    }
    generation = make_generation(**fields | changes)
    await simulated.application.database.transaction(_write, generation)
    if is_over:
        await simulated.application.database.transaction(ledger.settle, generation.id, at=generation.asked_at)
    return generation


def _write(transaction: Transaction, generation: Generation) -> None:
    entry = Entry(
        at=generation.asked_at,
        verb=Verb.RESERVE,
        guild_id=generation.guild_id or 0,
        member_id=generation.asker_id,
        generation_id=generation.id,
        allowance_credits=generation.price_credits,
        counted_at=generation.asked_at,
    )
    generations.add(transaction, generation)
    _reserve(transaction, entry)


def _reserve(transaction: Transaction, entry: Entry) -> None:
    ledger.lock(transaction, guild_id=entry.guild_id, member_ids=[entry.member_id])
    ledger.add(transaction, entry)


async def shown(simulated: Simulated) -> str:
    return embed_text(await simulated.alice.slash(simulated.channel, "usage"))


def test_everything_that_may_be_shown_has_its_words() -> None:
    assert texts.USAGE_LIMITS.keys() == Limits.model_fields.keys() - {"exempt"}
    assert texts.USAGE_BUDGETS.keys() == {barrier for barrier in Barrier if "budget" in barrier}
    assert texts.USAGE_COSTS.keys() == {"reserve", "settle", "release", "refund"}


async def test_whoever_is_not_limited_and_did_nothing_is_told_so(
    simulated: Simulated, painter: FakePainter
) -> None:
    words = await shown(simulated)

    assert words == f"{texts.USAGE_NO_LIMITS}\n\n{texts.STATUS_NONE}"
    assert painter.charts == []


async def test_a_member_sees_what_is_left_and_when_there_is_more(
    simulated: Simulated, painter: FakePainter
) -> None:
    await limit(simulated, credits_per_day=10, longest_s=90)
    await has(simulated)

    words = await shown(simulated)

    again = int((TODAY + timedelta(days=1)).timestamp())
    assert f"▰▰▰▰▰▰▰▱▱▱ Credits per day: **7** of 10 left · full again <t:{again}:R>" in words
    assert "Longest video: **90 s**" in words
    assert "Credits reserved for videos that are not over: **3**" in words


async def test_two_moments_that_look_the_same_are_told_once(
    simulated: Simulated, painter: FakePainter
) -> None:
    await limit(simulated, credits_per_day=10, videos_per_day=10)
    await has(simulated, credits=1, asked_at=TODAY - timedelta(minutes=20))
    await has(simulated, credits=0)

    credits, videos = (await shown(simulated)).splitlines()[:2]

    assert credits.count("<t:") == 1
    assert (videos.count("<t:"), "full again" in videos) == (1, True)


async def test_what_frees_hours_before_the_rest_is_told(simulated: Simulated, painter: FakePainter) -> None:
    await limit(simulated, credits_per_day=10)
    await has(simulated, asked_at=TODAY - timedelta(hours=5))
    await has(simulated)

    assert "· more <t:" in await shown(simulated)


async def test_a_video_that_others_pay_is_not_called_free(simulated: Simulated, painter: FakePainter) -> None:
    generation = await has(simulated, credits=0)
    share = Entry(
        at=TODAY,
        verb=Verb.RESERVE,
        guild_id=simulated.guild.id,
        member_id=simulated.bob.id,
        generation_id=generation.id,
        allowance_credits=3,
        videos=0,
        counted_at=TODAY,
    )
    await simulated.application.database.transaction(_reserve, share)

    assert f"· {texts.USAGE_PAID_BY_OTHERS} ·" in await shown(simulated)


async def test_what_one_pays_for_somebody_else_is_in_it(simulated: Simulated, painter: FakePainter) -> None:
    train = await has(simulated, asker_id=simulated.bob.id, credits=2, draft_title="Night *train*")
    share = Entry(
        at=TODAY,
        verb=Verb.RESERVE,
        guild_id=simulated.guild.id,
        member_id=simulated.alice.id,
        generation_id=train.id,
        allowance_credits=1,
        videos=0,
        counted_at=TODAY,
    )
    await simulated.application.database.transaction(_reserve, share)

    words = await shown(simulated)

    assert "· 1 credit reserved ·" in words
    assert rf"for **Night \*train\***, a draft of {simulated.bob.mention}" in words
    assert texts.STATUS_NONE not in words
    [chart] = painter.charts
    assert isinstance(chart, DailyChart)
    assert {day.on: day.held_credits for day in chart.days if day.held_credits} == {TODAY.date(): 1}


async def test_credits_that_came_and_went_are_shown_with_by_whom(
    simulated: Simulated, painter: FakePainter
) -> None:
    grants, alice, bob = simulated.application.services.grants, simulated.alice, simulated.bob
    await simulated.rule(gifts=True)
    fox = await has(simulated, is_over=True)
    actor = Actor(member_id=99, guild_id=simulated.guild.id, interaction_id=1)
    await grants.grant(alice.id, 5, actor=actor)
    await grants.grant(alice.id, -1, actor=replace(actor, interaction_id=2))
    await grants.grant(bob.id, 7, actor=replace(actor, interaction_id=3))
    await bob.slash(simulated.channel, "gift", member=alice, credits=2)
    await alice.slash(simulated.channel, "gift", member=bob, credits=3)
    await grants.refund(fox.id, actor=replace(actor, interaction_id=4))

    _, _, lines = (await shown(simulated)).partition(f"{texts.USAGE_CHANGES}\n")

    assert [line.rpartition(" · <t:")[0] for line in lines.splitlines()[:5]] == [
        r"+3 credits given back by <@99> for “A \*fox\* in the snow”",
        f"-3 credits given to {bob.mention}",
        f"+2 credits from {bob.mention}",
        "-1 credit taken back by <@99>",
        "+5 credits granted by <@99>",
    ]


def test_every_way_of_credits_has_its_words() -> None:
    by_hand = {verb.value for verb in Verb} - {"reserve", "settle", "release"}

    assert texts.USAGE_CHANGE_WORDS.keys() == by_hand | {"take back"}


async def test_what_is_under_way_and_what_is_over_are_shown_with_their_cost_and_card(
    simulated: Simulated, painter: FakePainter
) -> None:
    await has(simulated)
    await has(simulated, credits=1, is_over=True, request=make_request(prompt="An owl"))

    under_way, latest = (await shown(simulated)).split(texts.USAGE_HISTORY)

    link = f"/{simulated.channel.id}/77"
    for words in (texts.HEADLINES[State.QUEUED], "3 credits reserved", r"A \*fox\* in the snow", link):
        assert words in under_way
    for words in (texts.LISTED_HEADLINES[State.DELIVERED], "· 1 credit ·", "An owl", link):
        assert words in latest


async def test_others_and_other_servers_are_not_in_it(simulated: Simulated, painter: FakePainter) -> None:
    await has(simulated, asker_id=simulated.bob.id)
    await has(simulated, guild_id=1)

    assert texts.STATUS_NONE in await shown(simulated)


async def test_the_picture_shows_credits_taken_and_held_each_day(
    simulated: Simulated, painter: FakePainter
) -> None:
    await limit(simulated, credits_per_day=10)
    await has(simulated)
    await has(simulated, credits=2, is_over=True)

    answer = (await simulated.alice.slash(simulated.channel, "usage")).response

    [chart] = painter.charts
    assert isinstance(chart, DailyChart)
    used = [(day.taken_credits, day.held_credits) for day in chart.days if day.taken_credits]
    assert (used, chart.limit_credits) == ([(2, 3)], 10)
    assert answer is not None
    assert answer.embeds[0].image.url in {"attachment://use.png", answer.attachments[0].url}


async def test_where_videos_are_free_the_picture_counts_them(
    simulated: Simulated, painter: FakePainter
) -> None:
    await limit(simulated, videos_per_day=5)
    await has(simulated, credits=0)
    await has(simulated, credits=0, is_over=True)

    words = await shown(simulated)

    [chart] = painter.charts
    assert isinstance(chart, DailyChart)
    assert [day.taken_credits for day in chart.days if day.taken_credits] == [2]
    assert (chart.taken_label, chart.limit_credits) == (texts.CHART_VIDEOS_TAKEN, 5)
    assert texts.FREE in words


async def test_when_drawing_fails_the_answer_stands_without_a_picture(
    simulated: Simulated, painter: FakePainter
) -> None:
    painter.fails = True
    await has(simulated)

    answer = (await simulated.alice.slash(simulated.channel, "usage")).response

    assert answer is not None
    assert "3 credits reserved" in (answer.embeds[0].description or "")
    assert answer.embeds[0].image.url is None
    assert answer.attachments == []


async def test_the_real_picture_arrives(simulated: Simulated) -> None:
    await has(simulated)

    answer = (await simulated.alice.slash(simulated.channel, "usage")).response

    assert answer is not None
    assert (await answer.attachments[0].read()).startswith(PNG)


async def test_the_longest_answer_fits(simulated: Simulated, painter: FakePainter) -> None:
    models = [model.name for family in FAMILIES.values() for model in family.models]
    await limit(simulated, models=models, **ALL_LIMITS)
    for number in range(30):
        long = make_request(prompt="**fox** " * 200)
        await has(simulated, credits=1_000_000, is_over=number % 2 == 0, request=long, channel_id=2**63 - 1)

    answer = (await simulated.alice.slash(simulated.channel, "usage")).response

    assert answer is not None
    description = answer.embeds[0].description or ""
    assert all(words in description for words in texts.USAGE_LIMITS.values())
    assert len(description) <= 4096
    assert len(answer.embeds[0]) <= 6000
