import pytest

import files
from bot import texts
from drafting import draft_of, open_draft, write
from simulated import Simulated, reply_text
from storage.draft_records import ChangeKind, Slot


async def test_the_words_of_a_message_go_into_a_part(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    message = await simulated.alice.send(simulated.channel, "a red sail")
    form = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    answer = await simulated.bob.submit_modal(form, {"text": "a red sail", "slot": [Slot.LIGHT.value]})

    written = (await draft_of(simulated, card)).slots[Slot.LIGHT]
    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.WRITE]
    assert (written.text, written.author_id) == ("a red sail", simulated.bob.id)
    assert "a red sail" in str(form.modal) and "alice" in str(form.modal)


async def test_what_stands_in_the_part_stays(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.LIGHT, "dusk")
    message = await simulated.alice.send(simulated.channel, "a red sail")
    form = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    await simulated.bob.submit_modal(form, {"text": "a red sail", "slot": [Slot.LIGHT.value]})

    assert (await draft_of(simulated, card)).slots[Slot.LIGHT].text == "dusk\na red sail"


async def test_for_somebody_else_s_part_it_is_a_suggestion(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    message = await simulated.alice.send(simulated.channel, "a red sail")
    form = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    await simulated.bob.submit_modal(form, {"text": "a red sail", "slot": [Slot.SUBJECT.value]})

    [suggestion] = (await draft_of(simulated, card)).suggestions
    assert suggestion.text == "A paper boat\na red sail"


async def test_of_several_drafts_one_is_chosen(simulated: Simulated) -> None:
    first = await open_draft(simulated, simulated.alice, title="Regatta")
    second = await open_draft(simulated, simulated.alice, title="Volcano")
    message = await simulated.alice.send(simulated.channel, "a red sail")
    form = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    chosen = (await draft_of(simulated, first)).id
    await simulated.bob.submit_modal(
        form, {"text": "a red sail", "slot": [Slot.LIGHT.value], "draft": [chosen]}
    )

    assert Slot.LIGHT in (await draft_of(simulated, first)).slots
    assert Slot.LIGHT not in (await draft_of(simulated, second)).slots


@pytest.mark.parametrize("words", ["", "\u200b\u2063"])
async def test_a_message_without_words_is_refused(words: str, simulated: Simulated) -> None:
    await open_draft(simulated, simulated.alice)
    picture = [("boat.png", files.picture())]
    message = await simulated.alice.send(simulated.channel, words, attachments=picture)

    answer = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    assert reply_text(answer) == f"{texts.DRAFT_NO_TEXT}\n{texts.DRAFT_NO_TEXT_HINT}"


async def test_somebody_else_s_files_are_copied_because_they_cannot_be_read_again(
    simulated: Simulated,
) -> None:
    card = await open_draft(simulated, simulated.alice)
    message = await simulated.alice.send(simulated.channel, attachments=[("boat.png", files.picture())])

    await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_REFERENCE, message)

    [added] = (await draft_of(simulated, card)).media
    assert (added.medium.field, added.author_id) == ("referenceImages", simulated.bob.id)
    assert added.medium.message_id not in (None, message.id)


async def test_the_bot_s_own_files_stay_where_they_are(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    video = await simulated.finished_card()
    card = await open_draft(simulated, simulated.alice)

    await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_REFERENCE, video)

    [added] = (await draft_of(simulated, card)).media
    assert (added.medium.field, added.medium.message_id) == ("referenceVideos", video.id)


async def test_forwarded_words_and_files_go_into_the_draft(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    elsewhere = simulated.guild.create_text_channel("harbour")
    there = await simulated.alice.send(elsewhere, "a red sail", attachments=[("boat.png", files.picture())])
    message = await simulated.alice.forward(there, simulated.channel)
    form = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    await simulated.bob.submit_modal(form, {"text": "a red sail", "slot": [Slot.LIGHT.value]})
    await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_REFERENCE, message)

    draft = await draft_of(simulated, card)
    [added] = draft.media
    assert "a red sail" in str(form.modal)
    assert draft.slots[Slot.LIGHT].text == "a red sail"
    assert added.medium.name == "boat.png"
    assert added.medium.message_id not in (None, message.id, there.id)


async def test_without_a_draft_the_menus_say_what_to_do(simulated: Simulated) -> None:
    message = await simulated.alice.send(simulated.channel, "a red sail")

    answer = await simulated.bob.context_menu(simulated.channel, texts.MENU_DRAFT_ADD, message)

    assert texts.DRAFT_NONE_HERE in reply_text(answer)
