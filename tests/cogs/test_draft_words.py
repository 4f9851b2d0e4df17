"""What changed is read at a glance, and Discord formats it."""

import pytest

from cogs.draft_words import difference_text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a red boat", "a blue boat", "a ~~red~~ **blue** boat"),
        ("a red ", "a blue", "a ~~red~~ **blue**"),
        ("a boat", "a boat at dusk", "a boat **at dusk**"),
        ("a boat at dusk", "a boat", "a boat ~~at dusk~~"),
        ("纸船", "木船", "~~纸~~ **木**船"),
        ("", "a boat", "**a boat**"),
    ],
)
def test_words_taken_out_and_put_in_stand_apart(before, after, shown):
    assert difference_text(before, after) == shown
