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
    Column("parent_card_id", BigInteger),
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
    Column("price_credits", BigInteger, nullable=False, server_default=text("0")),
    Column("running_max", Integer),
    Column("draft_id", Text),
    Column("draft_title", Text),
    Column("draft_card_id", BigInteger),
    Column("contributors", Text, nullable=False, server_default=text("'[]'")),
    Column("refunded_at", BigInteger),
    Column("payers", Text, nullable=False, server_default=text("'[]'")),
    UniqueConstraint("interaction_id", name="generations_interaction_id_key"),
    Index(
        "generations_unfinished",
        "asked_at",
        postgresql_where=text("notice <> 'told'"),
        sqlite_where=text("notice <> 'told'"),
    ),
    Index("generations_of_asker", "asker_id", "asked_at"),
    Index(
        "generations_unfinished_of_asker",
        "asker_id",
        postgresql_where=text("notice <> 'told'"),
        sqlite_where=text("notice <> 'told'"),
    ),
    Index("generations_of_parent", "parent_id"),
    Index("generations_of_server", "guild_id", "asked_at"),
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
    Index("audit_of_server", "guild_id", "id"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("generation_id", Text),
    Column("allowance_credits", BigInteger, nullable=False),
    Column("balance_credits", BigInteger, nullable=False),
    Column("videos", Integer, nullable=False),
    Column("counted_at", BigInteger, nullable=False),
    Column("actor_id", BigInteger),
    Column("partner_id", BigInteger),
    Column("interaction_id", BigInteger),
    UniqueConstraint("interaction_id", "verb", name="entries_once_for_each_interaction"),
    UniqueConstraint("generation_id", "member_id", "verb", name="entries_once_for_each_payer"),
    Index(
        "entries_settled_or_released",
        "generation_id",
        "member_id",
        unique=True,
        postgresql_where=text("verb IN ('settle', 'release')"),
        sqlite_where=text("verb IN ('settle', 'release')"),
    ),
    Index("entries_of_member", "guild_id", "member_id", "counted_at"),
    Index("entries_of_server", "guild_id", "counted_at"),
    Index("entries_counted", "counted_at"),
    Index(
        "entries_by_hand",
        "guild_id",
        "member_id",
        "id",
        postgresql_where=text("verb IN ('grant', 'give', 'receive', 'refund')"),
        sqlite_where=text("verb IN ('grant', 'give', 'receive', 'refund')"),
    ),
)

accounts = Table(
    "accounts",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("balance_credits", BigInteger, nullable=False),
    Column("held_credits", BigInteger, nullable=False),
    Column("spent_credits", BigInteger, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", Text, primary_key=True),
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
)

budget_warnings = Table(
    "budget_warnings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("told_at", BigInteger),
    Column("allowed_credits", BigInteger, nullable=False, server_default=text("0")),
    Index("budget_warnings_of_server", "guild_id", "kind", "at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("interaction_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("card_id", BigInteger),
    Column("shown_version", Integer, nullable=False),
    Column("edited_at", BigInteger, nullable=False),
    Column("generation_id", Text),
    Column("content", Text, nullable=False),
    UniqueConstraint("interaction_id", name="drafts_interaction_id_key"),
    Index("drafts_of_channel", "channel_id", "edited_at"),
    Index("drafts_of_server", "guild_id", "edited_at"),
    Index("drafts_of_generation", "generation_id"),
    Index(
        "drafts_unfinished",
        "edited_at",
        postgresql_where=text("state IN ('open', 'decided') OR shown_version < version"),
        sqlite_where=text("state IN ('open', 'decided') OR shown_version < version"),
    ),
)

draft_changes = Table(
    "draft_changes",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("slot", Text),
    Column("text", Text, nullable=False),
    Column("text_before", Text, nullable=False),
    Column("put_in_by_id", BigInteger),
)
