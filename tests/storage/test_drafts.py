"""The rows of drafts and of what was contributed to them, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, make_draft, make_participant
from storage import drafts
from storage.draft_records import (
    ChangeKind,
    Deed,
    DraftChange,
    DraftId,
    DraftMedium,
    DraftState,
    Payment,
    Role,
    Rule,
    Slot,
    SlotText,
    Suggestion,
    Variant,
)
from storage.errors import Conflict, NotFound
from storage.records import AssetId, GenerationId, Medium
from storage.shards import Shard

ODD = "内容 'quoted' :named %s \"{}\" 🦊\n<@1>"
LATER = NOON + timedelta(days=4000, microseconds=3)
BIG = 2**63 - 1
FULL = {
    "interaction_id": BIG,
    "guild_id": BIG - 1,
    "channel_id": BIG - 2,
    "owner_id": BIG - 3,
    "title": ODD,
    "ratio": "16:9",
    "opened_at": NOON - timedelta(days=30_000),
    "edited_at": NOON + timedelta(microseconds=1),
    "card_id": BIG - 4,
    "shown_version": 1,
    "is_locked": True,
    "locking_moderator_id": BIG,
    "locked_slots": frozenset({Slot.SOUND, Slot.MORE}),
    "slots": {Slot.SOUND: SlotText(text=ODD, author_id=BIG, change=3, earlier_author_ids=(8, BIG))},
    "suggestions": (Suggestion(number=4, slot=Slot.LIGHT, text=ODD, author_id=BIG),),
    "media": (
        DraftMedium(
            number=5,
            medium=Medium(
                field="first_image",
                name=ODD,
                url="https://example.com/ü%20",
                channel_id=BIG,
                message_id=BIG,
                asset_id=AssetId("7b1f"),
            ),
            author_id=BIG,
        ),
    ),
    "variants": (
        Variant(number=6, prompt=ODD, author_id=BIG, authors={Slot.MORE: (BIG, 2), Slot.SUBJECT: (1,)}),
    ),
    "participants": (
        make_participant(
            BIG,
            role=Role.WATCHER,
            role_ids=frozenset({BIG, 7}),
            approved=3,
            share_max_credits=0,
            vote=6,
            has_left=True,
        ),
        make_participant(8, joined_at=None),
    ),
    "newcomer_role": Role.APPROVER,
    "rule": Rule.VOTE,
    "needed": 7,
    "vote_closes_at": LATER,
    "payment": Payment.SPONSOR,
    "sponsor_id": BIG,
    "sponsor_max_credits": 9,
    "chosen_variant": 6,
    "reason": ODD,
    "parent_id": GenerationId("parent"),
    "generation_id": GenerationId("child"),
    "warned_at": LATER,
    "ended_at": LATER,
    "deeds": (Deed(interaction_id=BIG, change=3),),
}


async def add(database, **changes):
    draft = make_draft(**changes)
    assert await database.transaction(drafts.add, draft)
    return draft


async def put(database, draft, **changes):
    after = replace(draft, version=draft.version + 1, **changes)
    await database.transaction(drafts.put, after)
    return after


def make_change(number, **changes):
    values = {
        "draft_id": DraftId("d"),
        "number": number,
        "at": NOON,
        "author_id": 30,
        "kind": ChangeKind.WRITE,
    }
    return DraftChange(**(values | changes))


@pytest.mark.parametrize("fields", [{}, FULL], ids=["empty", "full"])
@pytest.mark.parametrize("read", [drafts.get, drafts.lock])
async def test_a_draft_comes_back_as_it_was_written(read, fields, database):
    draft = await add(database, **fields)

    assert await database.transaction(read, draft.id) == draft


async def test_what_is_put_takes_the_place_of_what_was(database):
    draft = await add(database)

    after = await put(database, draft, **FULL | {"interaction_id": draft.interaction_id, "guild_id": 10})

    assert await database.transaction(drafts.get, draft.id) == after


@pytest.mark.parametrize("read", [drafts.get, drafts.lock])
async def test_an_unknown_draft_is_not_found(read, database):
    with pytest.raises(NotFound):
        await database.transaction(read, DraftId("nobody"))


async def test_an_interaction_opens_one_draft(database):
    first = await add(database, interaction_id=7)

    is_added = await database.transaction(drafts.add, make_draft(interaction_id=7))

    assert not is_added
    assert await database.transaction(drafts.find_by_interaction, 7) == first
    assert await database.transaction(drafts.find_by_interaction, 8) is None


async def test_what_a_card_shows_is_noted_without_a_new_version(database):
    draft = await add(database)
    edited = await put(database, draft, title="Another")

    await database.transaction(drafts.note_shown, draft.id, card_id=BIG, version=1)

    assert await database.transaction(drafts.get, draft.id) == replace(edited, card_id=BIG, shown_version=1)


async def test_a_card_that_is_gone_is_noted(database):
    draft = await add(database, card_id=9, shown_version=1)

    await database.transaction(drafts.note_shown, draft.id, card_id=None, version=0)

    assert await database.transaction(drafts.get, draft.id) == replace(draft, card_id=None, shown_version=0)


async def test_a_video_finds_its_draft(database):
    draft = await add(database, generation_id=GenerationId("fox"))

    assert await database.transaction(drafts.find_by_generation, GenerationId("fox")) == draft
    assert await database.transaction(drafts.find_by_generation, GenerationId("owl")) is None


async def test_the_open_drafts_of_a_channel_are_listed_with_the_latest_edit_first(database):
    old = await add(database, channel_id=7)
    new = await add(database, channel_id=7, edited_at=LATER)
    await add(database, channel_id=8)
    for state in set(DraftState) - {DraftState.OPEN}:
        await add(database, channel_id=7, state=state)

    assert await database.transaction(drafts.open_in, 7, limit=9) == [new, old]
    assert await database.transaction(drafts.open_in, 7, limit=1) == [new]


async def test_the_drafts_of_a_server_are_listed_with_open_ones_first(database):
    ended = await add(database, edited_at=LATER, state=DraftState.ENDED)
    old = await add(database)
    new = await add(database, edited_at=NOON + timedelta(hours=1))
    await add(database, guild_id=11)

    assert await database.transaction(drafts.of_server, 10, limit=9) == [new, old, ended]
    assert await database.transaction(drafts.of_server, 10, limit=2) == [new, old]


async def test_drafts_that_are_not_over_count_as_open(database):
    for state in DraftState:
        await add(database, state=state)
    await add(database, guild_id=11)

    assert await database.transaction(drafts.count_open, 10) == 2


@pytest.mark.parametrize(
    ("state", "shown_version", "is_found"),
    [
        (DraftState.OPEN, 1, True),
        (DraftState.DECIDED, 1, True),
        (DraftState.SUBMITTED, 0, True),
        (DraftState.SUBMITTED, 1, False),
        (DraftState.ENDED, 0, True),
        (DraftState.ENDED, 1, False),
    ],
)
async def test_a_draft_is_unfinished_until_its_card_shows_its_end(state, shown_version, is_found, database):
    draft = await add(database, state=state, shown_version=shown_version)

    assert await database.transaction(drafts.unfinished) == [draft] * is_found


async def test_each_shard_has_its_own_unfinished_drafts(database):
    servers = [number << 22 for number in range(1, 5)]
    added = [await add(database, guild_id=guild_id) for guild_id in servers]

    found = [
        await database.transaction(drafts.unfinished, shard=Shard(id=number, count=2)) for number in (0, 1)
    ]

    assert [{it.id for it in part} for part in found] == [
        {it.id for it in added[1::2]},
        {it.id for it in added[::2]},
    ]


async def test_changes_are_read_as_they_were_written_in_their_order(database):
    changes = [
        make_change(
            2,
            at=LATER,
            author_id=BIG,
            kind=ChangeKind.ACCEPT,
            slot=Slot.MORE,
            text=ODD,
            text_before=ODD,
            put_in_by_id=BIG,
        ),
        make_change(1),
    ]
    for change in [*changes, make_change(1, draft_id=DraftId("other"))]:
        await database.transaction(drafts.add_change, change)

    assert await database.transaction(drafts.changes_of, DraftId("d")) == changes[::-1]


async def test_a_change_is_never_written_over(database):
    await database.transaction(drafts.add_change, make_change(1, text="first"))

    with pytest.raises(Conflict):
        await database.transaction(drafts.add_change, make_change(1, text="second"))

    assert [it.text for it in await database.transaction(drafts.changes_of, DraftId("d"))] == ["first"]
