"""What people decide about limits and credits on behalf of others, as it is written down.

Whoever writes here is changing something in the same transaction: there is no change without its trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage import audit
from storage.audit import AuditEntry
from storage.database import Transaction

# Discord delivers an interaction again within seconds, and one writes at most as many entries as there are settings.
LOOKED_BACK_COUNT = 100


class Action(StrEnum):
    """What was decided."""

    SET = "set limit"
    PRICE = "set price"
    GRANT = "grant credits"
    REFUND = "refund generation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who decides, in which server, by which interaction."""

    member_id: int
    guild_id: int
    interaction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is set for somebody, in words: before and after. Nothing was changed if both are the same."""

    name: str
    before: str
    after: str


def note(
    transaction: Transaction, action: Action, subject: str, *, actor: Actor, at: datetime, **details: str
) -> None:
    """Write down a decision.

    Args:
        transaction: In which it is carried out.
        action: What was decided.
        subject: About whom or what, by id.
        actor: By whom.
        at: This instant.
        details: More facts, in words.
    """
    audit.add(
        transaction,
        AuditEntry(
            at=at,
            actor_id=actor.member_id,
            guild_id=actor.guild_id,
            action=action.value,
            subject=subject,
            details=details,
        ),
    )


def note_change(
    transaction: Transaction, action: Action, subject: str, change: Change, *, actor: Actor, at: datetime
) -> None:
    """Write down a change, if it is one."""
    if change.before != change.after:
        note(
            transaction,
            action,
            subject,
            actor=actor,
            at=at,
            name=change.name,
            before=change.before,
            after=change.after,
            interaction_id=str(actor.interaction_id),
        )


def changes_by(transaction: Transaction, action: Action, *, actor: Actor) -> Sequence[Change]:
    """Return what the actor's interaction, which may arrive twice, has changed already, in its order."""
    latest = audit.latest(
        transaction, guild_id=actor.guild_id, actions=(action.value,), limit=LOOKED_BACK_COUNT
    )
    return [
        Change(name=it.details["name"], before=it.details["before"], after=it.details["after"])
        for it in reversed(latest)
        if it.details.get("interaction_id") == str(actor.interaction_id)
    ]
