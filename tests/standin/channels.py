"""The REST routes that need the bot's own token: itself, its commands, servers, channels and messages."""

from typing import Any

from aiohttp import web

from standin.errors import ApiError, InvalidField, invalid_form
from standin.limits import command_faults
from standin.messages import Messages
from standin.model import Channel, Json, Message, Permission
from standin.wire import RECORD
from standin.world import World

NO_CONTENT = 204
COMMAND_CHARS = 8000


class BotRoutes:
    """Handlers, named by :meth:`table`. Bodies lie ready in ``request[RECORD]``."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages

    def table(self) -> list[web.RouteDef]:
        application = "/applications/{application_id:\\d+}"
        channel = "/channels/{channel_id:\\d+}"
        message = channel + "/messages/{message_id:\\d+}"
        return [
            web.get("/users/@me", self._me),
            web.post("/users/@me/channels", self._open_direct),
            web.get("/oauth2/applications/@me", self._application),
            web.get("/gateway/bot", self._gateway),
            web.get(application + "/commands", self._commands),
            web.put(application + "/commands", self._set_commands),
            web.get(application + "/guilds/{guild_id:\\d+}/commands", self._commands),
            web.put(application + "/guilds/{guild_id:\\d+}/commands", self._set_commands),
            web.get("/guilds/{guild_id:\\d+}", self._guild),
            web.get("/guilds/{guild_id:\\d+}/members/{user_id:\\d+}", self._member),
            web.get(channel, self._channel),
            web.post(channel + "/typing", self._typing),
            web.get(channel + "/messages", self._history),
            web.post(channel + "/messages", self._create),
            web.get(message, self._message),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
        ]

    async def _me(self, request: web.Request) -> web.Response:
        own = {"verified": True, "mfa_enabled": False, "locale": "en-US"}
        return web.json_response(self._world.bot.payload() | own)

    async def _application(self, request: web.Request) -> web.Response:
        owner = next((user for user in self._world.users.values() if not user.is_bot), self._world.bot)
        body: Json = {
            "id": str(self._world.application_id),
            "name": self._world.bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "role_connections_verification_url": None,
            "approximate_guild_count": len(self._world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
            "owner": owner.payload(),
            "team": None,
            "integration_types_config": {"0": {}},
            "interactions_endpoint_url": None,
        }
        return web.json_response(body)

    async def _gateway(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        url = self._world.url.replace("http", "ws", 1) + "/gateway/"
        return web.json_response({"url": url, "shards": 1, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.commands.get(self._scope(request), []))

    async def _set_commands(self, request: web.Request) -> web.Response:
        commands = request[RECORD].body
        faults = [fault for index, one in enumerate(commands) for fault in command_faults(one, str(index))]
        faults += [
            InvalidField(str(index), f"Must be {COMMAND_CHARS} or fewer characters in total.")
            for index, command in enumerate(commands)
            if _chars_of(command) > COMMAND_CHARS
        ]
        if faults:
            raise invalid_form(*faults)
        scope = self._scope(request)
        known = {(one["type"], one["name"]): one["id"] for one in self._world.commands.get(scope, [])}
        self._world.commands[scope] = [self._registered(one, known, scope) for one in commands]
        return web.json_response(self._world.commands[scope])

    def _registered(self, command: Json, known: dict[tuple[int, str], str], scope: int | None) -> Json:
        type_ = command.get("type", 1)
        defaults = {
            "id": known.get((type_, command["name"])) or str(self._world.new_id()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.new_id()),
            "default_member_permissions": None,
            "description": "",
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
        }
        return (
            defaults | ({} if scope is None else {"guild_id": str(scope)}) | {"type": type_, **_lean(command)}
        )

    def _scope(self, request: web.Request) -> int | None:
        if int(request.match_info["application_id"]) != self._world.application_id:
            raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
        guild_id = request.match_info.get("guild_id")
        return int(guild_id) if guild_id else None

    async def _guild(self, request: web.Request) -> web.Response:
        guild = self._world.guilds.get(int(request.match_info["guild_id"]))
        if guild is None:
            raise ApiError(404, 10004, "Unknown Guild")
        return web.json_response(guild.payload())

    async def _member(self, request: web.Request) -> web.Response:
        guild = self._world.guilds.get(int(request.match_info["guild_id"]))
        member = guild.members.get(int(request.match_info["user_id"])) if guild else None
        if member is None:
            raise ApiError(404, 10007, "Unknown Member")
        return web.json_response(member.member_payload())

    async def _open_direct(self, request: web.Request) -> web.Response:
        user = self._world.users.get(int(request[RECORD].body["recipient_id"]))
        if user is None or user.is_bot:
            raise invalid_form(InvalidField("recipient_id", "Invalid Recipient"))
        return web.json_response(self._world.direct_channel(user).payload(bot_id=self._world.bot.id))

    async def _channel(self, request: web.Request) -> web.Response:
        return web.json_response(self._channel_of(request).payload(bot_id=self._world.bot.id))

    async def _typing(self, request: web.Request) -> web.Response:
        _need(self._channel_of(request), Permission.SEND_MESSAGES)
        return web.Response(status=NO_CONTENT)

    async def _history(self, request: web.Request) -> web.Response:
        channel, query = self._channel_of(request), request[RECORD].query
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise invalid_form(InvalidField("limit", "int value should be between 1 and 100."))
        visible = [one for one in channel.messages.values() if not (one.deleted_at or one.is_ephemeral)]
        if Permission.READ_MESSAGE_HISTORY in channel.denied:
            visible = []
        page = _page(sorted(visible, key=lambda message: message.id), query, limit)
        return web.json_response([message.payload() for message in reversed(page)])

    async def _create(self, request: web.Request) -> web.Response:
        channel, record = self._channel_of(request), request[RECORD]
        body: Json = record.body or {}
        _need_for(channel, body, record.files)
        if channel.recipient is not None and not channel.recipient.direct_messages_open:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        reply_to = self._reply_target(channel, body)
        author = self._world.bot
        message = await self._messages.create(channel, body, record.files, author=author, reply_to=reply_to)
        return web.json_response(message.payload())

    def _reply_target(self, channel: Channel, body: Json) -> Message | None:
        reference = body.get("message_reference")
        if not reference:
            return None
        if Permission.READ_MESSAGE_HISTORY in channel.denied:
            raise ApiError(403, 160002, "Cannot reply without permission to read message history")
        target = channel.messages.get(int(reference["message_id"]))
        if target is not None and target.deleted_at is None:
            return target
        if reference.get("fail_if_not_exists", True):
            raise invalid_form(InvalidField("message_reference", "Unknown message"))
        return None

    async def _message(self, request: web.Request) -> web.Response:
        channel = self._channel_of(request)
        _need(channel, Permission.READ_MESSAGE_HISTORY)
        return web.json_response(self._message_of(request, channel).payload())

    async def _edit(self, request: web.Request) -> web.Response:
        channel, record = self._channel_of(request), request[RECORD]
        message = self._message_of(request, channel)
        if message.author is not self._world.bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        if record.files:
            _need(channel, Permission.ATTACH_FILES)
        await self._messages.edit(message, record.body or {}, record.files)
        return web.json_response(message.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._channel_of(request)
        message = self._message_of(request, channel)
        if message.author is not self._world.bot:
            raise ApiError(403, 50013, "Missing Permissions")
        await self._messages.delete(message)
        return web.Response(status=NO_CONTENT)

    def _channel_of(self, request: web.Request) -> Channel:
        return self._world.channel(int(request.match_info["channel_id"]))

    def _message_of(self, request: web.Request, channel: Channel) -> Message:
        return self._world.message(channel, int(request.match_info["message_id"]))


def _need(channel: Channel, permission: Permission) -> None:
    if permission in channel.denied:
        raise ApiError(403, 50013, "Missing Permissions")


def _need_for(channel: Channel, body: Json, files: list[Any]) -> None:
    _need(channel, Permission.SEND_MESSAGES)
    if files:
        _need(channel, Permission.ATTACH_FILES)
    if body.get("embeds"):
        _need(channel, Permission.EMBED_LINKS)


def _page(messages: list[Message], query: dict[str, str], limit: int) -> list[Message]:
    if "around" in query:
        middle = sum(message.id < int(query["around"]) for message in messages)
        return messages[max(0, middle - limit // 2) :][:limit]
    if "after" in query:
        return [message for message in messages if message.id > int(query["after"])][:limit]
    if "before" in query:
        messages = [message for message in messages if message.id < int(query["before"])]
    return messages[-limit:]


def _lean(value: Any) -> Any:
    """Discord leaves out of an answer what says nothing: false, empty and null values of options."""
    if isinstance(value, list):
        return [_lean(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _lean(item) for name, item in value.items() if item or type(item) in {int, float}}


def _chars_of(command: Json) -> int:
    texts = [command.get("name", ""), command.get("description", "")]
    own = sum(map(len, texts))
    own += sum(len(one["name"]) + len(str(one["value"])) for one in command.get("choices") or ())
    return own + sum(_chars_of(option) for option in command.get("options") or ())
