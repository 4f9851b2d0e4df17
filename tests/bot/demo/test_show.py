"""The demo shows what prices are for: they differ, and one goes by the second."""

from bot.demo.show import prices
from bot.limits.prices import prices_from
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL, FAMILIES, Billing


def test_every_model_has_a_price_and_one_goes_by_the_second() -> None:
    shown = prices_from(prices())

    assert shown.keys() == {model.name for family in FAMILIES.values() for model in family.models}
    assert {price.amount_credits for price in shown.values()} == {1, 4, 6, 8}
    assert [price.billing for price in shown.values()].count(Billing.PER_SECOND) == 1


def test_the_first_video_costs_no_question() -> None:
    assert prices_from(prices())[DEFAULT_MODEL].for_video(seconds=DEFAULT_DURATION_S) == 1
