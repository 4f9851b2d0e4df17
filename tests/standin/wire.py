"""Reads what the bot sent, JSON or multipart, into plain values. It judges nothing but the size."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import BodyPartReader, web

from standin.errors import ApiError

FILE_FIELD = re.compile(r"files\[(\d+)\]$")


@dataclass(frozen=True)
class File:
    index: int
    filename: str
    data: bytes


@dataclass(eq=False)
class RecordedRequest:
    """One request of the bot. ``status`` is None until answered, and for ever if the answer was lost."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    at: datetime
    body: Any = None
    files: list[File] = field(default_factory=list)
    body_bytes: int = 0
    status: int | None = None
    code: int | None = None
    route: str = ""


RECORD = web.RequestKey("record", RecordedRequest)


async def read_into(record: RecordedRequest, request: web.Request) -> None:
    """Fill in body and files."""
    if record.content_type == "multipart/form-data":
        await _read_multipart(record, request)
        return
    data = await request.read()
    record.body_bytes = len(data)
    if data:
        record.body = _parsed(data)


async def _read_multipart(record: RecordedRequest, request: web.Request) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise ApiError(400, 50109, "nested multipart")
        data = bytes(await part.read())
        record.body_bytes += len(data)
        file = FILE_FIELD.match(part.name or "")
        if part.name == "payload_json":
            record.body = _parsed(data)
        elif file:
            record.files.append(File(int(file[1]), part.filename or "", data))
        else:
            raise ApiError(400, 50035, f"unexpected form field {part.name}")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error
