"""Each step answers everything the outside may do with the right move."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.delivery.sender import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
)
from bot.generation.line import Line
from bot.generation.schedule import poll_plan
from bot.generation.steps import STEPS
from bot.generation.steps.delivery import DELIVERY_PATIENCE, DOWNLOAD_PATIENCE
from bot.generation.steps.submission import BUSY_TRIES, CARD_PATIENCE, NOT_SENT_TRIES
from bot.generation.steps.tools import AHEAD_MAX_S, TRIES_AFTER_PATIENCE, Again, Moved, Run, Tools
from bot.generation.steps.watching import VANISHED_TRIES
from bot.media.shrinker import CannotShrink
from bot.upstream.answers import TaskStatus
from bot.upstream.download import DownloadFailed, TooLarge
from bot.upstream.errors import (
    AccountProblem,
    AccountTrouble,
    NotSent,
    Refused,
    Unavailable,
    Unclear,
    Vanished,
)
from builders import NOON, make_generation
from fakes import (
    LINK,
    FakeApi,
    FakeFetch,
    FakeFiles,
    FakeLadder,
    FakePoller,
    FakeSender,
    FakeShrink,
    HandClock,
    seen,
)
from storage.records import Notice, State

CLOSED, GONE, AWAY = ChannelClosed("403"), MessageGone("404"), DiscordUnavailable("503")
NO_ACCOUNT = AccountProblem("no money", kind=AccountTrouble.BALANCE)
DEFAULTS = {
    State.ADMITTED: {},
    State.WAITING: {"card_id": 1},
    State.SUBMITTING: {"card_id": 1},
    State.QUEUED: {"card_id": 1, "task_id": "task-1", "submitted_at": NOON},
    State.DOWNLOADING: {"card_id": 1, "video_url": LINK, "ended_at": NOON},
    State.DELIVERING: {"card_id": 1, "video_url": LINK, "ended_at": NOON, "file_bytes": 5},
    State.DELIVERED: {"card_id": 1, "video_url": LINK, "ended_at": NOON, "notice": Notice.SHOWN},
}
DEFAULTS[State.PROCESSING] = DEFAULTS[State.QUEUED]


@pytest.fixture
def tools(tmp_path):
    return Tools(
        api=FakeApi(),
        poller=FakePoller(),
        sender=FakeSender(),
        files=FakeFiles(),
        line=Line(place_count=1000, clock=HandClock()),
        clock=HandClock(),
        plan=poll_plan(),
        fetch=FakeFetch(),
        shrink=FakeShrink(),
        ladder=FakeLadder(),
        results_dir=tmp_path,
    )


def run_in(state, *, failures=0, **changes):
    values = DEFAULTS.get(state, {"card_id": 1, "ended_at": NOON})
    return Run(make_generation(state=state, **(values | changes)), failures=failures)


async def take(run, tools):
    return await STEPS[run.generation.state](run, tools)


async def moved_by(run, tools):
    outcome = await take(run, tools)
    assert isinstance(outcome, Moved), outcome
    assert outcome.generation.version == run.generation.version + 1
    return outcome.generation


async def test_an_admitted_generation_gets_its_card(tools):
    after = await moved_by(run_in(State.ADMITTED), tools)

    assert (after.state, after.card_id) == (State.WAITING, 500)


@pytest.mark.parametrize("error", [CLOSED, MessageRejected("400")])
async def test_nothing_is_made_where_no_card_may_stand(error, tools):
    tools.sender.coming["post"] = [error]

    after = await moved_by(run_in(State.ADMITTED), tools)

    assert (after.state, after.reason, after.notice) == (
        State.REFUSED,
        texts.REASON_CHANNEL_CLOSED,
        Notice.DUE,
    )


async def test_a_card_is_tried_again_ever_more_rarely(tools):
    tools.sender.coming["post"] = [AWAY, AWAY]

    first = await take(run_in(State.ADMITTED), tools)
    fourth = await take(run_in(State.ADMITTED, failures=3), tools)

    assert (first, fourth) == (Again(after_s=1, failed=True), Again(after_s=8, failed=True))
    assert tools.sender.may_stand == [False, True]


async def test_a_question_nobody_could_be_shown_for_long_is_refused(tools):
    tools.sender.coming["post"] = [AWAY]
    tools.clock.jump(seconds=CARD_PATIENCE.total_seconds() + 1)

    after = await moved_by(run_in(State.ADMITTED, failures=20), tools)

    assert (after.state, after.reason) == (State.REFUSED, texts.REASON_NO_PLACE)


async def test_a_generation_waits_until_it_is_due(tools):
    run = run_in(State.WAITING, due_at=NOON + timedelta(seconds=3))

    early = await take(run, tools)
    tools.clock.jump(seconds=3)
    due = await moved_by(run, tools)

    assert (early, due.state) == (Again(after_s=3), State.SUBMITTING)


async def test_setting_the_clock_back_makes_nobody_wait_longer(tools):
    run = run_in(State.WAITING, due_at=NOON + timedelta(seconds=3))
    run.note_instants(tools.clock)

    tools.clock.set_back(days=2)
    early = await take(run, tools)

    assert early == Again(after_s=3)


async def test_a_clock_set_back_before_the_start_puts_nothing_off_for_long(tools):
    tools.clock.set_back(days=2)

    again = await take(run_in(State.WAITING, due_at=NOON + timedelta(seconds=3)), tools)

    assert again == Again(after_s=AHEAD_MAX_S)


async def test_an_accepted_submission_remembers_its_id(tools):
    after = await moved_by(run_in(State.SUBMITTING), tools)

    assert (after.state, after.task_id, after.submitted_at) == (State.QUEUED, "task-1", NOON)


@pytest.mark.parametrize(
    ("error", "tries", "state", "wait_s"),
    [
        (NotSent("no connection"), 0, State.WAITING, 2),
        (NotSent("no connection"), 1, State.WAITING, 4),
        (NotSent("no connection"), NOT_SENT_TRIES - 1, State.REFUSED, 0),
        (Unavailable("busy"), 0, State.WAITING, 10),
        (Unavailable("busy"), 3, State.WAITING, 80),
        (Unavailable("busy", retry_after_s=7), 3, State.WAITING, 7),
        (Unavailable("busy", retry_after_s=7), BUSY_TRIES - 1, State.REFUSED, 0),
    ],
)
async def test_what_was_certainly_not_taken_is_sent_again_a_few_times(error, tries, state, wait_s, tools):
    tools.api.coming["create"] = [error]

    after = await moved_by(run_in(State.SUBMITTING, tries=tries), tools)

    assert after.state is state
    assert after.due_at == NOON + timedelta(seconds=wait_s)


async def test_a_refused_account_keeps_it_in_line_and_stops_the_others(tools):
    tools.api.coming["create"] = [NO_ACCOUNT]

    after = await moved_by(run_in(State.SUBMITTING, tries=2), tools)

    assert (after.state, after.tries, after.reason) == (State.WAITING, 2, None)
    assert tools.line.is_paused


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Unclear("no answer"), State.UNCERTAIN, "no answer"),
        (Refused("ratio is odd"), State.REFUSED, "ratio is odd"),
        (Refused(""), State.REFUSED, "no reason given"),
        (
            Refused("violates the content policy"),
            State.REFUSED,
            texts.REASON_POLICY.format(reason="violates the content policy"),
        ),
    ],
)
async def test_a_final_answer_to_a_submission_ends_it(error, state, reason, tools):
    tools.api.coming["create"] = [error]

    after = await moved_by(run_in(State.SUBMITTING), tools)

    assert (after.state, after.reason, after.notice, after.ended_at) == (state, reason, Notice.DUE, NOON)


@pytest.mark.parametrize(
    ("before", "answer", "state", "reason"),
    [
        (State.QUEUED, seen(TaskStatus.PROCESSING), State.PROCESSING, None),
        (State.QUEUED, seen(TaskStatus.COMPLETED, video_url=LINK), State.DOWNLOADING, None),
        (State.PROCESSING, seen(TaskStatus.COMPLETED, video_url=LINK), State.DOWNLOADING, None),
        (State.PROCESSING, seen(TaskStatus.FAILED, error="too dark"), State.FAILED, "too dark"),
        (State.QUEUED, seen(TaskStatus.FAILED), State.FAILED, texts.REASON_NO_REASON),
        (State.QUEUED, seen(TaskStatus.CANCELLED), State.FAILED, texts.REASON_CANCELLED_UPSTREAM),
    ],
)
async def test_a_look_follows_the_task(before, answer, state, reason, tools):
    tools.poller.coming["look"] = [answer]

    after = await moved_by(run_in(before), tools)

    assert (after.state, after.reason, after.video_url) == (state, reason, answer.video_url)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.QUEUED, TaskStatus.QUEUED),
        (State.PROCESSING, TaskStatus.QUEUED),
        (State.PROCESSING, TaskStatus.PROCESSING),
        (State.PROCESSING, TaskStatus.UNKNOWN),
    ],
)
async def test_a_look_that_sees_nothing_new_is_repeated(state, status, tools):
    tools.poller.coming["look"] = [seen(status)]

    assert await take(run_in(state), tools) == Again(looked=seen(status))


async def test_looks_follow_the_plan(tools):
    tools.poller.coming["look"] = [seen(TaskStatus.QUEUED), seen(TaskStatus.QUEUED)]
    run = run_in(State.QUEUED)

    await take(run, tools)
    tools.clock.jump(seconds=30)
    run.last_look_s = tools.clock.monotonic_s()
    await take(run, tools)

    (_, _, first), (_, _, second) = tools.poller.calls
    assert first == NOON + timedelta(seconds=30)
    assert timedelta(seconds=60) <= second - NOON <= timedelta(seconds=63)


async def test_completed_without_a_link_is_waited_for_and_then_stalled(tools):
    tools.poller.coming["look"] = [seen(TaskStatus.COMPLETED) for _ in range(3)]

    first = await moved_by(run_in(State.PROCESSING), tools)
    tools.clock.jump(seconds=tools.plan.linkless_s - 1)
    second = await take(Run(first), tools)
    tools.clock.jump(seconds=1)
    third = await moved_by(Run(first), tools)

    assert (first.state, first.ended_at) == (State.PROCESSING, NOON)
    assert second == Again(looked=seen(TaskStatus.COMPLETED))
    assert (third.state, third.reason) == (State.STALLED, texts.REASON_LINKLESS)


async def test_a_late_link_keeps_the_instant_of_completion(tools):
    tools.clock.jump(minutes=4)

    after = await moved_by(run_in(State.PROCESSING, ended_at=NOON), tools)

    assert (after.state, after.ended_at) == (State.DOWNLOADING, NOON)


async def test_an_id_may_be_unknown_at_first(tools):
    tools.poller.coming["look"] = [Vanished("404")] * 4
    run = run_in(State.QUEUED)

    outcomes = [await take(run, tools) for _ in range(4)]

    assert outcomes == [Again(failed=True)] * 4


async def test_an_id_that_stays_unknown_is_lost(tools):
    tools.poller.coming["look"] = [Vanished("404")] * VANISHED_TRIES
    tools.clock.jump(seconds=tools.plan.unknown_id_s)
    run = run_in(State.PROCESSING)

    outcomes = [await take(run, tools) for _ in range(VANISHED_TRIES)]

    assert outcomes[:-1] == [Again(failed=True)] * (VANISHED_TRIES - 1)
    assert outcomes[-1].generation.state is State.LOST


@pytest.mark.parametrize("between", [Unavailable("busy"), seen(TaskStatus.PROCESSING)])
async def test_only_vanishing_in_a_row_counts(between, tools):
    gone = [Vanished("404")] * (VANISHED_TRIES - 1)
    tools.poller.coming["look"] = [*gone, between, *gone]
    tools.clock.jump(seconds=tools.plan.unknown_id_s)
    run = run_in(State.PROCESSING, failures=9)

    outcomes = [await take(run, tools) for _ in range(2 * VANISHED_TRIES - 1)]

    assert all(isinstance(outcome, Again) for outcome in outcomes)


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [(Unavailable("busy"), 0), (Unavailable("busy", retry_after_s=9), 9), (NO_ACCOUNT, 0)],
)
async def test_a_look_without_an_answer_is_repeated(error, wait_s, tools):
    tools.poller.coming["look"] = [error]
    run = run_in(State.QUEUED)

    assert await take(run, tools) == Again(after_s=wait_s, failed=True)
    assert run.last_look_s == 0


async def test_a_video_that_was_finished_while_we_were_away_is_fetched(tools):
    tools.clock.jump(days=3)

    assert (await moved_by(run_in(State.QUEUED), tools)).state is State.DOWNLOADING


async def test_a_task_that_never_ends_is_stalled_after_the_deadline(tools):
    tools.poller.coming["look"] = [seen(TaskStatus.UNKNOWN)]
    tools.clock.jump(seconds=tools.plan.deadline_s)

    assert (await moved_by(run_in(State.PROCESSING), tools)).state is State.STALLED


@pytest.mark.parametrize("days", [2, -2])
async def test_setting_the_clock_makes_no_task_older_or_younger(days, tools):
    tools.poller.coming["look"] = [seen(TaskStatus.PROCESSING)] * 3
    run = run_in(State.PROCESSING)
    await take(run, tools)

    tools.clock.set_back(days=days)
    tools.clock.jump(seconds=tools.plan.deadline_s - 1)
    early = await take(run, tools)
    tools.clock.jump(seconds=1)

    assert early == Again(looked=seen(TaskStatus.PROCESSING))
    assert (await moved_by(run, tools)).state is State.STALLED


async def test_setting_the_clock_back_puts_no_look_off(tools):
    tools.poller.coming["look"] = [seen(TaskStatus.PROCESSING)] * 2
    run = run_in(State.PROCESSING)
    await take(run, tools)

    tools.clock.set_back(days=2)
    await take(run, tools)

    assert tools.poller.calls[-1][-1] - tools.clock.now() <= timedelta(seconds=33)


async def test_after_the_deadline_it_takes_a_few_silent_looks_to_give_up(tools):
    tools.poller.coming["look"] = [Unavailable("busy")] * 2
    tools.clock.jump(seconds=tools.plan.deadline_s)

    first = await take(run_in(State.QUEUED), tools)
    last = await moved_by(run_in(State.QUEUED, failures=TRIES_AFTER_PATIENCE - 1), tools)

    assert (first, last.state) == (Again(failed=True), State.STALLED)


async def test_a_downloaded_video_is_delivered(tools):
    run = run_in(State.DOWNLOADING)

    after = await moved_by(run, tools)

    assert (after.state, after.file_bytes) == (State.DELIVERING, 5)
    assert tools.file_of(run.generation.id).read_bytes() == b"video"


async def test_a_video_too_large_to_keep_stays_at_its_link(tools):
    tools.fetch.coming["fetch"] = [TooLarge("huge")]

    after = await moved_by(run_in(State.DOWNLOADING), tools)

    assert (after.state, after.file_bytes, after.video_url) == (State.DELIVERING, None, LINK)


@pytest.mark.parametrize("error", [DownloadFailed("broken off"), OSError("disk full")])
async def test_a_download_that_breaks_off_is_repeated(error, tools):
    tools.fetch.coming["fetch"] = [error]

    assert await take(run_in(State.DOWNLOADING, failures=2), tools) == Again(after_s=4, failed=True)


async def test_a_dead_link_asks_for_a_fresh_one(tools):
    tools.fetch.coming["fetch"] = [DownloadFailed("403", is_gone=True)]

    assert (await moved_by(run_in(State.DOWNLOADING), tools)).state is State.PROCESSING


async def test_a_disk_that_stays_full_leaves_the_link(tools):
    tools.fetch.coming["fetch"] = [OSError("disk full")]
    tools.clock.jump(seconds=DOWNLOAD_PATIENCE.total_seconds() + 1)

    after = await moved_by(run_in(State.DOWNLOADING, failures=TRIES_AFTER_PATIENCE), tools)

    assert (after.state, after.file_bytes, after.video_url) == (State.DELIVERING, None, LINK)


@pytest.mark.parametrize("error", [DownloadFailed("403", is_gone=True), DownloadFailed("broken off")])
async def test_a_video_that_cannot_be_fetched_for_long_is_undeliverable(error, tools):
    tools.fetch.coming["fetch"] = [error]
    tools.clock.jump(seconds=DOWNLOAD_PATIENCE.total_seconds() + 1)

    after = await moved_by(run_in(State.DOWNLOADING, failures=TRIES_AFTER_PATIENCE), tools)

    assert (after.state, after.reason) == (State.UNDELIVERABLE, texts.REASON_LINK_GONE)


async def test_after_a_night_away_one_broken_download_does_not_end_it(tools):
    tools.fetch.coming["fetch"] = [DownloadFailed("broken off")]
    tools.clock.jump(hours=12)

    assert await take(run_in(State.DOWNLOADING), tools) == Again(after_s=1, failed=True)


@pytest.fixture
def delivering(tools):
    run = run_in(State.DELIVERING)
    tools.file_of(run.generation.id).write_bytes(b"video")
    return run


async def test_the_card_gets_the_video(delivering, tools):
    after = await moved_by(delivering, tools)

    assert (after.state, after.notice, after.card_id) == (State.DELIVERED, Notice.SHOWN, 1)
    assert tools.sender.calls == [("edit", State.DELIVERED, True)]


async def test_a_deleted_card_is_replaced(delivering, tools):
    tools.sender.coming["edit"] = [GONE]

    after = await moved_by(delivering, tools)

    assert (after.state, after.card_id) == (State.DELIVERED, 500)
    assert tools.sender.calls[1] == ("post", State.DELIVERED, True)


@pytest.mark.parametrize(
    "where", [{"edit": [CLOSED]}, {"edit": [GONE], "post": [CLOSED]}, {"edit": [GONE], "post": [GONE]}]
)
async def test_where_the_channel_is_closed_the_asker_gets_the_video(where, delivering, tools):
    tools.sender.coming |= where

    after = await moved_by(delivering, tools)

    assert after.state is State.DELIVERED
    assert tools.sender.calls[-2:] == [
        ("post to asker", State.DELIVERED, True),
        ("edit", State.DELIVERED, False),
    ]


async def test_where_nobody_takes_it_the_video_is_undeliverable(delivering, tools):
    tools.sender.coming |= {"edit": [CLOSED], "post to asker": [CLOSED]}

    after = await moved_by(delivering, tools)

    assert (after.state, after.reason, after.video_url) == (
        State.UNDELIVERABLE,
        texts.REASON_NO_PLACE,
        LINK,
    )


async def test_a_file_discord_does_not_take_becomes_a_smaller_copy(delivering, tools):
    tools.sender.coming["edit"] = [FileTooLarge("413")]

    shrinking = await moved_by(delivering, tools)
    shrunk = await moved_by(Run(shrinking), tools)
    last = await moved_by(Run(shrunk), tools)

    assert tools.ladder.calls == [("learn", delivering.generation.guild_id, 5)]
    assert (shrinking.state, shrinking.copy_max_bytes) == (State.SHRINKING, 20_000)
    assert tools.shrink.calls == [("shrink", 20_000)]
    assert (last.state, tools.sender.calls[-1]) == (State.DELIVERED, ("edit", State.DELIVERED, True))


async def test_an_inbox_that_takes_no_such_file_teaches_nothing_about_the_server(delivering, tools):
    tools.sender.coming |= {"edit": [CLOSED], "post to asker": [FileTooLarge("413")]}

    after = await moved_by(delivering, tools)

    assert (after.state, tools.ladder.calls) == (State.SHRINKING, [])


async def test_a_file_the_server_never_takes_is_not_even_sent(delivering, tools):
    tools.ladder.max_bytes = 4

    after = await moved_by(delivering, tools)

    assert (after.state, tools.sender.calls) == (State.SHRINKING, [])


async def test_where_no_copy_would_be_worth_it_there_is_the_link(delivering, tools):
    tools.ladder.max_bytes, tools.ladder.copy_bytes = 4, None

    after = await moved_by(delivering, tools)
    last = await moved_by(Run(after), tools)

    assert (after.state, after.file_bytes, after.video_url) == (State.DELIVERING, None, LINK)
    assert (last.state, tools.sender.calls) == (State.DELIVERED, [("edit", State.DELIVERED, False)])


async def test_a_video_that_cannot_be_shrunk_becomes_a_link(delivering, tools):
    tools.shrink.coming["shrink"] = [CannotShrink("broken")]
    shrinking = replace(delivering.generation, state=State.SHRINKING, copy_max_bytes=4)

    after = await moved_by(Run(shrinking), tools)

    assert (after.state, after.file_bytes, after.copy_max_bytes) == (State.DELIVERING, None, None)


async def test_a_lost_copy_is_made_again(delivering, tools):
    tools.ladder.max_bytes = 4
    generation = replace(delivering.generation, copy_max_bytes=4)

    assert (await moved_by(Run(generation), tools)).state is State.SHRINKING


async def test_a_link_discord_does_not_take_is_left_out(delivering, tools):
    tools.sender.coming["edit"] = [MessageRejected("400")]

    after = await moved_by(delivering, tools)

    assert (after.state, after.video_url, after.file_bytes) == (State.DELIVERING, None, 5)


async def test_a_rejected_card_without_a_link_is_undeliverable(delivering, tools):
    tools.sender.coming["edit"] = [MessageRejected("400")]
    delivering.generation = replace(delivering.generation, video_url=None)

    assert (await moved_by(delivering, tools)).state is State.UNDELIVERABLE


async def test_without_file_and_link_nothing_was_delivered(tools):
    after = await moved_by(run_in(State.DELIVERING, file_bytes=None, video_url=None), tools)

    assert (after.state, tools.sender.calls) == (State.UNDELIVERABLE, [])


@pytest.mark.parametrize("state", [State.DELIVERING, State.SHRINKING])
@pytest.mark.parametrize(("link", "to"), [(LINK, State.DOWNLOADING), (None, State.PROCESSING)])
async def test_a_file_that_vanished_from_the_disk_is_fetched_again(state, link, to, tools):
    fields = DEFAULTS[State.DELIVERING] | {"video_url": link, "copy_max_bytes": 4}

    after = await moved_by(run_in(state, **fields), tools)

    assert (after.state, after.file_bytes) == (to, None)


async def test_a_video_waits_a_day_for_discord(delivering, tools):
    tools.sender.coming["edit"] = [AWAY] * 3
    delivering.failures = TRIES_AFTER_PATIENCE

    tools.clock.jump(seconds=DELIVERY_PATIENCE.total_seconds())
    within = await take(delivering, tools)
    tools.clock.jump(seconds=1)
    beyond = await moved_by(delivering, tools)
    delivering.failures = 0
    after_a_restart = await take(delivering, tools)

    assert (within, beyond.state) == (Again(after_s=8, failed=True), State.UNDELIVERABLE)
    assert after_a_restart == Again(after_s=1, failed=True)


async def test_an_outcome_is_shown_and_then_told(tools):
    shown = await moved_by(run_in(State.FAILED), tools)
    told = await moved_by(Run(shown), tools)

    assert (shown.notice, told.notice) == (Notice.SHOWN, Notice.TOLD)
    assert tools.sender.calls == [("edit", State.FAILED, False), ("tell", State.FAILED)]


async def test_who_cancelled_is_not_pinged(tools):
    told = await moved_by(run_in(State.CANCELLED, notice=Notice.SHOWN), tools)

    assert (told.notice, tools.sender.calls) == (Notice.TOLD, [])


async def test_a_first_card_of_an_ended_generation_is_looked_for_before_it_is_posted(tools):
    tools.sender.coming["edit"] = [GONE]

    shown = await moved_by(run_in(State.REFUSED, card_id=None), tools)

    assert (shown.card_id, tools.sender.may_stand) == (500, [True])


async def test_an_outcome_waits_for_discord(tools):
    tools.sender.coming["tell"] = [AWAY, AWAY]
    run = run_in(State.DELIVERED, failures=TRIES_AFTER_PATIENCE)

    within = await take(run, tools)
    tools.clock.jump(seconds=DELIVERY_PATIENCE.total_seconds() + 1)
    beyond = await moved_by(run, tools)

    assert (within, beyond.notice) == (Again(after_s=8, failed=True), Notice.TOLD)
    assert tools.sender.may_stand == [True, True]


@pytest.mark.parametrize("error", [CLOSED, MessageRejected("400")])
async def test_an_asker_who_cannot_be_shown_the_card_is_still_told(error, tools):
    tools.sender.coming |= {"edit": [error], "post to asker": [CLOSED]}

    shown = await moved_by(run_in(State.FAILED), tools)
    await moved_by(Run(shown), tools)

    assert (shown.notice, tools.sender.verbs[-1]) == (Notice.SHOWN, "tell")


async def test_an_outcome_is_shown_without_a_link_discord_does_not_take(tools):
    tools.sender.coming["edit"] = [MessageRejected("400")]

    after = await moved_by(run_in(State.UNDELIVERABLE, video_url=LINK), tools)

    assert (after.state, after.notice, after.video_url) == (State.UNDELIVERABLE, Notice.DUE, None)


GIVEN_BACK = {"notice": Notice.CHANGED, "refunded_at": NOON + timedelta(days=30)}


@pytest.mark.parametrize("coming", [[], [GONE], [CLOSED], [MessageRejected("400")]])
async def test_what_came_later_changes_the_card_and_nothing_else(coming, tools):
    tools.sender.coming["amend"] = coming

    after = await moved_by(run_in(State.DELIVERED, **GIVEN_BACK), tools)

    assert (after.notice, tools.sender.calls) == (Notice.TOLD, [("amend", State.DELIVERED)])


async def test_what_came_later_waits_a_day_for_discord(tools):
    tools.sender.coming["amend"] = [AWAY, AWAY]
    run = run_in(State.DELIVERED, failures=TRIES_AFTER_PATIENCE, **GIVEN_BACK)
    tools.clock.jump(days=30, seconds=DELIVERY_PATIENCE.total_seconds())

    within = await take(run, tools)
    tools.clock.jump(seconds=1)
    beyond = await moved_by(run, tools)

    assert (within, beyond.notice) == (Again(after_s=8, failed=True), Notice.TOLD)


@pytest.mark.parametrize(
    ("later", "notice"), [(timedelta(0), Notice.TOLD), (timedelta(seconds=1), Notice.CHANGED)]
)
async def test_a_card_that_was_shown_before_the_refund_is_shown_again(later, notice, tools):
    shown = run_in(State.UNDELIVERABLE, notice=Notice.SHOWN, refunded_at=NOON + later)

    assert (await moved_by(shown, tools)).notice is notice
