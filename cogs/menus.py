"""The menus of a message: animate its picture, use its files as reference. They need no privileged intent."""

from typing import Any

import discord
from discord import app_commands

from bot import texts
from cogs.asking import NothingAttached, ask, files_of, is_picture, is_readable, reference_field, wanted_file
from cogs.choices import models_for
from cogs.forms import Filled, WishForm, wish_from

Interaction = discord.Interaction[Any]


def new_menus() -> tuple[app_commands.ContextMenu, ...]:
    """Return the menus, for one command tree."""
    return (
        app_commands.ContextMenu(name=texts.MENU_ANIMATE, callback=animate),
        app_commands.ContextMenu(name=texts.MENU_REFERENCE, callback=use_as_reference),
    )


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def animate(interaction: Interaction, message: discord.Message) -> None:
    """Open a form for a video that begins with the first picture of a message."""
    first = next((attachment for attachment in files_of(message) if is_picture(attachment)), None)
    source = message if is_readable(message, interaction) else None
    if first is None:
        raise NothingAttached(texts.NO_PICTURE, hint=texts.NOTHING_ATTACHED_HINT)

    async def ask_for_frames(submitted: Interaction, filled: Filled) -> None:
        files = [
            wanted_file(first, field="first_image", message=source),
            *(wanted_file(attachment, field="last_image") for attachment in filled.files),
        ]
        await ask(submitted, wish_from(submitted, filled, files=files))

    form = WishForm(
        title=texts.MENU_ANIMATE,
        on_done=ask_for_frames,
        models=await models_for(interaction),
        files_label=texts.FORM_LAST_FRAME,
        file_count=1,
    )
    await interaction.response.send_modal(form)


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
async def use_as_reference(interaction: Interaction, message: discord.Message) -> None:
    """Open a form for a video after all files of a message."""
    attached, source = files_of(message), message if is_readable(message, interaction) else None
    if not attached:
        raise NothingAttached(texts.NOTHING_ATTACHED, hint=texts.NOTHING_ATTACHED_HINT)

    async def ask_for_reference(submitted: Interaction, filled: Filled) -> None:
        files = [
            *(
                wanted_file(attachment, field=reference_field(attachment), message=source)
                for attachment in attached
            ),
            *(wanted_file(attachment, field=reference_field(attachment)) for attachment in filled.files),
        ]
        await ask(submitted, wish_from(submitted, filled, files=files))

    form = WishForm(
        title=texts.MENU_REFERENCE,
        on_done=ask_for_reference,
        models=await models_for(interaction),
        files_label=texts.FORM_FILES,
    )
    await interaction.response.send_modal(form)
