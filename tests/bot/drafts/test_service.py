"""Drafts over a real database: each change is decided on what is there, written whole, and told to everybody."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.drafts.deciding import approve, set_rule
from bot.drafts.editing import TooLong, accept, write
from bot.drafts.edits import NoSuchPart
from bot.drafts.people import NotAllowed, approvals
from bot.drafts.prompts import SLOT_MAX_CHARS, prompt_of
from bot.drafts.reading import LINEAGE_MAX_COUNT, OPEN_MAX_COUNT, UnknownDraft
from bot.drafts.service import Applied, DraftService, Opening, TooManyDrafts
from bot.drafts.titles import TITLE_MAX_CHARS
from builders import NOON, make_draft, make_generation, make_person, make_request
from fakes import WAIT_S, HandClock
from storage import drafts, generations
from storage.database import open_database
from storage.draft_records import ChangeKind, DraftId, DraftMedium, DraftState, Rule, Slot, SlotText, Variant
from storage.records import GenerationId, Medium
from storage.shards import Shard

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
STRANGER = make_person(id=33, guild_id=11)
CROWD = [make_person(id=number) for number in range(100, 130)]
PICTURE = Medium(field="first_image", name="fox.png", url="https://example.com/fox.png")
SUBJECT = Slot.SUBJECT


class Desk:
    """A service, and the drafts it told about."""

    def __init__(self, database):
        self.database = database
        self.clock = HandClock()
        self.told = []
        self.service = DraftService(database, clock=self.clock, on_change=self.told.append)

    async def open(self, **changes):
        values = {"interaction_id": 1, "channel_id": 20, "title": "A boat"}
        return await self.service.open(Opening(**values | changes), OWNER)

    async def write(self, draft, person, text, *, slot=SUBJECT, seen_change=0):
        return await self.service.apply(draft.id, write, person, slot, text, seen_change=seen_change)

    async def history(self, draft):
        return await self.service.history(draft.id, guild_id=10)

    async def get(self, draft):
        return await self.service.get(draft.id, guild_id=10)


@pytest.fixture
def desk(database):
    return Desk(database)


# --- Opening


async def test_a_new_draft_is_its_owners_and_says_what_they_said(desk):
    draft = await desk.open(title="  A boat\n in the rain ", text=" A paper boat ")

    assert (draft.owner_id, draft.title, draft.version, draft.last_change) == (30, "A boat in the rain", 1, 1)
    assert draft.slots == {SUBJECT: SlotText(text="A paper boat", author_id=30, change=1)}
    assert await desk.get(draft) == draft
    assert desk.told == [draft]


async def test_what_a_draft_began_with_is_in_its_history_and_can_be_undone(desk):
    draft = await desk.open(text="A paper boat")

    (change,) = await desk.history(draft)
    undone = await desk.service.undo(draft.id, OWNER)

    assert (change.number, change.kind, change.author_id, change.slot, change.text) == (
        1,
        ChangeKind.WRITE,
        30,
        SUBJECT,
        "A paper boat",
    )
    assert undone.after.slots == {}


async def test_changes_of_an_empty_draft_count_from_one(desk):
    draft = await desk.open()

    await desk.write(draft, ALICE, "A boat")

    assert [it.number for it in await desk.history(draft)] == [1]


async def test_a_title_is_cut_and_never_empty(desk):
    long = await desk.open(interaction_id=1, title="x" * 500)
    empty = await desk.open(interaction_id=2, title=" \n\u200b\u200d")

    assert len(long.title) == TITLE_MAX_CHARS
    assert empty.title == texts.DRAFT_UNTITLED


async def test_two_drafts_of_one_title_are_told_apart_until_the_first_is_over(desk):
    first, second = [await desk.open(interaction_id=number) for number in (1, 2)]
    await desk.database.transaction(drafts.put, replace(first, state=DraftState.ENDED))

    third = await desk.open(interaction_id=3)

    assert [it.title for it in (first, second, third)] == ["A boat", "A boat (2)", "A boat"]


async def test_a_text_too_long_for_a_slot_opens_nothing(desk):
    with pytest.raises(TooLong):
        await desk.open(text="x" * (SLOT_MAX_CHARS + 1))

    assert await desk.service.of_server(10) == []


async def test_an_interaction_that_arrives_twice_opens_one_draft(desk):
    first = await desk.open(text="A boat")

    again = await desk.open(text="A boat")

    assert again == first
    assert len(await desk.history(first)) == 1


async def test_a_server_has_only_so_many_open_drafts_and_an_opened_one_stays_known(desk):
    for number in range(OPEN_MAX_COUNT):
        await desk.database.transaction(drafts.add, make_draft(interaction_id=number))

    with pytest.raises(TooManyDrafts):
        await desk.open(interaction_id=999)

    assert (await desk.open(interaction_id=7)).interaction_id == 7


# --- Changing


async def test_a_change_is_written_counted_and_told(desk):
    draft = await desk.open(text="A boat")
    desk.clock.jump(hours=1)

    applied = await desk.write(draft, ALICE, "Low angle", slot=Slot.CAMERA)

    after = applied.after
    assert (applied.before, after.version, after.last_change) == (draft, 2, 2)
    assert after.edited_at == NOON + timedelta(hours=1)
    assert await desk.get(draft) == after
    assert desk.told[1:] == [after]


async def test_the_history_keeps_who_wrote_what_when_over_what(desk):
    draft = await desk.open(text="A boat")
    desk.clock.jump(hours=1)
    await desk.write(draft, ALICE, "A ship", seen_change=1)
    await desk.service.apply(draft.id, accept, OWNER, 2)

    told = [(it.number, it.kind, it.author_id, it.text, it.text_before) for it in await desk.history(draft)]
    assert told == [
        (1, ChangeKind.WRITE, 30, "A boat", ""),
        (2, ChangeKind.SUGGEST, 31, "A ship", "A boat"),
        (3, "accept", 31, "A ship", "A boat"),
    ]


async def test_nothing_to_change_writes_and_tells_nothing(desk):
    draft = await desk.open(text="A boat")

    applied = await desk.write(draft, ALICE, "A boat")

    assert (applied.before, applied.after, applied.edit) == (draft, draft, None)
    assert (await desk.get(draft), len(await desk.history(draft)), len(desk.told)) == (draft, 1, 1)


async def test_what_is_refused_writes_and_tells_nothing(desk):
    draft = await desk.open(text="A boat")

    with pytest.raises(NotAllowed):
        await desk.service.apply(draft.id, set_rule, ALICE, Rule.VOTE, needed=1)

    assert (await desk.get(draft), len(await desk.history(draft)), len(desk.told)) == (draft, 1, 1)


async def test_an_edit_takes_a_warning_back(desk):
    draft = make_draft(warned_at=NOON)
    await desk.database.transaction(drafts.add, draft)

    applied = await desk.write(draft, ALICE, "A boat")

    assert applied.after.warned_at is None


async def test_an_undo_is_part_of_the_history(desk):
    draft = await desk.open(text="A boat")

    await desk.service.undo(draft.id, OWNER)

    assert [it.kind for it in await desk.history(draft)] == [ChangeKind.WRITE, ChangeKind.UNDO]
    with pytest.raises(NoSuchPart):
        await desk.service.undo(draft.id, OWNER)


async def test_another_server_knows_nothing_of_a_draft(desk):
    draft = await desk.open(text="A boat")

    with pytest.raises(UnknownDraft):
        await desk.write(draft, STRANGER, "Mine now")
    with pytest.raises(UnknownDraft):
        await desk.service.get(draft.id, guild_id=11)
    with pytest.raises(UnknownDraft):
        await desk.service.history(draft.id, guild_id=11)

    assert await desk.service.of_server(11) == []
    assert await desk.get(draft) == draft


async def test_a_draft_that_never_was_is_unknown(desk):
    nobody = make_draft(id=DraftId("nobody"))

    with pytest.raises(UnknownDraft):
        await desk.write(nobody, ALICE, "A boat")
    with pytest.raises(UnknownDraft):
        await desk.get(nobody)


async def test_the_drafts_of_a_channel_are_listed(desk):
    here = await desk.open(interaction_id=1)
    await desk.open(interaction_id=2, channel_id=21)

    assert await desk.service.open_in(20) == [here]


# --- Many at once


async def at_once(*doings, return_exceptions=False):
    async with asyncio.timeout(WAIT_S):
        return await asyncio.gather(*doings, return_exceptions=return_exceptions)


async def test_thirty_at_once_lose_nothing_in_one_slot(desk):
    draft = await desk.open()

    await at_once(*(desk.write(draft, person, f"Boat {person.id}") for person in CROWD))

    after = await desk.get(draft)
    said = {after.slots[SUBJECT].text, *(it.text for it in after.suggestions)}
    assert said == {f"Boat {person.id}" for person in CROWD}
    assert len({it.number for it in after.suggestions}) == 29
    assert [it.number for it in await desk.history(draft)] == list(range(1, 31))
    assert (after.version, len(after.participants)) == (31, 31)
    assert {it.version for it in desk.told} == set(range(1, 32))


async def test_thirty_at_once_lose_nothing_in_every_slot(desk):
    draft = await desk.open()

    await at_once(
        *(
            desk.write(draft, person, f"{slot} {person.id}", slot=slot)
            for person in CROWD[:8]
            for slot in Slot
        )
    )

    kept = {(it.author_id, it.slot, it.text) for it in await desk.history(draft)}
    assert kept == {(person.id, slot, f"{slot} {person.id}") for person in CROWD[:8] for slot in Slot}


async def test_the_last_of_many_approvals_at_once_decides_and_the_rest_come_too_late(desk):
    draft = await desk.open(text="A boat")
    await desk.service.apply(draft.id, set_rule, OWNER, Rule.APPROVALS, needed=20)

    async def approved(person):
        try:
            return (await desk.service.apply(draft.id, approve, person)).after.state
        except NotAllowed:
            return None

    states = await at_once(*map(approved, CROWD))

    assert sorted(map(str, states)) == ["None"] * 10 + ["decided"] + ["open"] * 19
    assert len(approvals(await desk.get(draft))) == 20


async def test_approvals_from_before_an_edit_never_decide_in_whatever_order_they_come(desk):
    draft = await desk.open(text="A boat")
    await desk.service.apply(draft.id, set_rule, OWNER, Rule.APPROVALS, needed=10)

    doings = [desk.service.apply(draft.id, approve, person) for person in CROWD]
    doings.insert(5, desk.write(draft, OWNER, "A ship", seen_change=1))
    outcomes = await at_once(*doings, return_exceptions=True)

    applied = sorted((it for it in outcomes if isinstance(it, Applied)), key=lambda it: it.after.version)
    yeses = 0
    for one in applied:
        yeses = 0 if one.after.revision > one.before.revision else yeses + 1
        assert one.after.state is (DraftState.DECIDED if yeses == 10 else DraftState.OPEN)
    assert yeses == 10
    assert {type(it) for it in outcomes} == {Applied, NotAllowed}


async def test_a_suggestion_is_accepted_once_by_two_at_once(desk):
    draft = await desk.open(text="A boat")
    await desk.write(draft, ALICE, "A ship")

    accepted = [desk.service.apply(draft.id, accept, OWNER, 2) for _ in range(2)]
    outcomes = await at_once(*accepted, return_exceptions=True)

    assert sorted(type(it).__name__ for it in outcomes) == ["Applied", "NoSuchPart"]


async def test_an_interaction_that_arrives_many_times_at_once_opens_one_draft(desk):
    opened = await at_once(*(desk.open(text="A boat") for _ in range(10)))

    assert {it.id for it in opened} == {opened[0].id}
    assert len(await desk.history(opened[0])) == 1


async def test_two_processes_lose_nothing_in_one_draft(postgresql_url):
    one, other = Shard(id=0, count=2), Shard(id=1, count=2)
    async with (
        await open_database(postgresql_url, shard=one) as first,
        await open_database(postgresql_url, shard=other) as second,
    ):
        desks = [Desk(first), Desk(second)]
        draft = await desks[0].open()

        await at_once(
            *(desks[n % 2].write(draft, person, f"Boat {person.id}") for n, person in enumerate(CROWD))
        )

        history = await desks[0].history(draft)
        assert {it.text for it in history} == {f"Boat {person.id}" for person in CROWD}
        assert [it.number for it in history] == list(range(1, 31))


# --- Forks and where they come from


async def video(desk, **changes):
    generation = make_generation(**changes)
    assert await desk.database.transaction(generations.add, generation)
    return generation


async def fork(desk, generation, *, media=(), interaction_id=9):
    opening = Opening(interaction_id=interaction_id, channel_id=20, title="Another")
    return await desk.service.fork(generation, media, opening, BOB)


async def test_a_fork_has_what_the_video_was_made_of(desk):
    request = make_request(prompt="A fox in the snow", duration=9, ratio="1:1")
    generation = await video(desk, request=request, asker_id=31)

    draft = await fork(desk, generation, media=[PICTURE])

    assert (draft.model, draft.duration, draft.ratio) == (request.model, 9, "1:1")
    assert (draft.owner_id, draft.parent_id) == (32, generation.id)
    assert prompt_of(draft) == "A fox in the snow."
    assert draft.slots[Slot.MORE].author_id == 31
    assert draft.media == (DraftMedium(number=1, medium=PICTURE, author_id=31),)


async def test_a_fork_of_a_drafts_video_keeps_its_slots_and_who_wrote_them(desk):
    slots = {
        Slot.SUBJECT: SlotText(text="A boat", author_id=30, change=7),
        Slot.ACTION: SlotText(text="drifts", author_id=31, change=5),
    }
    generation = await video(desk)
    brought = DraftMedium(number=1, medium=PICTURE, author_id=33)
    source = make_draft(generation_id=generation.id, slots=slots, media=(brought,), title="Regatta")
    await desk.database.transaction(drafts.add, source)

    draft = await fork(desk, generation, media=[PICTURE])

    assert {slot: (it.text, it.author_id) for slot, it in draft.slots.items()} == {
        Slot.SUBJECT: ("A boat", 30),
        Slot.ACTION: ("drifts", 31),
    }
    history = {it.number: (it.kind, it.slot, it.author_id, it.text) for it in await desk.history(draft)}
    assert history == {
        it.change: (ChangeKind.TAKE_OVER, slot, it.author_id, it.text) for slot, it in draft.slots.items()
    }
    assert (draft.last_change, draft.title, draft.media) == (2, "Regatta (2)", (brought,))


async def test_two_forks_of_one_video_are_told_apart_by_their_titles(desk):
    generation = await video(desk)
    source = make_draft(generation_id=generation.id, title="Regatta", state=DraftState.SUBMITTED)
    await desk.database.transaction(drafts.add, source)

    first = await fork(desk, generation)
    again = await fork(desk, generation)
    second = await fork(desk, generation, interaction_id=10)

    assert again == first
    assert (first.title, second.title) == ("Regatta (2)", "Regatta (3)")


async def test_a_fork_of_a_vote_begins_with_what_won(desk):
    generation = await video(desk, request=make_request(prompt="What won."))
    slots = {Slot.SUBJECT: SlotText(text="What stood there at the end", author_id=30, change=1)}
    won = Variant(number=1, prompt="What won.", author_id=30, authors={})
    source = make_draft(generation_id=generation.id, slots=slots, variants=(won,), chosen_variant=1)
    await desk.database.transaction(drafts.add, source)

    assert prompt_of(await fork(desk, generation)) == "What won."


async def test_what_a_fork_began_with_can_be_undone_and_written_on(desk):
    draft = await fork(desk, await video(desk))

    undone = await desk.service.undo(draft.id, BOB)
    written = await desk.write(draft, ALICE, "A fox", slot=Slot.MORE)

    assert undone.after.slots == {}
    assert written.after.slots[Slot.MORE].text == "A fox"


async def test_a_video_knows_what_it_was_made_from_and_what_was_made_from_it(desk):
    first = await video(desk)
    second = await video(desk, parent_id=first.id)
    third = await video(desk, parent_id=second.id)
    children = [await video(desk, parent_id=third.id) for _ in range(2)]

    lineage = await desk.service.lineage(third.id, guild_id=10)

    assert (lineage.ancestors, lineage.generation) == ((first, second), third)
    assert {it.id for it in lineage.children} == {it.id for it in children}


async def test_a_very_long_chain_is_cut(desk):
    latest = await video(desk)
    for _ in range(LINEAGE_MAX_COUNT + 1):
        latest = await video(desk, parent_id=latest.id)

    lineage = await desk.service.lineage(latest.id, guild_id=10)

    assert len(lineage.ancestors) == LINEAGE_MAX_COUNT
    assert lineage.ancestors[-1].id == latest.parent_id


async def test_a_video_of_another_server_is_unknown(desk):
    elsewhere = await video(desk, guild_id=11)

    for generation_id in (elsewhere.id, GenerationId("nobody")):
        with pytest.raises(UnknownDraft):
            await desk.service.lineage(generation_id, guild_id=10)


async def test_where_a_video_comes_from_says_nothing_of_other_servers(desk):
    elsewhere = await video(desk, guild_id=11)
    here = await video(desk, parent_id=elsewhere.id)
    await video(desk, parent_id=here.id, guild_id=11)

    lineage = await desk.service.lineage(here.id, guild_id=10)

    assert lineage == replace(lineage, ancestors=(), children=())


async def test_a_video_knows_the_drafts_begun_from_it_until_they_are_videos_or_over(desk):
    generation = await video(desk)
    for state in DraftState:
        draft = make_draft(title=state.value, state=state, parent_id=generation.id)
        await desk.database.transaction(drafts.add, draft)
    await desk.database.transaction(drafts.add, make_draft(parent_id=generation.id, guild_id=11))
    await desk.database.transaction(drafts.add, make_draft())

    lineage = await desk.service.lineage(generation.id, guild_id=10)

    assert [it.title for it in lineage.drafts] == ["open", "decided"]
