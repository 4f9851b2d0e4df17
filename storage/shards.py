"""Which process carries out what: each has a shard, the way Discord itself splits the servers of a bot.

The rule stands here for Python and for SQL, and nowhere else.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of ``count`` parts of all servers; direct messages belong to the first.

    Source: Discord's docs, "Sharding".
    """

    id: int
    count: int

    def has(self, guild_id: int | None) -> bool:
        """Whether a server, or None for direct messages, is part of it."""
        return ((guild_id or 0) >> 22) % self.count == self.id

    @property
    def parameters(self) -> dict[str, int]:
        """What ``IN_SHARD`` is asked with."""
        return {"shard_id": self.id, "shard_count": self.count}


# What one process has that runs alone.
WHOLE = Shard(id=0, count=1)
# Of a table with a guild_id: the rows of one shard.
IN_SHARD = "(COALESCE(guild_id, 0) >> 22) % :shard_count = :shard_id"
