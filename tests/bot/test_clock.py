"""Time is the machine's, whoever asks for it."""

import time

from bot.clock import SystemClock


def test_whoever_replaces_the_time_of_others_does_not_turn_ours(monkeypatch):
    clock = SystemClock()
    before_s = clock.monotonic_s()
    monkeypatch.setattr(time, "monotonic", lambda: before_s - 1e9)

    assert clock.monotonic_s() >= before_s
