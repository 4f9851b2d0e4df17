"""What exists on the pretend Discord, and how each thing looks on the wire.

Ids are integers here and strings in payloads. Nothing in this module changes the world or talks to anyone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Any

Json = dict[str, Any]


class Permission(IntFlag):
    """The permission bits a bot like ours can meet."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38


NOTHING = Permission(0)
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)


class ChannelKind(IntEnum):
    TEXT = 0
    DIRECT = 1


class Flag(IntFlag):
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    HAS_SNAPSHOT = 1 << 14
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = Flag(0)


@dataclass(eq=False)
class User:
    id: int
    name: str
    is_bot: bool = False
    permissions: Permission = EVERYONE
    direct_messages_open: bool = True
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0000" if self.is_bot else "0",
            "global_name": None if self.is_bot else self.name.title(),
            "avatar": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "clan": None,
            "primary_guild": None,
            "public_flags": 0,
            "flags": 0,
            "bot": self.is_bot,
        }

    def member_payload(self) -> Json:
        return {
            "user": self.payload(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [],
            "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "premium_since": None,
            "communication_disabled_until": None,
            "unusual_dm_activity_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permission = NOTHING
    mentionable: bool = False

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": 0,
            "permissions": str(int(self.permissions)),
            "managed": False,
            "mentionable": self.mentionable,
            "flags": 0,
        }


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner_id: int
    file_limit_bytes: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, User] = field(default_factory=dict)

    def payload(self) -> Json:
        nothing = ("icon", "splash", "banner", "description", "discovery_splash", "afk_channel_id")
        nowhere = ("system_channel_id", "rules_channel_id", "public_updates_channel_id", "application_id")
        unset = ("vanity_url_code", "safety_alerts_channel_id", "widget_channel_id", "max_presences")
        return {
            **dict.fromkeys((*nothing, *nowhere, *unset, "home_header", "incidents_data"), None),
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "roles": [role.payload() for role in self.roles.values()],
            "emojis": [],
            "stickers": [],
            "features": [],
            "afk_timeout": 300,
            "widget_enabled": False,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw": False,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "system_channel_flags": 0,
            "preferred_locale": "en-US",
            "region": "deprecated",
        }


@dataclass(eq=False)
class Channel:
    """A place for messages; ``denied`` is what the bot may not do here. Direct ones have no ``guild``."""

    id: int
    name: str
    kind: ChannelKind
    guild: Guild | None = None
    recipient: User | None = None
    denied: Permission = NOTHING
    messages: dict[int, "Message"] = field(default_factory=dict)

    @property
    def granted(self) -> Permission:
        return EVERYONE & ~self.denied

    def payload(self, *, bot_id: int) -> Json:
        common: Json = {"id": str(self.id), "type": int(self.kind), "flags": 0}
        common["last_message_id"] = str(max(self.messages)) if self.messages else None
        if self.guild is None:
            return common | {"recipients": [self.recipient.payload()] if self.recipient else []}
        overwrite = {"id": str(bot_id), "type": 1, "allow": "0", "deny": str(int(self.denied))}
        return common | {
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "topic": None,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "last_pin_timestamp": None,
            "permission_overwrites": [overwrite] if self.denied else [],
        }


@dataclass(eq=False)
class Attachment:
    id: int
    filename: str
    data: bytes
    content_type: str
    url: str
    width: int | None = None
    height: int | None = None
    description: str | None = None

    def payload(self) -> Json:
        optional = {"width": self.width, "height": self.height, "description": self.description}
        return {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
            "flags": 0,
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(eq=False)
class Message:
    """A message as it is now; ``pings`` is whom it notified, ``edits`` every body that changed it.

    ``snapshot`` is what it forwards, as that was then, and ``reply_to`` is where that stands.
    """

    id: int
    channel: Channel
    author: User
    created_at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    nonce: str | int | None = None
    reply_to: "Message | None" = None
    snapshot: Json | None = None
    via: "Json | None" = None
    webhook_id: int | None = None
    pings: frozenset[int | str] = frozenset()
    edits: list[Json] = field(default_factory=list)
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def is_ephemeral(self) -> bool:
        return Flag.EPHEMERAL in self.flags

    def payload(self) -> Json:
        members = self.channel.guild.members if self.channel.guild else {}
        pinged = [members[id_] for id_ in self.pings if isinstance(id_, int) and id_ in members]
        body: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self._kind(),
            "author": self.author.payload(),
            "content": self.content,
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "tts": False,
            "pinned": False,
            "mention_everyone": "everyone" in self.pings,
            "mentions": [user.payload() for user in pinged],
            "mention_roles": [],
            "attachments": [attachment.payload() for attachment in self.attachments],
            "embeds": self.embeds,
            "components": self.components,
            "flags": int(self.flags),
        }
        return body | self._optional()

    def snapshot_payload(self) -> Json:
        """What a message that forwards this one shows of it."""
        kept = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags")
        payload = self.payload()
        return {name: payload[name] for name in (*kept, "mentions", "mention_roles", "components")}

    def _kind(self) -> int:
        if self.via is not None:
            return 20 if self.via["type"] == 2 else 0
        return 19 if self.reply_to and self.snapshot is None else 0

    def _optional(self) -> Json:
        extra: Json = {}
        if self.nonce is not None:
            extra["nonce"] = self.nonce
        if self.via is not None:
            extra["interaction_metadata"] = self.via
        if self.webhook_id is not None:
            extra |= {"webhook_id": str(self.webhook_id), "application_id": str(self.webhook_id)}
        if self.reply_to is not None:
            place = {"type": 0 if self.snapshot is None else 1, "channel_id": str(self.reply_to.channel.id)}
            extra["message_reference"] = place | {"message_id": str(self.reply_to.id)}
            if self.snapshot is not None:
                return extra | {"message_snapshots": [{"message": self.snapshot}]}
            shown = self.reply_to.deleted_at is None and self.reply_to.reply_to is None
            extra["referenced_message"] = self.reply_to.payload() if shown else None
        return extra
