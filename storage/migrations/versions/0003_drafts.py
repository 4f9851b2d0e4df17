"""Shared drafts, what members contributed to them, and whom a video names."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_UNFINISHED = sa.text("state IN ('open', 'decided') OR shown_version < version")


def upgrade() -> None:
    op.add_column("generations", sa.Column("draft_id", sa.Text))
    contributors = sa.Column("contributors", sa.Text, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("generations", contributors)
    op.create_index("generations_of_parent", "generations", ["parent_id"])
    op.create_index("generations_of_server", "generations", ["guild_id", "asked_at"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("interaction_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("shown_version", sa.Integer, nullable=False),
        sa.Column("edited_at", sa.BigInteger, nullable=False),
        sa.Column("generation_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.UniqueConstraint("interaction_id", name="drafts_interaction_id_key"),
    )
    op.create_index("drafts_of_channel", "drafts", ["channel_id", "edited_at"])
    op.create_index("drafts_of_server", "drafts", ["guild_id", "edited_at"])
    op.create_index("drafts_of_generation", "drafts", ["generation_id"])
    op.create_index(
        "drafts_unfinished",
        "drafts",
        ["edited_at"],
        postgresql_where=_UNFINISHED,
        sqlite_where=_UNFINISHED,
    )
    op.create_table(
        "draft_changes",
        sa.Column("draft_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("slot", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_before", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("draft_changes")
    op.drop_table("drafts")
    op.drop_index("generations_of_server", "generations")
    op.drop_index("generations_of_parent", "generations")
    op.drop_column("generations", "contributors")
    op.drop_column("generations", "draft_id")
