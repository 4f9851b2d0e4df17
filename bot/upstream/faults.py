"""Every reason why upstream would not take a request, in plain words.

Pure, and from :mod:`bot.upstream.families` alone: no rule here may name a model, fetch a link or repair a body. Rules
that need the file behind a link are in :mod:`bot.media.rules`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from bot.upstream.families import Family, MediaRules, Mode

OLD_NAMES = {"image": "first_image", "lastFrameImage": "last_image"}
_FRAMES = ("first_image", "last_image", *OLD_NAMES)
_TEXTS = ("model", "prompt", "ratio", "resolution", *_FRAMES)
_FRAME_WORDS = {"first_image": "first frame", "last_image": "last frame"}
_REFERENCE_WORDS = {
    "referenceImages": "reference pictures",
    "referenceVideos": "reference clips",
    "referenceAudios": "reference sounds",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request.

    Attributes:
        field: The field of the body that a person can change.
        code: missing, type, range, value, too_long, too_many, alias_conflict, pair, exclusive, link or
            unknown_field.
        message: One plain sentence for a Discord user.
    """

    field: str
    code: str
    message: str


def faults_of(body: object, family: Family) -> tuple[Fault, ...]:
    """Return everything that is wrong with a body, whatever it is; empty if the family takes it.

    Source: video API notes, section 5, which also gives the order.
    """
    if not isinstance(body, Mapping):
        return (Fault("body", "type", "The request must be an object with named fields."),)
    given = given_in(body)
    checks = (
        _shape_faults,
        _required_faults,
        _value_faults,
        _conflict_faults,
        _pair_faults,
        _exclusion_faults,
        _count_faults,
        _link_faults,
    )
    return tuple(chain.from_iterable(check(given, family) for check in checks))


def given_in(body: Mapping[str, object]) -> dict[str, object]:
    """Return what a body really gives: null and empty lists count as absent (section 5)."""
    return {name: value for name, value in body.items() if value is not None and value not in ([], ())}


def _references_of(family: Family) -> dict[str, MediaRules]:
    rules = zip(_REFERENCE_WORDS, (family.images, family.videos, family.audios), strict=True)
    return {name: rule for name, rule in rules if rule.max_count}


def _shape_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    references = _references_of(family)
    for name, value in given.items():
        if name == "duration":
            if type(value) is not int:  # a bool is an int to isinstance
                yield Fault(name, "type", "The duration must be a whole number of seconds.")
        elif name in references:
            if not isinstance(value, list | tuple) or not all(isinstance(link, str) for link in value):
                yield Fault(name, "type", f"The {_REFERENCE_WORDS[name]} must be a list of links.")
        elif name not in _TEXTS or (name == "resolution" and not family.resolutions):
            shown = "".join(filter(str.isprintable, str(name)))[:40]
            yield Fault(str(name), "unknown_field", f"{family.label} has no option “{shown}”.")
        elif not isinstance(value, str):
            yield Fault(name, "type", f"The {_words(name)} must be text.")


def _required_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    if "model" not in given:
        yield Fault("model", "missing", f"Choose a model: {_listed(_model_names(family))}.")
    prompt = given.get("prompt", "")
    if isinstance(prompt, str) and not any(char.isprintable() and not char.isspace() for char in prompt):
        yield Fault("prompt", "missing", "Write a prompt: say what the video should show.")
    if family.default_duration_s is None and "duration" not in given:
        yield Fault("duration", "missing", f"Choose a duration {_durations(family)}.")


def _value_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    choices = {"model": _model_names(family), "ratio": family.ratios, "resolution": family.resolutions}
    for name, allowed in choices.items():
        value = given.get(name)
        if allowed and isinstance(value, str) and value not in allowed:
            yield Fault(name, "value", f"{family.label} takes this {name}: {_listed(allowed)}.")
    prompt, duration = given.get("prompt"), given.get("duration")
    if isinstance(prompt, str):
        yield from _prompt_faults(prompt.strip(), family)
    if type(duration) is int and not family.durations[0] <= duration <= family.durations[1]:
        yield Fault("duration", "range", f"The duration must be {_durations(family)}.")


def _prompt_faults(prompt: str, family: Family) -> Iterator[Fault]:
    limit = family.prompt_max_chars
    if limit is not None and len(prompt) > limit:
        message = f"The prompt has {len(prompt)} characters; {family.label} takes at most {limit}."
        yield Fault("prompt", "too_long", message)
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in prompt):
        # Neither UTF-8 nor every database can hold these.
        yield Fault("prompt", "value", "The prompt contains characters that cannot be sent.")


def _conflict_faults(given: Mapping[str, object], _: Family) -> Iterator[Fault]:
    for old, new in OLD_NAMES.items():
        values = (given.get(old), given.get(new))
        if all(isinstance(value, str) for value in values) and values[0] != values[1]:
            message = f"The {_words(new)} is given twice, as {old} and {new}, with different links."
            yield Fault(old, "alias_conflict", message)


def _pair_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    frames = _frames_of(given)
    if frames == {"last_image"}:
        yield Fault("first_image", "pair", "A last frame needs a first frame.")
    if frames == {"first_image"} and Mode.FIRST_FRAME not in family.modes:
        yield Fault("last_image", "pair", f"{family.label} needs a last frame with the first frame.")


def _exclusion_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    if not _frames_of(given):
        return
    for name in _references_of(family):
        if name in given:
            words = _REFERENCE_WORDS[name]
            yield Fault(name, "exclusive", f"Use either first and last frames or {words}, not both.")


def _count_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    for name, rules in _references_of(family).items():
        links = given.get(name)
        if isinstance(links, list | tuple) and len(links) > rules.max_count:
            message = f"{family.label} takes at most {rules.max_count} {_REFERENCE_WORDS[name]}."
            yield Fault(name, "too_many", message)


def _link_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    wanted = "an http(s) link or a reviewed asset" if family.takes_assets else "an http(s) link"
    for name in _FRAMES:
        link = given.get(name)
        if isinstance(link, str) and not _is_link(link, takes_assets=family.takes_assets):
            yield Fault(name, "link", f"The {_words(name)} must be {wanted}.")
    for name in _references_of(family):
        value = given.get(name)
        links = [link for link in value if isinstance(link, str)] if isinstance(value, list | tuple) else []
        if not all(_is_link(link, takes_assets=family.takes_assets) for link in links):
            yield Fault(name, "link", f"Each of the {_words(name)} must be {wanted}.")


def _is_link(link: str, *, takes_assets: bool) -> bool:
    # urlsplit drops some control characters and white space without a word, so they are looked for first.
    if any(not char.isprintable() or char.isspace() or char in '\\<>"' for char in link):
        return False
    if takes_assets and link.startswith("asset://"):
        return any(map(str.isalnum, link.removeprefix("asset://")))
    try:
        parts = urlsplit(link)
        has_host = bool((parts.hostname or "").strip(".")) and parts.port != 0
    except ValueError:  # brackets, or a port out of range
        return False
    return has_host and parts.scheme in {"http", "https"}


def _frames_of(given: Mapping[str, object]) -> set[str]:
    return {OLD_NAMES.get(name, name) for name in _FRAMES if name in given}


def _model_names(family: Family) -> tuple[str, ...]:
    return tuple(model.name for model in family.models)


def _durations(family: Family) -> str:
    return "from {} to {} seconds".format(*family.durations)


def _words(name: str) -> str:
    name = OLD_NAMES.get(name, name)
    return _FRAME_WORDS.get(name) or _REFERENCE_WORDS.get(name) or name


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)
