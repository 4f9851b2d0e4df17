"""Reasons are short, clean and give nothing away."""

import pytest

from bot.upstream.errors import REASON_MAX_CHARS, Refused, Unavailable


def test_a_reason_is_one_short_printable_line():
    error = Unavailable("first\r\n\x1b[31msecond\x00 \u202e" + "x" * 1000)

    assert error.reason.startswith("first [31msecond x")
    assert len(error.reason) == REASON_MAX_CHARS
    assert str(error) == error.reason


def test_signatures_and_keys_are_cut_out_of_a_reason():
    error = Unavailable("cannot fetch https://h.example/a.png?sig=abc, sent Bearer sk-123")

    assert error.reason == "cannot fetch https://h.example/a.png sent Bearer …"


@pytest.mark.parametrize(
    "reason", ["Content policy violation", "content rejected", "内容违规", "包含敏感信息"]
)
def test_a_policy_refusal_is_recognised(reason):
    assert Refused(reason).is_policy


@pytest.mark.parametrize("reason", ["parameter conflict", "upstream gave no task id", "参数错误"])
def test_other_refusals_are_not_called_policy(reason):
    assert not Refused(reason).is_policy
