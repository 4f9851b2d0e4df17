"""The files of a draft, each named for whoever brought it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot import texts
from bot.drafts.edits import Edit, NoSuchPart, revised
from bot.drafts.people import DraftFull, NotAllowed, Person, joined, require_editor, require_no_vote
from storage.draft_records import ChangeKind, Draft, DraftMedium
from storage.records import Medium

MEDIA_MAX_COUNT = 15
_FRAMES = frozenset({"first_image", "last_image"})


def add_media(
    draft: Draft, person: Person, media: Sequence[Medium], *, removed: Collection[int] = ()
) -> Edit:
    """Add files, and take others away in the same change.

    Args:
        draft: As it is now.
        person: Who brings them.
        media: What they bring.
        removed: The numbers of those that they take away.

    Raises:
        NotAllowed: The person may not edit or not take these away, or there is such a frame already.
        NoSuchPart: One to be taken away is gone already.
        DraftFull: There would be too many.
    """
    require_editor(draft, person)
    require_no_vote(draft)
    draft, gone = _without(draft, person, removed)
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
    text = texts.DRAFT_FILES_SWAPPED.format(added=names, removed=gone) if gone else names
    return Edit(draft=after, kind=ChangeKind.ADD_FILE, author_id=person.id, text=text)


def remove_media(draft: Draft, person: Person, numbers: Collection[int]) -> Edit:
    """Take files away: whoever brought them, or the owner.

    Raises:
        NotAllowed: One is neither their file, nor is it their draft.
        NoSuchPart: One is gone already.
    """
    require_editor(draft, person)
    require_no_vote(draft)
    after, gone = _without(draft, person, numbers)
    return Edit(draft=revised(after), kind=ChangeKind.REMOVE_FILE, author_id=person.id, text=gone)


def _without(draft: Draft, person: Person, numbers: Collection[int]) -> tuple[Draft, str]:
    """Return the draft without some of its files, and their names."""
    found = [it for it in draft.media if it.number in numbers]
    if len(found) < len(numbers):
        raise NoSuchPart(texts.DRAFT_NO_SUCH_FILE)
    if not all(person.id in (it.author_id, draft.owner_id) for it in found):
        raise NotAllowed(texts.DRAFT_NOT_YOUR_FILE)
    media = tuple(it for it in draft.media if it.number not in numbers)
    return replace(draft, media=media), ", ".join(it.medium.name for it in found)
