"""Whatever is done in whatever order, repeated or cut short: accounts are the sums of entries, and no credit is lost.

Services, limits and database are the real ones. Beside them runs a model in plain Python that is told what was meant,
and must agree on what was allowed and on who has what.
"""

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.errors import Refusal
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.limits.grants import GrantService
from bot.limits.limits import Limits
from bot.limits.prices import Price
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.trail import Actor
from builders import make_member, make_request
from fakes import HandClock
from machines import run_machine
from storage import charges, ledger
from storage import settings as stored_settings
from storage.database import Database, open_database
from storage.settings import Scope, Subject

SERVERS, MEMBERS, PRICES = (10, 11), (30, 31), {"videos": 1, "videos_fast": 3, "sd2_manxue_720p": 0}
DAY = timedelta(days=1)
TABLES = ("entries", "accounts", "generations", "settings", "audit", "budget_warnings")
# How often each verb adds its credits: the part of a member's own, what is held, what is spent.
BALANCE = {"reserve": -1, "release": 1, "refund": 1, "grant": 1, "give": -1, "receive": 1}
HELD = {"reserve": 1, "settle": -1, "release": -1}
SPENT = {"settle": 1, "refund": -1}

WHO = st.tuples(st.sampled_from(SERVERS), st.sampled_from(MEMBERS))
AMOUNTS = st.none() | st.none() | st.none() | st.integers(0, 9)
# After how many writes the process dies; mostly it does not.
WRITES = st.sampled_from([None] * 40 + list(range(12)))
# Which fate of a video each verb needs, and to which it leads.
FATES = {"settle": ("held", "spent"), "release": ("held", "back"), "refund": ("spent", "back")}


class DiedError(Exception):
    """The process died in the middle of a transaction."""


class Dying:
    """A transaction in which the process dies before one of its writes."""

    def __init__(self, transaction, writes):
        self.all, self.one_or_none, self._run, self._writes_left = (
            transaction.all,
            transaction.one_or_none,
            transaction.run,
            writes,
        )

    def run(self, sql, /, **parameters):
        if self._writes_left == 0:
            raise DiedError
        self._writes_left -= 1
        return self._run(sql, **parameters)


class MortalDatabase:
    """The real one, but with a process that dies after so many writes."""

    def __init__(self, database):
        self._database = database
        self.writes = None

    async def transaction(self, function, *args, **kwargs):
        if self.writes is None:
            return await self._database.transaction(function, *args, **kwargs)
        writes = self.writes

        def mortal(transaction):
            return function(Dying(transaction, writes), *args, **kwargs)

        return await self._database.transaction(mortal)


@dataclass
class Use:
    """What a video or a gift took from whom, and what became of it."""

    whose: tuple[int, int]
    at: datetime
    allowance: int
    own: int
    videos: int = 1
    fate: str = "held"

    @property
    def credits(self):
        return (self.allowance + self.own) * self.videos

    @property
    def counts(self):
        return self.fate in {"held", "spent"}


@dataclass
class Model:
    """What must be true, worked out anew from the list of everything that was allowed."""

    rules: dict
    owned: Counter = field(default_factory=Counter)
    uses: dict = field(default_factory=dict)

    def used(self, what, *, now, is_of=lambda use: True):
        """What was used in the last 24 hours, and since the month began."""
        counted = [use for use in self.uses.values() if use.counts and is_of(use)]
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return (
            sum(what(use) for use in counted if use.at > now - DAY),
            sum(what(use) for use in counted if use.at >= month),
        )

    def left(self, name, what, *, now, is_of=lambda use: True):
        """What is left of two limits; None if there are none."""
        of_windows = zip(("day", "month"), self.used(what, now=now, is_of=is_of), strict=True)
        limits = [(self.rules.get(f"{name}_per_{window}"), used) for window, used in of_windows]
        return min((max(0, limit - used) for limit, used in limits if limit is not None), default=None)

    def allowance(self, whose, *, now):
        return self.left("credits", lambda use: use.allowance, now=now, is_of=lambda use: use.whose == whose)

    def parts(self, whose, price, *, now):
        """How a price is split into allowance and own credits; None if it is beyond a limit."""
        videos = self.left("videos", lambda use: use.videos, now=now, is_of=lambda use: use.whose == whose)
        budget = self.left("budget", lambda use: use.credits, now=now)
        left = self.allowance(whose, now=now)
        allowance = price if left is None else min(price, left)
        is_within = videos != 0 and (budget is None or price <= budget)
        return (
            (allowance, price - allowance) if is_within and price - allowance <= self.owned[whose] else None
        )

    def accounts(self):
        """What every account must say."""
        sums = {}
        for whose, credits in self.owned.items():
            self._add(sums, whose, [credits, 0, 0])
        for use in self.uses.values():
            if use.videos and use.counts:
                self._add(
                    sums, use.whose, [0, *([use.credits, 0] if use.fate == "held" else [0, use.credits])]
                )
        return {holder: tuple(values) for holder, values in sums.items() if any(values)}

    @staticmethod
    def _add(sums, whose, values):
        guild_id, member_id = whose
        for holder in ("instance", f"server:{guild_id}", f"member:{guild_id}:{member_id}"):
            sums[holder] = [old + new for old, new in zip(sums.get(holder, [0, 0, 0]), values, strict=True)]


class Ledger(RuleBasedStateMachine):
    """Two members of two servers, and everything that can happen to their credits."""

    loop: asyncio.Runner
    database: Database

    @initialize(
        credits=st.tuples(AMOUNTS, AMOUNTS),
        videos=st.tuples(AMOUNTS, AMOUNTS),
        budgets=st.tuples(AMOUNTS, AMOUNTS),
    )
    def begin(self, credits, videos, budgets):
        self.clock, self.numbers = HandClock(), count(1)
        self.rules = {
            f"{name}_per_{window}": limit
            for name, limits in (("credits", credits), ("videos", videos), ("budget", budgets))
            for window, limit in zip(("day", "month"), limits, strict=True)
        }
        self.model, self.interactions, self.ids = Model(self.rules), {}, {}
        limits = {name: limit for name, limit in self.rules.items() if "budget" not in name}
        rulebook = Rulebook(
            OperatorRules(
                limits=Limits(**limits),
                prices={model: Price(credits) for model, credits in PRICES.items()},
                budget_per_day=self.rules["budget_per_day"],
                budget_per_month=self.rules["budget_per_month"],
            )
        )
        self.mortal = MortalDatabase(self.database)
        self.generations = GenerationService(
            self.mortal,
            clock=self.clock,
            line=Line(place_count=1, clock=self.clock),
            reservations=Reservations(rulebook),
            on_change=lambda generation: None,
            on_warning=lambda: None,
            cancel_window_s=0,
        )
        self.grants = GrantService(
            self.mortal, clock=self.clock, rulebook=rulebook, on_change=lambda generation: None
        )
        self.loop.run(self.database.transaction(self.empty))

    @staticmethod
    def empty(transaction):
        for table in TABLES:
            transaction.run(f"DELETE FROM {table}")
        for guild_id in SERVERS:
            subject = Subject(guild_id=guild_id, scope=Scope.SERVER)
            stored_settings.put(transaction, subject, {"gifts": True, "confirm_above": None})

    def do(self, action, *, dies_after=None):
        """Run an action; None if it was refused or the process died in it."""
        self.mortal.writes = dies_after
        try:
            return self.loop.run(action), None
        except (DiedError, Refusal) as error:
            return None, error
        finally:
            self.mortal.writes = None

    @rule(
        whose=WHO,
        model=st.sampled_from(sorted(PRICES)),
        dies_after=WRITES,
        again=st.booleans(),
        data=st.data(),
    )
    def ask(self, whose, model, dies_after, again, data):
        if again and self.interactions:
            whose, model, interaction_id = self.interactions[
                data.draw(st.sampled_from(sorted(self.interactions)))
            ]
        else:
            interaction_id = next(self.numbers)
            self.interactions[interaction_id] = whose, model, interaction_id
        guild_id, member_id = whose
        asked = Asked(
            interaction_id=interaction_id, channel_id=20, member=make_member(id=member_id, guild_id=guild_id)
        )
        now, is_new = self.clock.now(), interaction_id not in self.model.uses
        parts = self.model.parts(whose, PRICES[model], now=now)

        generation, error = self.do(
            self.generations.admit(Checked(request=make_request(model=model)), asked), dies_after=dies_after
        )

        if isinstance(error, DiedError):
            return
        assert (generation is not None) == (parts is not None or not is_new), (error, parts)
        if is_new and generation is not None:
            allowance, own = parts
            self.model.uses[interaction_id] = Use(whose, now, allowance, own)
            self.model.owned[whose] -= own
            self.ids[interaction_id] = generation.id

    @rule(verbs=st.permutations([*FATES, *FATES]), data=st.data())
    @precondition(lambda self: self.ids)
    def follow(self, verbs, data):
        number = data.draw(st.sampled_from(sorted(self.ids)))
        for verb in verbs:
            self.follow_with(verb, number, dies_after=data.draw(WRITES))

    def follow_with(self, verb, number, *, dies_after):
        use, (before, after) = self.model.uses[number], FATES[verb]

        following = self.mortal.transaction(getattr(ledger, verb), self.ids[number], at=self.clock.now())
        is_done, error = self.do(following, dies_after=dies_after)

        if isinstance(error, DiedError):
            return
        assert is_done == (use.fate == before)
        if is_done:
            use.fate = after
            self.model.owned[use.whose] += use.own if after == "back" else 0

    @rule(whose=WHO, credits=st.integers(-6, 12), dies_after=WRITES, times=st.integers(1, 2))
    def grant(self, whose, credits, dies_after, times):
        guild_id, member_id = whose
        actor = Actor(member_id=99, guild_id=guild_id, interaction_id=next(self.numbers))
        is_allowed = credits != 0 and self.model.owned[whose] + credits >= 0

        tries = [
            self.do(self.grants.grant(member_id, credits, actor=actor), dies_after=dies_after)
            for _ in range(times)
        ]

        if any(not isinstance(error, DiedError) for _, error in tries):
            assert is_allowed == any(error is None for _, error in tries)
            self.model.owned[whose] += credits if is_allowed else 0

    @rule(whose=WHO, credits=st.integers(0, 6), dies_after=WRITES, times=st.integers(1, 2), data=st.data())
    def gift(self, whose, credits, dies_after, times, data):
        (guild_id, giver), receiver = whose, data.draw(st.sampled_from(MEMBERS))
        interaction_id, now = next(self.numbers), self.clock.now()
        allowance = min(credits, self.model.allowance(whose, now=now) or 0)
        is_allowed = giver != receiver and credits > 0 and credits - allowance <= self.model.owned[whose]

        member = make_member(id=giver, guild_id=guild_id)
        tries = [
            self.do(
                self.grants.gift(member, receiver, credits, interaction_id=interaction_id),
                dies_after=dies_after,
            )
            for _ in range(times)
        ]

        if any(not isinstance(error, DiedError) for _, error in tries):
            assert is_allowed == any(error is None for _, error in tries)
            if is_allowed:
                self.model.uses[interaction_id] = Use(whose, now, allowance, credits - allowance, videos=0)
                self.model.owned[whose] -= credits - allowance
                self.model.owned[guild_id, receiver] += credits

    @rule(hours=st.sampled_from([1, 23, 24, 25, 24 * 31, -1, -30]))
    def time_passes(self, hours):
        self.clock.jump(hours=hours)

    @invariant()
    def accounts_are_what_the_model_says_and_the_sums_of_their_entries(self):
        accounts, entries = self.loop.run(self.database.transaction(self.read))

        assert {holder: sums for holder, sums in accounts.items() if any(sums)} == self.model.accounts()
        assert accounts.keys() >= entries.keys()
        assert all(sums == tuple(entries.get(holder, (0, 0, 0))) for holder, sums in accounts.items())
        assert all(credits >= 0 for sums in accounts.values() for credits in sums)

    @invariant()
    def limits_count_what_was_used_and_not_given_back(self):
        for whose in itertools.product(SERVERS, MEMBERS):
            counted = self.loop.run(self.database.transaction(self.counted, whose))
            uses = [use for use in self.model.uses.values() if use.whose == whose and use.counts]

            assert counted == (
                sum(use.allowance for use in uses),
                sum(use.credits for use in uses),
                sum(use.videos for use in uses),
            )

    @staticmethod
    def counted(transaction, whose):
        guild_id, member_id = whose
        found = charges.of_member(
            transaction, guild_id=guild_id, member_id=member_id, since=datetime(2000, 1, 1, tzinfo=UTC)
        )
        return tuple(
            sum(getattr(one, name) for one in found) for name in ("allowance_credits", "credits", "videos")
        )

    @staticmethod
    def read(transaction):
        accounts = {
            row["holder"]: (row["balance_credits"], row["held_credits"], row["spent_credits"])
            for row in transaction.all("SELECT * FROM accounts")
        }
        entries = {}
        for row in transaction.all("SELECT * FROM entries"):
            verb, both = row["verb"], row["allowance_credits"] + row["balance_credits"]
            moved = [
                BALANCE.get(verb, 0) * row["balance_credits"],
                HELD.get(verb, 0) * both,
                SPENT.get(verb, 0) * both,
            ]
            Model._add(entries, (row["guild_id"], row["member_id"]), moved)
        return accounts, entries


def test_no_credit_is_made_or_lost_whatever_happens(database_url):
    with asyncio.Runner() as loop:
        database = loop.run(open_database(database_url))
        machine = type("LedgerOfADatabase", (Ledger,), {"loop": loop, "database": database})
        try:
            run_machine(machine, examples=60, steps=40)
        finally:
            loop.run(database.close())
