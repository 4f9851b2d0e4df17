"""Whole credits: who holds, spends and owns how many. Entries are added, never changed; accounts are their sums.

Every entry and the accounts it belongs to are written in one transaction with the state change it pays for. Whoever
decides by sums calls :func:`lock` first: from then on nobody else changes these accounts until the transaction ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.records import GenerationId

INSTANCE = "instance"


class Verb(StrEnum):
    """What an entry does with credits.

    Reserve, settle, release and refund are about a video; the others move a member's own credits.
    """

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    REFUND = "refund"
    GRANT = "grant"
    GIVE = "give"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Effect:
    """How often an entry's credits are added to each sum of an account.

    Attributes:
        balance: A member's own credits; only the entry's ``balance_credits`` count here.
        held: Reserved for videos that are not over.
        spent: Taken for videos.
        videos: How often its ``videos`` count in the windows of limits.
        allowance: How often its ``allowance_credits`` are used in the windows of limits.
    """

    balance: int = 0
    held: int = 0
    spent: int = 0
    videos: int = 0
    allowance: int = 0


EFFECTS: Mapping[Verb, Effect] = {
    Verb.RESERVE: Effect(balance=-1, held=1, videos=1, allowance=1),
    Verb.SETTLE: Effect(held=-1, spent=1),
    Verb.RELEASE: Effect(balance=1, held=-1, videos=-1, allowance=-1),
    Verb.REFUND: Effect(balance=1, spent=-1, videos=-1, allowance=-1),
    Verb.GRANT: Effect(balance=1),
    Verb.GIVE: Effect(balance=-1, allowance=1),
    Verb.RECEIVE: Effect(balance=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger.

    Attributes:
        guild_id: The server whose credits they are; 0 outside of one.
        member_id: Whose account it is about.
        generation_id: The video it is about; None for grants and gifts.
        allowance_credits: The part that the limits give, used up in their windows.
        balance_credits: The part that is the member's own: granted or received. Negative where a grant is taken back.
        videos: How many videos it is: 1, or 0 for whoever only helps to pay. Of grants and gifts it says nothing.
        counted_at: In which windows it counts: the instant of the reservation it belongs to.
        actor_id: Who did it on the member's behalf; None for the member or the bot itself.
        partner_id: The other side of a gift.
        interaction_id: What somebody pressed or typed for it; counts once for each verb.
    """

    at: datetime
    verb: Verb
    guild_id: int
    member_id: int
    generation_id: GenerationId | None = None
    allowance_credits: int = 0
    balance_credits: int = 0
    videos: int = 1
    counted_at: datetime
    actor_id: int | None = None
    partner_id: int | None = None
    interaction_id: int | None = None

    @property
    def credits(self) -> int:
        """Both parts together."""
        return self.allowance_credits + self.balance_credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a holder has, in whole credits; always the sum of the entries."""

    balance_credits: int = 0
    held_credits: int = 0
    spent_credits: int = 0


def member_holder(guild_id: int, member_id: int) -> str:
    """Return the holder of a member's account in a server."""
    return f"member:{guild_id}:{member_id}"


def server_holder(guild_id: int) -> str:
    """Return the holder of a server's account."""
    return f"server:{guild_id}"


def effect_sql(column: str, *, of: str) -> str:
    """Return what an entry adds to a sum, as SQL.

    Args:
        column: A field of :class:`Effect`.
        of: What is added as often as the effect says.
    """
    cases = " ".join(
        f"WHEN '{verb}' THEN {getattr(effect, column)}"
        for verb, effect in EFFECTS.items()
        if getattr(effect, column)
    )
    return f"(CASE verb {cases} ELSE 0 END) * {of}"


BOTH_PARTS = "(allowance_credits + balance_credits)"
BALANCE_SQL = effect_sql("balance", of="balance_credits")
HELD_SQL = effect_sql("held", of=BOTH_PARTS)
SPENT_SQL = effect_sql("spent", of=BOTH_PARTS)

_COLUMNS = tuple(field.name for field in fields(Entry))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM entries"  # noqa: S608  # our own column names
_INSERT = (
    f"INSERT INTO entries ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own column names
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)}) ON CONFLICT DO NOTHING"
)
_LOCK = (
    "INSERT INTO accounts (holder, balance_credits, held_credits, spent_credits) VALUES (:holder, 0, 0, 0)"
    " ON CONFLICT (holder) DO UPDATE SET holder = excluded.holder"
)
_ADD = (
    "UPDATE accounts SET balance_credits = balance_credits + :balance, held_credits = held_credits + :held,"
    " spent_credits = spent_credits + :spent WHERE holder = :holder"
)


def lock(transaction: Transaction, *, guild_id: int, member_ids: Iterable[int]) -> None:
    """Keep everybody else from changing these members' accounts, their server's and the instance's.

    Always in the same order, so that two transactions never wait for each other.
    """
    members = {member_holder(guild_id, member_id) for member_id in member_ids}
    for holder in sorted({INSTANCE, server_holder(guild_id), *members}):
        transaction.run(_LOCK, holder=holder)


def add(transaction: Transaction, entry: Entry) -> bool:
    """Write an entry and its sums; False if it stands there already, which changes nothing.

    The accounts must be locked.
    """
    if transaction.run(_INSERT, **{name: stored(getattr(entry, name)) for name in _COLUMNS}) == 0:
        return False
    effect = EFFECTS[entry.verb]
    holders = (INSTANCE, server_holder(entry.guild_id), member_holder(entry.guild_id, entry.member_id))
    for holder in holders:
        transaction.run(
            _ADD,
            holder=holder,
            balance=effect.balance * entry.balance_credits,
            held=effect.held * entry.credits,
            spent=effect.spent * entry.credits,
        )
    return True


def settle(transaction: Transaction, generation_id: GenerationId, *, at: datetime) -> bool:
    """Take what is held for a video from everybody who pays for it; False if nothing is held, which changes nothing."""
    return _follow(transaction, generation_id, Verb.SETTLE, at=at)


def release(transaction: Transaction, generation_id: GenerationId, *, at: datetime) -> bool:
    """Give back what is held for a video, the way it came; False if nothing is held, which changes nothing."""
    return _follow(transaction, generation_id, Verb.RELEASE, at=at)


def refund(
    transaction: Transaction,
    generation_id: GenerationId,
    *,
    at: datetime,
    actor_id: int | None = None,
) -> bool:
    """Give back what was taken for a video, the way it came; False if nothing is left of it, which changes nothing."""
    return _follow(transaction, generation_id, Verb.REFUND, at=at, actor_id=actor_id)


# Which entry each verb must follow, and which must not be there yet.
_FOLLOWS: Mapping[Verb, tuple[Verb, frozenset[Verb]]] = {
    Verb.SETTLE: (Verb.RESERVE, frozenset({Verb.SETTLE, Verb.RELEASE})),
    Verb.RELEASE: (Verb.RESERVE, frozenset({Verb.SETTLE, Verb.RELEASE})),
    Verb.REFUND: (Verb.SETTLE, frozenset({Verb.REFUND})),
}


def _follow(
    transaction: Transaction,
    generation_id: GenerationId,
    verb: Verb,
    *,
    at: datetime,
    actor_id: int | None = None,
) -> bool:
    after, unless = _FOLLOWS[verb]
    payers = {(entry.guild_id, entry.member_id) for entry in of_generation(transaction, generation_id)}
    for guild_id in sorted({guild_id for guild_id, _ in payers}):
        lock(
            transaction,
            guild_id=guild_id,
            member_ids=[member for guild, member in payers if guild == guild_id],
        )
    # Read again: until the accounts were ours, somebody else may have closed it.
    entries = of_generation(transaction, generation_id)
    closed = {entry.member_id for entry in entries if entry.verb in unless}
    followed = [entry for entry in entries if entry.verb is after and entry.member_id not in closed]
    for entry in followed:
        add(transaction, replace(entry, verb=verb, at=at, actor_id=actor_id, interaction_id=None))
    return bool(followed)


def of_generation(transaction: Transaction, generation_id: GenerationId) -> list[Entry]:
    """Read every entry about a video, the oldest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE generation_id = :generation_id ORDER BY id", generation_id=generation_id
    )
    return [_entry_of(row) for row in rows]


def latest_settled(transaction: Transaction, *, guild_id: int, limit: int) -> list[Entry]:
    """Read what credits were taken for videos in a server and not given back, the latest reservation first."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id AND verb = 'settle' AND {BOTH_PARTS} > 0 AND NOT EXISTS"  # noqa: S608  # our own words
        " (SELECT 1 FROM entries AS later WHERE later.generation_id = entries.generation_id"
        " AND later.member_id = entries.member_id AND later.verb = 'refund')"
        " ORDER BY counted_at DESC, id DESC LIMIT :limit",
        guild_id=guild_id,
        limit=limit,
    )
    return [_entry_of(row) for row in rows]


def latest_by_hand(transaction: Transaction, *, guild_id: int, member_id: int, limit: int) -> list[Entry]:
    """Read what somebody granted, gave, received or gave back to a member of a server, the newest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id AND member_id = :member_id"
        f" AND verb IN ('grant', 'give', 'receive', 'refund') AND {BOTH_PARTS} <> 0 ORDER BY id DESC LIMIT :limit",
        guild_id=guild_id,
        member_id=member_id,
        limit=limit,
    )
    return [_entry_of(row) for row in rows]


def latest_helped(
    transaction: Transaction, *, guild_id: int, member_id: int, limit: int
) -> list[GenerationId]:
    """Read which videos of others a member of a server pays or paid for, the newest first."""
    rows = transaction.all(
        "SELECT generation_id FROM entries WHERE guild_id = :guild_id AND member_id = :member_id"
        " AND verb = 'reserve' AND videos = 0 AND allowance_credits + balance_credits > 0"
        " ORDER BY counted_at DESC, id DESC LIMIT :limit",
        guild_id=guild_id,
        member_id=member_id,
        limit=limit,
    )
    return [GenerationId(row["generation_id"]) for row in rows]


def find_by_interaction(transaction: Transaction, interaction_id: int) -> Entry | None:
    """Read the first entry that an interaction brought about, if it did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE interaction_id = :it ORDER BY id", it=interaction_id)
    return None if row is None else _entry_of(row)


def account(transaction: Transaction, holder: str) -> Account:
    """Read an account; one that was never used is empty."""
    row = transaction.one_or_none(
        "SELECT balance_credits, held_credits, spent_credits FROM accounts WHERE holder = :holder",
        holder=holder,
    )
    return Account(**row) if row else Account()


def _entry_of(row: Row) -> Entry:
    values = dict(row)
    values["at"], values["counted_at"] = instant_of(values["at"]), instant_of(values["counted_at"])
    values["verb"] = Verb(values["verb"])
    return Entry(**values)
