"""What members do with shared drafts over the real connection, and what the database says of it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bot import texts
from scenarios.channel import answer_to
from standin import Discord, Interaction, Message, User
from standin.limits import walk


class Desk:
    """One draft of one channel, seen from outside."""

    def __init__(self, discord: Discord, data: Path) -> None:
        self.discord = discord
        self.database = data / "showrunner.db"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def draft(self) -> dict[str, Any]:
        [(content,)] = self.rows("SELECT content FROM drafts")
        return json.loads(content)

    async def shown(self) -> Message:
        """Wait until the card shows what the draft says, and return it."""
        await self.discord.until(self._is_shown)
        return self.card()

    def card(self) -> Message:
        return next(message for message in self.discord.messages(self.discord.channel.id) if message.embeds)

    def _is_shown(self) -> bool:
        if not any(message.embeds for message in self.discord.messages(self.discord.channel.id)):
            return False
        draft, card = self.draft(), self.card()
        fields = " ".join(field["value"] for field in card.embeds[0]["fields"])
        labels = [component.get("label") for _, component in walk(card.components)]
        count = texts.BUTTON_SUGGESTIONS.format(count=len(draft["suggestions"]))
        return count in labels and all(slot["text"] in fields for slot in draft["slots"].values())

    async def open(self, owner: User, **options: Any) -> Message:
        await self.command(owner, "new", **options)
        return await self.shown()

    async def command(self, member: User, name: str, **options: Any) -> str:
        interaction = await self.discord.slash(member, self.discord.channel, f"draft {name}", options=options)
        return await answer_to(self.discord, interaction)

    async def press(self, member: User, action: str) -> Interaction:
        return await self.discord.click(member, self.card(), _control(self.card(), f"draft-{action}:"))

    async def write(self, member: User, part: str, text: str) -> tuple[Interaction, Interaction]:
        """Choose a part from the card's menu and fill in the form; return both interactions."""
        chosen = await self.discord.select(member, self.card(), _control(self.card(), "draft-slot:"), [part])
        await self.discord.until(lambda: chosen.modal is not None)
        filled = await self.discord.submit_modal(member, chosen, {"text": text})
        await self.discord.until(lambda: filled.shown)
        return chosen, filled

    async def share(self, member: User) -> None:
        """Agree to pay a share, on the panel of the card."""
        panel = await self.press(member, "pay")
        await self.discord.until(lambda: panel.shown)
        await self.discord.click(member, panel.shown[-1], _control(panel.shown[-1], "draft-share:"))


def _control(message: Message, prefix: str) -> str:
    ids = [component.get("custom_id", "") for _, component in walk(message.components)]
    return next(one for one in ids if one.startswith(prefix))
