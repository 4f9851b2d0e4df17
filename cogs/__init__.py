"""What people see and press. A cog reads the input, calls one service, shows the result; it decides nothing."""

from discord.ext import commands

from cogs import card_buttons, confirming, draft_buttons, draft_menus, menus
from cogs.draft_entries import DraftEntries
from cogs.drafts import Drafts
from cogs.generate import Generate
from cogs.gift import Gift
from cogs.library import Library
from cogs.limits import Limits
from cogs.operator import Operator
from cogs.usage import UsageCommand


async def add_cogs(client: commands.Bot) -> None:
    """Give a client every command, every menu and every button that outlives a restart."""
    await client.add_cog(DraftEntries())
    await client.add_cog(Drafts())
    await client.add_cog(Generate())
    await client.add_cog(Gift())
    await client.add_cog(Library())
    await client.add_cog(Limits())
    await client.add_cog(Operator())
    await client.add_cog(UsageCommand())
    for menu in (*menus.new_menus(), *draft_menus.new_menus()):
        client.tree.add_command(menu)
    client.add_dynamic_items(*card_buttons.BUTTONS, *confirming.BUTTONS, *draft_buttons.CONTROLS)
