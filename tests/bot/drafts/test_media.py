"""A file stays its owner's, and a draft takes no more files than a request can have."""

import pytest

from bot.drafts.edits import NoSuchPart
from bot.drafts.media import MEDIA_MAX_COUNT, add_media, remove_media
from bot.drafts.people import DraftFull, NotAllowed
from builders import make_medium, make_person
from storage.draft_records import ChangeKind

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))


def files(play):
    return [(it.number, it.author_id, it.medium.name) for it in play.draft.media]


def test_files_are_named_for_whoever_brought_them(play):
    edit = play.does(add_media, ALICE, [make_medium(name="a.png"), make_medium(name="b.png")])
    play.does(add_media, BOB, [make_medium(name="c.png")])

    assert files(play) == [(1, 31, "a.png"), (2, 31, "b.png"), (3, 32, "c.png")]
    assert (edit.kind, edit.text) == (ChangeKind.ADD_FILE, "a.png, b.png")


@pytest.mark.parametrize("person", [ALICE, OWNER])
def test_a_file_is_taken_away_by_whoever_brought_it_or_the_owner_once(person, play):
    play.does(add_media, ALICE, [make_medium(name="a.png"), make_medium(name="b.png")])

    edit = play.does(remove_media, person, [1])

    assert files(play) == [(2, 31, "b.png")]
    assert edit.text == "a.png"
    with pytest.raises(NoSuchPart):
        play.does(remove_media, person, [1])


def test_a_file_is_safe_from_others(play):
    play.does(add_media, ALICE, [make_medium()])

    with pytest.raises(NotAllowed):
        play.does(remove_media, BOB, [1])


def test_one_change_puts_files_in_the_place_of_others(play):
    play.does(add_media, ALICE, [make_medium(name="a.png", field="first_image")])
    play.does(add_media, ALICE, [make_medium(name="b.png")])

    edit = play.does(add_media, ALICE, [make_medium(name="c.png", field="first_image")], removed=[1, 2])

    assert [name for _, _, name in files(play)] == ["c.png"]
    assert edit.text == "c.png, in place of a.png, b.png"


def test_what_cannot_be_added_takes_nothing_away(play):
    play.does(add_media, ALICE, [make_medium()])

    with pytest.raises(NotAllowed):
        play.does(add_media, BOB, [make_medium()], removed=[1])


def test_files_beyond_the_most_are_refused_together(play):
    play.does(add_media, ALICE, [make_medium()] * (MEDIA_MAX_COUNT - 1))

    with pytest.raises(DraftFull):
        play.does(add_media, ALICE, [make_medium()] * 2)


@pytest.mark.parametrize("frame", ["first_image", "last_image"])
def test_there_is_one_frame_of_each_kind(frame, play):
    with pytest.raises(NotAllowed):
        play.does(add_media, BOB, [make_medium(field=frame)] * 2)
    play.does(add_media, ALICE, [make_medium(field=frame)])

    with pytest.raises(NotAllowed):
        play.does(add_media, BOB, [make_medium(field=frame)])
