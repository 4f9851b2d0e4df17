"""Lets the bot believe that it has seen every model work before.

The sandbox is far quicker than the real API; with this, the very first card knows how long a video takes here.
"""

from dataclasses import replace
from datetime import timedelta

from bot.clock import SystemClock
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.upstream.families import FAMILIES
from bot.upstream.requests import VideoRequest
from storage import generations
from storage.database import Database
from storage.records import Generation, Notice, State


async def rehearse(database: Database, *, took_s: float) -> None:
    """Write one delivered generation of each model, which belong to nobody.

    Args:
        database: Where estimates learn from.
        took_s: How long each took, from acceptance to the finished video.
    """
    clock = SystemClock()
    service = GenerationService(
        database,
        clock=clock,
        line=Line(place_count=1, clock=clock),
        on_change=lambda _generation: None,
        cancel_window_s=0.0,
    )
    models = [(family, model) for family in FAMILIES.values() for model in family.models]
    for number, (family, model) in enumerate(models, start=1):
        body = {"model": model.name, "prompt": "A rehearsal", "duration": 5}
        asked = Asked(interaction_id=number, guild_id=None, channel_id=0, asker_id=0)
        wanted = Checked(request=VideoRequest.parse(body, family=family))
        admitted = await service.admit(wanted, asked)
        await database.transaction(generations.move, admitted, _delivered(admitted, took_s=took_s))


def _delivered(admitted: Generation, *, took_s: float) -> Generation:
    return replace(
        admitted,
        version=admitted.version + 1,
        state=State.DELIVERED,
        notice=Notice.TOLD,
        submitted_at=admitted.asked_at - timedelta(seconds=took_s),
        ended_at=admitted.asked_at,
    )
