"""``/gift`` as members see it; who may give what is tested with the service."""

from typing import Any

import discord
import pytest

from bot import texts
from bot.limits.limits import COUNT_MAX
from bot.limits.trail import Actor
from simulated import Simulated, letters_to, reply_text
from storage.settings import Scope, Subject


@pytest.fixture
async def giving(simulated: Simulated) -> Simulated:
    """A server that allows gifts, where alice has 5 credits of her own."""
    services, guild_id = simulated.application.services, simulated.guild.id
    actor = Actor(member_id=1, guild_id=guild_id, interaction_id=2)
    await services.rules.set(Subject(guild_id=guild_id, scope=Scope.SERVER), "gifts", "yes", actor=actor)
    await services.grants.grant(simulated.alice.id, 5, actor=actor)
    return simulated


async def give(giving: Simulated, member: Any, credits: int = 2) -> Any:
    return await giving.alice.slash(giving.channel, "gift", member=member, credits=credits)


async def test_a_gift_arrives_and_the_channel_is_told(giving: Simulated) -> None:
    answer = await give(giving, giving.bob)

    gift = {"credits": "2 credits", "whom": giving.bob.mention}
    assert reply_text(answer) == texts.GIFT_GIVEN.format(**gift)
    assert [message.content for message in giving.channel.history()] == [
        texts.GIFT_PUBLIC.format(giver=giving.alice.mention, **gift)
    ]
    balance = giving.application.services.grants.balance_of
    assert await balance(guild_id=giving.guild.id, member_id=giving.bob.id) == 2


async def test_who_gets_a_gift_hears_of_it(giving: Simulated) -> None:
    await give(giving, giving.bob)

    has = texts.LETTER_BALANCE.format(balance="2 credits")
    assert letters_to(giving.bob) == [
        texts.LETTER_GIFT.format(actor_id=giving.alice.id, credits="2 credits", server="Studio", balance=has)
    ]
    assert letters_to(giving.alice) == []


async def test_nobody_is_pinged(giving: Simulated) -> None:
    await give(giving, giving.bob)

    [told] = [sent for sent in giving.env.http_requests if sent.method == "POST" and "webhooks" in sent.path]
    assert told.json is not None
    assert told.json["allowed_mentions"] == {"parse": []}


async def test_too_large_a_gift_is_refused_and_nobody_else_hears_of_it(giving: Simulated) -> None:
    answer = await give(giving, giving.bob, COUNT_MAX)

    assert texts.NOTHING_CHANGED in reply_text(answer)
    assert "5 credits" in reply_text(answer)
    assert giving.channel.history() == []


async def test_bots_get_nothing(giving: Simulated) -> None:
    robot = giving.guild.add_member(giving.env.create_user("robot", bot=True))

    assert reply_text(await give(giving, robot)) == texts.NOT_A_PERSON


async def test_everybody_sees_the_command(giving: Simulated) -> None:
    [command] = [one for one in giving.application.client.tree.get_commands() if one.name == "gift"]

    assert isinstance(command, discord.app_commands.Command)
    assert command.default_permissions is None
