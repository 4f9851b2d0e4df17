"""The ledger of credits, what moderators set, and warnings that a budget runs out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NOT_TOLD = sa.text("notice <> 'told'")
_SETTLED_OR_RELEASED = sa.text("verb IN ('settle', 'release')")


def upgrade() -> None:
    _extend_generations()
    _create_ledger()
    op.create_table(
        "settings",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("subject_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "budget_warnings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.BigInteger),
    )
    op.create_index("budget_warnings_of_server", "budget_warnings", ["guild_id", "kind", "at"])
    op.create_index("audit_of_server", "audit", ["guild_id", "id"])


def downgrade() -> None:
    op.drop_index("audit_of_server", "audit")
    for table in ("budget_warnings", "settings", "accounts", "entries"):
        op.drop_table(table)
    op.drop_index("generations_unfinished_of_asker", "generations")
    op.drop_column("generations", "running_max")
    op.drop_column("generations", "price_credits")


def _extend_generations() -> None:
    price = sa.Column("price_credits", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("generations", price)
    op.add_column("generations", sa.Column("running_max", sa.Integer))
    op.create_index(
        "generations_unfinished_of_asker",
        "generations",
        ["asker_id"],
        postgresql_where=_NOT_TOLD,
        sqlite_where=_NOT_TOLD,
    )


def _create_ledger() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("generation_id", sa.Text),
        sa.Column("allowance_credits", sa.BigInteger, nullable=False),
        sa.Column("balance_credits", sa.BigInteger, nullable=False),
        sa.Column("videos", sa.Integer, nullable=False),
        sa.Column("counted_at", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("partner_id", sa.BigInteger),
        sa.Column("interaction_id", sa.BigInteger),
        sa.UniqueConstraint("interaction_id", "verb", name="entries_once_for_each_interaction"),
        sa.UniqueConstraint("generation_id", "member_id", "verb", name="entries_once_for_each_payer"),
    )
    op.create_index(
        "entries_settled_or_released",
        "entries",
        ["generation_id", "member_id"],
        unique=True,
        postgresql_where=_SETTLED_OR_RELEASED,
        sqlite_where=_SETTLED_OR_RELEASED,
    )
    op.create_index("entries_of_member", "entries", ["guild_id", "member_id", "counted_at"])
    op.create_index("entries_of_server", "entries", ["guild_id", "counted_at"])
    op.create_index("entries_counted", "entries", ["counted_at"])
    op.create_table(
        "accounts",
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("balance_credits", sa.BigInteger, nullable=False),
        sa.Column("held_credits", sa.BigInteger, nullable=False),
        sa.Column("spent_credits", sa.BigInteger, nullable=False),
    )
