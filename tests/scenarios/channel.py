"""What a person sees in the channel of the pretend Discord, or in another."""

from standin import Channel, Discord, Interaction, Message


def cards_of(discord: Discord, channel: Channel | None = None) -> list[Message]:
    return [message for message in discord.messages((channel or discord.channel).id) if message.embeds]


def replies_of(discord: Discord, channel: Channel | None = None) -> list[Message]:
    shown = discord.messages((channel or discord.channel).id)
    return [message for message in shown if message.author.is_bot and not message.embeds]


def title_of(card: Message) -> str:
    return str(card.embeds[0]["title"])


async def answer_to(discord: Discord, interaction: Interaction) -> str:
    """Wait for the words of an answer, which an acknowledgement may come before."""
    await discord.until(lambda: any(message.content for message in interaction.shown))
    return "\n".join(message.content for message in interaction.shown)


async def until_connected(discord: Discord) -> None:
    await discord.until(lambda: discord.gateway.is_connected)


async def until_told(discord: Discord, *, count: int = 1) -> None:
    """Wait until so many generations came to their end and their askers were told."""
    # Many of them take a loaded machine minutes.
    await discord.until(lambda: len(replies_of(discord)) >= count, timeout_s=180)
