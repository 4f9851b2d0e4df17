"""Variants that begin alike still look different."""

import pytest

from bot.delivery.variants import LEAD_CHARS, told_apart
from storage.draft_records import Variant

BEGINNING = "A thousand paper lanterns rising over a"


def shown(*prompts: str) -> list[str]:
    """What is shown of variants with these texts."""
    variants = [
        Variant(number=number, prompt=prompt, author_id=30, authors={})
        for number, prompt in enumerate(prompts, start=1)
    ]
    return [text for _, text in told_apart(variants)]


def test_what_all_begin_with_is_left_out_up_to_a_few_words() -> None:
    texts = shown(f"{BEGINNING} river town", f"{BEGINNING} frozen lake")

    assert texts == ["… lanterns rising over a river town", "… lanterns rising over a frozen lake"]


def test_a_text_that_only_goes_on_is_shown_from_the_same_place() -> None:
    assert shown(BEGINNING, f"{BEGINNING}. Rain") == [
        "… lanterns rising over a",
        "… lanterns rising over a. Rain",
    ]


def test_a_text_without_blanks_is_cut_between_its_signs() -> None:
    texts = shown("灯" * 60 + "河", "灯" * 60 + "湖")

    assert texts == ["… " + "灯" * LEAD_CHARS + "河", "… " + "灯" * LEAD_CHARS + "湖"]


@pytest.mark.parametrize(
    "prompts",
    [(), (f"{BEGINNING} river town",), ("A paper boat", "A steam ship"), ("A boat", "A boat at sea")],
)
def test_texts_that_are_alone_or_differ_early_stay_whole(prompts: tuple[str, ...]) -> None:
    assert shown(*prompts) == list(prompts)


def test_each_text_stands_in_one_line() -> None:
    assert shown("A boat\n\nat sea", "Rain") == ["A boat at sea", "Rain"]
