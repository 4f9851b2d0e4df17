import pytest

from bot.assets.names import NAME_MAX_CHARS, UnusableName, asset_name, name_key


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Fox  in\tsnow ", "Fox in snow"),
        ("小狐狸", "小狐狸"),
        ("Zoë's 2-3_4.", "Zoë's 2-3_4."),
        ("🦊", "🦊"),
        ("x" * NAME_MAX_CHARS, "x" * NAME_MAX_CHARS),
    ],
)
def test_a_name_keeps_its_letters_and_loses_needless_blanks(typed, name):
    assert asset_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "  ", "x" * (NAME_MAX_CHARS + 1), "a,b", "@everyone", "<@1>", "[a](b)", "*a*", "a\u202eb"]
)
def test_a_name_has_nothing_that_discord_would_format(typed):
    with pytest.raises(UnusableName):
        asset_name(typed)


def test_names_are_equal_whatever_their_case_and_width():
    assert name_key("\N{FULLWIDTH LATIN CAPITAL LETTER F}ox  Straße") == name_key("fox STRASSE")
