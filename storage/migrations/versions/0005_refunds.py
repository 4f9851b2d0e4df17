"""Cards say what was given back, members see where their own credits went, budgets that were raised warn again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_BY_HAND = sa.text("verb IN ('grant', 'give', 'receive', 'refund')")


def upgrade() -> None:
    op.add_column("generations", sa.Column("refunded_at", sa.BigInteger))
    op.execute(
        "UPDATE generations SET refunded_at = (SELECT MAX(at) FROM entries"
        " WHERE entries.generation_id = generations.id AND verb = 'refund')"
    )
    allowed = sa.Column("allowed_credits", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("budget_warnings", allowed)
    op.create_index(
        "entries_by_hand",
        "entries",
        ["guild_id", "member_id", "id"],
        postgresql_where=_BY_HAND,
        sqlite_where=_BY_HAND,
    )


def downgrade() -> None:
    op.drop_index("entries_by_hand", "entries")
    op.drop_column("budget_warnings", "allowed_credits")
    op.execute("UPDATE generations SET notice = 'told' WHERE notice = 'changed'")
    op.drop_column("generations", "refunded_at")
