"""The menus of a message that bring its words or its files into a shared draft. They need no privileged intent."""

import discord
from discord import app_commands

from bot import texts
from bot.drafts.people import require_editor
from bot.errors import Refusal
from cogs.asking import NothingAttached, files_of, words_of
from cogs.draft_files import add_files
from cogs.draft_forms import add_form, show_form
from cogs.drafting import Interaction, drafts_here, person_of
from cogs.ui import answering, say


class NoText(Refusal):
    """The message has no words."""


def new_menus() -> tuple[app_commands.ContextMenu, ...]:
    """Return the menus, for one command tree."""
    return (
        app_commands.ContextMenu(name=texts.MENU_DRAFT_ADD, callback=add_to_draft),
        app_commands.ContextMenu(name=texts.MENU_DRAFT_REFERENCE, callback=use_in_draft),
    )


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def add_to_draft(interaction: Interaction, message: discord.Message) -> None:
    """Open a form that adds the words of a message to a part of a draft."""
    words = words_of(message)
    if not words:
        raise NoText(texts.DRAFT_NO_TEXT, hint=texts.DRAFT_NO_TEXT_HINT)
    here = await drafts_here(interaction)
    if len(here) == 1:
        require_editor(here[0], person_of(interaction))
    await show_form(interaction, add_form(here, text=words, name=message.author.display_name))


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def use_in_draft(interaction: Interaction, message: discord.Message) -> None:
    """Add the files of a message to the draft that was edited last in its channel."""
    async with answering(interaction):
        attached = files_of(message)
        if not attached:
            raise NothingAttached(texts.NOTHING_ATTACHED, hint=texts.NOTHING_ATTACHED_HINT)
        latest, *_ = await drafts_here(interaction)
        said = await add_files(interaction, latest.id, attached, source=message)
        await say(interaction, said)
