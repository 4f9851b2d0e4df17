"""Which limit holds for a member: their own, else their roles' most generous, the server's, the default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits.limits import Limits, ServerSettings, Source, effective_limits
from bot.limits.policy import Barrier

SETTINGS = [*Limits.model_fields, *ServerSettings.model_fields]


def effective(*, defaults=None, server=None, roles=(), member=None):
    return effective_limits(
        defaults=Limits(**(defaults or {})),
        server=Limits(**(server or {})),
        roles=[Limits(**role) for role in roles],
        member=Limits(**(member or {})),
    )


FIVE = {"credits_per_day": 5}
NARROWER = [
    ({"defaults": FIVE}, Source.DEFAULT),
    ({"defaults": {"credits_per_day": 9}, "server": FIVE}, Source.SERVER),
    ({"server": {"credits_per_day": 9}, "roles": [FIVE]}, Source.ROLE),
    ({"roles": [{"credits_per_day": 9}], "member": FIVE}, Source.MEMBER),
    # A narrower scope holds also where it allows less, or where it says that there is no limit.
    ({"roles": [{"credits_per_day": None}], "member": FIVE}, Source.MEMBER),
    # Only for what it sets.
    ({"server": FIVE, "roles": [{"videos_per_day": 1}], "member": {"cooldown_s": 1}}, Source.SERVER),
]


@pytest.mark.parametrize(("scopes", "source"), NARROWER)
def test_the_narrowest_scope_that_sets_a_limit_holds(scopes, source):
    found = effective(**scopes)

    assert found.limits.credits_per_day == 5
    assert found.sources["credits_per_day"] is source


def test_no_limit_is_a_limit_that_is_set():
    found = effective(server=FIVE, member={"credits_per_day": None})

    assert (found.limits.credits_per_day, found.sources["credits_per_day"]) == (None, Source.MEMBER)


# A limit, what two roles say, and what holds for who has both.
MOST_GENEROUS = [
    ("credits_per_day", 5, 9, 9),
    ("credits_per_day", 5, None, None),
    ("credits_per_day", 0, 5, 5),
    ("running_at_once", 1, 3, 3),
    ("longest_s", 5, 15, 15),
    ("cooldown_s", 30, 60, 30),
    ("cooldown_s", 0, 60, 0),
    ("cooldown_s", 60, None, None),
    ("account_age_days", 30, 7, 7),
    ("membership_days", 30, None, None),
    ("models", ("videos",), ("videos", "videos_fast"), ("videos", "videos_fast")),
    ("models", ("videos",), (), ("videos",)),
    ("models", ("videos",), None, None),
    ("exempt", False, True, True),
]


@pytest.mark.parametrize(("name", "one", "other", "expected"), MOST_GENEROUS)
def test_the_most_generous_role_wins_in_any_order(name, one, other, expected):
    for roles in ([one, other], [other, one]):
        found = effective(roles=[{name: value} for value in roles])

        assert getattr(found.limits, name) == expected


def test_a_member_can_be_the_exception_to_an_exempt_role():
    assert not effective(roles=[{"exempt": True}], member={"exempt": False}).limits.exempt


def test_roles_say_each_for_itself():
    found = effective(roles=[{"credits_per_day": 5}, {"videos_per_day": 2}])

    assert (found.limits.credits_per_day, found.limits.videos_per_day) == (5, 2)


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1))
def test_a_further_role_never_takes_anything_away(values):
    def allowed(values: list[int | None]) -> Any:
        limit = effective(roles=[{"credits_per_day": value} for value in values]).limits.credits_per_day
        return float("inf") if limit is None else limit

    assert allowed(values) >= allowed(values[:-1] or values)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_limit_and_setting_says_what_it_is(name):
    model = Limits if name in Limits.model_fields else ServerSettings

    assert model.facts_of(name).kind
    assert model.help_of(name).endswith(".")


def test_a_name_means_one_thing():
    assert len(SETTINGS) == len(set(SETTINGS))


def test_every_barrier_is_the_name_of_a_setting_or_a_budget_of_the_operators():
    names = {barrier.removeprefix("instance_") for barrier in Barrier}

    assert names <= set(SETTINGS)


def test_what_is_stored_is_read_back():
    stored = {
        "credits_per_day": 5,
        "models": ["videos"],
        "cooldown_s": None,
        "prices": {},
        "from the future": 1,
    }

    found = Limits.from_stored(stored)

    assert (found.credits_per_day, found.models, found.cooldown_s) == (5, ("videos",), None)
    assert found.model_fields_set == {"credits_per_day", "models", "cooldown_s"}


def test_nothing_stored_is_the_default():
    assert ServerSettings.from_stored({}) == ServerSettings()
