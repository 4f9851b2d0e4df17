"""Says in words why a video is not allowed now, with numbers and the moment when it will be."""

import math
from collections.abc import Sequence
from datetime import datetime

from bot import texts
from bot.errors import Refusal
from bot.limits.policy import Obstacle, Wanted
from bot.limits.values import label_of, span_text


class LimitsReached(Refusal):
    """One or more limits stand in the way; ``obstacles`` holds every one of them.

    Args:
        obstacles: Every limit in the way.
        headline: What they stand in the way of.
        cheaper: The same from a cheaper model, which they would allow.
    """

    def __init__(
        self,
        obstacles: Sequence[Obstacle],
        *,
        headline: str = texts.LIMITS_REACHED,
        cheaper: Wanted | None = None,
    ) -> None:
        lines = [f"- {_sentence(obstacle)}" for obstacle in obstacles]
        if cheaper is not None:
            credits = texts.credits_text(cheaper.price_credits)
            lines.append("\n" + texts.CHEAPER_MODEL.format(model=label_of(cheaper.model), credits=credits))
        super().__init__("\n".join([headline, *lines]), hint=texts.NOT_CHARGED)
        self.obstacles = tuple(obstacles)


class CannotPay(Refusal):
    """Somebody who was to pay a share cannot; the others pay nothing either."""

    def __init__(self, member_id: int, credits: int, obstacles: Sequence[Obstacle]) -> None:
        frees = [obstacle.frees_at for obstacle in obstacles if obstacle.frees_at is not None]
        when = f" {texts.OBSTACLE_FREES.format(when=moment(max(frees)))}" if frees else ""
        super().__init__(
            texts.CANNOT_PAY.format(member_id=member_id, credits=credits) + when, hint=texts.CANNOT_PAY_HINT
        )


def moment(at: datetime) -> str:
    """Return an instant as Discord shows it: in everybody's own time, counting down."""
    # Rounded up, so that at the moment it names it is true.
    return f"<t:{math.ceil(at.timestamp())}:R>"


def _sentence(obstacle: Obstacle) -> str:
    said = texts.OBSTACLES[obstacle.barrier].format(
        used=obstacle.used,
        allowed=obstacle.allowed,
        needed=obstacle.needed,
        span=span_text(obstacle.allowed),
        models=", ".join(label_of(model) for model in obstacle.models) or texts.NONE,
    )
    if obstacle.balance_credits:
        said = f"{said} {texts.OBSTACLE_BALANCE.format(balance=texts.credits_text(obstacle.balance_credits))}"
    if obstacle.frees_at is None:
        return f"{said} {_hint(obstacle)}"
    return f"{said} {texts.OBSTACLE_FREES.format(when=moment(obstacle.frees_at))}"


def _hint(obstacle: Obstacle) -> str:
    hint = texts.OBSTACLE_HINTS[obstacle.barrier]
    if obstacle.allowed + obstacle.balance_credits > 0:
        return hint
    return texts.OBSTACLE_HINTS_AT_ZERO.get(obstacle.barrier, hint)
