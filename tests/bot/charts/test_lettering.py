"""People choose their names; whatever they chose can be drawn on one line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts.lettering import drawable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana", "Ana"),
        ("$x$ \\frac{", "$x$ \\frac{"),
        ("two\n\tlines ", "two lines"),
        ("\U0001d4d0\U0001d4f7\U0001d4ea", "Ana"),
        ("עברית", "עברית"),
        ("日本", "□□"),
        ("\u202eevil\u200b\x00\ud800", "evil"),
        ("a very long name", "a very lo…"),
        ("0123456789", "0123456789"),
    ],
)
def test_words_become_drawable(text, expected):
    assert drawable(text, max_characters=10) == expected


@settings(deadline=None)  # the first text waits for the font
@given(st.text())
def test_any_words_fit(text):
    assert len(drawable(text, max_characters=12)) <= 12
