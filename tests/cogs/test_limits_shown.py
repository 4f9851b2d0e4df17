"""What moderators are shown, where people's own words are in it."""

import csv
from io import StringIO

import pytest

from bot.limits.limits import Source
from bot.limits.rules import EffectiveSetting
from bot.limits.trail import Change
from bot.limits.values import SETTINGS
from bot.upstream.families import FAMILIES
from cogs.limits_shown import csv_of, ranking_of, reset_text, top_embed
from storage.charges import MemberUse
from storage.settings import Scope, Subject

# A name, and what stands in the file.
NAMES = [
    ("Alice", "Alice"),
    ('=HYPERLINK("https://evil.example")', '\'=HYPERLINK("https://evil.example")'),
    ("  +1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'=1"),
    ("\u200b=1", "'=1"),
    ("\uff1d1", "'\uff1d1"),
    ("Ann,\nor Bob", "Ann, or Bob"),
]


@pytest.mark.parametrize(("name", "cell"), NAMES)
def test_no_name_is_a_formula_or_another_row(name: str, cell: str) -> None:
    file = csv_of([MemberUse(member_id=30, credits=3, videos=1)], names={30: name})

    rows = list(csv.reader(StringIO(file.fp.read().decode())))
    assert rows[1:] == [["30", cell, "3", "1"]]


def test_who_only_paid_for_others_is_listed_without_videos() -> None:
    payer = MemberUse(member_id=30, credits=2, videos=0)

    embed = top_embed([payer], days=30)
    [bar] = ranking_of([payer], names={}, days=30).bars

    assert embed.description == "**#1** <@30> · 2 credits, for videos of others"
    assert bar.value_label == "2 credits, for videos of others"


def test_everything_that_can_be_reset_at_once_fits_a_message() -> None:
    models = ", ".join(model.label for family in FAMILIES.values() for model in family.models)
    everything = [EffectiveSetting(name=name, text=models, source=Source.DEFAULT) for name in ("models",)]
    everything += [
        EffectiveSetting(name=name, text="1000000 credits", source=Source.SERVER) for name in SETTINGS
    ]
    gone = [Change(name=name, before="", after="") for name in SETTINGS]

    said = reset_text(Subject(guild_id=1, scope=Scope.SERVER), gone, everything)

    assert said.count("\n") == len(SETTINGS) + 1
    assert len(said) <= 2000
