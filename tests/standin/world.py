"""Everything that exists on the pretend Discord, and the one place that gives out ids and the time."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from mimetypes import guess_type

from standin.errors import ApiError
from standin.interaction import Interaction
from standin.model import (
    EVERYONE,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Json,
    Message,
    Permission,
    Role,
    User,
)

DISCORD_EPOCH_MS = 1_420_070_400_000
FILE_LIMIT_BYTES = 10 * 1024 * 1024  # Discord's default for a server without boosts.
LINK_LIFETIME = timedelta(days=1)  # How long a signed attachment link works.


class World:
    """The state of the pretend Discord, changed only by requests, people and the test itself."""

    def __init__(self, *, url: str = "") -> None:
        self.url = url
        self.token = "standin." + secrets.token_urlsafe(32)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.commands: dict[int | None, list[Json]] = {None: []}
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}
        self.violations: list[str] = []
        self._shift = timedelta(0)
        self._id_count = 0
        self.bot = self.add_user("showrunner", is_bot=True)

    @property
    def application_id(self) -> int:
        return self.bot.id

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        """Let Discord's clock run ahead of the machine's, so that tokens and nonces grow old."""
        self._shift += timedelta(seconds=seconds)

    def new_id(self) -> int:
        self._id_count += 1
        return (int(self.now().timestamp() * 1000) - DISCORD_EPOCH_MS) << 22 | self._id_count % 2**22

    def add_user(self, name: str, *, is_bot: bool = False, permissions: Permission = EVERYONE) -> User:
        user = User(self.new_id(), name, is_bot=is_bot, permissions=permissions)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, file_limit_bytes: int = FILE_LIMIT_BYTES) -> Guild:
        owner = self.add_user(f"{name} owner", permissions=EVERYONE | Permission.ADMINISTRATOR)
        guild = Guild(self.new_id(), name, owner.id, file_limit_bytes)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions=EVERYONE)
        guild.members = {owner.id: owner, self.bot.id: self.bot}
        self.guilds[guild.id] = guild
        return guild

    def add_member(self, guild: Guild, name: str, *, permissions: Permission = EVERYONE) -> User:
        user = self.add_user(name, permissions=permissions)
        guild.members[user.id] = user
        return user

    def add_channel(self, guild: Guild, name: str, *, kind: ChannelKind = ChannelKind.TEXT) -> Channel:
        channel = Channel(self.new_id(), name, kind, guild=guild)
        self.channels[channel.id] = channel
        return channel

    def direct_channel(self, user: User) -> Channel:
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), user.name, ChannelKind.DIRECT, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def channels_of(self, guild: Guild) -> Iterable[Channel]:
        return (channel for channel in self.channels.values() if channel.guild is guild)

    def add_attachment(
        self,
        channel: Channel,
        filename: str,
        data: bytes,
        *,
        content_type: str | None = None,
        size_px: tuple[int, int] | None = None,
        description: str | None = None,
    ) -> Attachment:
        id_ = self.new_id()
        expires_at = int((self.now() + LINK_LIFETIME).timestamp())
        signature = f"ex={expires_at:x}&is={int(self.now().timestamp()):x}&hm={secrets.token_hex(32)}"
        url = f"{self.url}/attachments/{channel.id}/{id_}/{filename}?{signature}&"
        kind = content_type or guess_type(filename)[0] or "application/octet-stream"
        width, height = size_px or (None, None)
        attachment = Attachment(id_, filename, data, kind, url, width, height, description)
        self.attachments[id_] = attachment
        return attachment

    def channel(self, id_: int) -> Channel:
        """The channel, if the bot can see it."""
        channel = self.channels.get(id_)
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel")
        if Permission.VIEW_CHANNEL in channel.denied:
            raise ApiError(403, 50001, "Missing Access")
        return channel

    def message(self, channel: Channel, id_: int) -> Message:
        message = channel.messages.get(id_)
        if message is None or message.deleted_at is not None or message.is_ephemeral:
            raise ApiError(404, 10008, "Unknown Message")
        return message
