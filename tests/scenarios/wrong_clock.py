"""A module to run as ``python -m bot``, on a machine whose clock is wrong by as many seconds as a file says."""

import os
import runpy
import time
from datetime import timedelta
from pathlib import Path

import discord.utils

from bot.clock import SystemClock


def be_wrong_by(file: Path) -> None:
    """Put everything that reads the clock on the wall wrong; what only ever grows goes on as ever."""
    now, utcnow, time_s = SystemClock.now, discord.utils.utcnow, time.time

    def error_s() -> float:
        return float(file.read_text())

    SystemClock.now = lambda clock: now(clock) + timedelta(seconds=error_s())
    discord.utils.utcnow = lambda: utcnow() + timedelta(seconds=error_s())
    time.time = lambda: time_s() + error_s()


be_wrong_by(Path(os.environ.pop("WRONG_BY_FILE")))
runpy.run_module("bot", run_name="__main__", alter_sys=True)
