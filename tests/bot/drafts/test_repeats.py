"""Discord may deliver an interaction again: each counts once, and is answered in the same words."""

import asyncio
from dataclasses import replace

import pytest

from bot.drafts.deciding import approve
from bot.drafts.editing import append, write
from bot.drafts.media import add_media
from bot.drafts.membership import set_lock
from bot.drafts.repeats import DEEDS_MAX_COUNT
from bot.drafts.service import DraftService, Opening
from builders import make_draft, make_medium, make_person
from fakes import WAIT_S, HandClock
from storage import drafts
from storage.draft_records import ChangeKind, Draft, Slot, SlotText
from storage.errors import CommitUnclear

OWNER = make_person(id=30)
SUBJECT = Slot.SUBJECT


def by(interaction_id, person=OWNER):
    return replace(person, interaction_id=interaction_id)


class Desk:
    """A draft that says one thing already, and what was told about it."""

    def __init__(self, database):
        self.database = database
        self.told = []
        self.service = self.service_on(database)

    def service_on(self, database) -> DraftService:
        return DraftService(database, clock=HandClock(), on_change=self.told.append)

    async def open(self) -> Draft:
        draft = make_draft(slots={SUBJECT: SlotText(text="A boat", author_id=30, change=1)}, last_change=0)
        await self.database.transaction(drafts.add, draft)
        return draft

    async def state(self, draft):
        """The draft now, and how many changes its history has."""
        now = await self.service.get(draft.id, guild_id=10)
        return now, len(await self.service.history(draft.id, guild_id=10))


@pytest.fixture
def desk(database):
    return Desk(database)


WAYS = {
    "append": (append, (SUBJECT, "in the rain"), {}),
    "add files": (add_media, ([make_medium()],), {}),
    "lock": (set_lock, (), {"locks": True}),
    "decide": (approve, (), {}),
}


@pytest.mark.parametrize("way", WAYS)
async def test_an_interaction_that_arrives_twice_changes_a_draft_once(way, desk):
    draft = await desk.open()
    how, given, named = WAYS[way]
    first = await desk.service.apply(draft.id, how, by(7), *given, **named)
    once = await desk.state(draft)

    again = await desk.service.apply(draft.id, how, by(7), *given, **named)

    assert await desk.state(draft) == once
    assert (again.is_repeated, again.after) == (True, once[0])
    assert replace(again.edit, draft=first.after) == replace(first.edit, draft=first.after)


async def test_an_undo_that_arrives_twice_undoes_one_change(desk):
    draft = await desk.open()
    for number, text in enumerate(("A ship", "A train"), start=1):
        await desk.service.apply(draft.id, write, by(number), SUBJECT, text, seen_change=number)

    undone = [await desk.service.undo(draft.id, by(7)) for _ in range(2)]

    now, count = await desk.state(draft)
    assert (now.slots[SUBJECT].text, count) == ("A ship", 3)
    assert [(it.edit.kind, it.edit.slot, it.is_repeated) for it in undone] == [
        (ChangeKind.UNDO, SUBJECT, False),
        (ChangeKind.UNDO, SUBJECT, True),
    ]


async def test_two_deliveries_at_once_count_once(desk):
    draft = await desk.open()

    async with asyncio.timeout(WAIT_S):
        applied = await asyncio.gather(
            *(desk.service.apply(draft.id, append, by(7), SUBJECT, "in the rain") for _ in range(5))
        )

    now, count = await desk.state(draft)
    assert (now.slots[SUBJECT].text, count) == ("A boat\nin the rain", 1)
    assert sorted(it.is_repeated for it in applied) == [False, True, True, True, True]


class BreakingOff:
    """A database that is reached no more just after the first commit, and then again."""

    def __init__(self, database):
        self._database = database
        self._is_to_break = True

    async def transaction(self, function, /, *args, **kwargs):
        result = await self._database.transaction(function, *args, **kwargs)
        if self._is_to_break:
            self._is_to_break = False
            raise CommitUnclear("gone")
        return result


async def test_a_change_whose_commit_nobody_heard_of_counts_once_and_reaches_the_card(desk):
    draft = await desk.open()
    desk.service = desk.service_on(BreakingOff(desk.database))

    await desk.service.apply(draft.id, append, by(7), SUBJECT, "in the rain")

    now, count = await desk.state(draft)
    assert (now.slots[SUBJECT].text, count) == ("A boat\nin the rain", 1)
    assert desk.told == [now]


async def test_a_draft_whose_commit_nobody_heard_of_is_opened_once(desk):
    desk.service = desk.service_on(BreakingOff(desk.database))

    draft = await desk.service.open(Opening(interaction_id=7, channel_id=20, title="A boat"), OWNER)

    assert desk.told == await desk.service.open_in(20) == [draft]


async def test_another_interaction_of_the_same_person_counts_again(desk):
    draft = await desk.open()

    for interaction_id in (7, 8):
        await desk.service.apply(draft.id, append, by(interaction_id), SUBJECT, "again")

    assert (await desk.state(draft))[0].slots[SUBJECT].text == "A boat\nagain\nagain"


async def test_a_draft_remembers_only_so_many_interactions(desk):
    draft = await desk.open()

    for number in range(DEEDS_MAX_COUNT + 5):
        await desk.service.apply(draft.id, set_lock, by(100 + number), locks=number % 2 == 0)

    now, _ = await desk.state(draft)
    assert [it.interaction_id for it in now.deeds] == list(range(105, 105 + DEEDS_MAX_COUNT))


async def test_a_draft_of_an_earlier_version_is_read(desk):
    draft = await desk.open()

    def forget(transaction):
        row = transaction.one_or_none("SELECT content FROM drafts WHERE id = :id", id=draft.id)
        content = row["content"].replace(',"deeds":[]', "").replace(',"locking_moderator_id":null', "")
        assert content != row["content"]
        transaction.run("UPDATE drafts SET content = :content WHERE id = :id", content=content, id=draft.id)

    await desk.database.transaction(forget)

    assert (await desk.state(draft))[0] == draft
