"""A prompt says what the slots say, in their order, and names everybody who wrote or brought something."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.drafts.prompts import assembled, contributors_of, prompt_of, variant_of
from builders import make_draft
from storage.draft_records import DraftMedium, Slot, SlotText, Variant
from storage.records import Contributor, Medium

ALICE, BOB, CAROL = 31, 32, 33
PICTURE = Medium(field="first_image", name="fox.png", url="https://example.com/fox.png")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def slots(**texts):
    return {
        Slot(name): SlotText(text=text, author_id=ALICE, change=number)
        for number, (name, text) in enumerate(texts.items(), start=1)
    }


def make_variant(number, **changes):
    return Variant(**({"number": number, "prompt": "A moon.", "author_id": BOB, "authors": {}} | changes))


@pytest.mark.parametrize(
    ("texts", "prompt"),
    [
        ({}, ""),
        ({"subject": " \n"}, ""),
        ({"subject": "A boat"}, "A boat."),
        ({"subject": "A boat."}, "A boat."),
        ({"subject": "Who is there?"}, "Who is there?"),
        ({"subject": "一只纸船。"}, "一只纸船。"),
        ({"subject": "A boat\n  on a\triver"}, "A boat on a river."),
        (
            {"more": "No people", "sound": "Rain", "camera": "Low", "action": "It drifts", "light": "Dusk"},
            "It drifts. Camera: Low. Light and style: Dusk. Sound: Rain. No people.",
        ),
        ({"subject": "A boat {text} %s {0}"}, "A boat {text} %s {0}."),
        ({"subject": "A paper boat.", "action": "drifts by"}, "A paper boat drifts by."),
        ({"subject": "a boat", "action": "It drifts. rain"}, "A boat. It drifts. rain."),
        ({"subject": "Who is there?", "action": "drifts by"}, "Who is there? Drifts by."),
        (
            {"action": "drifts by", "camera": "low angle", "more": "no people"},
            "Drifts by. Camera: low angle. No people.",
        ),
        ({"subject": "...", "action": "drifts"}, "... Drifts."),
    ],
)
def test_slots_become_sentences_in_their_order(texts, prompt):
    assert assembled(slots(**texts)) == prompt


@given(st.dictionaries(st.sampled_from(Slot), TEXTS))
@example({Slot.SUBJECT: "\N{LATIN SMALL LETTER DOTLESS I}"})  # its capital is that of another letter
def test_every_word_of_every_slot_is_in_the_prompt(texts):
    prompt = assembled(slots(**texts))

    words = [" ".join(text.split()).rstrip(".").upper() for text in texts.values()]
    assert all(it in prompt.upper() for it in words)


def test_a_chosen_variant_is_the_prompt_whatever_the_slots_say_now():
    draft = make_draft(
        slots=slots(subject="A boat"), variants=(make_variant(1), make_variant(2, prompt="A sun."))
    )

    assert prompt_of(draft) == "A boat."
    assert prompt_of(make_draft(variants=draft.variants, chosen_variant=2)) == "A sun."


def test_a_variant_keeps_what_the_slots_say_and_who_wrote_them():
    draft = make_draft(slots=slots(subject="A boat", sound=" "), variants=(make_variant(4),))

    variant = variant_of(draft, author_id=BOB)

    assert variant == make_variant(5, prompt="A boat.", authors={Slot.SUBJECT: (ALICE,)})


def test_everybody_who_wrote_or_brought_something_is_named_once():
    written = slots(sound="Rain", subject="A boat") | {
        Slot.ACTION: SlotText(text="It drifts", author_id=BOB, change=3)
    }
    brought = [
        DraftMedium(number=number, medium=PICTURE, author_id=member_id)
        for number, member_id in enumerate((BOB, CAROL), start=1)
    ]

    people = contributors_of(make_draft(slots=written, media=tuple(brought)))

    assert people == (
        Contributor(member_id=ALICE, slots=("subject", "sound")),
        Contributor(member_id=BOB, slots=("action",), fields=("first_image",)),
        Contributor(member_id=CAROL, fields=("first_image",)),
    )


def test_whose_text_was_changed_by_another_is_named_too():
    written = {
        Slot.SUBJECT: SlotText(text="A boat", author_id=BOB, change=2, earlier_author_ids=(ALICE, BOB))
    }

    people = contributors_of(make_draft(slots=written))

    assert people == tuple(Contributor(member_id=it, slots=("subject",)) for it in (ALICE, BOB))


def test_the_authors_of_a_chosen_variant_are_named_and_not_those_of_the_slots():
    variant = make_variant(1, authors={Slot.CAMERA: (CAROL,)})

    people = contributors_of(make_draft(slots=slots(subject="A boat"), variants=(variant,), chosen_variant=1))

    assert people == (Contributor(member_id=CAROL, slots=("camera",)),)
