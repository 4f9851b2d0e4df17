"""What moderators are shown, where people's own words are in it."""

import csv
from io import StringIO

import pytest

from cogs.limits_shown import csv_of
from storage.charges import MemberUse

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
