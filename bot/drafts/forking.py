"""What a draft begins with that is made from a finished video. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.drafts.media import MEDIA_MAX_COUNT
from bot.upstream.requests import VideoRequest
from storage.draft_records import Draft, DraftMedium, Slot, SlotText
from storage.records import Generation, Medium


def forked(new: Draft, *, generation: Generation, media: Sequence[Medium], source: Draft | None) -> Draft:
    """Return a new draft with what a video was made of; who wrote what stays named.

    Args:
        new: An empty draft.
        generation: The video.
        media: Its files, with fresh links.
        source: The draft that it was made from, if it was.
    """
    brought = {(it.medium.field, it.medium.name): it.author_id for it in source.media} if source else {}
    request = VideoRequest.from_stored(generation.request)
    slots = (
        source.slots
        if source is not None and source.chosen_variant is None
        else {Slot.MORE: SlotText(text=request.prompt, author_id=generation.asker_id, change=1)}
    )
    return replace(
        new,
        title=source.title if source is not None else new.title,
        slots={
            slot: replace(written, change=number)
            for number, (slot, written) in enumerate(sorted(slots.items()), start=1)
        },
        last_change=len(slots),
        model=request.model,
        duration=request.duration_s,
        ratio=request.ratio,
        parent_id=generation.id,
        media=tuple(
            DraftMedium(
                number=number,
                medium=medium,
                author_id=brought.get((medium.field, medium.name), generation.asker_id),
            )
            for number, medium in enumerate(media[:MEDIA_MAX_COUNT], start=1)
        ),
    )
