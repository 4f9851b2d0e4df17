"""What a member can fill into a command, checked against what the bot registered.

A test cannot send an option, a value or a command that Discord's own client would not offer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from standin.errors import ImpossibleError
from standin.model import Channel, Json, Permission, Role, User
from standin.world import World


class Option(IntEnum):
    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


TYPES: Mapping[Option, tuple[type, ...]] = {
    Option.STRING: (str,),
    Option.INTEGER: (int,),
    Option.BOOLEAN: (bool,),
    Option.USER: (User,),
    Option.CHANNEL: (Channel,),
    Option.ROLE: (Role,),
    Option.MENTIONABLE: (User, Role),
    Option.NUMBER: (int, float),
}


@dataclass(frozen=True)
class Upload:
    """A file that a person attaches."""

    filename: str
    data: bytes
    content_type: str | None = None
    size_px: tuple[int, int] | None = None


@dataclass
class Filling:
    """The ``data`` of an interaction while a person fills a command in."""

    world: World
    channel: Channel
    is_partial: bool = False
    focused: str | None = None
    resolved: dict[str, Json] = field(default_factory=dict)

    def data(self, command: Json, path: list[str], given: Mapping[str, Any]) -> Json:
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        options = self._options(command, path, given)
        if options:
            data["options"] = options
        return data | ({"resolved": self.resolved} if self.resolved else {})

    def _options(self, command: Json, path: list[str], given: Mapping[str, Any]) -> list[Json]:
        known = {option["name"]: option for option in command.get("options", ())}
        has_subcommands = any(option["type"] <= Option.GROUP for option in known.values())
        if has_subcommands:
            if not path or path[0] not in known:
                raise ImpossibleError(f"{command['name']} has {sorted(known)}, not {path[:1]}")
            chosen = known[path[0]]
            inner = self._options(chosen, path[1:], given)
            return [{"name": chosen["name"], "type": chosen["type"], "options": inner}]
        self._check_names(command, path, known, given)
        return [self._filled(known[name], value) for name, value in given.items()]

    def _check_names(
        self, command: Json, path: list[str], known: dict[str, Json], given: Mapping[str, Any]
    ) -> None:
        missing = {name for name, option in known.items() if option.get("required")} - set(given)
        unknown = [*path, *(set(given) - set(known))]
        if unknown or (missing and not self.is_partial):
            raise ImpossibleError(f"{command['name']}: unknown {unknown}, missing {sorted(missing)}")

    def _filled(self, option: Json, value: Any) -> Json:
        kind, name = Option(option["type"]), option["name"]
        filled: Json = {"name": name, "type": int(kind)}
        if name == self.focused:
            if not option.get("autocomplete"):
                raise ImpossibleError(f"{name} does not complete")
            return filled | {"value": value, "focused": True}
        if kind is Option.ATTACHMENT:
            return filled | {"value": self.attach(value)}
        self._check_value(option, value)
        return filled | {"value": self.resolve(_choice(option, value))}

    def _check_value(self, option: Json, value: Any) -> None:
        kind = Option(option["type"])
        if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind is not Option.BOOLEAN):
            raise ImpossibleError(f"{option['name']} takes a {kind.name}, not {value!r}")
        size = len(value) if isinstance(value, str) else value
        least, most = (option.get(f"{end}_length", option.get(f"{end}_value")) for end in ("min", "max"))
        if (least is not None and size < least) or (most is not None and size > most):
            raise ImpossibleError(f"{option['name']} must be between {least} and {most}")

    def resolve(self, value: Any) -> Any:
        if isinstance(value, User):
            self.resolved.setdefault("users", {})[str(value.id)] = value.payload()
            member = {name: item for name, item in value.member_payload().items() if name != "user"}
            member["permissions"] = str(int(value.permissions))
            self.resolved.setdefault("members", {})[str(value.id)] = member
        elif isinstance(value, Role):
            self.resolved.setdefault("roles", {})[str(value.id)] = value.payload()
        elif isinstance(value, Channel):
            payload = value.payload(bot_id=self.world.bot.id) | {"permissions": str(int(value.granted))}
            self.resolved.setdefault("channels", {})[str(value.id)] = payload
        else:
            return value
        return str(value.id)

    def attach(self, upload: Any) -> str:
        if not isinstance(upload, Upload):
            raise ImpossibleError(f"an attachment is an Upload, not {upload!r}")
        kind, size_px = upload.content_type, upload.size_px
        attachment = self.world.add_attachment(
            self.channel, upload.filename, upload.data, content_type=kind, size_px=size_px
        )
        payload = attachment.payload() | {"ephemeral": True}
        self.resolved.setdefault("attachments", {})[str(attachment.id)] = payload
        return str(attachment.id)


def _choice(option: Json, value: Any) -> Any:
    """People choose by name; tests may name the value."""
    choices = option.get("choices")
    if not choices:
        return value
    for choice in choices:
        if value in (choice["name"], choice["value"]):
            return choice["value"]
    raise ImpossibleError(f"{option['name']} offers {[choice['name'] for choice in choices]}, not {value!r}")


def command_for(world: World, user: User, channel: Channel, name: str, *, type_: int) -> Json:
    """The registered command of that name, if this person may use it here."""
    guild_id = channel.guild.id if channel.guild else None
    commands: list[Json] = [*world.commands.get(guild_id, ()), *world.commands[None]]
    for command in commands:
        if (command["type"], command["name"]) == (type_, name):
            _check_allowed(command, user, channel)
            return command
    raise ImpossibleError(f"the bot has no command {name!r} here")


def _check_allowed(command: Json, user: User, channel: Channel) -> None:
    context = 0 if channel.guild else 1
    contexts = command["contexts"]
    if contexts is not None and context not in contexts:
        raise ImpossibleError(f"{command['name']} is not offered in this kind of channel")
    needed = command["default_member_permissions"]
    if needed is None or channel.guild is None or Permission.ADMINISTRATOR in user.permissions:
        return
    if int(needed) == 0 or int(needed) & ~int(user.permissions):
        raise ImpossibleError(f"{user.name} may not use {command['name']}")
