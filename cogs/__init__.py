"""What people see and press. A cog reads the input, calls one service, shows the result; it decides nothing."""

from discord.ext import commands

from cogs.generate import CancelButton, Generate


async def add_cogs(client: commands.Bot) -> None:
    """Give a client every command and every button that outlives a restart."""
    await client.add_cog(Generate())
    client.add_dynamic_items(CancelButton)
