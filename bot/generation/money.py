"""Moves a generation and the credits that pay for it, in one transaction: state and money never disagree."""

from datetime import datetime
from typing import assert_never

from storage import generations, ledger
from storage.database import Transaction
from storage.ledger import Verb
from storage.records import Generation, State


def verb_for(generation: Generation) -> Verb | None:
    """Return what its state does with the credits held for a generation; None while they stay held.

    What was made and can be had is paid; what nobody knows the end of stays held until somebody decides.
    """
    match generation.state:
        case State.DELIVERED:
            return Verb.SETTLE
        case State.UNDELIVERABLE:
            return Verb.SETTLE if generation.file_bytes is not None else Verb.RELEASE
        case State.CANCELLED | State.REFUSED | State.FAILED:
            return Verb.RELEASE
        case (
            State.ADMITTED
            | State.WAITING
            | State.PREPARING
            | State.SUBMITTING
            | State.QUEUED
            | State.PROCESSING
            | State.DOWNLOADING
            | State.DELIVERING
            | State.SHRINKING
            | State.UNCERTAIN
            | State.STALLED
            | State.LOST
        ):
            return None
        case _:
            assert_never(generation.state)


def move(transaction: Transaction, before: Generation, after: Generation, *, at: datetime) -> bool:
    """Replace ``before`` by ``after`` and move its credits along.

    Returns:
        False if somebody else moved it first, which changes nothing.
    """
    verb = verb_for(after) if after.state is not before.state else None
    if verb is not None:
        # Before the row, as in every transaction: of two that move several rows, neither waits for the other for ever.
        ledger.lock(transaction, guild_id=after.guild_id or 0, member_ids=[after.asker_id])
    if not generations.move(transaction, before, after):
        return False
    match verb:
        case Verb.SETTLE:
            ledger.settle(transaction, after.id, at=at)
        case Verb.RELEASE:
            ledger.release(transaction, after.id, at=at)
    return True
