"""Every mode of both families, with real files, over real connections: what reaches the API is what was meant."""

import pytest

import files
from scenarios.channel import answer_to, cards_of, title_of, until_connected, until_told
from standin import Upload

PROMPT = {"prompt": "A fox in the snow"}
SD2, SD2_FAST, VIDEOS = "sd2_manxue_720p", "sd2_manxue_fast_1080p", "videos"


@pytest.fixture
def environment():
    return {"MEDIA_HOSTS": "127.0.0.1", "ASSET_INTERVAL_S": "0.2"}


def png(name="a.png"):
    return Upload(name, files.picture(), "image/png")


def mp4(name="a.mp4"):
    return Upload(name, files.clip(length_s=1.0), "video/mp4")


def wav(name="a.wav"):
    return Upload(name, files.wav(1.0), "audio/wav")


FRAMES, REFERENCE = "video frames", "video reference"
MODES = [
    (SD2, FRAMES, {"first": png()}, ["first_image"], "First frame"),
    (
        SD2,
        FRAMES,
        {"first": png(), "last": png("b.png")},
        ["first_image", "last_image"],
        "First and last frame",
    ),
    (
        VIDEOS,
        FRAMES,
        {"first": png(), "last": png("b.png")},
        ["first_image", "last_image"],
        "First and last frame",
    ),
    (
        SD2_FAST,
        REFERENCE,
        {"image1": png(), "image2": png("b.png")},
        ["referenceImages"],
        "Picture reference",
    ),
    (VIDEOS, REFERENCE, {"image4": png()}, ["referenceImages"], "Picture reference"),
    (SD2, REFERENCE, {"video1": mp4()}, ["referenceVideos"], "Clip reference"),
    (VIDEOS, REFERENCE, {"video2": mp4()}, ["referenceVideos"], "Clip reference"),
    (SD2, REFERENCE, {"audio1": wav()}, ["referenceAudios"], "Sound reference"),
    (
        VIDEOS,
        REFERENCE,
        {"image1": png(), "video1": mp4()},
        ["referenceImages", "referenceVideos"],
        "Mixed references",
    ),
    (
        SD2,
        REFERENCE,
        {"image1": png(), "video1": mp4(), "audio3": wav()},
        ["referenceImages", "referenceVideos", "referenceAudios"],
        "Mixed references",
    ),
]


async def test_every_mode_reaches_the_api_as_it_was_meant(bot, discord, sandbox, environment):
    alice = discord.add_member("alice")

    async with bot(**environment) as process:
        await until_connected(discord)
        for model, command, uploads, _, _ in MODES:
            interaction = await discord.slash(
                alice, discord.channel, command, options=PROMPT | {"model": model} | uploads
            )
            await answer_to(discord, interaction)
        await until_told(discord, count=len(MODES))
        assert "Traceback" not in process.output()

    bodies = {
        (body["model"], *sorted(set(body) - {"model", "prompt", "duration"}))
        for body in sandbox.world.creates
    }
    assert bodies == {(model, *sorted(fields)) for model, _, _, fields, _ in MODES}
    assert all(title_of(card).startswith("✅") for card in cards_of(discord))
    shown = sorted(
        field["value"]
        for card in cards_of(discord)
        for field in card.embeds[0]["fields"]
        if field["name"] == "Mode"
    )
    assert shown == sorted(words for *_, words in MODES)


async def test_faults_of_the_request_and_of_every_file_are_told_at_once(bot, discord, sandbox, environment):
    options = PROMPT | {
        "model": VIDEOS,
        "ratio": "21:9",
        "image1": Upload("words.png", b"these are words", "image/png"),
        "video1": Upload("small.mp4", files.clip(size=(320, 240)), "video/mp4"),
        "audio1": wav(),
    }

    async with bot(**environment):
        await until_connected(discord)
        interaction = await discord.slash(
            discord.add_member("alice"), discord.channel, REFERENCE, options=options
        )
        answer = await answer_to(discord, interaction)

    assert interaction.is_ephemeral
    for words in ("words.png", "small.mp4", "ratio", "These can: SD2 Manxue", "Nothing was"):
        assert words in answer
    assert sandbox.world.creates == []
    assert cards_of(discord) == []


async def test_pictures_with_faces_are_reviewed_before_they_are_sent(bot, discord, sandbox, environment):
    async with bot(**environment):
        await until_connected(discord)
        await discord.slash(
            discord.add_member("alice"),
            discord.channel,
            FRAMES,
            options=PROMPT | {"first": png(), "review": True},
        )
        await until_told(discord)

    (body,) = sandbox.world.creates
    assert body["first_image"].startswith("asset://")


async def test_a_refused_picture_is_named_and_nothing_is_sent(bot, discord, sandbox, environment):
    async with bot(**environment):
        await until_connected(discord)
        await discord.slash(
            discord.add_member("alice"),
            discord.channel,
            FRAMES,
            options=PROMPT | {"first": png("refuse-me.png"), "review": True},
        )
        await until_told(discord)

    (card,) = cards_of(discord)
    assert title_of(card).startswith("🚫")
    assert "refuse-me.png" in card.embeds[0]["description"]
    assert sandbox.world.creates == []


async def test_clips_go_to_the_sister_model_where_the_operator_says_so(bot, discord, wire, environment):
    async with bot(**environment, VIDEO_SISTER_MODELS="true"):
        await until_connected(discord)
        await discord.slash(
            discord.add_member("alice"),
            discord.channel,
            REFERENCE,
            options=PROMPT | {"model": SD2, "video1": mp4()},
        )
        await until_told(discord)

    # The sandbox knows only the documented models, so it refuses the sister by name.
    (card,) = cards_of(discord)
    assert "sd2" in card.embeds[0]["description"]


async def test_remix_and_again_keep_the_files_and_link_the_parent(bot, discord, sandbox, environment):
    alice, bob = discord.add_member("alice"), discord.add_member("bob")

    async with bot(**environment):
        await until_connected(discord)
        await discord.slash(alice, discord.channel, FRAMES, options=PROMPT | {"first": png()})
        await until_told(discord)
        (first,) = cards_of(discord)
        await discord.click(bob, first, "Again")
        await until_told(discord, count=2)
        form = await discord.click(bob, first, "Remix")
        await discord.until(lambda: form.modal is not None)
        await discord.submit_modal(bob, form, {"Prompt": "A fox in the rain"})
        await until_told(discord, count=3)

    bodies = sandbox.world.creates
    assert [body["prompt"] for body in bodies] == [
        "A fox in the snow",
        "A fox in the snow",
        "A fox in the rain",
    ]
    assert len({body["first_image"] for body in bodies}) == 1
    assert ["Remix of" in str(card.embeds[0]["fields"]) for card in cards_of(discord)] == [False, True, True]


async def test_an_original_that_is_gone_is_asked_for_again(bot, discord, sandbox, environment):
    alice = discord.add_member("alice")

    async with bot(**environment):
        await until_connected(discord)
        await discord.slash(alice, discord.channel, FRAMES, options=PROMPT | {"first": png("cat.png")})
        await until_told(discord)
        (card,) = cards_of(discord)
        discord.world.attachments.clear()
        again = await discord.click(alice, card, "Again")
        answer = await answer_to(discord, again)

    assert "cat.png" in answer
    assert len(sandbox.world.creates) == 1


async def test_the_menus_of_a_message_animate_and_refer_to_its_files(bot, discord, sandbox, environment):
    alice = discord.add_member("alice")
    message = await discord.post(alice, discord.channel, "look", files=[png("cat.png"), mp4("clip.mp4")])

    async with bot(**environment):
        await until_connected(discord)
        for menu in ("Animate this picture", "Use as reference"):
            form = await discord.context_menu(alice, discord.channel, menu, message)
            await discord.until(lambda it=form: it.modal is not None)
            await discord.submit_modal(alice, form, {"Prompt": menu})
        await until_told(discord, count=2)

    fields = {body["prompt"]: set(body) - {"model", "prompt", "duration"} for body in sandbox.world.creates}
    assert fields == {
        "Animate this picture": {"first_image"},
        "Use as reference": {"referenceImages", "referenceVideos"},
    }


async def test_the_menus_of_a_message_take_what_it_forwards(bot, discord, sandbox, environment):
    alice = discord.add_member("alice")
    elsewhere = discord.world.add_channel(discord.guild, "harbour")
    there = await discord.post(alice, elsewhere, "look", files=[png("cat.png")])
    message = await discord.forward(alice, there, discord.channel)

    async with bot(**environment):
        await until_connected(discord)
        form = await discord.context_menu(alice, discord.channel, "Animate this picture", message)
        await discord.until(lambda: form.modal is not None)
        await discord.submit_modal(alice, form, {"Prompt": "It wakes"})
        await until_told(discord)

    (body,) = sandbox.world.creates
    assert body["first_image"] == there.attachments[0].url


async def test_the_asker_deletes_a_card_and_strangers_do_not(bot, discord, environment):
    alice, bob = discord.add_member("alice"), discord.add_member("bob")

    async with bot(**environment):
        await until_connected(discord)
        await discord.slash(alice, discord.channel, "video text", options=PROMPT)
        await until_told(discord)
        (card,) = cards_of(discord)
        refused = await discord.click(bob, card, "Delete")
        answer = await answer_to(discord, refused)
        done = await discord.click(alice, card, "Delete")
        await answer_to(discord, done)

    assert "moderator" in answer
    assert card.deleted_at is not None
