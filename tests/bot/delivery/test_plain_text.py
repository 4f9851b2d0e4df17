import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.plain_text import plain_text, visible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A fox, cinematic. 35mm-lens (wide)!", "A fox, cinematic. 35mm-lens (wide)!"),
        (
            "**bold** __under__ ~~gone~~ `code` ||spoiler||",
            r"\*\*bold\*\* \_\_under\_\_ \~\~gone\~\~ \`code\` \|\|spoiler\|\|",
        ),
        ("# Title\n- item\n1. one\n> quote", "\\# Title\n\\- item\n1\\. one\n\\> quote"),
        ("[free nitro](https://evil.example)", r"\[free nitro](https\://evil.example)"),
        ("<@1> <@&2> <#3> <t:1:R>", r"\<@1> \<@&2> \<#3> \<t:1:R>"),
        ("@everyone and @HERE", r"\@everyone and \@HERE"),
        ("a\u202eb\u200bc\x07d", "abcd"),
        ("👩\u200d🚀 family", "👩\u200d🚀 family"),
    ],
)
def test_other_peoples_words_are_shown_letter_by_letter(written, shown):
    assert plain_text(written, max_chars=500) == shown


@pytest.mark.parametrize("written", ["\u200b\ufeff", "\u200d \u200c", "\u2800\n\u3164", "\ufe0f"])
def test_what_nobody_sees_is_nothing(written):
    assert visible(written) == ""


@given(text=st.text(), max_chars=st.integers(min_value=1, max_value=60))
def test_the_bound_always_holds_and_no_cut_swallows_what_follows(text, max_chars):
    shown = plain_text(text, max_chars=max_chars)

    assert len(shown) <= max_chars
    backslashes = len(shown) - len(shown.rstrip("\\"))
    assert backslashes % 2 == 0


@given(text=st.text(alphabet="*_~`|[<@everyoh \n#>-1.:/t\\", max_size=80))
def test_no_mark_that_discord_reads_is_left_unescaped(text):
    shown = plain_text(text, max_chars=1000)

    unescaped = shown.replace("\\\\", "").replace("\\", "\0")
    for mark in "*_~`|[<":
        assert all(unescaped[at - 1] == "\0" for at, char in enumerate(unescaped) if char == mark)
