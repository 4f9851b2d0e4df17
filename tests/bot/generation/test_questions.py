"""A video is made after a yes to its price, once; without one nothing happens and nothing is kept for long."""

import pytest

from bot.errors import Refusal
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.questions import QUESTION_TIMEOUT_S, WAITING_MAX_COUNT, NoLongerOpen, Questions
from bot.generation.service import Asked, GenerationService, NotYours
from bot.limits.reservations import Quote, Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from builders import make_member, make_request
from fakes import HandClock
from storage import settings
from storage.settings import Scope, Subject

ALICE, BOB = 30, 31


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def service(sqlite_database, clock):
    return GenerationService(
        sqlite_database,
        clock=clock,
        line=Line(place_count=1, clock=clock),
        reservations=Reservations(Rulebook(OperatorRules())),
        on_change=lambda generation: None,
        on_warning=lambda: None,
        cancel_window_s=3.0,
    )


@pytest.fixture
def rule(sqlite_database):
    async def put(**values):
        subject = Subject(guild_id=10, scope=Scope.SERVER)
        await sqlite_database.transaction(settings.put, subject, values)

    return put


@pytest.fixture
async def questions(sqlite_database, service, clock, rule):
    await rule(prices={"sd2_manxue_720p": "6"})
    return Questions(service, database=sqlite_database, clock=clock)


@pytest.fixture
def count(service):
    async def counted():
        return len(await service.latest(asker_id=ALICE, guild_id=10))

    return counted


async def ask(questions, *, interaction_id=1):
    asked = Asked(interaction_id=interaction_id, channel_id=20, member=make_member(id=ALICE, guild_id=10))
    return await questions.admit(Checked(request=make_request()), asked)


async def accept(questions, *, interaction_id=1, member_id=ALICE, price_credits=6):
    member = make_member(id=member_id, guild_id=10)
    return await questions.accept(interaction_id, member=member, price_credits=price_credits)


async def test_a_high_price_is_asked_about_before_anything_is_written(questions, count):
    assert await ask(questions) == Quote(price_credits=6, left_credits=None)

    assert await count() == 0


async def test_a_yes_counts_once_however_often_it_comes(questions, count):
    await ask(questions)

    first, second = await accept(questions), await accept(questions)

    assert first.id == second.id
    assert await count() == 1


async def test_a_yes_after_a_restart_is_answered_by_what_was_admitted_before(
    questions, sqlite_database, service, clock
):
    await ask(questions)
    made = await accept(questions)
    started_again = Questions(service, database=sqlite_database, clock=clock)

    assert (await accept(started_again)).id == made.id


async def test_a_price_that_has_risen_is_asked_about_again(questions, rule, count):
    await ask(questions)
    await rule(prices={"sd2_manxue_720p": "8"})

    assert await accept(questions) == Quote(price_credits=8, left_credits=None)
    assert await count() == 0
    assert (await accept(questions, price_credits=8)).price_credits == 8


async def test_a_question_is_over_after_its_time(questions, clock, count):
    await ask(questions)
    clock.jump(seconds=QUESTION_TIMEOUT_S)

    with pytest.raises(NoLongerOpen):
        await accept(questions)

    assert await count() == 0


async def test_of_too_many_questions_the_oldest_make_room(questions, rule):
    for number in range(WAITING_MAX_COUNT + 1):
        await ask(questions, interaction_id=1 + number)

    with pytest.raises(NoLongerOpen):
        await accept(questions, interaction_id=1)

    assert (await accept(questions, interaction_id=2)).interaction_id == 2


async def test_only_who_was_asked_can_answer(questions, count):
    await ask(questions)

    with pytest.raises(NotYours):
        await accept(questions, member_id=BOB)
    with pytest.raises(NotYours):
        await questions.decline(1, member_id=BOB)

    assert await count() == 0


async def test_after_a_no_there_is_nothing_to_say_yes_to(questions):
    await ask(questions)

    assert await questions.decline(1, member_id=ALICE) is None

    with pytest.raises(NoLongerOpen):
        await accept(questions)


async def test_a_no_that_comes_after_the_yes_changes_nothing(questions, count):
    await ask(questions)
    made = await accept(questions)

    assert (await questions.decline(1, member_id=ALICE)).id == made.id
    assert await count() == 1


async def test_a_yes_that_limits_forbid_by_now_is_refused_and_stays_open(questions, rule):
    await ask(questions)
    await rule(prices={"sd2_manxue_720p": "6"}, credits_per_day=5)
    with pytest.raises(Refusal):
        await accept(questions)

    await rule(prices={"sd2_manxue_720p": "6"}, credits_per_day=10)

    assert (await accept(questions)).price_credits == 6
