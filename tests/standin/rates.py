"""Discord's rate limits: fixed windows for each route and channel, generous until told otherwise."""

import hashlib
import re
import time
from dataclasses import dataclass

from standin.faults import Answer

GENEROUS_COUNT = 10_000
GENEROUS_S = 1.0


@dataclass(frozen=True)
class Rate:
    method: str
    path: re.Pattern[str]
    limit: int
    per_s: float


@dataclass(frozen=True)
class Ticket:
    """What a bucket says to one request."""

    limit: int
    remaining: int
    reset_after_s: float
    bucket: str
    is_refused: bool

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{time.time() + self.reset_after_s:.3f}",
            "X-RateLimit-Reset-After": f"{self.reset_after_s:.3f}",
            "X-RateLimit-Bucket": self.bucket,
        }

    def refusal(self) -> Answer:
        answer = Answer.rate_limited(self.reset_after_s)
        return Answer(answer.status, answer.body, answer.headers | self.headers())


class RateLimits:
    """Counts requests; ``refused_count`` is how many were answered 429."""

    def __init__(self) -> None:
        self.refused_count = 0
        self._rates: list[Rate] = []
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def set(self, method: str, path_regex: str, *, limit: int, per_s: float) -> None:
        """Allow ``limit`` requests in ``per_s`` seconds on each bucket of the matching routes."""
        self._rates.insert(0, Rate(method, re.compile(path_regex), limit, per_s))

    def take(self, method: str, path: str, *, template: str, major: str) -> Ticket:
        """Count one request; ``template`` is its route without values, ``major`` its channel or webhook."""
        limit, per_s = self._rate(method, path)
        bucket = hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]
        now_s = time.monotonic()
        ends_s, used = self._windows.get((bucket, major), (0.0, 0))
        if now_s >= ends_s:
            ends_s, used = now_s + per_s, 0
        is_refused = used >= limit
        self.refused_count += is_refused
        used += not is_refused
        self._windows[bucket, major] = (ends_s, used)
        return Ticket(limit, limit - used, ends_s - now_s, bucket, is_refused)

    def _rate(self, method: str, path: str) -> tuple[int, float]:
        for rate in self._rates:
            if rate.method == method and rate.path.search(path):
                return rate.limit, rate.per_s
        return GENEROUS_COUNT, GENEROUS_S
