"""Decisions are kept in the order they were made, with who made them."""

from dataclasses import replace

from builders import NOON
from storage import audit
from storage.audit import AuditEntry

ENTRY = AuditEntry(
    at=NOON,
    actor_id=2**63 - 1,
    guild_id=10,
    action="resolve generation",
    subject="7b1f",
    details={"from": "uncertain", "words": "内容 'quoted'"},
)


async def test_decisions_come_back_in_order_and_only_those_asked_for(database):
    by_a_rule = replace(ENTRY, actor_id=None, guild_id=None, details={})
    for entry in (ENTRY, replace(ENTRY, subject="other"), by_a_rule):
        await database.transaction(audit.add, entry)

    assert await database.transaction(audit.about, "7b1f") == [ENTRY, by_a_rule]


async def test_the_latest_of_a_server_are_those_of_some_kinds_and_not_too_many(database):
    made = [replace(ENTRY, subject=str(number)) for number in range(3)]
    for entry in (*made, replace(ENTRY, action="other"), replace(ENTRY, guild_id=11)):
        await database.transaction(audit.add, entry)

    latest = await database.transaction(
        audit.latest, guild_id=10, actions=[ENTRY.action, "no other"], limit=2
    )

    assert latest == [made[2], made[1]]
