"""Every limit and every setting of a server, once: its default, bounds, help, and how people write it.

Commands, checks, the table in the README and what is stored all come from these two models. To add a limit, add a
field here and the rule that reads it in :mod:`bot.limits.policy`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.upstream.families import find_model

COUNT_MAX = 1_000_000
# A month; longer pauses are what the limits per month are for.
COOLDOWN_MAX_S = 31 * 86_400
DAYS_MAX = 3650


# They are files of the time zone database, but depend on the machine or mean nothing.
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})


class Kind(StrEnum):
    """What a setting's value is, and so how people write and read it."""

    CREDITS = "credits"
    COUNT = "count"
    SECONDS = "seconds"
    DAYS = "days"
    MODELS = "models"
    YES_NO = "yes or no"
    PERCENT = "percent"
    CHANNEL = "channel"
    TIME_ZONE = "time zone"


class Generous(StrEnum):
    """Which of two values allows more. No limit always does."""

    MORE = "more"
    LESS = "less"
    UNION = "union"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a field is beside its type."""

    kind: Kind
    generous: Generous = Generous.MORE


def _known_models(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if unknown := [name for name in names or () if find_model(name) is None]:
        raise ValueError(f"there is no model called {unknown[0]}")
    return names


def _known_zone(name: str) -> str:
    if name in _NO_PLACES or name not in available_timezones():
        raise ValueError("there is no such time zone; they look like Europe/Berlin")
    return name


_Amount = Annotated[int | None, Field(ge=0, le=COUNT_MAX), Facts(Kind.CREDITS)]
_Count = Annotated[int | None, Field(ge=0, le=COUNT_MAX), Facts(Kind.COUNT)]
_AgeDays = Annotated[int | None, Field(ge=0, le=DAYS_MAX), Facts(Kind.DAYS, Generous.LESS)]


_S = TypeVar("_S", bound=BaseModel)


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def facts_of(cls, name: str) -> Facts:
        """Return what a field is beside its type."""
        return next(one for one in cls.model_fields[name].metadata if isinstance(one, Facts))

    @classmethod
    def help_of(cls, name: str) -> str:
        """Return what a field means, for people."""
        return cls.model_fields[name].description or ""

    @classmethod
    def from_stored(cls: type[_S], content: Mapping[str, Any]) -> _S:
        """Read what was set for somebody, unchecked: rules may have changed since then."""
        known = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in content.items()
            if name in cls.model_fields
        }
        return cls.model_construct(_fields_set=set(known), **known)


class Limits(_Settings):
    """What one member may do. None is no limit; what is not set leaves the decision to the next wider scope."""

    credits_per_day: _Amount = Field(None, description="Credits that a member may use in any 24 hours.")
    credits_per_month: _Amount = Field(None, description="Credits that a member may use in a calendar month.")
    videos_per_day: _Count = Field(None, description="Videos that a member may ask for in any 24 hours.")
    videos_per_month: _Count = Field(
        None, description="Videos that a member may ask for in a calendar month."
    )
    running_at_once: Annotated[int | None, Field(ge=1, le=COUNT_MAX), Facts(Kind.COUNT)] = Field(
        None, description="Videos of a member in the making at one time; further ones wait in line."
    )
    waiting_in_line: _Count = Field(
        None, description="Videos of a member that may wait, beside those in the making."
    )
    cooldown_s: Annotated[int | None, Field(ge=0, le=COOLDOWN_MAX_S), Facts(Kind.SECONDS, Generous.LESS)] = (
        Field(None, description="Pause between two videos of a member.")
    )
    longest_s: Annotated[int | None, Field(ge=1, le=COUNT_MAX), Facts(Kind.SECONDS)] = Field(
        None, description="Longest video that a member may ask for."
    )
    models: Annotated[
        tuple[str, ...] | None, AfterValidator(_known_models), Facts(Kind.MODELS, Generous.UNION)
    ] = Field(None, description="Models that a member may use.")
    account_age_days: _AgeDays = Field(
        None, description="How old a member's Discord account must be before they may ask for videos."
    )
    membership_days: _AgeDays = Field(
        None, description="How long a member must have been in the server before they may ask for videos."
    )
    exempt: Annotated[bool, Facts(Kind.YES_NO)] = Field(
        False, description="Whether none of the limits for members apply; budgets still do."
    )


class ServerSettings(_Settings):
    """What holds for a server as a whole."""

    budget_per_day: _Amount = Field(
        None, description="Credits that the whole server may use in any 24 hours."
    )
    budget_per_month: _Amount = Field(
        None, description="Credits that the whole server may use in a calendar month."
    )
    warn_at_percent: Annotated[int, Field(ge=1, le=100), Facts(Kind.PERCENT)] = Field(
        80, description="How much of a budget must be used before the moderators are warned."
    )
    moderator_channel: Annotated[int | None, Facts(Kind.CHANNEL)] = Field(
        None,
        description="Where budget warnings go; if not set, to community updates, else the owner.",
    )
    gifts: Annotated[bool, Facts(Kind.YES_NO)] = Field(
        False, description="Whether members may give each other credits."
    )
    confirm_above: Annotated[int | None, Field(ge=0, le=COUNT_MAX), Facts(Kind.CREDITS)] = Field(
        5, description="Price above which a member is asked before the credits are taken."
    )
    time_zone: Annotated[str, AfterValidator(_known_zone), Facts(Kind.TIME_ZONE)] = Field(
        "UTC", description="The time zone in which a calendar month begins."
    )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which a calendar month begins."""
        return ZoneInfo(self.time_zone)


class Source(StrEnum):
    """Where a member's limit comes from."""

    DEFAULT = "default"
    SERVER = "server"
    ROLE = "role"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class EffectiveLimits:
    """The limits of one member, and where each comes from."""

    limits: Limits
    sources: Mapping[str, Source]


def effective_limits(
    *, defaults: Limits, server: Limits, roles: Sequence[Limits], member: Limits
) -> EffectiveLimits:
    """Return the limits of one member: their own, else the most generous of their roles, the server's, the default."""
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for name in Limits.model_fields:
        at_roles = [getattr(role, name) for role in roles if name in role.model_fields_set]
        if name in member.model_fields_set:
            values[name], sources[name] = getattr(member, name), Source.MEMBER
        elif at_roles:
            values[name], sources[name] = _most_generous(name, at_roles), Source.ROLE
        elif name in server.model_fields_set:
            values[name], sources[name] = getattr(server, name), Source.SERVER
        else:
            values[name], sources[name] = getattr(defaults, name), Source.DEFAULT
    # The default values were checked when they were set.
    return EffectiveLimits(Limits.model_construct(_fields_set=None, **values), sources)


def _most_generous(name: str, values: Sequence[Any]) -> Any:
    if None in values:
        return None
    match Limits.facts_of(name).generous:
        case Generous.MORE:
            return max(values)
        case Generous.LESS:
            return min(values)
        case Generous.UNION:
            return tuple(dict.fromkeys(model for models in values for model in models))
