"""What a video costs, and how operators and moderators write it."""

import pytest

from bot.limits.prices import (
    DEFAULT_PRICE,
    PRICE_MAX_CREDITS,
    Price,
    PriceList,
    WrongPrice,
    price_from,
    prices_from,
)
from bot.upstream.families import Billing, UnknownModel
from builders import make_request

PER_CALL, PER_SECOND = "videos", "sd2_manxue_720p"


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("4", Price(4)),
        ("0", Price(0)),
        (" 4 ", Price(4)),
        ("4/s", Price(4, Billing.PER_SECOND)),
        ("4 / s", Price(4, Billing.PER_SECOND)),
        (str(PRICE_MAX_CREDITS), Price(PRICE_MAX_CREDITS)),
    ],
)
def test_a_price_is_read(text, price):
    assert price_from(text, model=PER_SECOND) == price


@pytest.mark.parametrize("price", [Price(4), Price(0), Price(4, Billing.PER_SECOND)])
def test_a_price_is_written_as_it_is_read(price):
    assert price_from(str(price), model=PER_SECOND) == price


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "4/m", "/s", "four", "4 credits", str(PRICE_MAX_CREDITS + 1)]
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(WrongPrice, match="needs a price such as 4"):
        price_from(text, model=PER_SECOND)


def test_a_model_that_is_billed_per_call_has_no_price_per_second():
    with pytest.raises(WrongPrice, match="billed per call"):
        price_from("1/s", model=PER_CALL)


def test_a_price_of_an_unknown_model_is_refused():
    with pytest.raises(UnknownModel):
        price_from("1", model="dreams")


def test_prices_are_read_from_one_line():
    assert prices_from(f"{PER_CALL}=4, {PER_SECOND}=1/s,") == {
        PER_CALL: Price(4),
        PER_SECOND: Price(1, Billing.PER_SECOND),
    }


@pytest.mark.parametrize("text", [PER_CALL, f"{PER_CALL}=", f"{PER_CALL}=4;{PER_SECOND}=1"])
def test_a_line_that_cannot_be_read_is_refused(text):
    with pytest.raises(WrongPrice):
        prices_from(text)


def test_no_prices_are_none():
    assert prices_from("") == {}


# What the operator says, what the server says, and what holds for it: a price of nothing is a price.
@pytest.mark.parametrize(
    ("operator", "server", "expected"),
    [
        ({}, {}, DEFAULT_PRICE),
        ({PER_SECOND: Price(3)}, {}, Price(3)),
        ({PER_SECOND: Price(3)}, {PER_SECOND: Price(7)}, Price(7)),
        ({PER_SECOND: Price(3)}, {PER_SECOND: Price(0)}, Price(0)),
        ({PER_SECOND: Price(3)}, {PER_CALL: Price(7)}, Price(3)),
    ],
)
def test_a_servers_own_price_goes_before_the_operators(operator, server, expected):
    assert PriceList(operator=operator, server=server).of(PER_SECOND) == expected


@pytest.mark.parametrize(("price", "credits"), [(Price(4), 4), (Price(4, Billing.PER_SECOND), 20)])
def test_a_price_is_for_the_video_or_for_each_of_its_seconds(price, credits):
    request = make_request(model=PER_SECOND, duration=5)

    assert PriceList(operator={PER_SECOND: price}, server={}).for_request(request) == credits
