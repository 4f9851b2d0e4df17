"""People on the pretend Discord: they type commands, press buttons and send forms, as Discord lets them."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from standin.commands import Filling, Upload, command_for
from standin.errors import ImpossibleError
from standin.gateway import Intent
from standin.interaction import Interaction, InteractionKind
from standin.limits import BUTTON, LINK_STYLE, SELECTS, walk
from standin.model import Channel, Flag, Json, Message, Permission, User
from standin.server import Server
from standin.wire import File
from standin.world import FILE_LIMIT_BYTES

ROW, TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO, CHECKBOX = 1, 4, 18, 19, 21, 23


class Discord(Server):
    """A pretend Discord with one server, one channel, and people who act in it."""

    def __init__(self) -> None:
        super().__init__()
        self.guild = self.world.add_guild("studio")
        self.channel = self.world.add_channel(self.guild, "videos")

    def add_member(self, name: str) -> User:
        return self.world.add_member(self.guild, name)

    async def deny(self, channel: Channel, permission: Permission) -> None:
        """Take a permission from the bot in one channel."""
        channel.denied |= permission
        payload = channel.payload(bot_id=self.world.bot.id)
        await self.gateway.dispatch("CHANNEL_UPDATE", payload, needs=Intent.GUILDS)

    async def post(
        self, user: User, channel: Channel, content: str = "", *, files: Iterable[Upload] = ()
    ) -> Message:
        """A person writes an ordinary message."""
        sent = [File(index, file.filename, file.data) for index, file in enumerate(files)]
        return await self.messages_store.create(channel, {"content": content}, sent, author=user)

    async def forward(self, user: User, message: Message, channel: Channel) -> Message:
        """A person forwards a message, which then has nothing of its own."""
        return await self.messages_store.forward(message, channel, author=user)

    async def slash(
        self, user: User, channel: Channel, command: str, *, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Send a slash command; ``command`` with its subcommands, as in ``"video text"``."""
        name, *path = command.split()
        registered = command_for(self.world, user, channel, name, type_=1)
        data = Filling(self.world, channel).data(registered, path, options or {})
        return await self._send(InteractionKind.COMMAND, user, channel, data)

    async def autocomplete(
        self, user: User, channel: Channel, command: str, *, options: Mapping[str, Any], focused: str
    ) -> Interaction:
        """Type into an option; the choices offered arrive in ``interaction.choices``."""
        name, *path = command.split()
        registered = command_for(self.world, user, channel, name, type_=1)
        filling = Filling(self.world, channel, is_partial=True, focused=focused)
        data = filling.data(registered, path, options)
        return await self._send(InteractionKind.AUTOCOMPLETE, user, channel, data)

    async def context_menu(
        self, user: User, channel: Channel, name: str, target: Message | User
    ) -> Interaction:
        """Choose an app from the menu of a message or a person."""
        type_ = 3 if isinstance(target, Message) else 2
        command = command_for(self.world, user, channel, name, type_=type_)
        filling = Filling(self.world, channel)
        if isinstance(target, Message):
            filling.resolved["messages"] = {str(target.id): target.payload()}
        else:
            filling.resolve(target)
        data = filling.data(command, [], {}) | {"target_id": str(target.id)}
        return await self._send(InteractionKind.COMMAND, user, channel, data)

    async def click(self, user: User, message: Message, name: str) -> Interaction:
        """Press the button with that label or custom id."""
        button = self._usable(user, message, name)
        if button["type"] != BUTTON or button["style"] == LINK_STYLE:
            raise ImpossibleError(f"{name} is not a button that sends anything")
        return await self._use(user, message, button)

    async def select(self, user: User, message: Message, name: str, values: list[str]) -> Interaction:
        """Choose from the menu with that placeholder or custom id."""
        menu = self._usable(user, message, name)
        offered = {option["value"] for option in menu.get("options", ())}
        is_count_right = menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1)
        if menu["type"] not in SELECTS or not is_count_right or (offered and not offered.issuperset(values)):
            raise ImpossibleError(f"{name} does not offer {values}")
        return await self._use(user, message, menu, values=values)

    async def submit_modal(
        self, user: User, interaction: Interaction, values: Mapping[str, Any]
    ) -> Interaction:
        """Send the form that answered ``interaction``; ``values`` by custom id or label."""
        if interaction.modal is None or user is not interaction.user:
            raise ImpossibleError(f"{user.name} sees no form")
        filling = Filling(self.world, interaction.channel)
        left = dict(values)
        rows = [_submitted(row, left, filling) for row in interaction.modal["components"]]
        if left:
            raise ImpossibleError(f"the form has no {sorted(left)}")
        data: Json = {"custom_id": interaction.modal["custom_id"], "components": rows}
        data["resolved"] = filling.resolved
        return await self._send(
            InteractionKind.MODAL_SUBMIT,
            user,
            interaction.channel,
            data,
            source=interaction.source,
            opened_by=interaction,
        )

    def _usable(self, user: User, message: Message, name: str) -> Json:
        if message.deleted_at is not None or Flag.LOADING in message.flags:
            raise ImpossibleError("the message is not there to be used")
        if message.is_ephemeral and (message.via or {})["user"]["id"] != str(user.id):
            raise ImpossibleError(f"{user.name} does not see this message")
        for _, component in walk(message.components):
            names = (component.get("label"), component.get("custom_id"), component.get("placeholder"))
            if name in names and not component.get("disabled"):
                return component
        raise ImpossibleError(f"nothing enabled is called {name!r}")

    async def _use(
        self, user: User, message: Message, component: Json, *, values: list[str] | None = None
    ) -> Interaction:
        data: Json = {"custom_id": component["custom_id"], "component_type": component["type"]}
        data |= {"id": component["id"]} | ({} if values is None else {"values": values})
        return await self._send(InteractionKind.COMPONENT, user, message.channel, data, source=message)

    async def _send(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        id_, token = self.world.new_id(), secrets.token_urlsafe(120)
        interaction = Interaction(
            *(id_, token, kind, user, channel, data),
            sent_at=self.world.now(),
            changed=self.changed,
            source=source,
            opened_by=opened_by,
        )
        self.world.interactions[id_] = interaction
        self.world.interactions_by_token[token] = interaction
        await self.gateway.dispatch("INTERACTION_CREATE", self._payload(interaction))
        return interaction

    def _payload(self, interaction: Interaction) -> Json:
        guild, user = interaction.channel.guild, interaction.user
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self.world.application_id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": interaction.channel.payload(bot_id=self.world.bot.id),
            "channel_id": str(interaction.channel.id),
            "context": 0 if guild else 1,
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "app_permissions": str(int(interaction.channel.granted)),
            "authorizing_integration_owners": interaction.metadata()["authorizing_integration_owners"],
            "attachment_size_limit": guild.file_limit_bytes if guild else FILE_LIMIT_BYTES,
        }
        if interaction.source is not None:
            payload["message"] = interaction.source.payload()
        if guild is None:
            return payload | {"user": user.payload()}
        place = {"id": str(guild.id), "locale": "en-US", "features": []}
        member = user.member_payload() | {"permissions": str(int(user.permissions))}
        names = {"guild_id": str(guild.id), "guild_locale": "en-US"}
        return payload | names | {"guild": place, "member": member}


def _submitted(row: Json, left: dict[str, Any], filling: Filling) -> Json:
    """One row of a form as the client sends it; takes what it uses out of ``left``."""
    if row["type"] == LABEL:
        sent = _field(row["component"], row["label"], left, filling)
        return {"type": LABEL, "id": row.get("id", 1), "component": sent}
    if row["type"] == ROW:
        fields = [_field(one, one.get("label", ""), left, filling) for one in row["components"]]
        return {"type": ROW, "id": row.get("id", 1), "components": fields}
    return {"type": row["type"], "id": row.get("id", 1)}


def _field(component: Json, label: str, left: dict[str, Any], filling: Filling) -> Json:
    name = component["custom_id"]
    sent: Json = {"type": component["type"], "id": component.get("id", 1), "custom_id": name}
    value = left.pop(name, None) if name in left else left.pop(label, None)
    if component.get("required", True) and not value:
        raise ImpossibleError(f"{label or name} must be filled in")
    if component["type"] == TEXT_INPUT:
        text = component.get("value", "") if value is None else value
        if text and not component.get("min_length", 0) <= len(text) <= component.get("max_length", 4000):
            raise ImpossibleError(f"{label or name} is too short or too long")
        return sent | {"value": text}
    if component["type"] in {RADIO, CHECKBOX}:
        return sent | {"value": value}
    values = list(value or ())
    if component["type"] == FILE_UPLOAD:
        values = [filling.attach(upload) for upload in values]
    return sent | {"values": values}
