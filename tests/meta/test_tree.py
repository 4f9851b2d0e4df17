"""Promises about the whole tree."""

import re
from pathlib import Path

import pytest

from bot import texts
from bot.upstream.families import FAMILIES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path.relative_to(ROOT) for folder in ("bot", "cogs", "storage") for path in (ROOT / folder).rglob("*.py")
)
# The sandbox keeps its own rules on purpose: it must not share the client's mistakes.
MODEL_NAMES_MAY_STAND_IN = {Path("bot/upstream/families.py")}
MODEL = re.compile(
    r"[\"'](" + "|".join(model.name for family in FAMILIES.values() for model in family.models) + r")[\"']"
)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_model_names_stand_in_one_file(path):
    if path in MODEL_NAMES_MAY_STAND_IN or path.is_relative_to("bot/sandbox"):
        return

    # "videos" is the name of a family and of a field, too.
    named = [name for name in MODEL.findall((ROOT / path).read_text()) if name != "videos"]
    assert named == []


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_time_comes_from_the_clock_only(path):
    if path == Path("bot/clock.py") or path.is_relative_to("bot/sandbox") or path.is_relative_to("bot/demo"):
        return

    text = (ROOT / path).read_text()
    assert not re.search(r"datetime\.now\(|utcnow\(|time\.time\(|time\.monotonic\(", text)


def test_every_text_is_shown_somewhere():
    told = {name for name in vars(texts) if name.isupper()}
    used = {name for path in SOURCES for name in re.findall(r"\btexts\.([A-Z_]+)", (ROOT / path).read_text())}
    within = {name for name in told if (ROOT / "bot/texts.py").read_text().count(f"{{{name}}}")}

    assert told - used - within == set()
