"""However many edit at once, and whatever dies in between, a draft's card is right in the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.delivery.sender import ChannelClosed, DiscordUnavailable, MessageGone, MessageRejected
from bot.drafts.board import BETWEEN_EDITS_S, RETRY_MAX_S, DraftBoard
from bot.generation.states import moved
from bot.limits.rulebook import OperatorRules, Rulebook
from builders import NOON, make_draft, make_generation
from fakes import WAIT_S, HandClock, Script, settle, until
from storage import drafts, generations
from storage.draft_records import DraftMedium, DraftState
from storage.records import GenerationId, Medium, State

IDLE = timedelta(hours=72)


class FakeDraftSender(Script):
    """Takes every message, unless the script says otherwise. A call is (verb, version)."""

    def __init__(self):
        super().__init__()
        self.cards = []
        self.may_stand = []
        self.warnings = []

    async def post_draft(self, draft, card, *, may_stand):
        self.cards.append(card)
        self.may_stand.append(may_stand)
        return self.play("post", draft.version, usual=500 + draft.version)

    async def edit_draft(self, draft, card):
        self.cards.append(card)
        self.play("edit", draft.version)

    async def warn_owner(self, draft, text, *, may_stand):
        self.warnings.append((draft.card_id, text))
        self.play("warn", draft.version)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def sender():
    return FakeDraftSender()


@pytest.fixture
def new_board(sqlite_database, clock, sender):
    """Boards as processes have them, one after the other."""

    def new_board():
        rulebook = Rulebook(OperatorRules())
        return DraftBoard(sqlite_database, clock=clock, sender=sender, rulebook=rulebook, idle=IDLE)

    return new_board


@pytest.fixture
async def board(new_board):
    async with new_board() as board:
        yield board


@pytest.fixture
async def draft(sqlite_database):
    draft = make_draft()
    await sqlite_database.transaction(drafts.add, draft)
    return draft


@pytest.fixture
def write(sqlite_database):
    """Write a draft's next version."""

    async def write(draft, **changes):
        after = replace(draft, version=draft.version + 1, **changes)
        await sqlite_database.transaction(drafts.put, after)
        return after

    return write


@pytest.fixture
def row_of(sqlite_database):
    async def row_of(draft):
        return await sqlite_database.transaction(drafts.get, draft.id)

    return row_of


@pytest.fixture
def shown(clock, row_of):
    """Let time pass until a draft's card shows a version."""

    async def shown(draft):
        async with asyncio.timeout(WAIT_S):
            while (row := await row_of(draft)).shown_version < draft.version:
                await clock.turn(BETWEEN_EDITS_S)
        return row

    return shown


async def test_a_new_draft_is_shown_at_once(board, draft, sender, row_of):
    board.note(draft)
    await until(lambda: sender.calls)

    assert sender.calls == [("post", 1)]
    assert sender.may_stand == [False]


async def test_a_card_that_is_behind_unheard_is_brought_up_to_date_once(board, draft, sender, shown):
    for _ in range(2):
        board.take_up(draft)

    await shown(draft)

    assert (sender.calls, sender.may_stand) == ([("post", 1)], [True])


async def test_the_row_knows_the_card_and_what_it_shows(board, draft, shown):
    board.note(draft)

    row = await shown(draft)

    assert (row.card_id, row.shown_version) == (501, 1)


async def test_thirty_edits_at_once_are_two_edits_of_the_card(board, draft, write, sender, shown, clock):
    board.note(draft)
    await until(lambda: sender.calls)
    draft = (await shown(draft)) and draft
    await clock.turn(BETWEEN_EDITS_S)
    sender.calls.clear()

    for _ in range(30):
        draft = await write(draft, card_id=501, shown_version=1)
        board.note(draft)
    await shown(draft)

    assert len(sender.calls) <= 2
    assert sender.calls[-1] == ("edit", 31)


async def test_what_changes_during_an_edit_is_shown_after_a_pause(board, draft, write, sender, clock, row_of):
    board.note(draft)
    await until(lambda: sender.calls)
    await until(lambda: clock.waits_s)
    later = await write(draft, card_id=501, shown_version=1)
    board.note(later)
    await clock.turn(BETWEEN_EDITS_S / 2)
    assert sender.calls == [("post", 1)]

    await clock.turn(BETWEEN_EDITS_S)
    await until(lambda: len(sender.calls) == 2)

    assert sender.calls == [("post", 1), ("edit", 2)]


async def test_a_card_left_behind_is_taken_up_by_the_next_process(new_board, draft, sender):
    async with new_board():
        await until(lambda: sender.calls)

    assert sender.calls == [("post", 1)]
    assert sender.may_stand == [True]


async def test_a_card_that_is_right_is_left_alone(new_board, sqlite_database, sender):
    await sqlite_database.transaction(drafts.add, make_draft(card_id=7, shown_version=1))

    async with new_board() as board:
        await until(lambda: not board._showing)

    assert sender.calls == []


async def test_while_discord_is_away_it_is_tried_for_ever_but_rarely(board, draft, sender, clock, shown):
    sender.coming["post"] = [DiscordUnavailable("HTTP 503, code 0")] * 12
    board.note(draft)
    waits_s = []
    for count in range(1, 13):
        await until(lambda count=count: len(sender.calls) == count)
        await until(lambda: clock.waits_s)
        waits_s.append(clock.waits_s[0])
        await clock.turn(waits_s[-1])

    row = await shown(draft)

    assert row.card_id == 501
    assert waits_s[:3] == [5.0, 10.0, 20.0]
    assert waits_s[-1] == RETRY_MAX_S


CLOSED = ChannelClosed("HTTP 403, code 50001")


async def test_the_card_is_right_once_its_channel_is_open_again(board, draft, sender, shown, row_of, clock):
    sender.coming["post"] = [CLOSED] * 3
    board.note(draft)
    for _ in range(2):
        await until(lambda: clock.waits_s)
        await clock.turn(clock.waits_s[0])
    assert (await row_of(draft)).shown_version == 0

    row = await shown(draft)

    assert row.card_id == 501
    assert len(sender.calls) == 4


async def test_the_card_is_right_at_once_where_somebody_changed_permissions(
    board, draft, sender, row_of, clock
):
    sender.coming["post"] = [CLOSED] * 2
    board.note(draft)
    await until(lambda: clock.waits_s)

    board.try_again(11)
    await settle()
    assert len(sender.calls) == 1
    board.try_again(draft.guild_id)
    await until(lambda: len(sender.calls) == 2)
    board.try_again(draft.guild_id)
    await until(lambda: len(sender.calls) == 3)

    async with asyncio.timeout(WAIT_S):
        while (await row_of(draft)).card_id is None:
            await settle()


async def test_permissions_that_change_do_not_hurry_a_card_that_can_be_shown(
    board, draft, write, sender, clock
):
    board.note(draft)
    await until(lambda: clock.waits_s)
    board.note(await write(draft, card_id=501, shown_version=1))

    board.try_again(draft.guild_id)
    await settle()

    assert sender.calls == [("post", 1)]


@pytest.mark.parametrize(("days", "is_given_up"), [(0.9, False), (1.1, True)])
async def test_a_draft_that_is_over_is_given_up_after_a_day_of_a_closed_channel(
    days, is_given_up, new_board, sqlite_database, sender, clock, row_of
):
    over = make_draft(card_id=7, version=2, shown_version=1, state=DraftState.ENDED, ended_at=NOON)
    await sqlite_database.transaction(drafts.add, over)
    sender.coming["edit"] = [CLOSED]
    clock.jump(days=days)

    async with new_board():
        await until(lambda: clock.waits_s)

    row = await row_of(over)
    assert (row.card_id, row.shown_version == row.version) == (7, is_given_up)


async def test_a_warning_that_the_channel_does_not_take_holds_nothing_up(
    board, sqlite_database, sender, shown
):
    warned = make_draft(card_id=7, version=2, shown_version=1, warned_at=NOON)
    await sqlite_database.transaction(drafts.add, warned)
    sender.coming["warn"] = [CLOSED]

    board.note(warned)
    await shown(warned)

    assert sender.verbs == ["edit", "warn"]


async def test_what_discord_refuses_is_not_tried_again(board, draft, sender, shown):
    sender.coming["post"] = [MessageRejected("HTTP 400, code 50035")]

    board.note(draft)
    await shown(draft)

    assert sender.verbs == ["post"]


async def test_a_deleted_card_is_posted_anew_at_the_next_change(board, draft, write, sender, shown):
    board.note(draft)
    row = await shown(draft)
    sender.coming["edit"] = [MessageGone("HTTP 404, code 10008")]

    later = await write(row)
    board.note(later)

    assert (await shown(later)).card_id == 502
    assert sender.verbs == ["post", "edit", "post"]


async def test_the_deleted_card_of_a_draft_that_is_over_stays_deleted(board, draft, write, sender, shown):
    board.note(draft)
    row = await shown(draft)
    sender.coming["edit"] = [MessageGone("HTTP 404, code 10008")]

    over = await write(row, state=DraftState.ENDED, reason=texts.DRAFT_EXPIRED)
    board.note(over)

    assert (await shown(over)).card_id is None
    assert sender.verbs == ["post", "edit"]


async def test_an_owner_is_warned_once_with_the_moment_of_the_end(
    board, sqlite_database, sender, shown, clock
):
    draft = make_draft(card_id=7, version=2, shown_version=1, title="Boats *now*")
    warned = replace(draft, warned_at=NOON + IDLE * 0.75)
    await sqlite_database.transaction(drafts.add, warned)

    board.note(warned)
    await shown(warned)
    board.note(warned)
    await clock.turn(2 * BETWEEN_EDITS_S)

    when = f"<t:{int((NOON + IDLE).timestamp())}:R>"
    words = texts.DRAFT_WARNING.format(owner_id=30, title=r"Boats \*now\*", when=when)
    assert sender.warnings == [(7, words)]


async def test_an_owner_who_could_not_be_warned_is_warned_by_the_next_process(
    new_board, sqlite_database, sender, clock
):
    warned = make_draft(card_id=7, version=2, shown_version=1, warned_at=NOON)
    await sqlite_database.transaction(drafts.add, warned)
    sender.coming["warn"] = [DiscordUnavailable("TimeoutError")]
    async with new_board():
        await until(lambda: sender.warnings)

    async with new_board():
        await until(lambda: len(sender.warnings) == 2)


async def test_a_video_is_named_with_its_card_and_what_it_cost(board, sqlite_database, sender, shown):
    video = make_generation(state=State.WAITING, card_id=9, price_credits=7)
    await sqlite_database.transaction(generations.add, video)
    became = make_draft(card_id=8, version=2, state=DraftState.SUBMITTED, generation_id=video.id)
    await sqlite_database.transaction(drafts.add, became)

    board.note(became)
    await shown(became)

    card = sender.cards[-1]
    assert "https://discord.com/channels/10/20/9" in card.embed.description
    assert "7 credits" in {field.name: field.value for field in card.embed.fields}[texts.FIELD_COST]


async def test_a_video_is_named_only_when_its_card_stands(board, sqlite_database, sender, shown, clock):
    video = make_generation()
    await sqlite_database.transaction(generations.add, video)
    became = make_draft(card_id=8, version=2, state=DraftState.SUBMITTED, generation_id=video.id)
    await sqlite_database.transaction(drafts.add, became)

    board.note(became)
    await clock.turn(BETWEEN_EDITS_S)
    before = list(sender.cards)
    await sqlite_database.transaction(generations.move, video, moved(video, State.WAITING, card_id=9))
    await shown(became)

    assert before == []
    assert "https://discord.com/channels/10/20/9" in sender.cards[-1].embed.description


@pytest.mark.parametrize(
    ("changes", "origin"),
    [
        ({"draft_title": "*Regatta*", "card_id": 9}, r"**\*Regatta\*** · [the video]({url})"),
        ({"card_id": 9}, "[the video]({url})"),
        ({"id": GenerationId("2ab371e96b77bed4")}, "video `2ab371e96b77bed4`"),
    ],
)
async def test_a_fork_says_what_it_was_begun_from(changes, origin, board, sqlite_database, sender, shown):
    video = make_generation(**changes)
    await sqlite_database.transaction(generations.add, video)
    fork = make_draft(parent_id=video.id)
    await sqlite_database.transaction(drafts.add, fork)

    board.note(fork)
    await shown(fork)

    begun = texts.DRAFT_BEGUN_FROM.format(origin=origin.format(url="https://discord.com/channels/10/20/9"))
    assert sender.cards[-1].embed.description.splitlines()[0] == begun


@pytest.mark.parametrize(("ex", "is_shown"), [("6 hours old", False), ("alive", True)])
async def test_only_a_picture_whose_link_lives_is_shown(ex, is_shown, board, sqlite_database, sender, shown):
    dies_at = NOON + timedelta(hours=1 if ex == "alive" else -6)
    link = f"https://cdn.example/1/2/boat.png?ex={int(dies_at.timestamp()):x}"
    picture = Medium(field="first_image", name="boat.png", url=link)
    draft = make_draft(media=(DraftMedium(number=1, medium=picture, author_id=30),))
    await sqlite_database.transaction(drafts.add, draft)

    board.note(draft)
    await shown(draft)

    assert sender.cards[-1].embed.image.url == (link if is_shown else None)


async def test_closing_waits_for_nothing_and_begins_nothing(new_board, draft, sender, clock):
    sender.coming["post"] = [DiscordUnavailable("TimeoutError")] * 100

    async with new_board() as board:
        board.note(draft)
        await until(lambda: clock.waits_s)

    board.note(draft)
    assert board._showing == {}
