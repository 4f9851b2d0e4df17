from typing import Any

import discord
import pytest

import files
from bot import texts
from bot.delivery import custom_ids
from bot.drafts import board
from bot.drafts.people import approvals
from cogs import draft_forms, draft_panels
from drafting import draft_card, draft_of, open_draft, press, press_part, write
from simulated import Simulated, embed_text, reply_text
from storage.draft_records import ChangeKind, DraftState, Payment, Slot
from storage.records import State


@pytest.fixture(autouse=True)
def _quick_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let cards follow at once; how rarely they are edited is the board's own test."""
    monkeypatch.setattr(board, "BETWEEN_EDITS_S", 0.01)


async def test_two_members_write_approve_and_get_the_video(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await simulated.alice.slash(simulated.channel, "draft decide", rule="approvals", approvals=2)
    await write(simulated, simulated.bob, card, Slot.CAMERA, "slow dolly in")
    card = await draft_card(simulated, lambda words: "slow dolly in" in words and "0 of 2" in words)

    first = await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)
    last = await press(simulated, simulated.bob, card, custom_ids.DRAFT_APPROVE)

    assert reply_text(first) == texts.DRAFT_DONE[ChangeKind.APPROVE]
    assert reply_text(last) == texts.DRAFT_HANDED_OVER
    video = await simulated.card(State.QUEUED)
    [body] = simulated.sandbox.world.creates
    assert body["prompt"] == "A paper boat. Camera: slow dolly in."
    assert simulated.bob.mention in str(video.embeds[0].to_dict())


async def test_what_somebody_writes_stands_on_the_card(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    answer = await write(simulated, simulated.bob, card, Slot.CAMERA, "Slow dolly in")

    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.WRITE]
    assert await draft_card(simulated, lambda words: "Slow dolly in" in words)


async def test_a_form_shows_what_stands_there_and_what_will_become_of_it(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")

    hers = await press_part(simulated, simulated.alice, card, Slot.SUBJECT)
    his = await press_part(simulated, simulated.bob, card, Slot.SUBJECT)

    assert "A paper boat" in str(hers.modal) and texts.FORM_DRAFT_WRITE_NOTE in str(hers.modal)
    assert "A paper boat" in str(his.modal) and texts.FORM_DRAFT_SUGGEST_NOTE in str(his.modal)


async def test_the_form_of_a_part_opens_as_often_as_it_is_pressed(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    await press_part(simulated, simulated.bob, card, Slot.SOUND)

    again = await press_part(simulated, simulated.bob, card, Slot.SOUND)
    await simulated.bob.submit_modal(again, {"text": "far bells"})

    assert (await draft_of(simulated, card)).slots[Slot.SOUND].text == "far bells"


async def test_a_part_is_still_chosen_from_the_menu_of_a_card_of_an_earlier_version(
    simulated: Simulated,
) -> None:
    card = await open_draft(simulated, simulated.alice)
    draft = await draft_of(simulated, card)
    menu = discord.ui.Select[Any](
        custom_id=custom_ids.draft_custom_id(custom_ids.DRAFT_SLOT, draft.id),
        options=[discord.SelectOption(label=texts.SLOTS[slot], value=slot) for slot in Slot],
    )
    await card.edit(view=discord.ui.View(timeout=None).add_item(menu))

    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_SLOT, Slot.SOUND)
    await simulated.bob.submit_modal(form, {"text": "far bells"})

    assert (await draft_of(simulated, card)).slots[Slot.SOUND].text == "far bells"


async def test_a_form_opened_before_a_restart_is_used_after_it(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press_part(simulated, simulated.bob, card, Slot.SOUND)

    await simulated.restart()
    answer = await simulated.bob.submit_modal(form, {"text": "far bells"})

    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.WRITE]
    assert (await draft_of(simulated, card)).slots[Slot.SOUND].text == "far bells"


async def test_of_two_at_once_the_later_one_is_shown_the_change_and_loses_nothing(
    simulated: Simulated,
) -> None:
    card = await open_draft(simulated, simulated.alice)
    early = await press_part(simulated, simulated.bob, card, Slot.ACTION)
    late = await press_part(simulated, simulated.alice, card, Slot.ACTION)
    await simulated.bob.submit_modal(early, {"text": "drifts {slowly}"})

    answer = await simulated.alice.submit_modal(late, {"text": "sinks {slowly}"})

    assert texts.DRAFT_WAS_FASTER.format(author_id=simulated.bob.id, slot="Action") in embed_text(answer)
    assert "~~drifts~~ **sinks** {slowly}" in embed_text(answer)
    draft = await draft_of(simulated, card)
    assert draft.slots[Slot.ACTION].text == "drifts {slowly}"
    assert [it.text for it in draft.suggestions] == ["sinks {slowly}"]


async def test_the_owner_who_was_later_can_put_theirs_in_all_the_same(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    late = await press_part(simulated, simulated.alice, card, Slot.ACTION)
    await write(simulated, simulated.bob, card, Slot.ACTION, "drifts")
    answer = await simulated.alice.submit_modal(late, {"text": "sinks"})
    assert answer.response is not None

    await simulated.alice.click(answer.response, label=texts.BUTTON_DRAFT_MINE)

    assert (await draft_of(simulated, card)).slots[Slot.ACTION].text == "sinks"


async def test_a_text_that_cannot_be_used_is_given_back(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press_part(simulated, simulated.bob, card, Slot.MORE)
    await simulated.alice.slash(simulated.channel, "draft end")

    answer = await simulated.bob.submit_modal(form, {"text": "a long ```thought```"})

    assert reply_text(answer) == texts.DRAFT_OVER
    [back] = answer.followups
    assert back.ephemeral
    assert "a long" in (back.embeds[0].description or "")
    assert (back.embeds[0].description or "").count("```") == 2


async def test_a_suggestion_is_compared_and_accepted_in_its_author_s_name(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.SUBJECT, "A paper ship")

    panel = await press(simulated, simulated.alice, card, custom_ids.DRAFT_SUGGESTIONS)
    assert panel.response is not None
    assert "A paper ~~boat~~ **ship**" in embed_text(panel)
    await simulated.alice.click(panel.response, label=texts.BUTTON_DRAFT_ACCEPT)

    written = (await draft_of(simulated, card)).slots[Slot.SUBJECT]
    assert (written.text, written.author_id) == ("A paper ship", simulated.bob.id)
    assert panel.response.content == texts.DRAFT_DONE[ChangeKind.ACCEPT]


async def test_who_suggested_can_take_it_away_but_not_accept_it(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.SUBJECT, "A paper ship")

    panel = await press(simulated, simulated.bob, card, custom_ids.DRAFT_SUGGESTIONS)
    assert panel.response is not None
    assert texts.BUTTON_DRAFT_ACCEPT not in str(panel.response.components)
    await simulated.bob.click(panel.response, label=texts.BUTTON_DRAFT_DECLINE)

    assert (await draft_of(simulated, card)).suggestions == ()


async def test_another_suggestion_is_chosen_from_the_menu(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.SUBJECT, "A paper ship")
    cara = simulated.guild.add_member(simulated.env.create_user("cara"))
    await write(simulated, cara, card, Slot.SUBJECT, "A steam ship")
    last = (await draft_of(simulated, card)).suggestions[-1]
    panel = await press(simulated, simulated.alice, card, custom_ids.DRAFT_SUGGESTIONS)
    assert panel.response is not None

    await simulated.alice.select(panel.response, [str(last.number)])

    assert "**steam**" in embed_text(panel)


async def test_undo_puts_back_what_stood_there(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.alice, card, Slot.SUBJECT, "A steam ship")

    answer = await press(simulated, simulated.alice, card, custom_ids.DRAFT_UNDO)

    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.UNDO].format(slot="Subject")
    assert (await draft_of(simulated, card)).slots[Slot.SUBJECT].text == "A paper boat"


async def test_the_preview_shows_the_whole_prompt(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.alice, card, Slot.LIGHT, "*golden* hour")

    shown = await press(simulated, simulated.bob, card, custom_ids.DRAFT_PREVIEW)

    assert embed_text(shown) == r"A paper boat. Light and style: \*golden\* hour."


async def test_a_prompt_too_long_to_show_comes_as_a_file(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="*" * 1500)
    await write(simulated, simulated.alice, card, Slot.ACTION, "_" * 1500)

    shown = await press(simulated, simulated.alice, card, custom_ids.DRAFT_PREVIEW)

    assert shown.response is not None
    [file] = shown.response.attachments
    assert len(await file.read()) == len("*" * 1500 + ". " + "_" * 1500 + ".")


async def test_options_are_set_and_impossible_ones_refused(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_OPTIONS)
    given = {"title": "Race", "model": ["videos"], "seconds": "7", "ratio": ["1:1"]}
    await simulated.bob.submit_modal(form, given)

    again = await press(simulated, simulated.bob, card, custom_ids.DRAFT_OPTIONS)
    answer = await simulated.bob.submit_modal(again, {**given, "seconds": "99", "ratio": ["21:9"]})

    draft = await draft_of(simulated, card)
    assert (draft.title, draft.model, draft.duration, draft.ratio) == ("Race", "videos", 7, "1:1")
    assert texts.FAULTS_TITLE in reply_text(answer)


async def test_the_form_of_options_shows_the_shape_that_the_card_shows_and_leaves_it_so(
    simulated: Simulated,
) -> None:
    card = await open_draft(simulated, simulated.alice)
    draft = await draft_of(simulated, card)

    form = draft_forms.options_form(draft, []).to_dict()
    shown = await press(simulated, simulated.bob, card, custom_ids.DRAFT_OPTIONS)
    answer = await simulated.bob.submit_modal(shown, {"title": draft.title, "ratio": ["16:9"]})

    [ratio] = [label["component"] for label in form["components"] if label["label"] == texts.FORM_RATIO]
    assert [it["value"] for it in ratio["options"] if it.get("default")] == ["16:9"]
    assert reply_text(answer) == texts.DRAFT_UNCHANGED
    assert (await draft_of(simulated, card)).ratio is None


async def test_what_was_typed_into_an_impossible_form_is_given_back(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_OPTIONS)

    answer = await simulated.bob.submit_modal(form, {"title": "The great race", "seconds": "abc"})

    assert texts.NOT_A_NUMBER in reply_text(answer)
    [back] = answer.followups
    assert "The great race\nabc" in (back.embeds[0].description or "")


async def test_a_form_whose_answer_was_lost_is_no_error(
    simulated: Simulated, caplog: pytest.LogCaptureFixture
) -> None:
    card = await open_draft(simulated, simulated.alice)
    simulated.env.inject_error("POST", "/interactions/*/callback", status=400, code=40060)

    answer = await press(simulated, simulated.bob, card, custom_ids.DRAFT_OPTIONS)

    assert answer.response is None
    assert "reference" not in caplog.text


async def test_files_are_posted_again_so_that_their_links_can_be_made_fresh(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)

    await simulated.bob.submit_modal(form, {"files": ("boat.png", files.picture()), "use": ["first_image"]})

    [added] = (await draft_of(simulated, card)).media
    [posted] = [it for it in simulated.channel.history() if it.id == added.medium.message_id]
    assert (added.medium.field, added.medium.url) == ("first_image", posted.attachments[0].url)
    assert "Regatta" in posted.content
    [request] = [it for it in simulated.env.http_requests if posted.content in str(it)]
    assert "'parse': []" in str(request)


async def test_a_frame_that_is_no_picture_is_refused_before_anything_is_posted(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)
    before = len(simulated.channel.history())

    answer = await simulated.bob.submit_modal(form, {"files": ("a.mp3", b"ID3"), "use": ["first_image"]})

    assert reply_text(answer) == texts.DRAFT_FRAME_IS_PICTURE.format(name="a.mp3")
    assert len(simulated.channel.history()) == before


async def test_a_file_is_taken_away_by_the_same_form(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)
    await simulated.bob.submit_modal(form, {"files": ("boat.png", files.picture())})
    again = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)

    answer = await simulated.bob.submit_modal(again, {"remove": ["1"]})

    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.REMOVE_FILE]
    assert (await draft_of(simulated, card)).media == ()


async def test_an_approval_is_taken_back_on_purpose_only(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await simulated.alice.slash(simulated.channel, "draft decide", rule="approvals", approvals=2)
    card = await draft_card(simulated, lambda words: "0 of 2" in words)
    await press(simulated, simulated.bob, card, custom_ids.DRAFT_APPROVE)

    again = await press(simulated, simulated.bob, card, custom_ids.DRAFT_APPROVE)
    panel = await press(simulated, simulated.bob, card, custom_ids.DRAFT_MORE)
    assert panel.response is not None
    await simulated.bob.click(panel.response, label=texts.BUTTON_DRAFT_WITHDRAW)

    assert reply_text(again) == texts.DRAFT_APPROVED_ALREADY
    assert approvals(await draft_of(simulated, card)) == ()


async def test_nobody_approves_what_their_card_did_not_show(simulated: Simulated) -> None:
    simulated.env.inject_error("PATCH", "/channels/*/messages/*", times=None)
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.ACTION, "explodes")

    answer = await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)

    assert texts.DRAFT_JUST_CHANGED in reply_text(answer)
    assert (await draft_of(simulated, card)).state is DraftState.OPEN


async def test_a_vote_without_variants_is_refused_before_its_form(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await simulated.alice.slash(simulated.channel, "draft decide", rule="vote")
    card = await draft_card(simulated, lambda words: texts.DRAFT_VOTE_COMES[:20] in words)

    answer = await press(simulated, simulated.alice, card, custom_ids.DRAFT_BEGIN)

    assert reply_text(answer) == texts.DRAFT_TWO_VARIANTS


async def test_a_vote_chooses_between_variants(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await simulated.alice.slash(simulated.channel, "draft decide", rule="vote")
    card = await draft_card(simulated, lambda words: texts.DRAFT_VOTE_COMES[:20] in words)
    await press(simulated, simulated.alice, card, custom_ids.DRAFT_VARIANT)
    await write(simulated, simulated.alice, card, Slot.SUBJECT, "A steam ship")
    await press(simulated, simulated.bob, card, custom_ids.DRAFT_VARIANT)
    form = await press(simulated, simulated.alice, card, custom_ids.DRAFT_BEGIN)
    begun = await simulated.alice.submit_modal(form, {"minutes": "5"})
    card = await draft_card(simulated, lambda words: "It ends" in words)

    answer = await press(simulated, simulated.bob, card, custom_ids.DRAFT_VOTE, "2")

    assert reply_text(begun) == texts.DRAFT_DONE[ChangeKind.BEGIN_VOTE]
    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.VOTE]


async def test_members_agree_to_share_the_cost_and_one_takes_it_back(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    hers = await press(simulated, simulated.alice, card, custom_ids.DRAFT_PAY)
    assert hers.response is not None
    await simulated.alice.click(hers.response, label=texts.BUTTON_DRAFT_SHARED)

    his = await press(simulated, simulated.bob, card, custom_ids.DRAFT_PAY)
    assert his.response is not None
    await simulated.bob.click(his.response, label=texts.BUTTON_DRAFT_SHARE.format(credits="1 credit"))
    assert f"{simulated.bob.mention}, up to 1 credit" in embed_text(his)
    await simulated.bob.click(his.response, label=texts.BUTTON_DRAFT_UNSHARE)

    assert texts.DRAFT_PAY_NOBODY in embed_text(his)
    assert (await draft_of(simulated, card)).payment is Payment.SHARES


async def test_somebody_sponsors_a_draft(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    panel = await press(simulated, simulated.bob, card, custom_ids.DRAFT_PAY)
    assert panel.response is not None
    form = await simulated.bob.click(panel.response, label=texts.BUTTON_DRAFT_SPONSOR)

    await simulated.bob.submit_modal(form, {"credits": "5"})

    draft = await draft_of(simulated, card)
    assert (draft.sponsor_id, draft.sponsor_max_credits) == (simulated.bob.id, 5)


async def test_the_owner_ends_a_draft_after_being_asked(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    panel = await press(simulated, simulated.alice, card, custom_ids.DRAFT_MORE)
    assert panel.response is not None

    await simulated.alice.click(panel.response, label=texts.BUTTON_DRAFT_END)
    assert (await draft_of(simulated, card)).state is DraftState.OPEN
    await simulated.alice.click(panel.response, label=texts.BUTTON_DRAFT_END_NOW)

    assert (await draft_of(simulated, card)).state is DraftState.ENDED


async def test_a_draft_is_locked_and_handed_over_from_the_panel(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    draft = await draft_of(simulated, card)
    panel = await press(simulated, simulated.alice, card, custom_ids.DRAFT_MORE)
    assert panel.response is not None

    await simulated.alice.click(panel.response, label=texts.BUTTON_DRAFT_LOCK)
    await simulated.alice.select(panel.response, [Slot.CAMERA], custom_id=f"draft-part:{draft.id}")
    await simulated.alice.select(panel.response, [simulated.bob], custom_id=f"draft-heir:{draft.id}")

    draft = await draft_of(simulated, card)
    assert (draft.is_locked, draft.locked_slots, draft.owner_id) == (
        True,
        {Slot.CAMERA},
        simulated.bob.id,
    )


async def test_somebody_leaves_from_the_panel(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    await write(simulated, simulated.bob, card, Slot.SOUND, "bells")
    panel = await press(simulated, simulated.bob, card, custom_ids.DRAFT_MORE)
    assert panel.response is not None

    await simulated.bob.click(panel.response, label=texts.BUTTON_DRAFT_LEAVE)

    assert panel.response.content == texts.DRAFT_DONE[ChangeKind.LEAVE]
    assert simulated.bob.mention not in embed_text(panel)


async def test_the_card_s_buttons_outlive_a_restart(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")

    await simulated.restart()
    shown = await press(simulated, simulated.bob, card, custom_ids.DRAFT_PREVIEW)

    assert embed_text(shown) == "A paper boat."


async def test_a_finished_video_is_forked_to_a_draft(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A paper boat", model="videos")
    video = await simulated.finished_card()

    answer = await simulated.bob.click(video, label=texts.BUTTON_FORK)

    assert reply_text(answer) == texts.DRAFT_OPENED.format(channel_id=simulated.channel.id)
    draft = await draft_of(simulated, await draft_card(simulated))
    assert (draft.owner_id, draft.model, draft.title) == (simulated.bob.id, "videos", "A paper boat")
    assert draft.slots[Slot.MORE].author_id == simulated.alice.id


async def test_what_failed_is_mended_together_in_a_fork(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="[policy] A paper boat")
    await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)
    failed = await simulated.card(State.FAILED)

    await simulated.bob.click(failed, label=texts.BUTTON_FORK)

    draft = await draft_of(simulated, await draft_card(simulated, lambda words: "Regatta (2)" in words))
    assert draft.slots[Slot.SUBJECT].author_id == simulated.alice.id


async def test_a_fork_and_its_video_lead_back_to_where_it_was_begun(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A paper boat")
    video = await simulated.finished_card()
    await simulated.bob.click(video, label=texts.BUTTON_FORK)

    fork = await draft_card(simulated, lambda words: video.jump_url in words)
    await press(simulated, simulated.bob, fork, custom_ids.DRAFT_APPROVE)
    remix = await simulated.card(State.QUEUED)

    assert [it.value for it in remix.embeds[0].fields if it.name == texts.FIELD_ORIGIN] == [
        texts.PARENT_LINKED.format(url=video.jump_url)
    ]


async def test_a_fork_posts_files_again_that_came_with_a_command(simulated: Simulated) -> None:
    picture = ("boat.png", files.picture())
    await simulated.alice.slash(simulated.channel, "video frames", prompt="It sails", first=picture)

    answer = await simulated.bob.click(await simulated.finished_card(), label=texts.BUTTON_FORK)

    [brought] = (await draft_of(simulated, await draft_card(simulated))).media
    [posted] = [it for it in simulated.channel.history() if it.id == brought.medium.message_id]
    assert [it.url for it in posted.attachments] == [brought.medium.url]
    assert await posted.attachments[0].read() == files.picture()
    assert brought.author_id == simulated.alice.id
    assert "boat.png" not in reply_text(answer)


async def test_a_fork_says_which_of_its_files_last_a_day(simulated: Simulated) -> None:
    picture = ("boat.png", files.picture())
    await simulated.alice.slash(simulated.channel, "video frames", prompt="It sails", first=picture)
    video = await simulated.finished_card()
    simulated.env.inject_error("POST", "/channels/*/messages", status=500, times=None)

    answer = await simulated.bob.click(video, label=texts.BUTTON_FORK)

    assert texts.DRAFT_FORK_FILES_A_DAY.format(names="boat.png") in reply_text(answer)


async def test_the_long_prompt_of_a_fork_can_be_edited(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "waves " * 400, model="sd2_manxue_720p")
    await simulated.bob.click(await simulated.finished_card(), label=texts.BUTTON_FORK)
    card = await draft_card(simulated)

    answer = await write(simulated, simulated.bob, card, Slot.MORE, ("WAVES " * 400).strip())

    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.WRITE]


async def test_a_variant_is_taken_off_the_list(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await simulated.alice.slash(simulated.channel, "draft decide", rule="vote")
    card = await draft_card(simulated, lambda words: texts.DRAFT_VOTE_COMES[:20] in words)
    await press(simulated, simulated.alice, card, custom_ids.DRAFT_VARIANT)
    panel = await press(simulated, simulated.alice, card, custom_ids.DRAFT_MORE)
    assert panel.response is not None

    key = draft_panels.control_id(draft_panels.VARIANT_GONE, (await draft_of(simulated, card)).id)
    await simulated.alice.select(panel.response, ["1"], custom_id=key)

    assert (await draft_of(simulated, card)).variants == ()
