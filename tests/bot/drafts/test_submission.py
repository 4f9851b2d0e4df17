"""A decided draft becomes one video that everybody who agreed has paid for, or says why not."""

import asyncio

import pytest

from bot import texts
from bot.delivery.links import OriginalGone
from bot.delivery.sender import DiscordUnavailable
from bot.generation.line import Paused
from bot.generation.service import Stopping
from bot.upstream.errors import AccountProblem, AccountTrouble
from bot.upstream.faults import Fault
from bot.upstream.requests import VideoRequest
from builders import make_participant
from storage import generations
from storage.draft_records import DraftMedium, DraftState, Payment, Variant
from storage.errors import StorageUnavailable
from storage.records import Contributor, Medium, Payer

SHARED = {
    "payment": Payment.SHARES,
    "participants": (
        make_participant(30, share_max_credits=2),
        make_participant(31, share_max_credits=2),
        make_participant(32),
    ),
}


class DyingDatabase:
    """Loses its connection at the end of a transaction, before it is committed."""

    def __init__(self, database):
        self._database = database

    async def transaction(self, function, /, *args):
        def run(transaction):
            function(transaction, *args)
            raise StorageUnavailable("The connection broke.")

        return await self._database.transaction(run)


async def test_the_video_is_the_owners_and_names_everybody(studio):
    await studio.grant(_30=3)
    draft = await studio.add()

    await studio.submission.submit(draft)

    video = await studio.video(draft)
    assert (video.asker_id, video.draft_id, video.channel_id) == (30, draft.id, draft.channel_id)
    assert (video.draft_title, video.draft_card_id) == (draft.title, draft.card_id)
    assert VideoRequest.from_stored(video.request).prompt == "A boat. Sound: rain."
    assert video.contributors == (
        Contributor(member_id=30, slots=("subject",)),
        Contributor(member_id=31, slots=("sound",)),
    )


async def test_the_draft_is_over_and_both_are_told(studio):
    await studio.grant(_30=3)
    draft = await studio.add()

    await studio.submission.submit(draft)

    row, video = await studio.row(draft), await studio.video(draft)
    assert (row.state, row.generation_id, row.version) == (DraftState.SUBMITTED, video.id, 2)
    assert [it.state for it in studio.changed] == [DraftState.SUBMITTED]
    assert [it.id for it in studio.announced] == [video.id]


# Who pays, what Alice and Bob had, and what each then has left and held.
PAID = [
    ({}, {"_30": 3}, (0, 3), (0, 0)),
    ({"payment": Payment.SPONSOR, "sponsor_id": 31, "sponsor_max_credits": 9}, {"_31": 9}, (0, 0), (6, 3)),
    (
        {"payment": Payment.SPONSOR, "sponsor_id": 31, "sponsor_max_credits": 1},
        {"_30": 2, "_31": 9},
        (0, 2),
        (8, 1),
    ),
    (SHARED, {"_30": 2, "_31": 2}, (0, 2), (1, 1)),
]


@pytest.mark.parametrize(("changes", "had", "alice", "bob"), PAID)
async def test_everybody_pays_what_they_agreed_to(studio, changes, had, alice, bob):
    await studio.grant(**had)
    draft = await studio.add(**changes)

    await studio.submission.submit(draft)

    assert (await studio.video(draft)).price_credits == 3
    assert (await studio.account(30), await studio.account(31)) == (alice, bob)


async def test_the_video_names_who_pays(studio):
    await studio.grant(_30=2, _31=2)
    draft = await studio.add(**SHARED)

    await studio.submission.submit(draft)

    payers = (Payer(member_id=30, credits=2), Payer(member_id=31, credits=1))
    assert (await studio.video(draft)).payers == payers


# Who pays, what Alice and Bob had, and a word that says why it was not enough.
UNPAID = [
    ({}, {"_30": 2}, "For <@30>: "),
    (SHARED, {"_30": 2}, "<@31>"),
    (SHARED, {"_31": 2}, "credits"),
    ({"payment": Payment.SPONSOR, "sponsor_id": 31, "sponsor_max_credits": 1}, {"_30": 2}, "<@31>"),
    ({"payment": Payment.SPONSOR, "sponsor_id": 31, "sponsor_max_credits": 1}, {"_31": 1}, "credits"),
    ({"payment": Payment.SHARES}, {"_30": 9}, texts.DRAFT_NOBODY_SHARES),
    (
        {"payment": Payment.SHARES, "participants": (make_participant(30, share_max_credits=2),)},
        {"_30": 9},
        "<@30> agreed to 2 at most",
    ),
]


@pytest.mark.parametrize(("changes", "had", "word"), UNPAID)
async def test_when_one_cannot_pay_nobody_does_and_the_card_says_who(studio, changes, had, word):
    await studio.grant(**had)
    draft = await studio.add(**changes)

    await studio.submission.submit(draft)

    row = await studio.row(draft)
    assert (row.state, row.revision) == (DraftState.OPEN, draft.revision + 1)
    assert word in row.reason
    assert await studio.video(draft) is None
    assert [await studio.account(id) for id in (30, 31)] == [(had.get(f"_{id}", 0), 0) for id in (30, 31)]


async def test_a_chosen_variant_is_what_is_made(studio):
    await studio.grant(_30=3)
    variant = Variant(number=2, prompt="A ship.", author_id=31, authors={})
    draft = await studio.add(variants=(variant,), chosen_variant=2)

    await studio.submission.submit(draft)

    assert VideoRequest.from_stored((await studio.video(draft)).request).prompt == "A ship."


async def test_handed_over_twice_at_once_it_is_one_video_paid_once(studio):
    await studio.grant(_30=9)
    draft = await studio.add()

    await asyncio.gather(studio.submission.submit(draft), studio.submission.submit(draft))

    assert len(studio.announced) == 1
    assert await studio.account(30) == (6, 3)


async def test_a_crash_before_the_end_changes_nothing_and_the_next_try_goes_through(studio):
    await studio.grant(_30=3)
    draft = await studio.add()

    with pytest.raises(StorageUnavailable):
        await studio.submission_on(DyingDatabase(studio.database)).submit(draft)
    assert (await studio.row(draft), await studio.account(30)) == (draft, (3, 0))

    await studio.submission.submit(draft)
    assert (await studio.row(draft)).state is DraftState.SUBMITTED


async def test_a_crash_after_the_end_leaves_a_video_that_the_next_process_finds(studio):
    await studio.grant(_30=3)
    draft = await studio.add()
    await studio.submission.submit(draft)

    unfinished = await studio.database.transaction(generations.unfinished)

    assert [it.id for it in unfinished] == [(await studio.row(draft)).generation_id]


async def test_files_that_are_gone_open_the_draft_again(studio):
    boat = Medium(field="first_image", name="boat.png", url="https://cdn.example/boat.png")
    draft = await studio.add(media=(DraftMedium(number=1, medium=boat, author_id=31),))
    studio.links.failure = OriginalGone(["boat.png"])

    await studio.submission.submit(draft)

    row = await studio.row(draft)
    assert row.state is DraftState.OPEN
    assert "boat.png" in row.reason


async def test_what_the_rules_refuse_stands_on_the_card(studio):
    studio.inspector.faults = (Fault("first_image", "size", "boat.png is too large."),)
    draft = await studio.add()

    await studio.submission.submit(draft)

    assert "boat.png is too large." in (await studio.row(draft)).reason


async def test_the_name_of_a_file_is_shown_letter_by_letter_on_the_card(studio):
    studio.inspector.faults = (Fault("first_image", "size", "**boat**.png is too large."),)
    draft = await studio.add()

    await studio.submission.submit(draft)

    assert (await studio.row(draft)).reason == r"\*\*boat\*\*.png is too large."


async def test_while_discord_is_away_it_stays_decided(studio):
    studio.links.failure = DiscordUnavailable("TimeoutError")
    draft = await studio.add()

    with pytest.raises(DiscordUnavailable):
        await studio.submission.submit(draft)

    assert await studio.row(draft) == draft


async def test_while_nothing_new_is_taken_it_stays_decided(studio):
    draft = await studio.add()
    studio.service.stop_intake()

    with pytest.raises(Stopping):
        await studio.submission.submit(draft)

    assert await studio.row(draft) == draft


async def test_while_the_account_is_refused_it_stays_decided(studio):
    draft = await studio.add()
    studio.line.pause(AccountProblem("no balance", kind=AccountTrouble.BALANCE))

    with pytest.raises(Paused):
        await studio.submission.submit(draft)

    assert await studio.row(draft) == draft
