"""Which fields of a body Discord refuses: pure rules over JSON, one function for each kind of thing.

Every rule here is Discord's own published limit; what the world holds (permissions, sizes) is not looked at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from standin.errors import InvalidField
from standin.model import Flag, Json

EMBED_TEXT = {"title": 256, "description": 4096}
EMBEDS_TOTAL_CHARS = 6000
COMPONENTS_V2_COUNT = 40
COMPONENTS_V2_CHARS = 4000
ROW, BUTTON, TEXT_INPUT, TEXT_DISPLAY = 1, 2, 4, 10
SELECTS = {3, 5, 6, 7, 8}
LEGACY = {ROW, BUTTON, *SELECTS}
LINK_STYLE = 5
URL = re.compile(r"(https?|discord)://\S+$")
COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")
Found = Iterator[InvalidField]


def too_long(path: str, value: Any, most: int, *, least: int = 0) -> Found:
    if value is None and least == 0:
        return
    if not isinstance(value, str):
        yield InvalidField(path, "Must be text.")
    elif not least <= len(value) <= most:
        yield InvalidField(path, f"Must be between {least} and {most} in length.")


def message_faults(body: Json) -> list[InvalidField]:
    """Everything wrong with a message that is created or edited."""
    return [*_text_faults(body), *_embed_faults(body), *_component_faults(body), *_mention_faults(body)]


def _text_faults(body: Json) -> Found:
    yield from too_long("content", body.get("content"), 2000)
    yield from too_long("nonce", str(body.get("nonce") or ""), 25)
    if int(body.get("flags") or 0) & Flag.COMPONENTS_V2:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(name):
                yield InvalidField(name, "The 'flags' field cannot be IS_COMPONENTS_V2 with this field.")


def _embed_faults(body: Json) -> Found:
    embeds = body.get("embeds") or []
    if len(embeds) > 10:
        yield InvalidField("embeds", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        yield from _one_embed_faults(f"embeds.{index}", embed)
    if sum(map(_embed_chars, embeds)) > EMBEDS_TOTAL_CHARS:
        yield InvalidField("embeds", f"Embed size exceeds maximum size of {EMBEDS_TOTAL_CHARS}.")


def _one_embed_faults(path: str, embed: Json) -> Found:
    for name, most in EMBED_TEXT.items():
        yield from too_long(f"{path}.{name}", embed.get(name), most)
    yield from too_long(f"{path}.footer.text", embed.get("footer", {}).get("text"), 2048)
    yield from too_long(f"{path}.author.name", embed.get("author", {}).get("name"), 256)
    if len(embed.get("fields", ())) > 25:
        yield InvalidField(f"{path}.fields", "Must be 25 or fewer in length.")
    for index, row in enumerate(embed.get("fields", ())):
        yield from too_long(f"{path}.fields.{index}.name", row.get("name"), 256, least=1)
        yield from too_long(f"{path}.fields.{index}.value", row.get("value"), 1024, least=1)
    for name, url in (("url", embed.get("url")), ("image.url", embed.get("image", {}).get("url"))):
        if url is not None and not URL.match(url) and not url.startswith("attachment://"):
            yield InvalidField(f"{path}.{name}", "Not a well formed URL.")


def _embed_chars(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    texts += [text for row in embed.get("fields", ()) for text in (row.get("name"), row.get("value"))]
    return sum(len(text) for text in texts if text)


def walk(components: Iterable[Json], path: str = "components") -> Iterator[tuple[str, Json]]:
    """Every component of a tree with its path, parents first."""
    for index, component in enumerate(components):
        here = f"{path}.{index}"
        yield here, component
        yield from walk(component.get("components") or (), f"{here}.components")
        for name in ("accessory", "component"):
            if name in component:
                yield f"{here}.{name}", component[name]


def _component_faults(body: Json) -> Found:
    top = body.get("components") or []
    found = list(walk(top))
    if int(body.get("flags") or 0) & Flag.COMPONENTS_V2:
        yield from _tree_faults(found)
    else:
        yield from _legacy_faults(top, found)
    for path, component in found:
        yield from _one_component_faults(path, component)
    yield from _duplicate_ids(found)


def _tree_faults(found: list[tuple[str, Json]]) -> Found:
    if len(found) > COMPONENTS_V2_COUNT:
        yield InvalidField("components", f"Must be {COMPONENTS_V2_COUNT} or fewer in total.")
    texts = [component.get("content", "") for _, component in found if component["type"] == TEXT_DISPLAY]
    if sum(map(len, texts)) > COMPONENTS_V2_CHARS:
        yield InvalidField(
            "components", f"Must be {COMPONENTS_V2_CHARS} or fewer characters of text in total."
        )


def _legacy_faults(top: list[Json], found: list[tuple[str, Json]]) -> Found:
    if len(top) > 5:
        yield InvalidField("components", "Must be 5 or fewer in length.")
    for index, component in enumerate(top):
        if component["type"] != ROW:
            yield InvalidField(f"components.{index}.type", 'Value of field "type" must be one of (1,).')
    for path, component in found:
        if component["type"] not in LEGACY:
            yield InvalidField(f"{path}.type", "Needs the flag IS_COMPONENTS_V2.")


def _one_component_faults(path: str, component: Json) -> Found:
    if component["type"] == ROW:
        yield from _row_faults(path, component.get("components", []))
    elif component["type"] == BUTTON:
        yield from _button_faults(path, component)
    elif component["type"] in SELECTS:
        yield from too_long(f"{path}.custom_id", component.get("custom_id"), 100, least=1)
        yield from too_long(f"{path}.placeholder", component.get("placeholder"), 150)
        if len(component.get("options", ())) > 25 or (
            component["type"] == 3 and not component.get("options")
        ):
            yield InvalidField(f"{path}.options", "Must be between 1 and 25 in length.")
    elif component["type"] == TEXT_DISPLAY:
        yield from too_long(f"{path}.content", component.get("content"), COMPONENTS_V2_CHARS, least=1)


def _row_faults(path: str, children: list[Json]) -> Found:
    if not 1 <= len(children) <= 5:
        yield InvalidField(f"{path}.components", "Must be between 1 and 5 in length.")
    if len(children) > 1 and any(child["type"] != BUTTON for child in children):
        yield InvalidField(f"{path}.components", "A select takes a row of its own.")


def _button_faults(path: str, button: Json) -> Found:
    yield from too_long(f"{path}.label", button.get("label"), 80)
    if not button.get("label") and not button.get("emoji") and button.get("style") != 6:
        yield InvalidField(path, "A button must have a label or an emoji.")
    if button.get("style") == LINK_STYLE:
        yield from too_long(f"{path}.url", button.get("url"), 512, least=1)
        if not URL.match(str(button.get("url"))):
            yield InvalidField(f"{path}.url", "Scheme must be one of ('http', 'https', 'discord').")
        if button.get("custom_id"):
            yield InvalidField(f"{path}.custom_id", "A link button takes no custom id.")
    elif button.get("style") != 6:
        yield from too_long(f"{path}.custom_id", button.get("custom_id"), 100, least=1)


def _duplicate_ids(found: list[tuple[str, Json]]) -> Found:
    counts = Counter(component["custom_id"] for _, component in found if component.get("custom_id"))
    for path, component in found:
        if counts[component.get("custom_id")] > 1:
            yield InvalidField(f"{path}.custom_id", "Component custom id cannot be duplicated.")


def _mention_faults(body: Json) -> Found:
    allowed = body.get("allowed_mentions") or {}
    for name in ("users", "roles"):
        if len(allowed.get(name, ())) > 100:
            yield InvalidField(f"allowed_mentions.{name}", "Must be 100 or fewer in length.")
        if allowed.get(name) and name in allowed.get("parse", ()):
            yield InvalidField("allowed_mentions.parse", f"Mutually exclusive with {name}.")


def modal_faults(data: Json) -> list[InvalidField]:
    """Everything wrong with a modal; ``data`` as in a callback of type 9."""
    found = [*too_long("custom_id", data.get("custom_id"), 100, least=1)]
    found += too_long("title", data.get("title"), 45, least=1)
    if not 1 <= len(data.get("components", ())) <= 5:
        found.append(InvalidField("components", "Must be between 1 and 5 in length."))
    for path, component in walk(data.get("components", ())):
        if component["type"] == TEXT_INPUT:
            found += too_long(f"{path}.custom_id", component.get("custom_id"), 100, least=1)
            found += too_long(f"{path}.value", component.get("value"), component.get("max_length", 4000))
        found += too_long(f"{path}.label", component.get("label"), 45)
    return [*found, *_duplicate_ids(list(walk(data.get("components", ()))))]


def command_faults(command: Json, path: str) -> Found:
    """Everything wrong with a command or one of its options."""
    is_menu = command.get("type", 1) in {2, 3} and path.count(".") == 0
    name = command.get("name", "")
    if not is_menu and (not COMMAND_NAME.match(name) or name != name.lower()):
        yield InvalidField(f"{path}.name", "Command name is invalid.")
    if not is_menu:
        yield from too_long(f"{path}.description", command.get("description"), 100, least=1)
    for kind in ("options", "choices"):
        if len(command.get(kind) or ()) > 25:
            yield InvalidField(f"{path}.{kind}", "Must be 25 or fewer in length.")
    for index, choice in enumerate(command.get("choices") or ()):
        yield from too_long(f"{path}.choices.{index}.name", choice.get("name"), 100, least=1)
    options = command.get("options") or ()
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield InvalidField(f"{path}.options", "Required options must be placed before non-required options.")
    for index, option in enumerate(options):
        yield from command_faults(option, f"{path}.options.{index}")
