"""Thirty members do what they like to one draft: nothing anybody said is lost, and its history tells how it came about.

Service and database are the real ones. Beside them runs a model in plain Python that knows what must be true.
"""

import asyncio
from dataclasses import replace
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.drafts.deciding import approve, reopened, set_rule, withdraw
from bot.drafts.editing import accept, decline, fitting, lock_slot, set_options, write
from bot.drafts.membership import end, hand_over, leave, set_lock, set_newcomer_role, set_role
from bot.drafts.people import approvals
from bot.drafts.prompts import assembled
from bot.drafts.service import DraftService, Opening
from bot.errors import Refusal
from builders import make_person
from fakes import HandClock
from machines import run_machine
from storage import drafts
from storage.database import Database, open_database
from storage.draft_records import ChangeKind, DraftState, Role, Rule, Slot

OPEN, DECIDED, ENDED = DraftState.OPEN, DraftState.DECIDED, DraftState.ENDED
MOVES = {(OPEN, OPEN), (OPEN, DECIDED), (OPEN, ENDED), (DECIDED, OPEN), (DECIDED, ENDED)}
CONTENT = frozenset({ChangeKind.WRITE, ChangeKind.ACCEPT, ChangeKind.UNDO, ChangeKind.OPTIONS})
MEMBERS = range(30)
# So few that people meet in them.
SLOTS = (Slot.SUBJECT, Slot.CAMERA)
# Most of it is done by few, so that they get in each other's way.
WHO = st.sampled_from([0, 0, 1, 1, 2, 29]) | st.sampled_from(MEMBERS)
WHERE = st.sampled_from(SLOTS)
TEXTS = ["A boat", "A ship", "A train", "%s :text '\"", "一只纸船", "x  y", "", "  "]
WHAT = st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)

_servers = count(1000)


def some(strategy):
    return st.lists(strategy, min_size=2, max_size=6)


class ManyHands(RuleBasedStateMachine):
    """One draft in a server of its own."""

    loop: asyncio.Runner
    database: Database

    @initialize(text=WHAT)
    def begin(self, text):
        guild_id = next(_servers)
        self.people = [
            make_person(id=number, guild_id=guild_id, is_moderator=number == 29) for number in MEMBERS
        ]
        self.told = []
        self.service = DraftService(self.database, clock=HandClock(), on_change=self.told.append)
        opening = Opening(interaction_id=guild_id, channel_id=20, title="A boat", text=text)
        self.draft = self.loop.run(self.service.open(opening, self.people[0]))
        self.seen = dict.fromkeys(MEMBERS, self.draft)
        self.said = [(0, Slot.SUBJECT, fitting(text))]
        self.approved = set()
        self.do(set_rule, 0, Rule.APPROVALS, needed=3)

    # --- What people do

    @rule(who=WHO)
    def look(self, who):
        self.seen[who] = self.draft

    @rule(writings=some(st.tuples(WHO, WHERE, WHAT)))
    def write_on(self, writings):
        self.write(writings)

    @rule(others=some(WHO), slot=WHERE, change=st.sampled_from([accept, decline]), who=st.none() | WHO)
    def suggest_and_answer(self, others, slot, change, who):
        self.write([(other, slot, f"Boat {number}") for number, other in enumerate(others)])
        for suggestion in self.draft.suggestions:
            held = self.draft.slots.get(suggestion.slot)
            holder = held.author_id if held else self.draft.owner_id
            self.do(change, holder if who is None else who, suggestion.number)

    @rule(people=some(WHO))
    def undo(self, people):
        for who in people:
            edit = self.take(self.service.undo(self.draft.id, self.people[who]))
            assert edit is None or edit.author_id == who

    @rule(people=some(WHO))
    def approve(self, people):
        for who in people:
            edit = self.do(approve, who)
            if edit and edit.kind is ChangeKind.APPROVE:
                self.approved.add(who)

    @rule(who=WHO, duration=st.sampled_from([5, 9]))
    def choose(self, who, duration):
        draft = self.draft
        self.do(set_options, who, title=draft.title, model=draft.model, duration=duration, ratio=None)

    @rule(who=WHO, change=st.sampled_from([withdraw, leave]))
    def take_back(self, who, change):
        if self.do(change, who):
            self.approved.discard(who)

    # --- What owners and moderators do

    @rule(
        slot=WHERE,
        of=WHO,
        arrange=st.sampled_from(["unlock", "lock", "lock all", "free", "strict", "hand over"]),
    )
    def arrange(self, slot, of, arrange):
        owner_id = self.draft.owner_id
        match arrange:
            case "lock" | "unlock":
                self.do(lock_slot, owner_id, slot, locks=arrange == "lock")
                self.do(set_lock, 29, locks=False)
            case "lock all":
                self.do(set_lock, 29, locks=True)
            case "free":
                self.do(set_newcomer_role, owner_id, Role.EDITOR)
                self.do(set_role, owner_id, self.people[of], Role.EDITOR)
            case "strict":
                self.do(set_newcomer_role, owner_id, Role.APPROVER)
                if self.do(set_role, owner_id, self.people[of], Role.WATCHER):
                    self.approved.discard(of)
            case "hand over":
                if self.do(hand_over, owner_id, self.people[of]):
                    self.approved.clear()
                self.do(set_rule, of, Rule.APPROVALS, needed=3)

    @rule(is_meant=st.integers(0, 30))
    def end(self, is_meant):
        if is_meant == 17:
            self.do(end, 29, now=self.draft.edited_at)

    @rule()
    @precondition(lambda self: self.draft.state is DECIDED)
    def it_cannot_be_made(self):
        after = replace(reopened(self.draft, "Nobody can pay."), version=self.draft.version + 1)
        self.loop.run(self.database.transaction(drafts.put, after))
        self.draft = after
        self.told.append(after)
        self.approved.clear()

    # --- What must be true

    @invariant()
    def the_row_says_what_was_told(self):
        assert self.loop.run(self.service.get(self.draft.id, guild_id=self.draft.guild_id)) == self.draft
        assert [it.version for it in self.told] == list(range(1, self.draft.version + 1))

    @invariant()
    def everything_anybody_said_is_in_the_history(self):
        kept = {(it.author_id, it.slot, it.text) for it in self.history()}
        assert {said for said in self.said if said[2]} <= kept

    @invariant()
    def the_history_counts_and_leads_to_what_the_slots_say(self):
        history = self.history()
        assert [it.number for it in history] == list(range(1, self.draft.last_change + 1))
        stacks = {}
        for change in history:
            stack = stacks.setdefault(change.slot, [(None, "")])
            if change.kind in {ChangeKind.WRITE, ChangeKind.ACCEPT}:
                assert change.text_before == stack[-1][1]
                stack.append((change.author_id, change.text))
            elif change.kind is ChangeKind.UNDO:
                assert change.text_before == stack.pop()[1]
        now = {slot: stacks[slot][-1] for slot in SLOTS if slot in stacks and stacks[slot][-1][1]}
        assert {slot: (it.author_id, it.text) for slot, it in self.draft.slots.items()} == now

    @invariant()
    def a_suggestion_stays_as_it_was_made(self):
        made = {
            it.number: (it.slot, it.author_id, it.text)
            for it in self.history()
            if it.kind is ChangeKind.SUGGEST
        }
        for it in self.draft.suggestions:
            assert made[it.number] == (it.slot, it.author_id, it.text)

    @invariant()
    def every_suggestion_that_was_put_in_names_who_did(self):
        for it in self.history():
            assert (it.put_in_by_id is not None) == (it.kind is ChangeKind.ACCEPT)

    @invariant()
    def approvals_are_of_what_the_draft_says_now(self):
        assert set(approvals(self.draft)) == self.approved

    @invariant()
    def nothing_empty_is_decided(self):
        assert self.draft.state is not DECIDED or assembled(self.draft.slots)

    # --- How it is done

    def write(self, writings):
        for who, slot, text in writings:
            there, shown = self.draft.slots.get(slot), self.seen[who].slots.get(slot)
            edit = self.do(write, who, slot, text, seen_change=shown.change if shown else 0)
            if edit is None:
                continue
            self.said.append((who, slot, fitting(text)))
            is_late = there is not None and there != shown and there.author_id != who
            if is_late or (slot in self.draft.locked_slots and who != self.draft.owner_id):
                assert edit.kind is ChangeKind.SUGGEST

    def do(self, change, who, *args, **kwargs):
        return self.take(self.service.apply(self.draft.id, change, self.people[who], *args, **kwargs))

    def take(self, applying):
        """Let a change come true or be refused; return what it did."""
        try:
            applied = self.loop.run(applying)
        except Refusal:
            return None
        assert applied.before == self.draft
        assert (applied.before.state, applied.after.state) in MOVES or applied.edit is None
        self.draft = applied.after
        if applied.edit and applied.edit.kind in CONTENT:
            self.approved.clear()
        return applied.edit

    def history(self):
        return self.loop.run(self.service.history(self.draft.id, guild_id=self.draft.guild_id))


def test_whatever_thirty_members_do_nothing_is_lost(database_url):
    with asyncio.Runner() as loop:
        database = loop.run(open_database(database_url))
        machine = type("ManyHandsOnOneDraft", (ManyHands,), {"loop": loop, "database": database})
        try:
            run_machine(machine, examples=25, steps=40)
        finally:
            loop.run(database.close())
