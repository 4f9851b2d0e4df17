"""Files for a shared draft: what nobody could use is refused while it can still be exchanged."""

import files
from bot import texts
from bot.delivery import custom_ids
from drafting import draft_of, open_draft, press
from simulated import Simulated, reply_text


async def test_files_that_no_model_takes_are_all_named_and_none_is_added(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    before = len(simulated.channel.history())

    answer = await simulated.bob.slash(
        simulated.channel,
        "draft attach",
        file1=("setup.exe", b"MZ"),
        file2=("empty.png", b""),
        file3=("boat.webm", files.clip("webm", video="libvpx", audio=None)),
    )

    said = reply_text(answer)
    assert all(name in said for name in ("setup.exe", "empty.png", "boat.webm"))
    assert said.endswith(texts.UNUSABLE_FILES_HINT)
    assert (await draft_of(simulated, card)).media == ()
    assert len(simulated.channel.history()) == before


async def test_a_good_file_waits_for_the_bad_one_beside_it(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    form = await press(simulated, simulated.bob, card, custom_ids.DRAFT_FILES)

    answer = await simulated.bob.submit_modal(
        form, {"files": [("boat.png", files.picture()), ("words.png", b"Ahoy")]}
    )

    assert "words.png" in reply_text(answer)
    assert "boat.png" not in reply_text(answer)
    assert (await draft_of(simulated, card)).media == ()


async def test_a_sound_is_added_though_not_every_model_takes_one(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    answer = await simulated.bob.slash(simulated.channel, "draft attach", file1=("rain.wav", files.wav()))

    [added] = (await draft_of(simulated, card)).media
    assert added.medium.field == "referenceAudios"
    assert "rain.wav" in reply_text(answer)
