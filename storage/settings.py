"""What moderators have set, for a server, a role or a member. What the words mean, ``bot.limits`` knows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.database import Transaction


class Scope(StrEnum):
    """Whom a setting is for."""

    SERVER = "server"
    ROLE = "role"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a setting is for, in one server; a server's own has the id 0."""

    guild_id: int
    scope: Scope
    id: int = 0


def find(transaction: Transaction, subject: Subject) -> Mapping[str, Any]:
    """Read what is set for somebody; empty when nothing is."""
    row = transaction.one_or_none(
        "SELECT content FROM settings WHERE guild_id = :guild_id AND scope = :scope AND subject_id = :id",
        guild_id=subject.guild_id,
        scope=subject.scope.value,
        id=subject.id,
    )
    return json.loads(row["content"]) if row else {}


def of_roles(transaction: Transaction, *, guild_id: int, role_ids: Iterable[int]) -> list[Mapping[str, Any]]:
    """Read what is set for each of some roles, for those that have something set."""
    wanted = set(role_ids)
    rows = transaction.all(
        "SELECT subject_id, content FROM settings WHERE guild_id = :guild_id AND scope = 'role'",
        guild_id=guild_id,
    )
    return [json.loads(row["content"]) for row in rows if row["subject_id"] in wanted]


def put(transaction: Transaction, subject: Subject, values: Mapping[str, Any]) -> None:
    """Write what is set for somebody, in place of what was; nothing set leaves no row."""
    names = {"guild_id": subject.guild_id, "scope": subject.scope.value, "id": subject.id}
    if not values:
        transaction.run(
            "DELETE FROM settings WHERE guild_id = :guild_id AND scope = :scope AND subject_id = :id", **names
        )
        return
    transaction.run(
        "INSERT INTO settings (guild_id, scope, subject_id, content) VALUES (:guild_id, :scope, :id, :text)"
        " ON CONFLICT (guild_id, scope, subject_id) DO UPDATE SET content = excluded.content",
        text=json.dumps(dict(values), sort_keys=True),
        **names,
    )
