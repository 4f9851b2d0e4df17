"""Drafts and videos as one server sees them: what belongs to another does not exist there.

Each function is part of a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot import texts
from bot.errors import Refusal
from storage import drafts, generations
from storage.database import Transaction
from storage.draft_records import Draft, DraftChange, DraftId, DraftState
from storage.errors import NotFound
from storage.records import Generation, GenerationId

# More open drafts than anybody can follow; the rest of a server's space is for talking.
OPEN_MAX_COUNT = 50
# Among the newest of a server's drafts no two forks are called the same, and every open one is found.
NEWEST_COUNT = 2 * OPEN_MAX_COUNT
IN_THE_MAKING = frozenset({DraftState.OPEN, DraftState.DECIDED})
# Each step is a read; longer chains are cut.
LINEAGE_MAX_COUNT = 50


class UnknownDraft(Refusal):
    """There is no such draft, or not in this server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A video, what it was made from, step by step, and what was made from it.

    Attributes:
        drafts: Those begun from it that are no video yet.
    """

    ancestors: tuple[Generation, ...]
    generation: Generation
    children: tuple[Generation, ...]
    drafts: tuple[Draft, ...]


def locked(transaction: Transaction, draft_id: DraftId, guild_id: int) -> Draft:
    """Read a draft that nobody else can change before the transaction ends.

    Raises:
        UnknownDraft: There is no such draft in this server.
    """
    return _found(drafts.lock, transaction, draft_id, guild_id)


def read(transaction: Transaction, draft_id: DraftId, guild_id: int) -> Draft:
    """Read a draft.

    Raises:
        UnknownDraft: There is no such draft in this server.
    """
    return _found(drafts.get, transaction, draft_id, guild_id)


def history_of(transaction: Transaction, draft_id: DraftId, guild_id: int) -> list[DraftChange]:
    """Return every contribution and decision, the oldest first.

    Raises:
        UnknownDraft: There is no such draft in this server.
    """
    read(transaction, draft_id, guild_id)
    return drafts.changes_of(transaction, draft_id)


def lineage_of(transaction: Transaction, generation_id: GenerationId, guild_id: int) -> Lineage:
    """Return where a video comes from and what came of it.

    Raises:
        UnknownDraft: There is no such video in this server.
    """
    generation = _video(transaction, generation_id, guild_id)
    ancestors: list[Generation] = []
    parent_id = generation.parent_id
    while parent_id is not None and len(ancestors) < LINEAGE_MAX_COUNT:
        parent = generations.get(transaction, parent_id)
        if parent.guild_id != guild_id:  # what was made elsewhere is shown there only
            break
        ancestors.append(parent)
        parent_id = parent.parent_id
    children = generations.children_of(transaction, generation_id, limit=LINEAGE_MAX_COUNT)
    newest = drafts.of_server(transaction, guild_id, limit=NEWEST_COUNT)
    return Lineage(
        ancestors=tuple(reversed(ancestors)),
        generation=generation,
        children=tuple(child for child in children if child.guild_id == guild_id),
        drafts=tuple(it for it in newest if it.parent_id == generation_id and it.state in IN_THE_MAKING),
    )


def _found(
    find: Callable[[Transaction, DraftId], Draft], transaction: Transaction, draft_id: DraftId, guild_id: int
) -> Draft:
    try:
        draft = find(transaction, draft_id)
    except NotFound:
        raise UnknownDraft(texts.DRAFT_UNKNOWN) from None
    if draft.guild_id != guild_id:
        raise UnknownDraft(texts.DRAFT_UNKNOWN)
    return draft


def _video(transaction: Transaction, generation_id: GenerationId, guild_id: int) -> Generation:
    try:
        generation = generations.get(transaction, generation_id)
    except NotFound:
        raise UnknownDraft(texts.DRAFT_TREE_UNKNOWN) from None
    if generation.guild_id != guild_id:
        raise UnknownDraft(texts.DRAFT_TREE_UNKNOWN)
    return generation
