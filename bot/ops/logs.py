"""Log lines as key=value, each with the generation it belongs to, and never with a secret.

Everything that is logged, by us or by a library, passes :func:`without_secrets`: it is the last gate, not an excuse
to log a token, a key or a signed link in the first place.
"""

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

# A signed link lives in its query; what stands before it tells an operator enough.
_QUERY = re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]+")
_INTERACTION_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?'\"]+")
SECRET_MIN_CHARS = 8
_BEARER = re.compile(r"\b(Bearer|Bot) [A-Za-z0-9._~+/=-]{8,}")


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` with secrets, link queries and interaction tokens replaced by ``***``."""
    for secret in secrets:
        # A shorter one, as a sandbox takes, may be part of any word.
        if len(secret) >= SECRET_MIN_CHARS:
            text = text.replace(secret, "***")
    text = _QUERY.sub(r"\1?***", text)
    text = _INTERACTION_TOKEN.sub(r"\1***", text)
    return _BEARER.sub(r"\1 ***", text)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Renders first and redacts last, so that tracebacks are covered too."""

    def __init__(self, *, secrets: tuple[str, ...], processors: list[Processor]) -> None:
        super().__init__(processors=processors, foreign_pre_chain=_SHARED)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record), self._secrets)


def _with_logger_name(_logger: object, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if record is not None:
        event["logger"] = record.name
    return event


# What libraries say below these levels helps their authors, not the people who run the bot.
_LIBRARIES: Mapping[str, int] = {
    "discord": logging.INFO,
    "aiohttp": logging.INFO,
    "asyncio": logging.INFO,
    "aiosqlite": logging.INFO,
    "PIL": logging.INFO,
    "psycopg": logging.INFO,
    "alembic": logging.WARNING,
    "filelock": logging.WARNING,
    "psycopg.pool": logging.WARNING,  # at INFO it has several lines for each transaction
}

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    _with_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def set_up_logs(level: str, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line of the process to one stream, redacted.

    Args:
        level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``; libraries stay at ``INFO`` or above.
        secrets: Values that must never be printed.
        stream: Where lines go; standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _Redacting(
            secrets=tuple(secrets),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.LogfmtRenderer(
                    key_order=["timestamp", "level", "event"], bool_as_flag=False
                ),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    chosen = logging.getLevelName(level)
    for library, least in _LIBRARIES.items():
        logging.getLogger(library).setLevel(max(least, chosen))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
