"""What changed is read at a glance, and Discord formats it."""

import discord
import pytest

from bot import texts
from bot.drafts.reading import Lineage
from builders import NOON, make_draft, make_generation
from cogs.draft_words import difference_text, history_file, history_pages, tree_lines
from storage.draft_records import ChangeKind, DraftChange, DraftId, Slot, SlotText
from storage.records import Contributor


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


def change(number, kind, **changes):
    values = {"author_id": 31, "slot": Slot.SUBJECT, "text": "A ship"} | changes
    return DraftChange(draft_id=DraftId("d"), number=number, at=NOON, kind=kind, **values)


def heads_of(*changes):
    """What the history says of each change beside its words, the oldest first."""
    [page] = history_pages(changes)
    when = discord.utils.format_dt(NOON, "R")
    heads = [entry.splitlines()[0].replace(when, "(when)") for entry in page.split("\n\n")]
    return list(reversed(heads))


def test_the_history_marks_what_was_written_so_that_entries_are_told_apart():
    changes = [
        change(1, ChangeKind.WRITE, text="A ship\n**#9** sails\n> away"),
        change(2, ChangeKind.LOCK, text=""),
        change(3, ChangeKind.WRITE, text="A boat", text_before="A ship"),
    ]

    [page] = history_pages(changes)

    newest, lock, oldest = (entry.splitlines() for entry in page.split("\n\n"))
    assert newest[1:] == ["> A ~~ship~~ **boat**"]
    assert lock[1:] == []
    assert oldest[1:] and all(line.startswith("> ") for line in oldest[1:])


def test_a_page_of_the_history_fits_an_embed_whatever_was_written():
    changes = [
        change(number, ChangeKind.WRITE, text="*" * 4000, text_before="_" * 4000) for number in range(1, 6)
    ]

    pages = history_pages(changes)

    assert all(len(page) <= 4096 for page in pages)
    assert sum(page.count("**#") for page in pages) == 5


def test_the_history_names_who_wrote_a_suggestion_and_who_put_it_in():
    put_in = change(3, ChangeKind.ACCEPT, put_in_by_id=30)

    [page] = history_pages([put_in])
    file = history_file([put_in]).fp.read().decode()

    assert "<@30> put in the suggestion of <@31>" in page
    assert "by 31, put in by 30" in file


def test_whoever_puts_their_own_suggestion_in_is_named_once():
    assert heads_of(change(3, ChangeKind.ACCEPT, put_in_by_id=31)) == [
        "**#3** <@31> made a suggestion that was put in (when) · **Subject**"
    ]


def test_the_history_tells_what_was_taken_over_from_what_was_written_and_what_was_undone():
    changes = [
        change(1, ChangeKind.TAKE_OVER),
        change(2, ChangeKind.WRITE, author_id=30),
        change(3, ChangeKind.UNDO, author_id=32),
        change(4, ChangeKind.UNDO, author_id=32, text=""),
    ]

    assert heads_of(*changes) == [
        "**#1** words of <@31>, taken over from the video (when) · **Subject**",
        "**#2** <@30> wrote (when) · **Subject**",
        "**#3** <@32> undid #2 (when) · **Subject**",
        "**#4** <@32> undid #1 (when) · **Subject**",
    ]


def test_the_tree_names_drafts_and_everybody_who_made_something():
    video = make_generation(
        draft_title="Paper *boat*",
        card_id=9,
        asker_id=30,
        contributors=(Contributor(member_id=31), Contributor(member_id=30)),
    )
    fork = make_draft(
        title="Paper *boat* (2)",
        owner_id=32,
        card_id=8,
        slots={Slot.SUBJECT: SlotText(text="A boat", author_id=31, change=1)},
    )
    lineage = Lineage(ancestors=(), generation=video, children=(), drafts=(fork,))

    root, leaf = tree_lines(lineage, can_see=lambda _channel_id: True)

    assert root.startswith(r"▶️ **Paper \*boat\*** · “A paper boat on a river” · <@30>, <@31> · [")
    assert r"└ 📝 **Paper \*boat\* (2)** · a draft in the making · <@32>, <@31> · [" in leaf
    assert "/10/20/8)" in leaf


def test_the_tree_says_of_channels_one_cannot_see_only_that_there_is_something():
    fork = make_draft(title="Secret", channel_id=21)
    lineage = Lineage(
        ancestors=(), generation=make_generation(), children=(make_generation(channel_id=21),), drafts=(fork,)
    )

    _, child, draft = tree_lines(lineage, can_see=lambda channel_id: channel_id == 20)

    assert child.endswith(f"🎬 {texts.DRAFT_TREE_HIDDEN}")
    assert draft.endswith(f"📝 {texts.DRAFT_TREE_HIDDEN}")


def test_the_tree_counts_those_of_a_crowd_for_whom_there_is_no_room():
    crowd = tuple(Contributor(member_id=2**63 + number) for number in range(100))
    lineage = Lineage(ancestors=(), generation=make_generation(contributors=crowd), children=(), drafts=())

    [line] = tree_lines(lineage, can_see=lambda _channel_id: True)

    assert "more" in line
    assert len(line) < 500


def test_the_history_has_a_word_for_every_change():
    assert set(texts.DRAFT_CHANGES) == set(ChangeKind)
