"""What the documents promise is what the code has."""

import re
from pathlib import Path

import pytest

from bot.config import Configuration

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.mark.parametrize("name", Configuration.model_fields)
def test_every_variable_is_explained_in_the_example_and_the_readme(name):
    field = Configuration.model_fields[name]

    assert f"# {field.description}\n" in EXAMPLE
    assert f"`{name.upper()}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", Configuration.model_fields)
def test_the_example_shows_the_default(name):
    field = Configuration.model_fields[name]
    line = re.search(rf"^(#?){name.upper()}=(.*)$", EXAMPLE, re.MULTILINE)

    assert line is not None
    assert (line[1] == "") == field.is_required()
    assert line[2] == ("" if field.is_required() or field.default is None else str(field.default))


def test_the_example_has_no_variable_that_is_not_read():
    named = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))

    assert named == {name.upper() for name in Configuration.model_fields}
