"""The command line looks after whichever database is configured."""

import sys

import pytest

from bot.__main__ import main
from builders import make_generation
from storage import generations
from storage.database import open_database
from storage.records import State


@pytest.fixture
def command_line(database_url, monkeypatch, tmp_path):
    """Run ``python -m bot`` with words, where that database is configured."""
    monkeypatch.chdir(tmp_path)  # away from anybody's .env
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.setenv("VIDEO_API_KEY", "key")
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bot", *words])
        return main()

    return run


async def test_check_finds_rows_and_videos_that_cannot_be(command_line, database_url, capsys):
    lost = make_generation(state=State.DELIVERING, task_id="t", card_id=1, file_bytes=5)
    async with await open_database(database_url) as database:
        await database.transaction(generations.add, lost)

    status = command_line("check")

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        f"generation {lost.id}: its id of the API and the instant of acceptance do not go together.",
        f"generation {lost.id}: its video is not on the disk.",
        "2 contradictions.",
    ]


def test_check_is_content_with_a_database_in_order(command_line, capsys):
    assert command_line("check") == 0

    assert capsys.readouterr().out == "0 contradictions.\n"
