"""One function for each state: at most one outside effect, then what to write. Nothing here writes.

A step returns :class:`~bot.generation.steps.tools.Moved` (write this row) or
:class:`~bot.generation.steps.tools.Again` (nothing to write, come back after a while). Whatever it raises instead is a
fault of ours. Time bounds stand as named constants at the top of each module.
"""

from collections.abc import Mapping

from bot.generation.states import ENDS
from bot.generation.steps.delivery import deliver, download, shrink, tell_outcome
from bot.generation.steps.submission import post_card, prepare, submit, wait_for_turn
from bot.generation.steps.tools import Step
from bot.generation.steps.watching import look
from storage.records import State

STEPS: Mapping[State, Step] = {
    State.ADMITTED: post_card,
    State.WAITING: wait_for_turn,
    State.PREPARING: prepare,
    State.SUBMITTING: submit,
    State.QUEUED: look,
    State.PROCESSING: look,
    State.DOWNLOADING: download,
    State.DELIVERING: deliver,
    State.SHRINKING: shrink,
    **dict.fromkeys(ENDS, tell_outcome),
}
