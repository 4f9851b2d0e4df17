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
    Column("state", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("card_id", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("task_id", Text),
    Column("video_url", Text),
    Column("file_bytes", BigInteger),
    Column("reason", Text),
    Column("asked_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("submitted_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("interaction_id", name="generations_interaction_id_key"),
    Index(
        "generations_unfinished",
        "asked_at",
        postgresql_where=text("notice <> 'told'"),
        sqlite_where=text("notice <> 'told'"),
    ),
    Index("generations_of_asker", "asker_id", "asked_at"),
    Index("generations_of_model", "model", "ended_at"),
)

registered_commands = Table(
    "registered_commands",
    metadata,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
)
