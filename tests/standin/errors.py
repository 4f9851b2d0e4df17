"""The words in which Discord says no, over HTTP and to a person. Nothing here decides anything."""

from dataclasses import dataclass
from typing import Any


class ImpossibleError(Exception):
    """A test asked a person to do what Discord's own client would not let them do."""


class ConnectionDroppedError(Exception):
    """A fault asks for the connection to be cut instead of answered."""


@dataclass(frozen=True)
class InvalidField:
    """One field of a body that Discord refuses; ``path`` is dotted, as in ``embeds.0.title``."""

    path: str
    message: str


class ApiError(Exception):
    """An answer that is not a success, with Discord's own numeric code."""

    def __init__(
        self, status: int, code: int, message: str, *, invalid: tuple[InvalidField, ...] = ()
    ) -> None:
        super().__init__(f"{status} {code} {message} {[field.path for field in invalid]}")
        self.status = status
        self.code = code
        self.message = message
        self.invalid = invalid

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.invalid:
            body["errors"] = _nested(self.invalid)
        return body


def invalid_form(*fields: InvalidField) -> ApiError:
    return ApiError(400, 50035, "Invalid Form Body", invalid=fields)


def _nested(fields: tuple[InvalidField, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for field in fields:
        branch = tree
        for part in field.path.split("."):
            branch = branch.setdefault(part, {})
        branch.setdefault("_errors", []).append({"code": "BASE_TYPE_INVALID", "message": field.message})
    return tree
