from threading import Event

import av
import pytest

from bot.sandbox.contract import Order
from bot.sandbox.films import Stopped, render
from bot.sandbox.pictures import background_of

ORDER = Order(model="videos", prompt="a fox", duration_s=4, ratio="9:16", short_side_px=64)


@pytest.fixture
def background():
    return background_of(ORDER, (), size=(64, 114))


@pytest.mark.parametrize(("codec", "video", "audio"), [("h264", "h264", "aac"), ("vp9", "vp9", "opus")])
def test_a_film_is_a_real_video_with_sound(tmp_path, background, codec, video, audio):
    path = tmp_path / "film"

    render(background, path, duration_s=4, codec=codec, stop=Event())

    with av.open(path) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name.removeprefix("lib"), sound.codec_context.name) == (video, audio)
        assert (picture.width, picture.height, picture.format.name) == (64, 114, "yuv420p")
        assert film.duration / av.time_base == pytest.approx(4, abs=0.1)
        assert sum(1 for _ in film.decode(video=0)) == 48


def test_an_mp4_can_start_before_it_is_all_there(tmp_path, background):
    path = tmp_path / "film.mp4"

    render(background, path, duration_s=4, codec="h264", stop=Event())

    data = path.read_bytes()
    assert data[4:8] == b"ftyp"
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_film_has_the_same_bytes(tmp_path, background):
    paths = [tmp_path / "one.mp4", tmp_path / "two.mp4"]

    for path in paths:
        render(background, path, duration_s=4, codec="h264", stop=Event())

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_film_can_be_stopped(tmp_path, background):
    stop = Event()
    stop.set()

    with pytest.raises(Stopped):
        render(background, tmp_path / "film.mp4", duration_s=4, codec="h264", stop=stop)
