"""What people see and press. A cog reads the input, calls one service, shows the result; it decides nothing."""

from discord.ext import commands

from cogs.card_buttons import BUTTONS
from cogs.generate import Generate
from cogs.library import Library
from cogs.menus import Menus
from cogs.operator import Operator


async def add_cogs(client: commands.Bot) -> None:
    """Give a client every command and every button that outlives a restart."""
    await client.add_cog(Generate())
    await client.add_cog(Library())
    await client.add_cog(Menus(client))
    await client.add_cog(Operator())
    client.add_dynamic_items(*BUTTONS)
