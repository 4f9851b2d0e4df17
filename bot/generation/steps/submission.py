"""From the question to the API: the card, the line, the files, and the one POST."""

import logging
from dataclasses import replace
from datetime import timedelta

from bot import texts
from bot.backoff import backoff_s
from bot.delivery.alarm import Trouble
from bot.delivery.sender import (
    ChannelClosed,
    DiscordUnavailable,
    MessageRejected,
    SendFailed,
)
from bot.errors import Refusal
from bot.generation.file_links import ReviewPending
from bot.generation.intake import links_by_field
from bot.generation.states import ended, moved
from bot.generation.steps.tools import Again, Moved, Run, Tools, after_failure, refused
from bot.upstream.errors import (
    AccountProblem,
    NotSent,
    Refused,
    Unavailable,
    Unclear,
)
from bot.upstream.requests import VideoRequest
from storage.records import Generation, State

logger = logging.getLogger(__name__)


# A question nobody could be shown within this time is refused: its asker has gone on.
CARD_PATIENCE = timedelta(minutes=15)


# How often a generation sees whether the reviews of its pictures are over: a read of our own database.
REVIEW_LOOK_S = 2.0


# Nothing was made, so it may be sent again this often (video API notes, section 9).
NOT_SENT_TRIES = 3


BUSY_TRIES = 5


BUSY_FIRST_S = 10.0


BUSY_MAX_S = 300.0


async def post_card(run: Run, tools: Tools) -> Moved | Again:
    """Admitted: put the card into the channel."""
    generation = run.generation
    waiting = moved(generation, State.WAITING)
    try:
        card_id = await tools.sender.post_card(waiting, may_stand=run.was_tried)
    except (ChannelClosed, MessageRejected) as error:
        logger.warning("the card was not taken: %s", error)
        return Moved(refused(generation, tools, texts.REASON_CHANNEL_CLOSED))
    except SendFailed as error:
        if tools.clock.now() - run.instant(generation.asked_at, tools.clock) > CARD_PATIENCE:
            return Moved(refused(generation, tools, texts.REASON_NO_PLACE))
        return after_failure(run, error)
    return Moved(replace(waiting, card_id=card_id))


async def wait_for_turn(run: Run, tools: Tools) -> Moved | Again:
    """Waiting: let the asker cancel until it is due."""
    wait_s = (run.instant(run.generation.due_at, tools.clock) - tools.clock.now()).total_seconds()
    if wait_s > 0:
        return Again(after_s=wait_s)
    return Moved(moved(run.generation, State.PREPARING if run.generation.media else State.SUBMITTING))


async def prepare(run: Run, tools: Tools) -> Moved | Again:
    """Preparing: wait for reviews, make links fresh. Links die, so this comes right before the POST."""
    generation = run.generation
    try:
        links = await tools.files.of(generation.media)
    except ReviewPending:
        return Again(after_s=REVIEW_LOOK_S)
    except DiscordUnavailable as error:
        return after_failure(run, error)
    except Refusal as refusal:
        return Moved(refused(generation, tools, refusal.message))
    request = VideoRequest.from_stored(generation.request).with_links(links_by_field(generation.media, links))
    return Moved(moved(generation, State.SUBMITTING, request=request.to_stored()))


async def submit(run: Run, tools: Tools) -> Moved:
    """Submitting: the one POST. Only a run that wrote ``submitting`` itself comes here."""
    generation = run.generation
    try:
        task_id = await tools.api.create(VideoRequest.from_stored(generation.request))
    except (NotSent, Unavailable) as error:
        return Moved(_not_taken(generation, tools, error))
    except AccountProblem as error:
        # Nothing was made, and it is nobody's fault here: it keeps its place in line.
        tools.line.pause(error)
        tools.line.step_back(generation)
        tools.alarm(Trouble.ACCOUNT)
        return Moved(moved(generation, State.WAITING, due_at=tools.clock.now()))
    except Refused as error:
        logger.warning("refused by the video API: %s", error)
        return Moved(refused(generation, tools, _reason_of(error)))
    except Unclear as error:
        logger.error("submission is uncertain: %s", error)
        return Moved(ended(generation, State.UNCERTAIN, at=tools.clock.now(), reason=str(error)))
    tools.line.all_clear()
    logger.info("accepted by the video API as %s", task_id)
    return Moved(moved(generation, State.QUEUED, task_id=task_id, submitted_at=tools.clock.now()))


def _reason_of(error: Refused) -> str:
    if error.is_policy:
        return texts.REASON_POLICY.format(reason=error)
    return str(error) or texts.REASON_NO_REASON


def _not_taken(generation: Generation, tools: Tools, error: NotSent | Unavailable) -> Generation:
    """Back in line, or refused when that happened too often. Certain: nothing was made."""
    tries = generation.tries + 1
    busy = isinstance(error, Unavailable)
    logger.warning("not taken by the video API (try %d): %s", tries, error)
    if tries >= (BUSY_TRIES if busy else NOT_SENT_TRIES):
        return refused(generation, tools, texts.REASON_BUSY if busy else texts.REASON_NOT_REACHED)
    if isinstance(error, Unavailable):
        wait_s = error.retry_after_s or backoff_s(tries - 1, first_s=BUSY_FIRST_S, max_s=BUSY_MAX_S)
    else:
        wait_s = backoff_s(tries)
    return moved(generation, State.WAITING, tries=tries, due_at=tools.clock.now() + timedelta(seconds=wait_s))
