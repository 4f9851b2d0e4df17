"""Every way the pretend asset library can misbehave, as one table.

A scenario is chosen by its name anywhere in a link (``…/refuse-me.png``) or by the control endpoint. As in
:mod:`bot.sandbox.scenarios`, the table must never act.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.scenarios import BROKEN, HTML_PAGE, TOO_FAST, Act, Answer, Mischief


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetScenario:
    """One story of a link handed in.

    Attributes:
        submit: What happens to the call that hands it in; ``accepts`` says whether it is taken all the same.
        look: What happens to calls that ask about it.
        is_listed: Whether the answer to the submit call names it at all.
        is_reachable: Whether the library can read it.
        verdict: How its review ends.
        review_s: How long its review takes; None for as long as usual.
    """

    name: str
    about: str
    submit: Mischief | None = None
    look: Mischief | None = None
    is_listed: bool = True
    is_reachable: bool = True
    verdict: str = "Active"
    review_s: float | None = None


def _not_looked_up(answer: Answer) -> Answer:
    data = answer["data"]
    items = data["items"] if isinstance(data, dict) else []
    failed = [{"assetId": item["assetId"], "errorMessage": "look-up failed"} for item in items]
    return {**answer, "data": {"items": [], "failedItems": failed}}


PLAIN_ASSET = AssetScenario(name="", about="nothing goes wrong")

_ALL = (
    AssetScenario(name="review-slow", about="the review takes an hour", review_s=3600.0),
    AssetScenario(
        name="look-failed",
        about="two look-ups come back in failedItems",
        look=Mischief(act=Act.RESHAPE, reshape=_not_looked_up, times=2),
    ),
    AssetScenario(
        name="look-500",
        about="two looks are answered with 503",
        look=Mischief(status=503, body=BROKEN, times=2),
    ),
    AssetScenario(
        name="look-garbage",
        about="two looks are answered with an HTML page and 200",
        look=Mischief(body=HTML_PAGE, content_type="text/html", times=2),
    ),
    AssetScenario(name="upload-unreachable", about="the link is named in failedItems", is_reachable=False),
    AssetScenario(name="upload-forgotten", about="taken, and in neither list of the answer", is_listed=False),
    AssetScenario(
        name="upload-refused",
        about="the whole call is refused inside an HTTP 200; nothing is taken",
        submit=Mischief(body='{"code": "1001", "msg": "URL cannot be reached"}', accepts=False),
    ),
    AssetScenario(
        name="upload-429",
        about="the first call is refused with 429 and Retry-After",
        submit=Mischief(status=429, body=TOO_FAST, retry_after_s=1, accepts=False, times=1),
    ),
    AssetScenario(
        name="upload-500",
        about="the first call is answered with 500; nothing is taken",
        submit=Mischief(status=500, body=BROKEN, accepts=False, times=1),
    ),
    AssetScenario(
        name="upload-drop",
        about="the first call is taken and the connection dropped without an answer",
        submit=Mischief(act=Act.DROP, times=1),
    ),
    AssetScenario(
        name="upload-gone",
        about="every call is taken and the connection dropped without an answer",
        submit=Mischief(act=Act.DROP),
    ),
    AssetScenario(
        name="upload-hang",
        about="the first call is taken and its answer never comes",
        submit=Mischief(act=Act.HANG, times=1),
    ),
    # Last, because its name is part of others.
    AssetScenario(name="refuse", about="the review does not allow it", verdict="Failed"),
)
ASSET_SCENARIOS: Mapping[str, AssetScenario] = {scenario.name: scenario for scenario in _ALL}


def asset_scenario_in(link: str) -> AssetScenario:
    """Return the first scenario whose name is in a link; the plain one when there is none."""
    return next((scenario for name, scenario in ASSET_SCENARIOS.items() if name in link), PLAIN_ASSET)
