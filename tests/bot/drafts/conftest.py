"""A draft that people change, and a place where decided ones become videos: real storage and money, pretend files."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.drafts.submission import DraftSubmission
from bot.generation.intake import Intake
from bot.generation.line import Line
from bot.generation.service import GenerationService
from bot.limits.limits import Limits
from bot.limits.prices import Price
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.media.inspector import Inspection
from builders import NOON, make_draft, make_participant, make_person, make_request
from fakes import HandClock
from playing import Play
from storage import drafts, generations, ledger
from storage.database import Database
from storage.draft_records import DraftState, Slot, SlotText
from storage.ledger import Entry, Verb

PRICE_CREDITS = 3


class FakeInspector:
    """Finds nothing wrong, unless it is told to."""

    def __init__(self):
        self.faults = ()

    async def inspect(self, files, *, family):
        return Inspection((), self.faults)


class FakeLinks:
    """Every link lives, unless the test says otherwise."""

    def __init__(self):
        self.failure = None
        self.hanging = frozenset()

    async def fresh(self, media):
        if self.hanging & {medium.name for medium in media}:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return tuple(medium.url for medium in media)


@dataclass
class Studio:
    """Where drafts are made; nobody has an allowance, so whoever pays needs credits of their own."""

    database: Database
    clock: HandClock = field(default_factory=HandClock)
    links: FakeLinks = field(default_factory=FakeLinks)
    inspector: FakeInspector = field(default_factory=FakeInspector)
    changed: list = field(default_factory=list)
    taken_up: list = field(default_factory=list)
    announced: list = field(default_factory=list)

    def __post_init__(self):
        price = {make_request().model: Price(PRICE_CREDITS)}
        reservations = Reservations(Rulebook(OperatorRules(limits=Limits(credits_per_day=0), prices=price)))
        self.line = Line(place_count=1, clock=self.clock)
        self.service = GenerationService(
            self.database,
            clock=self.clock,
            line=self.line,
            reservations=reservations,
            on_change=self.announced.append,
            on_warning=lambda: None,
            cancel_window_s=0.0,
        )
        self.reservations = reservations
        self.submission = self.submission_on(self.database)

    def submission_on(self, database):
        return DraftSubmission(
            database,
            clock=self.clock,
            intake=Intake(inspector=self.inspector, assets=None, links=self.links),
            generations=self.service,
            reservations=self.reservations,
            on_change=self.changed.append,
        )

    async def add(self, **changes):
        """Write a draft by Alice (30) and Bob (31), decided unless the test says otherwise."""
        values = {
            "state": DraftState.DECIDED,
            "slots": {
                Slot.SUBJECT: SlotText(text="A boat", author_id=30, change=1),
                Slot.SOUND: SlotText(text="rain", author_id=31, change=2),
            },
            "participants": (make_participant(30), make_participant(31)),
        }
        draft = make_draft(**(values | changes))
        await self.database.transaction(drafts.add, draft)
        return draft

    async def grant(self, **credits):
        """Give members credits, by id: ``_30=5``."""
        for name, amount in credits.items():
            await self.database.transaction(_grant, int(name[1:]), amount)

    async def row(self, draft):
        return await self.database.transaction(drafts.get, draft.id)

    async def video(self, draft):
        """The generation a draft became; None if it did not."""
        return await self.database.transaction(generations.find_by_interaction, draft.interaction_id)

    async def account(self, member_id):
        account = await self.database.transaction(ledger.account, ledger.member_holder(10, member_id))
        return account.balance_credits, account.held_credits


def _grant(transaction, member_id, credits):
    ledger.lock(transaction, guild_id=10, member_ids=[member_id])
    grant = Entry(
        at=NOON, verb=Verb.GRANT, guild_id=10, member_id=member_id, balance_credits=credits, counted_at=NOON
    )
    ledger.add(transaction, grant)


@pytest.fixture
def studio(sqlite_database):
    return Studio(sqlite_database)


@pytest.fixture
def play():
    return Play(make_draft())


@pytest.fixture
def suggested(play):
    """Alice holds the subject, and Bob has suggested another."""
    play.writes(make_person(id=31), "A boat")
    play.writes(make_person(id=32), "A ship")
    return play
