import aiohttp
import discord
import pytest

from bot import texts
from bot.upstream.families import DEFAULT_MODEL
from simulated import Simulated, embed_text, reply_text
from storage.records import State

can_cancel = pytest.mark.parametrize("cancel_window_s", [3600.0])


async def test_asking_is_answered_at_once_and_privately(simulated: Simulated) -> None:
    answer = await simulated.ask(simulated.alice)

    assert reply_text(answer) == texts.ADMITTED


async def test_the_card_shows_what_was_asked_for(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A fox in the snow", model="videos_fast", duration=7, ratio="1:1")

    card = await simulated.card(State.QUEUED)

    fields = {field.name: field.value for field in card.embeds[0].fields}
    assert card.embeds[0].description == "> A fox in the snow"
    assert fields[texts.FIELD_MODEL] == "Videos 720p · fast"
    assert fields[texts.FIELD_FORMAT] == "7 s · 1:1"
    assert fields[texts.FIELD_ASKER] == simulated.alice.mention


async def test_the_video_lands_on_the_same_card_byte_for_byte(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    queued = await simulated.card(State.QUEUED)

    card = await simulated.finished_card()

    assert card.id == queued.id
    [attachment] = card.attachments
    async with aiohttp.ClientSession() as session, session.get(_link_of(card)) as response:
        assert await attachment.read() == await response.read()


async def test_the_reply_pings_the_asker_and_nobody_else(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, f"@everyone look, {simulated.bob.mention}")

    card = await simulated.finished_card()
    reply = await simulated.reply_to(card)

    assert [user.id for user in reply.mentions] == [simulated.alice.id]
    assert not card.mentions
    assert not card.mention_everyone


async def test_a_prompt_is_shown_letter_by_letter(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "**bold** [here](https://example.org)")

    card = await simulated.card(State.QUEUED)

    assert card.embeds[0].description == r"> \*\*bold\*\* \[here](https\://example.org)"


async def test_the_defaults_are_sent_as_the_documentation_says(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A paper boat")

    await simulated.card(State.QUEUED)

    [body] = simulated.sandbox.world.creates
    assert (body["model"], body["prompt"], body["duration"]) == (DEFAULT_MODEL, "A paper boat", 5)


async def test_the_model_choices_name_this_server_s_prices(simulated: Simulated) -> None:
    await simulated.rule(prices={"sd2_manxue_4k": "2/s", "videos": "3", "videos_fast": "0"})

    offered = await _offered(simulated, "")

    assert offered["sd2_manxue_4k"] == "SD2 Manxue 4K · standard · 2 credits per second"
    assert offered["videos"] == "Videos 720p · standard · 3 credits"
    assert offered["videos_fast"] == "Videos 720p · fast · free"
    assert offered[DEFAULT_MODEL].endswith("· 1 credit (default)")


async def test_the_model_choices_are_those_that_fit_the_words_and_are_allowed(simulated: Simulated) -> None:
    await simulated.rule(models=["videos", "videos_fast", "sd2_manxue_720p"])

    offered = await _offered(simulated, "FAST 720")

    assert list(offered) == ["videos_fast"]


async def test_a_model_is_known_by_its_label_too(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, model="videos 720P · FAST")

    await simulated.card(State.QUEUED)

    assert [body["model"] for body in simulated.sandbox.world.creates] == ["videos_fast"]


async def test_what_is_no_model_is_refused_with_a_list_of_those_there_are(simulated: Simulated) -> None:
    answer = await simulated.ask(simulated.alice, model="*sora*")

    assert r"no model called “\*sora\*”" in reply_text(answer)
    assert "SD2 Manxue 4K · standard" in reply_text(answer)
    assert texts.NOT_CHARGED in reply_text(answer)
    assert await _count_of(simulated) == 0


async def test_every_fault_is_named_and_nothing_is_started(simulated: Simulated) -> None:
    answer = await simulated.ask(simulated.alice, "x" * 1501, model="videos", ratio="21:9")

    assert "at most 1500" in reply_text(answer)
    assert "16:9, 9:16, 1:1" in reply_text(answer)
    assert await _count_of(simulated) == 0


async def test_a_refused_video_says_why_and_that_nothing_was_charged(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "[policy] a cat")

    card = await simulated.card(State.FAILED)

    assert "content policy" in (card.embeds[0].description or "")
    assert texts.NOT_CHARGED in (card.embeds[0].description or "")


@can_cancel
async def test_the_asker_cancels_before_anything_is_sent(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    card = await simulated.card(State.WAITING)

    answer = await simulated.alice.click(card, label=texts.BUTTON_CANCEL)

    assert reply_text(answer) == texts.CANCEL_DONE
    assert texts.BUTTON_CANCEL not in str((await simulated.card(State.CANCELLED)).components)
    assert simulated.sandbox.world.create_count == 0


@can_cancel
async def test_nobody_else_cancels(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    card = await simulated.card(State.WAITING)

    answer = await simulated.bob.click(card, label=texts.BUTTON_CANCEL)

    assert reply_text(answer) == texts.ONLY_THE_ASKER


@can_cancel
async def test_the_cancel_button_outlives_a_restart(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    card = await simulated.card(State.WAITING)

    await simulated.restart()
    answer = await simulated.alice.click(card, label=texts.BUTTON_CANCEL)

    assert reply_text(answer) == texts.CANCEL_DONE
    assert (await simulated.card(State.CANCELLED)).id == card.id


async def test_after_the_handover_it_is_too_late_to_cancel(simulated: Simulated) -> None:
    # The card cannot be edited, so its button still stands when the API has long taken the request.
    simulated.env.inject_error("PATCH", "/channels/*/messages/*", times=None)
    await simulated.ask(simulated.alice)
    card = await simulated.card(State.WAITING)
    await simulated.until_status(simulated.alice, State.QUEUED)

    answer = await simulated.alice.click(card, label=texts.BUTTON_CANCEL)

    assert reply_text(answer) == f"{texts.TOO_LATE_TO_CANCEL}\n{texts.TOO_LATE_TO_CANCEL_HINT}"


async def test_status_lists_one_s_own_videos_only(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A paper boat")
    await simulated.ask(simulated.bob, "A red fox")

    status = await simulated.alice.slash(simulated.channel, "video status")

    assert "A paper boat" in embed_text(status)
    assert "A red fox" not in embed_text(status)


async def test_status_leads_to_the_card(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice)
    card = await simulated.card(State.QUEUED)

    status = await simulated.alice.slash(simulated.channel, "video status")

    assert card.jump_url in embed_text(status)


async def test_status_says_how_to_begin(simulated: Simulated) -> None:
    status = await simulated.alice.slash(simulated.channel, "video status")

    assert embed_text(status) == texts.STATUS_NONE


async def test_where_a_card_cannot_carry_a_video_nothing_is_started(simulated: Simulated) -> None:
    no_files = discord.PermissionOverwrite(attach_files=False)
    channel = simulated.guild.create_text_channel(
        "no-files", overwrites={simulated.guild.default_role: no_files}
    )

    answer = await simulated.alice.slash(channel, "video text", prompt="A paper boat")

    assert texts.PERMISSIONS["attach_files"] in reply_text(answer)
    assert await _count_of(simulated) == 0


async def _offered(simulated: Simulated, typed: str) -> dict[str, str]:
    choices = await simulated.alice.autocomplete(
        simulated.channel, "video frames", "model", typed, prompt="A paper boat"
    )
    return {choice["value"]: choice["name"] for choice in choices}


def _link_of(card: discord.Message) -> str:
    [row] = card.components
    assert isinstance(row, discord.ActionRow)
    [url] = [button.url for button in row.children if isinstance(button, discord.Button) and button.url]
    return url


async def _count_of(simulated: Simulated) -> int:
    """How many generations of Alice's were written."""
    service = simulated.application.services.generations
    return len(await service.latest(asker_id=simulated.alice.id, guild_id=simulated.guild.id))
