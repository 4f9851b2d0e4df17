"""What members are called, asked of Discord when it is needed: the bot keeps no members in memory.

A name is a nicety and somebody else's words: whoever shows it makes it harmless, and goes on without it.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import aiohttp
import discord

logger = logging.getLogger(__name__)

# An ordinary answer takes a tenth of that; what Discord delays by its rate limits is not worth the wait.
NAMES_TIMEOUT_S = 3.0


async def names_of(
    guild: discord.Guild | None, member_ids: Sequence[int], *, timeout_s: float = NAMES_TIMEOUT_S
) -> Mapping[int, str]:
    """Return what members of a server are called, for those that Discord names in time.

    Args:
        guild: The server; None outside of one, which has no names.
        member_ids: Whose; one call to Discord for each, so only a handful.
        timeout_s: Seconds until what is not known by then is left out.
    """
    if guild is None:
        return {}
    names = await asyncio.gather(*(_name(guild, member_id, timeout_s=timeout_s) for member_id in member_ids))
    return {member_id: name for member_id, name in zip(member_ids, names, strict=True) if name is not None}


async def _name(guild: discord.Guild, member_id: int, *, timeout_s: float) -> str | None:
    try:
        async with asyncio.timeout(timeout_s):
            return (await guild.fetch_member(member_id)).display_name
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.info("the name of a member is not known: %s", type(error).__name__)
        return None
