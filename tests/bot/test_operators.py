"""Who may act on what others asked for."""

import pytest

from bot.operators import NotAnOperator, Operators

ALICE, BOB = 30, 31


def test_nobody_is_an_operator_before_the_login():
    with pytest.raises(NotAnOperator):
        Operators([]).require(ALICE)


def test_the_owners_of_the_application_are_operators_when_none_is_named():
    operators = Operators([])
    operators.learn_owners([ALICE])

    operators.require(ALICE)
    with pytest.raises(NotAnOperator):
        operators.require(BOB)


def test_those_who_are_named_are_the_only_operators():
    operators = Operators([BOB])
    operators.learn_owners([ALICE])

    assert operators.ids == {BOB}
