"""A server may have prices of its own; what it has not is the operator's."""

import pytest

from bot import texts
from bot.limits.limits import Source
from bot.limits.prices import DEFAULT_PRICE, Price, WrongPrice
from bot.limits.rulebook import PRICES, OperatorRules, Rulebook
from bot.limits.rules import RulesService
from bot.limits.server_prices import ServerPriceService
from bot.limits.trail import Action, Actor, Change
from bot.upstream.families import Billing, UnknownModel, model_named
from fakes import HandClock
from storage import settings
from storage.settings import Scope, Subject

SERVER = Subject(guild_id=10, scope=Scope.SERVER)
ACTOR = Actor(member_id=40, guild_id=10, interaction_id=1)
RULEBOOK = Rulebook(OperatorRules(prices={"videos_fast": Price(2)}))


@pytest.fixture
def prices(sqlite_database):
    return ServerPriceService(sqlite_database, clock=HandClock(), rulebook=RULEBOOK)


async def price_of(prices, model, guild_id=10):
    [found] = [one for one in await prices.of(guild_id) if one.model == model]
    return found.price, found.source


async def test_without_a_price_of_its_own_a_server_has_the_operators(prices):
    assert await price_of(prices, "videos") == (DEFAULT_PRICE, Source.DEFAULT)
    assert await price_of(prices, "videos_fast") == (Price(2), Source.DEFAULT)


async def test_a_servers_price_holds_there_alone(prices):
    await prices.set("sd2_manxue_720p", "3/s", actor=ACTOR)

    assert await price_of(prices, "sd2_manxue_720p") == (Price(3, Billing.PER_SECOND), Source.SERVER)
    assert await price_of(prices, "sd2_manxue_720p", guild_id=11) == (DEFAULT_PRICE, Source.DEFAULT)


async def test_a_model_may_be_named_by_its_label(prices):
    change = await prices.set(model_named("videos").label, "7", actor=ACTOR)

    assert change == Change(name="videos", before=texts.NOT_SET, after="7")


async def test_without_a_price_it_is_the_operators_again(prices, sqlite_database):
    await prices.set("videos_fast", "7", actor=ACTOR)

    change = await prices.set("videos_fast", None, actor=ACTOR)

    assert change == Change(name="videos_fast", before="7", after=texts.NOT_SET)
    assert await sqlite_database.transaction(settings.find, SERVER) == {}


@pytest.mark.parametrize(
    ("model", "text", "refusal"),
    [
        ("gone", "1", UnknownModel),
        ("gone", None, UnknownModel),
        ("videos", "much", WrongPrice),
        ("videos", "1/s", WrongPrice),
    ],
)
async def test_what_is_no_price_is_refused(prices, model, text, refusal):
    with pytest.raises(refusal):
        await prices.set(model, text, actor=ACTOR)


async def test_what_moderators_set_stays_and_so_does_a_price(prices, sqlite_database):
    await sqlite_database.transaction(settings.put, SERVER, {"gifts": True, PRICES: {"videos": "7"}})

    await prices.set("videos_fast", "4", actor=ACTOR)

    found = await sqlite_database.transaction(settings.find, SERVER)
    assert found == {"gifts": True, PRICES: {"videos": "7", "videos_fast": "4"}}


async def test_a_price_leaves_a_trail_that_moderators_see(prices, sqlite_database):
    await prices.set("videos", "7", actor=ACTOR)
    await prices.set("videos", "7", actor=ACTOR)

    history = RulesService(sqlite_database, clock=HandClock(), rulebook=RULEBOOK).history
    [entry] = await history(10)
    assert (entry.actor_id, entry.action, entry.subject) == (40, Action.PRICE, "videos")
    assert entry.details == {
        "name": "videos",
        "before": texts.NOT_SET,
        "after": "7",
        "interaction_id": "1",
    }
