"""Lets the bot believe that it has seen every model work before.

The sandbox is far quicker than the real API; with this, the very first card knows how long a video takes here.
"""

from dataclasses import replace
from datetime import timedelta

from bot.clock import SystemClock
from bot.generation import money
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.limits.policy import Member
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.upstream.families import FAMILIES
from bot.upstream.requests import VideoRequest
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
        reservations=Reservations(Rulebook(OperatorRules())),
        on_change=lambda _generation: None,
        on_warning=lambda: None,
        cancel_window_s=0.0,
    )
    nobody = Member(id=0, guild_id=0, role_ids=frozenset(), account_created_at=clock.now())
    models = [(family, model) for family in FAMILIES.values() for model in family.models]
    for number, (family, model) in enumerate(models, start=1):
        body = {"model": model.name, "prompt": "A rehearsal", "duration": 5}
        asked = Asked(interaction_id=number, channel_id=0, member=nobody)
        wanted = Checked(request=VideoRequest.parse(body, family=family))
        admitted = await service.admit(wanted, asked)
        if isinstance(admitted, Generation):
            delivered = _delivered(admitted, took_s=took_s)
            await database.transaction(money.move, admitted, delivered, at=clock.now())


def _delivered(admitted: Generation, *, took_s: float) -> Generation:
    return replace(
        admitted,
        version=admitted.version + 1,
        state=State.DELIVERED,
        notice=Notice.TOLD,
        submitted_at=admitted.asked_at - timedelta(seconds=took_s),
        ended_at=admitted.asked_at,
    )
