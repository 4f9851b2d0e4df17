"""What a person reads when something other than a Refusal went wrong."""

from dataclasses import replace
from typing import Any

import pytest

from bot import texts
from simulated import Simulated, reply_text
from storage.errors import CommitUnclear, StorageUnavailable


class BrokenQuestions:
    """Takes no answer, because the database is in trouble."""

    def __init__(self, trouble: Exception) -> None:
        self._trouble = trouble

    async def accept(self, *_anything: Any, **_else: Any) -> Any:
        raise self._trouble


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (StorageUnavailable("gone"), f"{texts.STORAGE_DOWN} {texts.STORAGE_DOWN_HINT}"),
        (CommitUnclear("gone"), f"{texts.STORAGE_UNCLEAR} {texts.STORAGE_UNCLEAR_HINT}"),
    ],
)
async def test_no_more_is_said_about_the_database_than_is_certain(
    trouble: Exception, words: str, simulated: Simulated
) -> None:
    await simulated.rule(confirm_above=0)
    question = await simulated.ask(simulated.alice)
    client = simulated.application.client
    broken: Any = BrokenQuestions(trouble)
    client.services = replace(client.services, questions=broken)

    assert question.response is not None
    await simulated.alice.click(question.response, label=texts.BUTTON_MAKE_IT)

    assert reply_text(question) == words
