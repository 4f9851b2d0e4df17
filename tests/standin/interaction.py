"""One thing a person did with the bot, and everything the bot answered to it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from standin.model import Channel, Flag, Json, Message, User


class InteractionKind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Callback(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


@dataclass(eq=False)
class Interaction:
    """What a person did, and the answer so far.

    ``source`` is the message a button sits on, ``opened_by`` what showed a form; ``response`` is what
    ``@original`` means; ``changed`` is notified at every change of the world.
    """

    id: int
    token: str
    kind: InteractionKind
    user: User
    channel: Channel
    data: Json
    sent_at: datetime
    changed: asyncio.Condition
    source: Message | None = None
    opened_by: "Interaction | None" = None
    first_answer_at: datetime | None = None
    callback: Callback | None = None
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None

    @property
    def is_deferred(self) -> bool:
        return self.callback in {Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE}

    @property
    def is_ephemeral(self) -> bool:
        return self.response is not None and self.response.is_ephemeral

    @property
    def shown(self) -> list[Message]:
        """The messages its user sees because of it, oldest first."""
        messages = ([self.response] if self.response else []) + self.followups
        return [message for message in messages if message.deleted_at is None]

    @property
    def answers(self) -> list[Message]:
        """What is shown, without an answer that is still to come."""
        return [message for message in self.shown if Flag.LOADING not in message.flags]

    async def answered(self, *, timeout_s: float = 30) -> "Interaction":
        """Wait for the first answer of any kind, a bare deferral included."""
        async with asyncio.timeout(timeout_s), self.changed:
            await self.changed.wait_for(lambda: self.first_answer_at is not None)
        return self

    def metadata(self) -> Json:
        owners = {"1": str(self.user.id)}
        if self.channel.guild is not None:
            owners = {"0": str(self.channel.guild.id)}
        metadata: Json = {"id": str(self.id), "type": int(self.kind), "user": self.user.payload()}
        metadata["authorizing_integration_owners"] = owners
        if self.kind is InteractionKind.COMPONENT and self.source is not None:
            metadata["interacted_message_id"] = str(self.source.id)
        if self.opened_by is not None:
            metadata["triggering_interaction_metadata"] = self.opened_by.metadata()
        return metadata
