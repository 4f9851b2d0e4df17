"""Valid things by default; a test names only what it is about."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.drafts.people import Person
from bot.limits.policy import Member
from bot.upstream.families import family_of
from bot.upstream.requests import VideoRequest
from storage.draft_records import Draft, DraftId, Participant, Role
from storage.records import Asset, AssetId, AssetState, Generation, GenerationId, Medium, Notice, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

_numbers = count(1)


def make_request(**changes: Any) -> VideoRequest:
    body = {"model": "sd2_manxue_720p", "prompt": "A paper boat on a river", "duration": 5} | changes
    return VideoRequest.parse(body, family=family_of(body["model"]))


def make_generation(*, request: VideoRequest | None = None, **changes: Any) -> Generation:
    request = request or make_request()
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": GenerationId(f"{number:016x}"),
        "version": 1,
        "interaction_id": 1000 + number,
        "guild_id": 10,
        "channel_id": 20,
        "asker_id": 30,
        "family": request.family,
        "model": request.model,
        "request": request.to_stored(),
        "media": (),
        "parent_id": None,
        "state": State.ADMITTED,
        "notice": Notice.DUE,
        "card_id": None,
        "tries": 0,
        "task_id": None,
        "video_url": None,
        "file_bytes": None,
        "copy_max_bytes": None,
        "reason": None,
        "asked_at": NOON,
        "due_at": NOON,
        "submitted_at": None,
        "ended_at": None,
        "delivered_at": None,
        "price_credits": 0,
        "running_max": None,
    }
    return Generation(**(values | changes))


def make_asset(**changes: Any) -> Asset:
    number = next(_numbers)
    name = changes.get("name")
    values: dict[str, Any] = {
        "id": AssetId(f"{number:016x}"),
        "version": 1,
        "owner_id": 30,
        "guild_id": 10,
        "name": None,
        "name_key": name and name.casefold(),
        "is_shared": False,
        "file_name": "face.png",
        "url": f"https://media.example.com/{number}/face.png?ex=1",
        "state": AssetState.NEW,
        "upstream_id": None,
        "key_digest": None,
        "unclear_count": 0,
        "reason": None,
        "created_at": NOON,
        "changed_at": NOON,
    }
    return Asset(**(values | changes))


def make_member(**changes: Any) -> Member:
    values: dict[str, Any] = {
        "id": 30,
        "guild_id": 10,
        "role_ids": frozenset(),
        "account_created_at": datetime(2020, 1, 1, tzinfo=UTC),
        "joined_at": datetime(2022, 1, 1, tzinfo=UTC),
    }
    return Member(**(values | changes))


def make_person(*, is_moderator: bool = False, **changes: Any) -> Person:
    return Person(member=make_member(**changes), is_moderator=is_moderator)


def make_participant(member_id: int = 30, **changes: Any) -> Participant:
    member = make_member(id=member_id)
    values: dict[str, Any] = {
        "member_id": member.id,
        "role": Role.EDITOR,
        "role_ids": member.role_ids,
        "account_created_at": member.account_created_at,
        "joined_at": member.joined_at,
    }
    return Participant(**(values | changes))


def make_medium(**changes: Any) -> Medium:
    """A picture to follow."""
    values = {"field": "image_references", "name": "fox.png", "url": "https://example.com/fox.png"}
    return Medium(**values | changes)


def make_draft(**changes: Any) -> Draft:
    number = next(_numbers)
    request = make_request()
    values: dict[str, Any] = {
        "id": DraftId(f"{number:016x}"),
        "version": 1,
        "revision": 1,
        "last_change": 0,
        "interaction_id": 1000 + number,
        "guild_id": 10,
        "channel_id": 20,
        "owner_id": 30,
        "title": "A boat in the rain",
        "model": request.model,
        "duration": request.duration_s,
        "ratio": None,
        "opened_at": NOON,
        "edited_at": NOON,
        "participants": (make_participant(changes.get("owner_id", 30)),),
    }
    return Draft(**(values | changes))
