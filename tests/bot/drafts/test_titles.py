"""What drafts are called: whole words, and no two alike where one is made from another."""

import pytest

from bot.drafts.titles import TITLE_MAX_CHARS, fitting_title, next_title


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        (" A  boat ", "A boat"),
        ("boat " * 20, f"{'boat ' * 15}boat…"),
        ("x" * 90, f"{'x' * 79}…"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_long_title_ends_with_a_whole_word_where_it_can(typed, title):
    assert fitting_title(typed) == title


@pytest.mark.parametrize(
    ("title", "taken", "called"),
    [
        ("Regatta", (), "Regatta"),
        ("Regatta", ("Regatta",), "Regatta (2)"),
        ("Regatta", ("Regatta", "Regatta (2)"), "Regatta (3)"),
        ("Regatta (2)", ("Regatta (2)",), "Regatta (3)"),
        ("Summer (2024)", ("Summer (2024)",), "Summer (2024) (2)"),
        ("(2)", ("(2)",), "(2) (2)"),
    ],
)
def test_what_is_called_alike_gets_the_next_free_number(title, taken, called):
    assert next_title(title, taken=taken) == called


def test_a_number_makes_no_title_too_long():
    longest = "x" * TITLE_MAX_CHARS

    title = next_title(longest, taken={longest})

    assert (len(title), title[-5:]) == (TITLE_MAX_CHARS, "x (2)")
