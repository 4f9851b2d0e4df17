"""What changed is read at a glance, and Discord formats it."""

import pytest

from bot import texts
from builders import NOON
from cogs.draft_words import difference_text, history_file, history_pages
from storage.draft_records import ChangeKind, DraftChange, DraftId, Slot


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


def test_the_history_names_who_wrote_a_suggestion_and_who_put_it_in():
    put_in = DraftChange(
        draft_id=DraftId("d"),
        number=3,
        at=NOON,
        author_id=31,
        kind=ChangeKind.ACCEPT,
        slot=Slot.SUBJECT,
        text="A ship",
        put_in_by_id=30,
    )

    [page] = history_pages([put_in])
    file = history_file([put_in]).fp.read().decode()

    assert "<@31> made a suggestion that <@30> put in" in page
    assert "by 31, put in by 30" in file


def test_the_history_has_a_word_for_every_change():
    assert set(texts.DRAFT_CHANGES) == set(ChangeKind)
