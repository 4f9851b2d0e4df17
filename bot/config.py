"""Every environment variable, read once.

Only the entry points read this module; everything else is handed the values it needs. A field's description is what
``.env.example`` and the README say about it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from yarl import URL

from bot.errors import Refusal
from bot.limits.prices import prices_from
from bot.limits.rulebook import OperatorRules
from bot.limits.values import limits_from

DEFAULT_API_URL = "https://zcbservice.aizfw.cn/kyyReactApiServer"


class WrongConfiguration(Refusal):
    """A variable is missing or wrong; the message names each one."""


def _http_url(value: str) -> str:
    url = URL(value)
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("must be an http or https address")
    if url.user or url.password or url.query_string or url.fragment:
        raise ValueError("must be a plain address, without a user name, query or fragment")
    return value


def _user_ids(value: str) -> str:
    if not all(part.strip().isdecimal() for part in value.split(",") if part.strip()):
        raise ValueError("must be Discord user ids, with commas between them")
    return value


def _hosts(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+(,[A-Za-z0-9.:\[\]-]+)*", value):
        raise ValueError("must be names of hosts, with commas and no spaces between them")
    return value


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


def _limits(value: str) -> str:
    return _in_order(limits_from, value)


def _prices(value: str) -> str:
    return _in_order(prices_from, value)


def _in_order(read: Callable[[str], object], value: str) -> str:
    try:
        read(value)
    except Refusal as refusal:
        raise ValueError(f"{refusal.message} {refusal.hint}".rstrip().removesuffix(".")) from None
    return value


Seconds = Annotated[float, Field(gt=0, le=7 * 86400, allow_inf_nan=False)]


class Configuration(BaseSettings):
    """What the operator decides. Names are the environment variables, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr = Field(description="The bot's token, from the Discord developer portal.")
    video_api_key: SecretStr = Field(description="The key of the video API, handed out by its vendor.")
    video_api_url: Annotated[str, AfterValidator(_http_url)] = Field(
        DEFAULT_API_URL,
        description="Where the video API lives. Point it at the sandbox to try without a key.",
    )
    operator_ids: Annotated[str, AfterValidator(_user_ids)] = Field(
        "",
        description="Discord user ids of the people who run this bot, with commas between them; by default the "
        "owners of the application.",
    )
    uncertain_days: float = Field(
        7.0,
        gt=0,
        le=365,
        description="Days after which a video whose end nobody knows, and no operator resolved, ends as not charged.",
    )
    data_dir: Path = Field(
        Path("data"), description="Folder for the database and for videos on their way to Discord."
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
        None, description="sqlite:///FILE or postgresql://…; by default a SQLite file in DATA_DIR."
    )
    shard_count: int = Field(
        1,
        ge=1,
        le=1000,
        description="How many processes share the work, each on a shard of all servers; several need PostgreSQL.",
    )
    shard_id: int = Field(0, ge=0, description="Which shard this process has, from 0 to SHARD_COUNT - 1.")
    poll_first_s: Seconds = Field(
        30.0, description="Seconds from submission to the first look at a generation."
    )
    poll_interval_s: Seconds = Field(
        30.0, description="Seconds between looks in the first ten minutes; they grow rarer after that."
    )
    generation_deadline_s: Seconds = Field(
        10_800.0, description="Seconds after which a generation that is not done is called stalled."
    )
    cancel_window_s: float = Field(
        3.0, ge=0, le=3600, description="Seconds in which a member can still cancel before anything is sent."
    )
    max_in_flight: int = Field(
        100,
        ge=1,
        le=100_000,
        description="Most generations at the video API at one time; others wait in line.",
    )
    limits: Annotated[str, AfterValidator(_limits)] = Field(
        "",
        description="Limits for members where a server has set none, with blanks between them: credits_per_day=20 "
        "cooldown_s=30. By default there are none.",
    )
    prices: Annotated[str, AfterValidator(_prices)] = Field(
        "",
        description="Prices in credits, with commas between them: MODEL=4 for each video, MODEL=1/s for each second; "
        "1 for each video by default.",
    )
    budget_per_day: int | None = Field(
        None, ge=0, description="Most credits that all servers together may use in any 24 hours."
    )
    budget_per_month: int | None = Field(
        None, ge=0, description="Most credits that all servers together may use in a calendar month (UTC)."
    )
    api_calls_per_s: float = Field(10.0, gt=0, le=1000, description="Most calls a second to the video API.")
    api_calls_in_flight: int = Field(16, ge=1, le=256, description="Most calls to the video API at one time.")
    result_max_mb: int = Field(500, ge=1, le=10_000, description="Largest finished video to download, in MB.")
    results_max_mb: int = Field(
        5000,
        ge=1,
        le=1_000_000,
        description="Most disk space for finished videos, in MB; above it the oldest delivered ones go early.",
    )
    retention_hours: float = Field(
        24.0, ge=0, le=8760, description="Hours that a finished video is kept for /video show once delivered."
    )
    undelivered_days: float = Field(
        7.0,
        ge=0,
        le=365,
        description="Days that a video is kept for /video show if it could not be delivered.",
    )
    draft_idle_hours: float = Field(
        72.0,
        gt=0,
        le=8760,
        description="Hours without an edit after which a shared draft ends; its owner is warned before.",
    )
    media_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        "cdn.discordapp.com,media.discordapp.net",
        description="Hosts that attached files are read from, with commas between them: Discord's own.",
    )
    asset_interval_s: Seconds = Field(
        10.0, description="Seconds between looks at pictures under review; they grow rarer after a minute."
    )
    video_sister_models: bool = Field(
        False,
        description="Whether SD2 Manxue uses its sister models when there are reference clips. Try true if such "
        "requests are refused.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged: DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("shard_count")
    @classmethod
    def _needs_postgresql(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and (info.data.get("database_url") or "sqlite:").startswith("sqlite:"):
            raise ValueError("must be 1 unless DATABASE_URL begins with postgresql://")
        return value

    @field_validator("shard_id")
    @classmethod
    def _is_one_of_all(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("shard_count", value + 1):
            raise ValueError("must be less than SHARD_COUNT")
        return value

    @property
    def operators(self) -> frozenset[int]:
        """``OPERATOR_IDS`` as numbers."""
        return frozenset(int(part) for part in self.operator_ids.split(",") if part.strip())

    @property
    def operator_rules(self) -> OperatorRules:
        """``LIMITS``, ``PRICES`` and the budgets."""
        return OperatorRules(
            limits=limits_from(self.limits),
            prices=prices_from(self.prices),
            budget_per_day=self.budget_per_day,
            budget_per_month=self.budget_per_month,
        )

    @property
    def results_dir(self) -> Path:
        """Where videos are kept on their way to Discord."""
        return self.data_dir / "results"

    @property
    def effective_database_url(self) -> str:
        """``DATABASE_URL``, or the SQLite file in ``DATA_DIR``."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'showrunner.db'}"


def read_configuration() -> Configuration:
    """Read the environment and ``.env``.

    Raises:
        WrongConfiguration: A sentence for each variable that is missing or wrong. It never repeats a value,
            because the value may be a secret.
    """
    try:
        return Configuration()
    except ValidationError as error:
        sentences = [
            _sentence(str(fault["loc"][0]).upper(), fault["type"], fault["msg"]) for fault in error.errors()
        ]
        raise WrongConfiguration(" ".join(sentences), hint="See .env.example for every variable.") from None


def _sentence(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{name} is not set."
    problem = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} is wrong: {problem[:1].lower()}{problem[1:]}."
