from bot.backoff import backoff_s


def test_backoff_doubles_and_is_bounded():
    assert [backoff_s(tries) for tries in (0, 1, 5, 6, 10_000)] == [1, 2, 32, 60, 60]
