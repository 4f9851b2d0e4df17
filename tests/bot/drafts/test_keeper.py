"""Votes close, what is decided is handed over, and what nobody edits ends, whichever process is there to see it."""

import asyncio
from datetime import timedelta

import pytest

from bot import texts
from bot.delivery.sender import DiscordUnavailable
from bot.drafts.keeper import LOOK_S, DraftKeeper, ends_at
from builders import NOON, make_draft, make_participant
from fakes import until
from storage.draft_records import DraftMedium, DraftState, Rule, Variant
from storage.records import Medium

IDLE = timedelta(hours=72)
VARIANTS = tuple(
    Variant(number=number, prompt=f"Text {number}.", author_id=30, authors={}) for number in (1, 2, 3)
)


@pytest.fixture
def keeper(studio):
    return DraftKeeper(
        studio.database,
        clock=studio.clock,
        submission=studio.submission,
        idle=IDLE,
        on_change=studio.changed.append,
        take_up=studio.taken_up.append,
    )


def voters(*votes):
    return tuple(make_participant(30 + number, vote=vote) for number, vote in enumerate(votes))


async def vote(studio, *votes):
    return await studio.add(
        state=DraftState.OPEN,
        rule=Rule.VOTE,
        variants=VARIANTS,
        vote_closes_at=NOON + timedelta(hours=1),
        participants=voters(*votes),
    )


async def test_what_a_moderator_locked_ends_by_itself_too(studio, keeper):
    draft = await studio.add(state=DraftState.OPEN, is_locked=True, locking_moderator_id=33)
    for hours in (54, 18):
        studio.clock.jump(hours=hours)
        await keeper.look()

    assert (await studio.row(draft)).state is DraftState.ENDED


async def test_a_card_that_still_shows_an_open_draft_after_its_end_is_taken_up(studio, keeper):
    over = await studio.add(state=DraftState.ENDED, version=3, shown_version=2)
    await studio.add(state=DraftState.ENDED, version=3, shown_version=3)

    await keeper.look()

    assert studio.taken_up == [over]


async def test_what_nobody_edits_is_warned_about_once(studio, keeper):
    draft = await studio.add(state=DraftState.OPEN)
    studio.clock.jump(hours=53)
    await keeper.look()
    assert studio.changed == []

    studio.clock.jump(hours=1)
    await keeper.look()
    await keeper.look()

    (warned,) = studio.changed
    assert (warned.warned_at, warned.version) == (NOON + timedelta(hours=54), draft.version + 1)
    assert ends_at(warned, idle=IDLE) == NOON + IDLE


async def test_what_nobody_edits_after_the_warning_ends(studio, keeper):
    draft = await studio.add(state=DraftState.OPEN)
    studio.clock.jump(hours=54)
    await keeper.look()
    studio.clock.jump(hours=18)
    await keeper.look()

    row = await studio.row(draft)
    assert (row.state, row.reason) == (DraftState.ENDED, texts.DRAFT_EXPIRED)


async def test_after_a_long_absence_the_warning_still_comes_first(studio, keeper):
    draft = await studio.add(state=DraftState.OPEN)
    studio.clock.jump(days=30)

    await keeper.look()
    studio.clock.jump(hours=17)
    await keeper.look()
    assert (await studio.row(draft)).state is DraftState.OPEN

    studio.clock.jump(hours=1)
    await keeper.look()
    assert (await studio.row(draft)).state is DraftState.ENDED


def test_what_was_not_warned_about_does_not_end():
    assert ends_at(make_draft(), idle=IDLE) is None


async def test_a_vote_goes_on_until_it_closes(studio, keeper):
    draft = await vote(studio, 2)
    studio.clock.jump(minutes=59)

    await keeper.look()

    assert await studio.row(draft) == draft


# The votes of Alice, Bob and others, and the variant that is made.
VOTES = [((2, 2, 1), 2), ((3, 1), 1), ((None, 3), 3)]


@pytest.mark.parametrize(("votes", "chosen"), VOTES)
async def test_when_a_vote_closes_the_most_votes_are_made(studio, keeper, votes, chosen):
    await studio.grant(_30=3)
    draft = await vote(studio, *votes)
    studio.clock.jump(hours=1)

    await keeper.look()

    assert [it.state for it in studio.changed] == [DraftState.DECIDED, DraftState.SUBMITTED]
    assert (await studio.row(draft)).chosen_variant == chosen


async def test_a_vote_of_nobody_leaves_the_draft_open_and_says_so(studio, keeper):
    draft = await vote(studio, None)
    studio.clock.jump(hours=1)

    await keeper.look()

    row = await studio.row(draft)
    assert (row.state, row.reason, row.vote_closes_at) == (DraftState.OPEN, texts.DRAFT_NOBODY_VOTED, None)


async def test_what_an_earlier_process_left_decided_is_handed_over(studio, keeper):
    await studio.grant(_30=3)
    draft = await studio.add()

    await keeper.look()

    assert (await studio.row(draft)).state is DraftState.SUBMITTED


async def test_what_has_to_wait_does_not_stand_in_the_way_of_others(studio, keeper):
    await studio.grant(_30=3)
    stuck = await studio.add()
    quiet = await studio.add(state=DraftState.OPEN)
    studio.links.failure = DiscordUnavailable("TimeoutError")
    studio.clock.jump(hours=54)

    await keeper.look()

    assert (await studio.row(stuck)).state is DraftState.DECIDED
    assert (await studio.row(quiet)).warned_at is not None


async def test_a_file_that_takes_long_holds_up_no_other_draft(studio, keeper):
    await studio.grant(_30=6)
    picture = Medium(field="first_image", name="slow.png", url="https://cdn.example/slow.png")
    slow = await studio.add(media=(DraftMedium(number=1, medium=picture, author_id=31),))
    studio.links.hanging = {"slow.png"}
    keeping = asyncio.create_task(keeper.keep())
    await until(lambda: studio.clock.waits_s)
    other = await studio.add()

    keeper.wake()

    await until(lambda: studio.announced)
    assert [(await studio.row(it)).state for it in (slow, other)] == [
        DraftState.DECIDED,
        DraftState.SUBMITTED,
    ]
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_what_is_decided_is_handed_over_at_once(studio, keeper):
    await studio.grant(_30=3)
    keeping = asyncio.create_task(keeper.keep())
    await until(lambda: studio.clock.waits_s)
    await studio.add()

    keeper.wake()

    await until(lambda: studio.announced)
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_without_a_word_the_keeper_looks_again_after_a_while(studio, keeper):
    await studio.grant(_30=3)
    keeping = asyncio.create_task(keeper.keep())
    await until(lambda: studio.clock.waits_s)
    await studio.add()

    await studio.clock.turn(LOOK_S)

    await until(lambda: studio.announced)
    keeping.cancel()
    await asyncio.wait({keeping})
