"""How messages come to be, change and go, whoever asks: a bot, a webhook or a person.

Bodies are as on the wire. Who may do it at all is decided by the caller.
"""

from datetime import timedelta
from typing import Any

from standin.errors import ApiError, InvalidField, invalid_form
from standin.gateway import Gateway, Intent
from standin.interaction import Interaction
from standin.limits import TEXT_DISPLAY, message_faults, walk
from standin.mentions import pings_of
from standin.model import Attachment, Channel, ChannelKind, Flag, Json, Message, User
from standin.wire import File
from standin.world import FILE_LIMIT_BYTES, World

NONCE_WINDOW_S = 180.0  # Discord says "the past few minutes".
FILES_COUNT = 10
SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
LASTING = Flag.EPHEMERAL | Flag.COMPONENTS_V2


class Messages:
    """Creates, edits and deletes messages, and tells the gateway."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.nonce_window_s = NONCE_WINDOW_S
        self._world = world
        self._gateway = gateway
        self._sent: dict[tuple[int, str], Message] = {}

    async def create(
        self,
        channel: Channel,
        body: Json,
        files: list[File],
        *,
        author: User,
        interaction: Interaction | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        known = self._known(channel, body)
        if known is not None:
            return known
        message = Message(self._world.new_id(), channel, author, self._world.now(), reply_to=reply_to)
        message.nonce = body.get("nonce")
        settable = SETTABLE if interaction else SETTABLE & ~Flag.EPHEMERAL
        message.flags = Flag(body.get("flags") or 0) & settable
        if interaction is not None:
            message.via = interaction.metadata()
            message.webhook_id = self._world.application_id
        self._write(message, body, files)
        message.pings = self._pings(message, body)
        channel.messages[message.id] = message
        if message.nonce is not None:
            self._sent[channel.id, str(message.nonce)] = message
        await self._announce("MESSAGE_CREATE", message)
        return message

    async def forward(self, message: Message, channel: Channel, *, author: User) -> Message:
        forwarded = Message(self._world.new_id(), channel, author, self._world.now(), reply_to=message)
        forwarded.snapshot, forwarded.flags = message.snapshot_payload(), Flag.HAS_SNAPSHOT
        channel.messages[forwarded.id] = forwarded
        await self._announce("MESSAGE_CREATE", forwarded)
        return forwarded

    async def edit(self, message: Message, body: Json, files: list[File]) -> Message:
        """Change what the body names. The first edit of a "thinking…" one is its arrival, and pings."""
        arrives = Flag.LOADING in message.flags
        self._write(message, body, files)
        message.flags &= ~Flag.LOADING
        if body.get("flags") is not None:
            message.flags &= LASTING
            message.flags |= Flag(body["flags"]) & SETTABLE & ~Flag.EPHEMERAL
        message.edits.append(body)
        if arrives:
            message.pings = self._pings(message, body)
        else:
            message.edited_at = self._world.now()
        await self._announce("MESSAGE_UPDATE", message)
        return message

    async def delete(self, message: Message) -> None:
        message.deleted_at = self._world.now()
        place = {"id": str(message.id), "channel_id": str(message.channel.id)}
        await self._announce("MESSAGE_DELETE", message, data=place)

    def _known(self, channel: Channel, body: Json) -> Message | None:
        sent = self._sent.get((channel.id, str(body.get("nonce"))))
        if sent is None or not body.get("enforce_nonce"):
            return None
        is_recent = self._world.now() - sent.created_at <= timedelta(seconds=self.nonce_window_s)
        return sent if is_recent else None

    def _write(self, message: Message, body: Json, files: list[File]) -> None:
        """Check the whole body, then change the message: a refused body changes nothing."""
        merged = {**body, "flags": int(message.flags) | int(body.get("flags") or 0)}
        faults = [*message_faults(merged), *self._attachment_faults(message, body, files)]
        if faults:
            raise invalid_form(*faults)
        self._check_sizes(message.channel, files)
        self._check_not_empty(message, body, files)
        message.attachments = self._attachments(message, body, files)
        links = {f"attachment://{file.filename}": file.url for file in message.attachments}
        message.content = body.get("content", message.content) or ""
        embeds = [{"type": "rich", **embed} for embed in body.get("embeds") or ()]
        message.embeds = _linked(embeds, links) if "embeds" in body else message.embeds
        if "components" in body:
            message.components = _linked(body["components"] or [], links)
            for number, (_, component) in enumerate(walk(message.components), 1):
                component.setdefault("id", number)

    def _check_not_empty(self, message: Message, body: Json, files: list[File]) -> None:
        kept = body.get("attachments", message.attachments)
        now = [body.get(name, getattr(message, name)) for name in ("content", "embeds", "components")]
        if not any((*now, kept, files, body.get("poll"), body.get("sticker_ids"))):
            raise ApiError(400, 50006, "Cannot send an empty message")

    def _check_sizes(self, channel: Channel, files: list[File]) -> None:
        limit_bytes = channel.guild.file_limit_bytes if channel.guild else FILE_LIMIT_BYTES
        if any(len(file.data) > limit_bytes for file in files):
            raise ApiError(413, 40005, "Request entity too large")

    def _attachment_faults(self, message: Message, body: Json, files: list[File]) -> list[InvalidField]:
        known = {str(attachment.id) for attachment in message.attachments}
        known |= {str(file.index) for file in files}
        listed = body.get("attachments") or []
        faults = [
            InvalidField(f"attachments.{index}.id", "Attachment data not found.")
            for index, entry in enumerate(listed)
            if str(entry.get("id")) not in known
        ]
        if max(len(listed), len(files)) > FILES_COUNT:
            faults.append(InvalidField("attachments", f"Must be {FILES_COUNT} or fewer in length."))
        return faults

    def _attachments(self, message: Message, body: Json, files: list[File]) -> list[Attachment]:
        listed = {str(entry["id"]): entry for entry in body.get("attachments") or ()}
        kept = message.attachments
        if "attachments" in body:
            kept = [attachment for attachment in kept if str(attachment.id) in listed]
        return kept + [self._upload(message, file, listed.get(str(file.index), {})) for file in files]

    def _upload(self, message: Message, file: File, entry: Json) -> Attachment:
        name = entry.get("filename") or file.filename
        channel, description = message.channel, entry.get("description")
        return self._world.add_attachment(channel, name, file.data, description=description)

    def _pings(self, message: Message, body: Json) -> frozenset[int | str]:
        if message.is_ephemeral:
            return frozenset()
        shown = [part["content"] for _, part in walk(message.components) if part["type"] == TEXT_DISPLAY]
        return pings_of(
            "\n".join([message.content, *shown]),
            body.get("allowed_mentions"),
            channel=message.channel,
            reply_to=message.reply_to,
            is_webhook=message.webhook_id is not None,
        )

    async def _announce(self, event: str, message: Message, *, data: Json | None = None) -> None:
        if message.is_ephemeral:
            return
        payload = message.payload() if data is None else data
        guild = message.channel.guild
        if guild is not None:
            payload |= {"guild_id": str(guild.id)}
        is_direct = message.channel.kind is ChannelKind.DIRECT
        needs = Intent.DIRECT_MESSAGES if is_direct else Intent.GUILD_MESSAGES
        await self._gateway.dispatch(event, payload, needs=needs)


def _linked(value: Any, links: dict[str, str]) -> Any:
    """A copy in which every ``attachment://name`` became the file's address."""
    if isinstance(value, dict):
        return {name: _linked(item, links) for name, item in value.items()}
    if isinstance(value, list):
        return [_linked(item, links) for item in value]
    return links.get(value, value) if isinstance(value, str) else value
