"""What the buttons of a card carry, so that they work after a restart.

A ``custom_id`` is ``<action>:<generation id>``; Discord allows 100 characters.
"""

import re

from storage.records import GenerationId

CANCEL = "cancel"
REMIX = "remix"
AGAIN = "again"
DELETE = "delete"

GENERATION_ID = r"(?P<generation_id>[a-z0-9]{10,20})"


def custom_id(action: str, generation_id: GenerationId) -> str:
    """Return the custom id of a button that does ``action`` to a generation."""
    return f"{action}:{generation_id}"


def pattern(action: str) -> str:
    """Return the pattern that finds the generation's id in the custom id of an action."""
    return f"{re.escape(action)}:{GENERATION_ID}"
