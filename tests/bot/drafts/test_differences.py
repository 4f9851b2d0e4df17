"""Differences leave no sign of either text out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafts.differences import WORDS_MAX_COUNT, Fate, Piece, differences

TEXTS = st.text(max_size=200) | st.text(alphabet="ab .,\n一二", max_size=200)
# A busy machine takes several times what an idle one does; the fault was a minute.
PATIENCE_S = 10


def rebuilt(pieces, fate):
    return "".join(piece.text for piece in pieces if piece.fate in (Fate.KEPT, fate))


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_what_differs(before, after):
    pieces = differences(before, after)

    assert rebuilt(pieces, Fate.REMOVED) == before
    assert rebuilt(pieces, Fate.ADDED) == after


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("a boat", "a boat", [(Fate.KEPT, "a boat")]),
        ("", "a boat", [(Fate.ADDED, "a boat")]),
        ("a boat", "", [(Fate.REMOVED, "a boat")]),
        (
            "a red boat",
            "a blue boat",
            [(Fate.KEPT, "a "), (Fate.REMOVED, "red"), (Fate.ADDED, "blue"), (Fate.KEPT, " boat")],
        ),
        ("boats", "boat", [(Fate.REMOVED, "boats"), (Fate.ADDED, "boat")]),
        ("a boat", "a boat!", [(Fate.KEPT, "a boat"), (Fate.ADDED, "!")]),
        (
            "一只红船",
            "一只蓝船",
            [(Fate.KEPT, "一只"), (Fate.REMOVED, "红"), (Fate.ADDED, "蓝"), (Fate.KEPT, "船")],
        ),
    ],
)
def test_whole_words_differ(before, after, pieces):
    assert differences(before, after) == tuple(Piece(fate, text) for fate, text in pieces)


def test_texts_beyond_comparison_are_shown_whole():
    before, after = "a " * WORDS_MAX_COUNT, "b " * WORDS_MAX_COUNT

    assert differences(before, after) == (Piece(Fate.REMOVED, before), Piece(Fate.ADDED, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [("." * 1500, "!." * 750), ("ab " * 375, "a b" * 500), ("一二" * 750, "一一二二" * 375)],
)
def test_texts_made_to_be_slow_are_not(before, after):
    begun_s = time.process_time()

    differences(before, after)

    assert time.process_time() - begun_s < PATIENCE_S
