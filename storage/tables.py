"""The tables as data: what migrations are written from and checked against.

Statements are plain SQL beside the store that owns them; nothing queries through these objects. Instants are
whole microseconds since 1970 (UTC), Discord's ids are whole numbers: both sort, and both databases agree on them.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

metadata = MetaData()

generations = Table(
    "generations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("interaction_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("asker_id", BigInteger, nullable=False),
    Column("family", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("parent_id", Text),
    Column("state", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("card_id", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("task_id", Text),
    Column("video_url", Text),
    Column("file_bytes", BigInteger),
    Column("copy_max_bytes", BigInteger),
    Column("reason", Text),
    Column("asked_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("submitted_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("delivered_at", BigInteger),
    UniqueConstraint("interaction_id", name="generations_interaction_id_key"),
    Index(
        "generations_unfinished",
        "asked_at",
        postgresql_where=text("notice <> 'told'"),
        sqlite_where=text("notice <> 'told'"),
    ),
    Index("generations_of_asker", "asker_id", "asked_at"),
    Index("generations_of_model", "model", "ended_at"),
    Index(
        "generations_unresolved",
        "ended_at",
        postgresql_where=text("state IN ('uncertain', 'stalled', 'lost')"),
        sqlite_where=text("state IN ('uncertain', 'stalled', 'lost')"),
    ),
)

registered_commands = Table(
    "registered_commands",
    metadata,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
)

assets = Table(
    "assets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("name", Text),
    Column("name_key", Text),
    Column("is_shared", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("upstream_id", Text),
    Column("key_digest", Text),
    Column("unclear_count", Integer, nullable=False),
    Column("reason", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # A name stands for one picture among a member's own, and for one among those of the whole server.
    Index(
        "assets_private_name",
        "guild_id",
        "owner_id",
        "name_key",
        unique=True,
        postgresql_where=text("is_shared = 0 AND state <> 'removed'"),
        sqlite_where=text("is_shared = 0 AND state <> 'removed'"),
    ),
    Index(
        "assets_shared_name",
        "guild_id",
        "name_key",
        unique=True,
        postgresql_where=text("is_shared = 1 AND state <> 'removed'"),
        sqlite_where=text("is_shared = 1 AND state <> 'removed'"),
    ),
    Index(
        "assets_pending",
        "created_at",
        postgresql_where=text("state IN ('new', 'submitting', 'reviewing')"),
        sqlite_where=text("state IN ('new', 'submitting', 'reviewing')"),
    ),
)

upload_ceilings = Table(
    "upload_ceilings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("refused_bytes", BigInteger, nullable=False),
    Column("learned_at", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_id", BigInteger),
    Column("guild_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Index("audit_of_subject", "subject"),
)
