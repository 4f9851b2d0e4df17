"""The files of a draft, each named for whoever brought it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot import texts
from bot.drafts.edits import Edit, NoSuchPart, revised
from bot.drafts.people import DraftFull, NotAllowed, Person, joined, require_editor, require_no_vote
from storage.draft_records import ChangeKind, Draft, DraftMedium
from storage.records import Medium

MEDIA_MAX_COUNT = 15
_FRAMES = frozenset({"first_image", "last_image"})


def add_media(draft: Draft, person: Person, media: Sequence[Medium]) -> Edit:
    """Add files.

    Raises:
        NotAllowed: The person may not edit, or there is such a frame already.
        DraftFull: There would be too many.
    """
    require_editor(draft, person)
    require_no_vote(draft)
    if len(draft.media) + len(media) > MEDIA_MAX_COUNT:
        raise DraftFull(texts.DRAFT_FULL_MEDIA.format(count=MEDIA_MAX_COUNT))
    fields = [it.medium.field for it in draft.media] + [it.field for it in media]
    for frame in sorted(_FRAMES):
        if fields.count(frame) > 1:
            raise NotAllowed(texts.DRAFT_FRAME_TAKEN.format(frame=texts.MEDIA_FIELDS[frame]))
    first = max((it.number for it in draft.media), default=0) + 1
    new = tuple(
        DraftMedium(number=number, medium=medium, author_id=person.id)
        for number, medium in enumerate(media, start=first)
    )
    after = revised(replace(joined(draft, person), media=(*draft.media, *new)))
    names = ", ".join(medium.name for medium in media)
    return Edit(draft=after, kind=ChangeKind.ADD_FILE, author_id=person.id, text=names)


def remove_medium(draft: Draft, person: Person, number: int) -> Edit:
    """Take a file away: whoever brought it, or the owner.

    Raises:
        NotAllowed: It is neither their file nor their draft.
        NoSuchPart: It is gone already.
    """
    require_editor(draft, person)
    require_no_vote(draft)
    found = next((it for it in draft.media if it.number == number), None)
    if found is None:
        raise NoSuchPart(texts.DRAFT_NO_SUCH_FILE)
    if person.id not in (found.author_id, draft.owner_id):
        raise NotAllowed(texts.DRAFT_NOT_YOUR_FILE)
    after = revised(replace(draft, media=tuple(it for it in draft.media if it.number != number)))
    return Edit(draft=after, kind=ChangeKind.REMOVE_FILE, author_id=person.id, text=found.medium.name)
