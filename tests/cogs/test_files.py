import files
from bot import texts
from simulated import Simulated, reply_text

PICTURE = ("A boat (1).png", files.picture())


async def test_a_picture_becomes_the_first_frame(simulated: Simulated) -> None:
    await simulated.alice.slash(simulated.channel, "video frames", first=PICTURE, prompt="It sails")
    card = await simulated.finished_card()

    assert texts.MODES["first_frame"] in {field.value for field in card.embeds[0].fields}
    assert simulated.sandbox.world.creates[-1]["first_image"].endswith("/A_boat__1_.png")


async def test_a_text_that_is_named_like_a_picture_is_refused(simulated: Simulated) -> None:
    result = await simulated.alice.slash(
        simulated.channel, "video frames", first=("boat.png", b"Ahoy"), prompt="It sails"
    )

    assert "boat.png" in reply_text(result)
    assert simulated.sandbox.world.creates == []
