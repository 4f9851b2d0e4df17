"""The one error a person may read.

Every expected "no" is a :class:`Refusal` that lives beside its rule; whatever is not a Refusal is a fault of ours
and must never reach a person with its own words.
"""


class Refusal(Exception):
    """A "no" that is expected, safe to show and costs nothing.

    Args:
        message: What is wrong, in one plain sentence.
        hint: What the person can do about it; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
