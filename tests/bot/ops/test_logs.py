import logging
from io import StringIO

import pytest
import structlog

from bot.ops.logs import set_up_logs, without_secrets


@pytest.mark.parametrize(
    ("logged", "printed"),
    [
        ("key abc123secret used", "key *** used"),
        ("see https://cdn.example/v.mp4?ex=1&hm=2 now", "see https://cdn.example/v.mp4?*** now"),
        ("POST /webhooks/12/aW50ZXJhY3Rpb246/messages/@original", "POST /webhooks/12/***/messages/@original"),
        (
            "POST https://d.example/api/v10/interactions/12/aW50ZXJ/callback",
            "POST https://d.example/api/v10/interactions/12/***/callback",
        ),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer ***"),
    ],
)
def test_secrets_are_cut(logged, printed):
    assert without_secrets(logged, ["abc123secret"]) == printed


@pytest.fixture
def logs():
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    root.handlers.clear()  # pytest's own, which must not be closed
    stream = StringIO()
    set_up_logs("INFO", secrets=["top-secret-key"], stream=stream)
    yield stream.getvalue
    root.handlers[:] = before[1]
    root.setLevel(before[0])


def test_a_line_carries_its_generation(logs):
    with structlog.contextvars.bound_contextvars(generation="abc"):
        logging.getLogger("bot.x").info("now %s", "queued")

    line = logs()
    assert 'event="now queued"' in line
    assert "generation=abc" in line
    assert "logger=bot.x" in line


def test_a_traceback_is_redacted_too(logs):
    error = ValueError("top-secret-key in https://x.example/v?sig=1")

    logging.getLogger("bot.x").error("oh", exc_info=error)

    printed = logs()
    assert "ValueError" in printed
    assert "top-secret-key" not in printed
    assert "sig=1" not in printed
