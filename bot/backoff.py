"""How long to wait before trying again: one habit for everything that may fail for a while."""


def backoff_s(tries: int, *, first_s: float = 1.0, max_s: float = 60.0) -> float:
    """Return how long to wait after the given number of failed tries in a row: doubling, bounded."""
    return float(min(max_s, first_s * 2 ** min(tries, 16)))
