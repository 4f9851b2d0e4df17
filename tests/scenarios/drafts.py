"""What members do with shared drafts over the real connection, and what the database says of it."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from bot import texts
from scenarios.channel import answer_to
from standin import Channel, Discord, Interaction, Message, User
from standin.limits import walk

Rows = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def rows_of(url: str) -> Iterator[Rows]:
    """What a query of a database finds, beside the bot that runs on it."""
    if url.startswith("sqlite:"):
        file = url.removeprefix("sqlite:///")
        connecting: Any = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    else:
        connecting = psycopg.connect(url, autocommit=True)
    with closing(connecting) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


class Desk:
    """The draft of one channel, seen from outside."""

    def __init__(self, discord: Discord, rows: Rows, *, channel: Channel | None = None) -> None:
        self.discord = discord
        self.channel = channel or discord.channel
        self.rows = rows

    def draft(self) -> dict[str, Any]:
        [(content,)] = self.rows(f"SELECT content FROM drafts WHERE channel_id = {self.channel.id}")
        return json.loads(content)

    async def shown(self) -> Message:
        """Wait until the card shows what the draft says, and return it."""
        await self.discord.until(self._is_shown)
        return self.card()

    def card(self) -> Message:
        return next(message for message in self.discord.messages(self.channel.id) if message.embeds)

    def has(self, label: str) -> bool:
        """Whether the card has a button that is called so."""
        return any(component.get("label") == label for _, component in walk(self.card().components))

    def _is_shown(self) -> bool:
        if not any(message.embeds for message in self.discord.messages(self.channel.id)):
            return False
        draft, card = self.draft(), self.card()
        fields = " ".join(field["value"] for field in card.embeds[0]["fields"])
        count = texts.BUTTON_SUGGESTIONS.format(count=len(draft["suggestions"]))
        return self.has(count) and all(slot["text"] in fields for slot in draft["slots"].values())

    async def open(self, owner: User, **options: Any) -> Message:
        await self.command(owner, "new", **options)
        return await self.shown()

    async def command(self, member: User, name: str, **options: Any) -> str:
        interaction = await self.discord.slash(member, self.channel, f"draft {name}", options=options)
        return await answer_to(self.discord, interaction)

    async def press(self, member: User, action: str) -> Interaction:
        return await self.discord.click(member, self.card(), _control(self.card(), f"draft-{action}:"))

    async def write(self, member: User, part: str, text: str) -> tuple[Interaction, Interaction]:
        """Press a part on the card and fill in the form; return both interactions."""
        button = _control(self.card(), "draft-slot:", suffix=f":{part}")
        pressed = await self.discord.click(member, self.card(), button)
        await self.discord.until(lambda: pressed.modal is not None)
        filled = await self.discord.submit_modal(member, pressed, {"text": text})
        await self.discord.until(lambda: filled.answers)
        return pressed, filled

    async def share(self, member: User, *, unless: Callable[[], bool] = lambda: False) -> None:
        """Agree to pay a share, on the panel of the card; go away if something else happens first."""
        panel = await self.press(member, "pay")
        await self.discord.until(lambda: panel.answers or unless())
        for shown in panel.answers:
            await self.discord.click(member, shown, _control(shown, "draft-share:"))


def _control(message: Message, prefix: str, *, suffix: str = "") -> str:
    ids = [component.get("custom_id", "") for _, component in walk(message.components)]
    return next(one for one in ids if one.startswith(prefix) and one.endswith(suffix))
