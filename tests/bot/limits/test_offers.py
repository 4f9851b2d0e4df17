"""Everybody is offered what they may use, at the price of their server."""

import pytest

from bot.limits.limits import Limits
from bot.limits.offers import OfferService
from bot.limits.prices import Price
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.upstream.families import FAMILIES
from builders import make_member
from storage import settings
from storage.settings import Scope, Subject

ALL = [model.name for family in FAMILIES.values() for model in family.models]


@pytest.fixture
def offered(sqlite_database):
    async def to(*, limits=None, **member):
        rules = OperatorRules(limits=limits or Limits(), prices={"videos": Price(3), "videos_fast": Price(1)})
        offers = await OfferService(sqlite_database, Rulebook(rules)).to(make_member(guild_id=10, **member))
        return {offer.model.name: str(offer) for offer in offers}

    return to


@pytest.fixture
def rule(sqlite_database):
    async def put(scope, subject_id=0, **values):
        subject = Subject(guild_id=10, scope=scope, id=subject_id)
        await sqlite_database.transaction(settings.put, subject, values)

    return put


async def test_a_server_s_price_goes_before_the_operator_s(offered, rule):
    await rule(Scope.SERVER, prices={"videos": "4"})

    offers = await offered()

    assert offers["videos"] == "Videos 720p · standard · 4 credits"
    assert offers["videos_fast"] == "Videos 720p · fast · 1 credit"


async def test_models_that_a_role_allows_are_offered_to_those_who_have_it(offered, rule):
    await rule(Scope.SERVER, models=["videos"])
    await rule(Scope.ROLE, 7, models=["videos_fast"])

    assert list(await offered()) == ["videos"]
    assert list(await offered(role_ids=frozenset({7}))) == ["videos_fast"]


async def test_who_is_exempt_is_offered_everything(offered, rule):
    await rule(Scope.SERVER, models=["videos"])
    await rule(Scope.MEMBER, 30, exempt=True)

    assert list(await offered(id=30)) == ALL


async def test_where_no_model_is_allowed_all_are_shown(offered):
    assert list(await offered(limits=Limits(models=()))) == ALL
