"""Tells members by direct message of credits that others moved: after the answer, so that nobody waits for it."""

import discord

from bot import texts
from bot.client import Client
from bot.delivery.nonces import nonce_of_letter
from bot.delivery.plain_text import plain_text
from bot.limits.grants import Received

# Discord lets servers have names of 100 characters (docs, "Guild Resource"), each of which may need a mark.
_SERVER_MAX_CHARS = 200


async def tell_receiver(
    interaction: discord.Interaction[Client], received: Received, letter: str, **words: str
) -> None:
    """Write to whom credits came, unless they did it themselves or it was written before.

    Args:
        interaction: What brought the credits; it was answered.
        received: The credits.
        letter: The words, a template of :mod:`bot.texts`.
        words: More to fill it in with.
    """
    if not received.is_new or received.member_id == interaction.user.id:
        return
    server = interaction.guild.name if interaction.guild else str(interaction.guild_id)
    text = letter.format(
        actor_id=interaction.user.id,
        credits=texts.credits_text(abs(received.credits)),
        server=plain_text(server, max_chars=_SERVER_MAX_CHARS),
        balance=texts.LETTER_BALANCE.format(balance=texts.credits_text(received.balance_credits)),
        **words,
    )
    nonce = nonce_of_letter(interaction.id, received.member_id)
    await interaction.client.services.letters.send(received.member_id, text, nonce=nonce)
