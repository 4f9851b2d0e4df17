"""What buttons carry, so that they work after a restart.

On a card it is ``<action>:<generation id>``, on a draft's card ``draft-<action>:<draft id>``, on a question about a
price ``<action>:<interaction id>:<credits>``. Discord allows 100 characters (docs, "Component Reference").
"""

import re

from storage.draft_records import DraftId
from storage.records import GenerationId

CANCEL = "cancel"
REMIX = "remix"
AGAIN = "again"
DELETE = "delete"
MAKE_IT = "make"
LEAVE_IT = "leave"
FORK = "fork"

DRAFT_SLOT = "draft-slot"
DRAFT_FILES = "draft-files"
DRAFT_OPTIONS = "draft-options"
DRAFT_SUGGESTIONS = "draft-suggestions"
DRAFT_UNDO = "draft-undo"
DRAFT_PREVIEW = "draft-preview"
DRAFT_APPROVE = "draft-approve"
DRAFT_VARIANT = "draft-variant"
DRAFT_BEGIN = "draft-begin"
DRAFT_VOTE = "draft-vote"
DRAFT_PAY = "draft-pay"
DRAFT_MORE = "draft-more"

GENERATION_ID = r"(?P<generation_id>[a-z0-9]{10,20})"
DRAFT_ID = r"(?P<draft_id>[a-z0-9]{10,20})"
QUESTION = r"(?P<interaction_id>\d{1,20}):(?P<price_credits>\d{1,10})"


def custom_id(action: str, generation_id: GenerationId) -> str:
    """Return the custom id of a button that does ``action`` to a generation."""
    return f"{action}:{generation_id}"


def pattern(action: str) -> str:
    """Return the pattern that finds the generation's id in the custom id of an action."""
    return f"{re.escape(action)}:{GENERATION_ID}"


def draft_custom_id(action: str, draft_id: DraftId) -> str:
    """Return the custom id of what does ``action`` to a draft."""
    return f"{action}:{draft_id}"


def question_id(action: str, *, interaction_id: int, price_credits: int) -> str:
    """Return the custom id of a button that answers a question: what was asked for, and the price that was named."""
    return f"{action}:{interaction_id}:{price_credits}"


def question_pattern(action: str) -> str:
    """Return the pattern that finds both in the custom id of an answer."""
    return f"{re.escape(action)}:{QUESTION}"
