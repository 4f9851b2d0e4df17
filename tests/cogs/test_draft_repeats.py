"""Discord delivers an interaction twice: a draft changes once, and whoever pressed is answered as if it came once."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest

import files
from bot import texts
from bot.delivery import custom_ids
from bot.drafts.service import Applied
from drafting import draft_of, open_draft, press, write
from simulated import Simulated, embed_text, reply_text
from storage.draft_records import ChangeKind, DraftState, Slot
from storage.errors import CommitUnclear

PICTURE = files.picture()


@contextmanager
def delivered_twice(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Deliver each interaction twice."""
    emit = simulated.env.backend.emit

    def emit_twice(event: str, payload: Any) -> None:
        again = deepcopy(payload)
        emit(event, payload)
        if event == "INTERACTION_CREATE":
            emit(event, again)

    with monkeypatch.context() as patched:
        patched.setattr(simulated.env.backend, "emit", emit_twice)
        yield


async def test_undo_undoes_one_change_and_says_which_part(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    for text in ("A steam ship", "A train"):
        await write(simulated, simulated.alice, card, Slot.SUBJECT, text)

    with delivered_twice(simulated, monkeypatch):
        answer = await press(simulated, simulated.alice, card, custom_ids.DRAFT_UNDO)

    assert (await draft_of(simulated, card)).slots[Slot.SUBJECT].text == "A steam ship"
    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.UNDO].format(slot="Subject")


async def test_words_are_added_once(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    message = await simulated.bob.send(simulated.channel, "a red sail")
    form = await simulated.alice.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    with delivered_twice(simulated, monkeypatch):
        answer = await simulated.alice.submit_modal(
            form, {"text": "a red sail", "slot": [Slot.SUBJECT.value]}
        )

    assert (await draft_of(simulated, card)).slots[Slot.SUBJECT].text == "A paper boat\na red sail"
    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.WRITE]


async def test_a_suggestion_is_kept_once_and_shown(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")

    with delivered_twice(simulated, monkeypatch):
        answer = await write(simulated, simulated.bob, card, Slot.SUBJECT, "A steam ship")

    [suggestion] = (await draft_of(simulated, card)).suggestions
    assert (suggestion.text, suggestion.author_id) == ("A steam ship", simulated.bob.id)
    assert "A ~~paper~~ **steam** ~~boat~~ **ship**" in embed_text(answer)


async def test_files_are_posted_and_added_once(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await open_draft(simulated, simulated.alice)
    before = len(simulated.channel.history())

    with delivered_twice(simulated, monkeypatch):
        answer = await simulated.bob.slash(simulated.channel, "draft attach", file1=("boat.png", PICTURE))

    [added] = (await draft_of(simulated, card)).media
    copies = [it.id for it in simulated.channel.history() if it.attachments]
    assert (copies, len(simulated.channel.history())) == ([added.medium.message_id], before + 1)
    assert reply_text(answer) == texts.DRAFT_FILES_ADDED.format(title="Regatta", names="boat.png")


async def test_files_whose_adding_was_committed_unheard_stay(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await open_draft(simulated, simulated.alice)
    transaction, broken_off = simulated.application.database.transaction, []

    async def break_off_once(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = await transaction(function, *args, **kwargs)
        if isinstance(result, Applied) and not broken_off:
            broken_off.append(result)
            raise CommitUnclear("gone")
        return result

    monkeypatch.setattr(simulated.application.database, "transaction", break_off_once)
    answer = await simulated.bob.slash(simulated.channel, "draft attach", file1=("boat.png", PICTURE))

    [added] = (await draft_of(simulated, card)).media
    assert broken_off
    assert [it.id for it in simulated.channel.history() if it.attachments] == [added.medium.message_id]
    assert reply_text(answer) == texts.DRAFT_FILES_ADDED.format(title="Regatta", names="boat.png")


async def test_one_form_takes_several_files_away_and_adds_others(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await open_draft(simulated, simulated.alice)
    named = {f"file{number}": (f"{number}.png", PICTURE) for number in (1, 2, 3)}
    await simulated.bob.slash(simulated.channel, "draft attach", **named)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)

    with delivered_twice(simulated, monkeypatch):
        answer = await simulated.bob.submit_modal(
            form, {"remove": ["1", "3"], "files": ("boat.png", PICTURE)}
        )

    assert [it.medium.name for it in (await draft_of(simulated, card)).media] == ["2.png", "boat.png"]
    assert reply_text(answer).splitlines() == [
        texts.DRAFT_DONE[ChangeKind.REMOVE_FILE],
        texts.DRAFT_FILES_ADDED.format(title="Regatta", names="boat.png"),
    ]


async def test_a_decision_is_taken_once(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")

    with delivered_twice(simulated, monkeypatch):
        answer = await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)

    draft = await draft_of(simulated, card)
    changes = await simulated.application.services.drafts.history(draft.id, guild_id=draft.guild_id)
    assert [it.kind for it in changes].count(ChangeKind.DECIDE) == 1
    assert draft.state is not DraftState.OPEN
    assert reply_text(answer) == texts.DRAFT_HANDED_OVER


async def test_the_new_owner_is_announced_once(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    await open_draft(simulated, simulated.alice)

    with delivered_twice(simulated, monkeypatch):
        await simulated.alice.slash(simulated.channel, "draft hand-over", member=simulated.bob)

    said = [it for it in simulated.channel.history() if "handed a draft over" in it.content]
    assert len(said) == 1
