"""The REST routes that answer interactions: the callback, and the webhook that lives for 15 minutes."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from standin.errors import ApiError, InvalidField, invalid_form
from standin.interaction import Callback, Interaction, InteractionKind
from standin.limits import modal_faults, too_long
from standin.messages import Messages
from standin.model import Flag, Json, Message
from standin.wire import RECORD
from standin.world import World

ANSWER_WITHIN = timedelta(seconds=3)
TRUE = {"1", "true", "True"}
TOKEN_LIFETIME = timedelta(minutes=15)
ANYWHERE = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL}
ON_A_MESSAGE = ANYWHERE | {Callback.DEFERRED_UPDATE, Callback.UPDATE}


class ResponseRoutes:
    """Handlers, named by :meth:`table`. The token in the path is all the authority they need."""

    def __init__(self, world: World, messages: Messages) -> None:
        self._world = world
        self._messages = messages

    def table(self) -> list[web.RouteDef]:
        webhook = "/webhooks/{webhook_id:\\d+}/{webhook_token}"
        message = webhook + "/messages/{message_id:@original|\\d+}"
        return [
            web.post("/interactions/{interaction_id:\\d+}/{interaction_token}/callback", self._callback),
            web.post(webhook, self._follow_up),
            web.get(message, self._get),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
        ]

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._answerable(request)
        record = request[RECORD]
        callback = Callback(record.body["type"])
        data: Json = record.body.get("data") or {}
        self._check_fits(interaction, callback)
        await self._respond(interaction, callback, data, record.files)
        interaction.callback = callback
        interaction.first_answer_at = self._world.now()
        if record.query.get("with_response") in TRUE:
            return web.json_response(_callback_payload(interaction))
        return web.Response(status=204)

    def _answerable(self, request: web.Request) -> Interaction:
        interaction = self._world.interactions.get(int(request.match_info["interaction_id"]))
        if interaction is None or interaction.token != request.match_info["interaction_token"]:
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.first_answer_at is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if self._world.now() - interaction.sent_at > ANSWER_WITHIN:
            raise ApiError(404, 10062, "Unknown interaction")
        return interaction

    def _check_fits(self, interaction: Interaction, callback: Callback) -> None:
        fitting = ON_A_MESSAGE if interaction.source else ANYWHERE
        if interaction.kind is InteractionKind.AUTOCOMPLETE:
            fitting = {Callback.AUTOCOMPLETE}
        if interaction.kind is InteractionKind.MODAL_SUBMIT:
            fitting = fitting - {Callback.MODAL}
        if callback not in fitting:
            raise invalid_form(
                InvalidField("type", f"{callback.name} does not answer {interaction.kind.name}.")
            )

    async def _respond(
        self, interaction: Interaction, callback: Callback, data: Json, files: list[Any]
    ) -> None:
        match callback:
            case Callback.MESSAGE:
                interaction.response = await self._new(interaction, data, files)
            case Callback.DEFERRED_MESSAGE:
                interaction.response = self._thinking(interaction, data)
            case Callback.DEFERRED_UPDATE:
                interaction.response = interaction.source
            case Callback.UPDATE:
                assert interaction.source is not None
                interaction.response = await self._messages.edit(interaction.source, data, files)
            case Callback.AUTOCOMPLETE:
                interaction.choices = _checked_choices(data)
            case Callback.MODAL:
                faults = modal_faults(data)
                if faults:
                    raise invalid_form(*faults)
                interaction.modal = data

    async def _new(self, interaction: Interaction, data: Json, files: list[Any]) -> Message:
        author, channel = self._world.bot, interaction.channel
        return await self._messages.create(channel, data, files, author=author, interaction=interaction)

    def _thinking(self, interaction: Interaction, data: Json) -> Message:
        flags = Flag(data.get("flags") or 0)
        if flags & ~Flag.EPHEMERAL:
            raise invalid_form(InvalidField("data.flags", "Only EPHEMERAL may go with a deferral."))
        channel, now = interaction.channel, self._world.now()
        message = Message(self._world.new_id(), channel, self._world.bot, now, flags=flags | Flag.LOADING)
        message.via, message.webhook_id = interaction.metadata(), self._world.application_id
        channel.messages[message.id] = message
        return message

    async def _follow_up(self, request: web.Request) -> web.Response:
        """A new message; or, right after a deferral, the deferred message itself, as Discord does."""
        interaction, record = self._interaction_of(request), request[RECORD]
        response = interaction.response
        if response is not None and Flag.LOADING in response.flags:
            message = await self._messages.edit(response, record.body or {}, record.files)
        else:
            message = await self._new(interaction, record.body or {}, record.files)
            interaction.followups.append(message)
        return web.json_response(message.payload())

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._message_of(request).payload())

    async def _edit(self, request: web.Request) -> web.Response:
        record = request[RECORD]
        message = await self._messages.edit(self._message_of(request), record.body or {}, record.files)
        return web.json_response(message.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        await self._messages.delete(self._message_of(request))
        return web.Response(status=204)

    def _interaction_of(self, request: web.Request) -> Interaction:
        interaction = self._world.interactions_by_token.get(request.match_info["webhook_token"])
        is_ours = int(request.match_info["webhook_id"]) == self._world.application_id
        if interaction is None or not is_ours or interaction.first_answer_at is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        if self._world.now() - interaction.sent_at > TOKEN_LIFETIME:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def _message_of(self, request: web.Request) -> Message:
        interaction, name = self._interaction_of(request), request.match_info["message_id"]
        if name == "@original":
            message = interaction.response
        else:
            message = next((one for one in interaction.shown if one.id == int(name)), None)
        if message is None or message.deleted_at is not None:
            raise ApiError(404, 10008, "Unknown Message")
        return message


def _checked_choices(data: Json) -> list[Json]:
    choices: list[Json] = data.get("choices") or []
    faults = [] if len(choices) <= 25 else [InvalidField("data.choices", "Must be 25 or fewer in length.")]
    for index, choice in enumerate(choices):
        faults += too_long(f"data.choices.{index}.name", choice.get("name"), 100, least=1)
    if faults:
        raise invalid_form(*faults)
    return choices


def _callback_payload(interaction: Interaction) -> Json:
    assert interaction.callback is not None
    head: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    payload: Json = {"interaction": head}
    response = interaction.response
    if response is not None:
        head["response_message_id"] = str(response.id)
        head["response_message_loading"] = Flag.LOADING in response.flags
        head["response_message_ephemeral"] = response.is_ephemeral
    if response is not None and interaction.callback is not Callback.DEFERRED_UPDATE:
        payload["resource"] = {"type": int(interaction.callback), "message": response.payload()}
    return payload
