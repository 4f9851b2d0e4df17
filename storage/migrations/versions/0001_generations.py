"""Generations, and the commands Discord was given."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("interaction_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("asker_id", sa.BigInteger, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Text),
        sa.Column("video_url", sa.Text),
        sa.Column("file_bytes", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("submitted_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.UniqueConstraint("interaction_id", name="generations_interaction_id_key"),
    )
    unfinished = sa.text("notice <> 'told'")
    op.create_index(
        "generations_unfinished",
        "generations",
        ["asked_at"],
        postgresql_where=unfinished,
        sqlite_where=unfinished,
    )
    op.create_index("generations_of_asker", "generations", ["asker_id", "asked_at"])
    op.create_index("generations_of_model", "generations", ["model", "ended_at"])
    op.create_table(
        "registered_commands",
        sa.Column("application_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("registered_commands")
    op.drop_table("generations")
