"""Every rule that can only be checked with the file at hand, as faults in plain words.

Pure, and as data-driven as the request's own rules: limits come from :mod:`bot.upstream.families` alone. How many
files there may be is checked with the request, not here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.media.facts import MediaFacts, MediaKind, NamedMedia
from bot.upstream.families import MB, Family, MediaRules
from bot.upstream.faults import Fault

# What one file may measure beyond its nominal length. MP3 and AAC come in frames and carry the encoder's delay, so
# that "15 s" measures up to 15.073 s; refusing that would refuse what people rightly call 15 seconds.
ROUNDING_S = 0.08

_KINDS: Mapping[str, MediaKind] = {
    "first_image": MediaKind.IMAGE,
    "last_image": MediaKind.IMAGE,
    "referenceImages": MediaKind.IMAGE,
    "referenceVideos": MediaKind.VIDEO,
    "referenceAudios": MediaKind.AUDIO,
}


@dataclass(frozen=True, slots=True)
class SizedFile:
    """A file of which only the size is known, which Discord tells before anything is fetched."""

    field: str
    name: str
    file_bytes: int


def media_rules(field: str, family: Family) -> MediaRules:
    """Return what the family asks of files in a field of the request."""
    rules = {MediaKind.IMAGE: family.images, MediaKind.VIDEO: family.videos, MediaKind.AUDIO: family.audios}
    return rules[_KINDS[field]]


def size_faults(files: Iterable[SizedFile], family: Family) -> tuple[Fault, ...]:
    """Return every file, and every group of files, that is too large.

    Source: video API notes, rules V8, V9, S9 and S10; section 5 for the meaning of MB.
    """
    groups: dict[str, list[SizedFile]] = {}
    for file in files:
        groups.setdefault(file.field, []).append(file)
    return tuple(chain.from_iterable(_group_size_faults(group, family) for group in groups.values()))


def media_faults(files: Sequence[NamedMedia], family: Family) -> tuple[Fault, ...]:
    """Return everything that is wrong with the files of a request; empty if the family takes them.

    A file of the wrong kind gets that one fault and is left out of the rest.

    Source: video API notes, rules V8, V9, S5, S6, S8, S9 and S10, and section 5.
    """
    fitting = [file for file in files if file.facts.kind is _KINDS[file.field]]
    sizes = [SizedFile(file.field, file.name, file.facts.file_bytes) for file in fitting]
    each = chain.from_iterable(_file_faults(file, family) for file in files)
    totals = chain.from_iterable(
        _length_faults([file for file in fitting if file.field == field], family) for field in _KINDS
    )
    return (*each, *size_faults(sizes, family), *totals)


def _group_size_faults(group: Sequence[SizedFile], family: Family) -> Iterator[Fault]:
    field = group[0].field
    rules = media_rules(field, family)
    limit, total_limit = rules.max_file_bytes, rules.max_total_bytes
    for file in group:
        if limit is not None and file.file_bytes > limit:
            message = f"“{file.name}” has {_size(file.file_bytes)}; {family.label} takes {_KINDS[field]}s of "
            yield Fault(field, "range", f"{message}{_at_most(limit)}.")
    total_bytes = sum(file.file_bytes for file in group)
    if total_limit is not None and total_bytes > total_limit:
        have = "has" if len(group) == 1 else "together have"
        message = f"{_names(group)} {have} {_size(total_bytes)}; {family.label} takes {_at_most(total_limit)}"
        yield Fault(field, "range", f"{message} of {_KINDS[field]}s together.")


def _file_faults(file: NamedMedia, family: Family) -> Iterator[Fault]:
    facts, wanted = file.facts, _KINDS[file.field]
    if facts.kind is not wanted:
        yield Fault(file.field, "type", f"“{file.name}” is a {facts.kind}; a {wanted} is needed there.")
        return
    rules = media_rules(file.field, family)
    if rules.formats and facts.format not in rules.formats:
        formats = ", ".join(name.upper() for name in rules.formats)
        message = f"“{file.name}” is {facts.format.upper()}; {family.label} takes {wanted}s as {formats}."
        yield Fault(file.field, "value", message)
    yield from _shape_faults(file, rules, family)


def _shape_faults(file: NamedMedia, rules: MediaRules, family: Family) -> Iterator[Fault]:
    width_px, height_px = file.facts.width_px, file.facts.height_px
    if width_px is None or height_px is None:
        return
    start = f"“{file.name}” is {width_px:,} by {height_px:,} pixels"
    kinds = f"{family.label} takes {file.facts.kind}s"
    if rules.side_px is not None:
        low_px, high_px = rules.side_px
        shorter_px, longer_px = sorted((width_px, height_px))
        largest_px = shorter_px if rules.judges_shorter_side_only else longer_px
        if shorter_px < low_px or largest_px > high_px:
            sides = "a shorter side" if rules.judges_shorter_side_only else "both sides"
            message = f"{start}; {kinds} with {sides} from {low_px:,} to {high_px:,} pixels."
            yield Fault(file.field, "range", message)
    if rules.aspect is not None:
        low, high = rules.aspect
        if not low * height_px < width_px < high * height_px:
            aspect = f"{width_px / height_px:.3g} times as wide as high"
            message = (
                f"{start}, {aspect}; {kinds} more than {low} and less than {high} times as wide as high."
            )
            yield Fault(file.field, "range", message)


def _length_faults(group: Sequence[NamedMedia], family: Family) -> Iterator[Fault]:
    if not group:
        return
    field = group[0].field
    limit_s = media_rules(field, family).max_total_s
    total_s = sum(_length_s(file.facts) for file in group)
    if limit_s is not None and total_s > limit_s + ROUNDING_S * len(group):
        last = "lasts" if len(group) == 1 else "together last"
        message = f"{_names(group)} {last} {total_s:.2f} s; {family.label} takes at most {limit_s:g} s"
        yield Fault(field, "range", f"{message} of {_KINDS[field]}s together.")


def _length_s(facts: MediaFacts) -> float:
    return facts.length_s or 0.0


def _names(group: Sequence[SizedFile] | Sequence[NamedMedia]) -> str:
    return ", ".join(f"“{file.name}”" for file in group)


def _size(file_bytes: int) -> str:
    return f"{file_bytes / MB:.2f} MB ({file_bytes:,} bytes)"


def _at_most(limit_bytes: int) -> str:
    """Return a limit in the words of its source, which says "under 20 MB" where ours includes its last byte."""
    if limit_bytes % MB == 0:
        return f"at most {limit_bytes // MB} MB"
    return f"less than {(limit_bytes + 1) / MB:g} MB"
