"""Generations, pictures for the asset library, the commands Discord was given, and who decided what."""

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
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Text),
        sa.Column("video_url", sa.Text),
        sa.Column("file_bytes", sa.BigInteger),
        sa.Column("copy_max_bytes", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("submitted_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("delivered_at", sa.BigInteger),
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
    unresolved = sa.text("state IN ('uncertain', 'stalled', 'lost')")
    op.create_index(
        "generations_unresolved",
        "generations",
        ["ended_at"],
        postgresql_where=unresolved,
        sqlite_where=unresolved,
    )
    op.create_table(
        "registered_commands",
        sa.Column("application_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "upload_ceilings",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("refused_bytes", sa.BigInteger, nullable=False),
        sa.Column("learned_at", sa.BigInteger, nullable=False),
    )
    _create_assets()
    _create_audit()


def _create_assets() -> None:
    op.create_table(
        "assets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("name", sa.Text),
        sa.Column("name_key", sa.Text),
        sa.Column("is_shared", sa.Integer, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("upstream_id", sa.Text),
        sa.Column("key_digest", sa.Text),
        sa.Column("unclear_count", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    private = sa.text("is_shared = 0 AND state <> 'removed'")
    shared = sa.text("is_shared = 1 AND state <> 'removed'")
    pending = sa.text("state IN ('new', 'submitting', 'reviewing')")
    for name, columns, where in (
        ("assets_private_name", ["guild_id", "owner_id", "name_key"], private),
        ("assets_shared_name", ["guild_id", "name_key"], shared),
        ("assets_pending", ["created_at"], pending),
    ):
        op.create_index(
            name,
            "assets",
            columns,
            unique=name.endswith("_name"),
            postgresql_where=where,
            sqlite_where=where,
        )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_index("audit_of_subject", "audit", ["subject"])


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("assets")
    op.drop_table("upload_ceilings")
    op.drop_table("registered_commands")
    op.drop_table("generations")
