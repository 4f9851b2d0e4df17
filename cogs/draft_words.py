"""How a draft's texts and changes are told. Pure. What people wrote passes :func:`plain_text`."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

import discord

from bot import texts
from bot.delivery.cards import listed
from bot.delivery.draft_cards import TITLE_MAX_CHARS, title_of
from bot.delivery.plain_text import plain_text
from bot.drafts.differences import Fate, Piece, differences
from bot.drafts.prompts import contributors_of, prompt_of
from bot.drafts.reading import Lineage
from bot.drafts.undoing import undone_by
from bot.upstream.families import family_of
from bot.upstream.requests import VideoRequest
from cogs.drafting import draft_link
from cogs.ui import card_link
from storage.draft_records import ChangeKind, Draft, DraftChange, Payment, Role, Rule
from storage.records import Generation

# Discord takes 4,096 characters in an embed's description (docs, "Embed Limits").
PAGE_MAX_CHARS = 3800
# Two whole parts compared, as long as they are not all punctuation.
DIFFERENCE_MAX_CHARS = 1700
ELLIPSIS = "…"
# Below this there is only room for the word that something was left out.
_ROOM_MIN_CHARS = 20
_TREE_PROMPT_MAX_CHARS = 60
_TREE_PEOPLE_MAX_CHARS = 150
_TREE_MAX_DEPTH = 8
_MARKS = {Fate.KEPT: "", Fate.REMOVED: "~~", Fate.ADDED: "**"}


def difference_text(before: str, after: str, *, max_chars: int = DIFFERENCE_MAX_CHARS) -> str:
    """Return two texts as one: what was ~~removed~~ and what was **added**, word by word."""
    shown = ""
    for piece in differences(before, after):
        room = max_chars - len(shown)
        if room < _ROOM_MIN_CHARS:
            return f"{shown.rstrip()} {ELLIPSIS}"
        marked = _marked(piece, max_chars=room)
        # What was taken out and what came in its place would read as one word.
        shown += f" {marked}" if shown.endswith("~~") and marked.startswith("**") else marked
    return shown.strip() or texts.DRAFT_CLEARED


def history_pages(changes: Iterable[DraftChange]) -> Sequence[str]:
    """Return changes as pages that each fit an embed, the newest first; always one at least."""
    oldest_first = sorted(changes, key=lambda one: one.number)
    undone = undone_by(oldest_first)
    pages: list[str] = []
    for change in reversed(oldest_first):
        entry = _entry(change, undone=undone.get(change.number))
        if pages and len(pages[-1]) + len(entry) + 2 <= PAGE_MAX_CHARS:
            pages[-1] += f"\n\n{entry}"
        else:
            pages.append(entry)
    return pages or [texts.DRAFT_HISTORY_NONE]


def history_file(changes: Iterable[DraftChange]) -> discord.File:
    """Return every change with its whole text, the oldest first."""
    entries = [
        texts.DRAFT_HISTORY_FILE.format(
            number=change.number,
            at=change.at.isoformat(timespec="seconds"),
            author_id=change.author_id,
            put_in=_put_in(change),
            kind=change.kind,
            slot=change.slot or "",
            text=change.text,
        )
        for change in changes
    ]
    return discord.File(BytesIO("\n".join(entries).encode()), filename="history.txt")


def prompt_shown(draft: Draft) -> tuple[discord.Embed, list[discord.File]]:
    """Return the whole prompt as it would be sent now, as a file where it is too long to be read in place."""
    prompt = prompt_of(draft)
    shown = plain_text(prompt, max_chars=2 * len(prompt) + 1)
    files = []
    if len(shown) > PAGE_MAX_CHARS:
        shown = texts.DRAFT_PREVIEW_FILE
        files = [discord.File(BytesIO(prompt.encode()), filename="prompt.txt")]
    title = texts.DRAFT_PREVIEW_TITLE.format(title=title_of(draft))
    embed = discord.Embed(title=title, description=shown or texts.DRAFT_PREVIEW_EMPTY)
    embed.set_footer(text=_length(draft, len(prompt)))
    return embed, files


def tree_lines(lineage: Lineage, *, can_see: Callable[[int], bool]) -> Sequence[str]:
    """Return where a video comes from and what came of it, each step indented below the last.

    Args:
        lineage: All of it.
        can_see: Whether the reader may look into a channel; of what lies elsewhere they learn only that it exists.
    """
    here = len(lineage.ancestors)
    steps: list[tuple[Generation | Draft, int, str]] = [
        *((generation, depth, "🎬") for depth, generation in enumerate(lineage.ancestors)),
        (lineage.generation, here, "▶️"),
        *((generation, here + 1, "🎬") for generation in lineage.children),
        *((draft, here + 1, "📝") for draft in lineage.drafts),
    ]
    return [
        texts.DRAFT_TREE_LINE.format(
            indent="\N{EM SPACE}" * 2 * min(depth, _TREE_MAX_DEPTH) + ("└ " if depth else ""),
            mark=mark,
            step=_tree_step(it) if can_see(it.channel_id) else texts.DRAFT_TREE_HIDDEN,
        )
        for it, depth, mark in steps
    ]


def _marked(piece: Piece, *, max_chars: int) -> str:
    words = " ".join(piece.text.split())
    if not words:
        return "" if piece.fate is Fate.REMOVED else " "
    mark = _MARKS[piece.fate]
    # Spaces inside of the marks would keep Discord from reading them as such.
    before = " " if piece.text[0].isspace() else ""
    after = " " if piece.text[-1].isspace() else ""
    return f"{before}{mark}{plain_text(words, max_chars=max_chars)}{mark}{after}"


def _entry(change: DraftChange, *, undone: int | None) -> str:
    template = texts.DRAFT_CHANGE if change.slot is None else texts.DRAFT_CHANGE_OF
    head = template.format(
        number=change.number,
        who_did_what=_who_did_what(change, undone=undone),
        when=discord.utils.format_dt(change.at, "R"),
        slot="" if change.slot is None else texts.SLOTS[change.slot],
    )
    said = _said(change)
    return f"{head}\n{_quoted(said)}" if said else head


def _quoted(text: str) -> str:
    """Return a text that is seen to be what somebody wrote; each line of it is marked."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def _who_did_what(change: DraftChange, *, undone: int | None) -> str:
    template = texts.DRAFT_WHO_DID_WHAT
    if change.kind is ChangeKind.TAKE_OVER:
        template = texts.DRAFT_WHOSE_TAKEN_OVER
    elif change.put_in_by_id not in (None, change.author_id):
        template = texts.DRAFT_WHO_PUT_IN
    return template.format(
        author_id=change.author_id,
        put_in_by_id=change.put_in_by_id,
        what=texts.DRAFT_CHANGES[change.kind].format(undone=undone),
    )


def _put_in(change: DraftChange) -> str:
    """Who put a suggestion in; empty for every other change."""
    put_in_by_id = change.put_in_by_id
    return "" if put_in_by_id is None else texts.DRAFT_HISTORY_FILE_PUT_IN.format(put_in_by_id=put_in_by_id)


def _said(change: DraftChange) -> str:
    """What a change says beside who made it and when."""
    match change.kind:
        case ChangeKind.HAND_OVER:
            return f"<@{change.text}>"
        case ChangeKind.ROLE:
            member_id, _, role = change.text.partition(" ")
            return texts.DRAFT_MORE_LINE.format(member_id=member_id, role=texts.DRAFT_ROLES[Role(role)])
        case ChangeKind.NEWCOMERS:
            return texts.DRAFT_ROLES[Role(change.text)]
        case ChangeKind.RULE:
            return texts.DRAFT_RULES[Rule(change.text)]
        case ChangeKind.PAYMENT:
            return texts.DRAFT_PAYERS[Payment(change.text)]
        case ChangeKind.DECLINE | ChangeKind.REMOVE_FILE:
            return difference_text(change.text, "")
    is_about_words = change.slot is not None and change.kind not in (ChangeKind.LOCK, ChangeKind.UNLOCK)
    return difference_text(change.text_before, change.text) if is_about_words or change.text else ""


def _tree_step(step: Generation | Draft) -> str:
    if isinstance(step, Draft):
        people = [step.owner_id, *(it.member_id for it in contributors_of(step))]
        card = draft_link(step) or texts.STATUS_NO_CARD
        return texts.DRAFT_TREE_DRAFT.format(title=title_of(step), people=_people(people), card=card)
    prompt = " ".join(VideoRequest.from_stored(step.request).prompt.split())
    title = plain_text(step.draft_title or "", max_chars=TITLE_MAX_CHARS)
    return texts.DRAFT_TREE_VIDEO.format(
        title=texts.DRAFT_TREE_TITLE_BEFORE.format(title=title) if title else "",
        prompt=plain_text(prompt, max_chars=_TREE_PROMPT_MAX_CHARS),
        people=_people([step.asker_id, *(it.member_id for it in step.contributors)]),
        card=card_link(step),
    )


def _people(member_ids: Iterable[int]) -> str:
    mentions = [f"<@{member_id}>" for member_id in dict.fromkeys(member_ids)]
    return listed(mentions, separator=", ", max_chars=_TREE_PEOPLE_MAX_CHARS)


def _length(draft: Draft, count: int) -> str:
    family = family_of(draft.model)
    if family.prompt_max_chars is None:
        return texts.DRAFT_PREVIEW_NO_LIMIT.format(count=count)
    if count <= family.prompt_max_chars:
        return texts.DRAFT_PREVIEW_LENGTH.format(count=count, max_chars=family.prompt_max_chars)
    over = count - family.prompt_max_chars
    return texts.DRAFT_PREVIEW_TOO_LONG.format(count=count, over=over, family=family.label)
