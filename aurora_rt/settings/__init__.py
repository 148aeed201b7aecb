"""Every setting: typed, described, frozen. This package is the only reader of the environment.

`toolsets` has the settings of what can be looked at, `knowledge` and `documents` those of what is known, `llm` and
`agent` those of language models; all others are here.

A variable that starts with `AURORA_` and is unknown is an error that names the nearest known one, because a
misspelt setting that is silently ignored is found at the worst time.
"""

import difflib
import os
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from aurora_rt.errors import Misconfigured
from aurora_rt.settings.agent import AgentSettings
from aurora_rt.settings.alerts import AlertSettings
from aurora_rt.settings.connectors import ConnectorSettings
from aurora_rt.settings.documents import DocumentSettings
from aurora_rt.settings.knowledge import KnowledgeSettings
from aurora_rt.settings.listed import Listed
from aurora_rt.settings.llm import ModelSettings
from aurora_rt.settings.toolsets import ToolsetSettings

OWN_PREFIX = "AURORA_"
CLIENT_VARIABLES: Final = {
    "AURORA_URL": "Where `aurora-rt tail` finds the server.",
    "AURORA_TOKEN": "The API token that `aurora-rt tail` comes with.",
}
"""What commands that talk to a server read by themselves; a server that finds it set does not mind."""


class Settings(
    AgentSettings,
    AlertSettings,
    ConnectorSettings,
    DocumentSettings,
    KnowledgeSettings,
    ModelSettings,
    ToolsetSettings,
):
    """The whole configuration of a process; a field's alias is its environment variable."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    # servers
    database_url: str | None = Field(
        None,
        alias="DATABASE_URL",
        description="PostgreSQL 15 or newer. Unset: an embedded server is started.",
    )
    redis_url: str | None = Field(
        None, alias="REDIS_URL", description="Redis 7 or Valkey. Unset: an embedded server is started."
    )
    database_connections: int = Field(
        10, alias="AURORA_DATABASE_CONNECTIONS", ge=3, le=200, description="Connections per process, at most."
    )

    # web
    host: str = Field("127.0.0.1", alias="AURORA_HOST", description="Address to listen on.")
    server: Literal["hypercorn", "uvicorn"] = Field(
        "hypercorn",
        alias="AURORA_SERVER",
        description="What speaks HTTP: `hypercorn`, or `uvicorn` (the extra of that name; quicker HTTP/1.1).",
    )
    port: int = Field(5080, alias="AURORA_PORT", ge=0, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        None,
        alias="AURORA_PUBLIC_URL",
        description="How the world reaches this server; used in webhook URLs.",
    )
    frontend_urls: Listed = Field(
        (), alias="FRONTEND_URL", description="Origins, comma-separated, whose pages may call us (CORS)."
    )
    rate_limit: int = Field(
        100, alias="AURORA_RATE_LIMIT", ge=0, description="Requests a minute for each caller; 0 turns it off."
    )
    chat_rate_limit: int = Field(
        20, alias="AURORA_CHAT_RATE_LIMIT", ge=0, description="Questions a minute for each caller; 0: off."
    )
    webhook_rate_limit: int = Field(
        60_000,
        alias="AURORA_WEBHOOK_RATE_LIMIT",
        ge=0,
        description="Webhook calls a minute per token; 0: off.",
    )
    webhook_max_bytes: int = Field(
        4 * 1024 * 1024, alias="AURORA_WEBHOOK_MAX_BYTES", ge=1024, description="Largest webhook body."
    )
    trust_user_header: Literal["loopback", "proxy", "never"] = Field(
        "loopback",
        alias="AURORA_TRUST_USER_HEADER",
        description="When X-User-ID is believed: `loopback` (bound to and called from loopback, no forwarding "
        "headers), `proxy` (with the right X-Internal-Secret) or `never`.",
    )
    internal_secret: SecretStr | None = Field(
        None, alias="AURORA_INTERNAL_SECRET", description="What a trusted proxy proves itself with."
    )

    long_polling: bool = Field(
        True,
        alias="AURORA_LONG_POLLING",
        description="Offer long polling beside websocket. Off where several web processes serve one address.",
    )

    # identity
    registration: Literal["open", "first", "invite"] = Field(
        "open",
        alias="AURORA_REGISTRATION",
        description="`open`, or `first` and `invite`: after the first user by invitation alone.",
    )
    bcrypt_rounds: int = Field(
        12,
        alias="AURORA_BCRYPT_ROUNDS",
        ge=4,
        le=16,
        description="Cost of a password hash; each +1 doubles it.",
    )
    session_days: int = Field(
        30,
        alias="AURORA_SESSION_DAYS",
        ge=1,
        le=365,
        description="Days until a browser has to sign in again.",
    )

    # investigation
    investigations: int = Field(
        32, alias="AURORA_INVESTIGATIONS", ge=2, le=256, description="Jobs that one process works on at once."
    )
    job_lease: float = Field(
        12.0,
        alias="AURORA_JOB_LEASE",
        ge=2,
        le=300,
        description="Seconds without a heartbeat after which another worker takes a job over.",
    )
    window_before: float = Field(
        7200, alias="AURORA_WINDOW_BEFORE", ge=60, description="Seconds before the alert that are looked at."
    )
    window_after: float = Field(
        600, alias="AURORA_WINDOW_AFTER", ge=0, description="Seconds after the alert that are looked at."
    )

    # approvals
    actions: Literal["off", "approved"] = Field(
        "off",
        alias="AURORA_ACTIONS",
        description="Whether what somebody approved is run here: `off` (people run it), or `approved` (known "
        "commands that change one thing: roll back, restart, scale, …).",
    )
    approval_minutes: float = Field(
        60.0,
        alias="AURORA_APPROVAL_MINUTES",
        gt=0,
        le=10_080,
        description="Minutes in which a proposed action can be approved.",
    )

    # demo
    demo: bool | None = Field(
        None,
        alias="AURORA_DEMO",
        description="Whether an admin may start the demo from the page. Unset: under `up` with embedded servers.",
    )

    # process
    data_dir: Path = Field(
        Path("~/.local/share/aurora-rt"),
        alias="AURORA_DATA_DIR",
        description="Where the embedded servers keep their data.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="AURORA_LOG_LEVEL", description="Least important log record that is written."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", alias="AURORA_LOG_FORMAT", description="`auto`: columns on a terminal, JSON elsewhere."
    )
    drain_seconds: float = Field(
        0.5,
        alias="AURORA_DRAIN_SECONDS",
        ge=0,
        le=300,
        description="Time between not ready and deaf at shutdown: open connections are told to go elsewhere.",
    )
    shutdown_seconds: float = Field(
        10.0, alias="AURORA_SHUTDOWN_SECONDS", ge=1, le=300, description="Time to end work before it is cut."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object, info: ValidationInfo) -> object:
        default = cls.model_fields[info.field_name or ""].default
        return None if value == "" and default is None else value

    @field_validator("frontend_urls")
    @classmethod
    def _origins_end_without_a_slash(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin.rstrip("/") for origin in value)

    @field_validator("data_dir", "toolsets_dir")
    @classmethod
    def _expand_home(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().resolve()


@cache
def variables() -> dict[str, str]:
    """Environment variable → what it means, for every one that we read."""
    fields = Settings.model_fields.values()
    return {str(field.alias): str(field.description) for field in fields} | CLIENT_VARIABLES


def load(**overrides: object) -> Settings:
    """Read the environment; `overrides` (by field name) win over it, `None` means not given.

    Raises `Misconfigured` with one sentence for each variable that is unknown or has a bad value.
    """
    complaints = [_unknown(name) for name in os.environ if _is_unknown(name)]  # noqa: TID251
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        complaints += [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if complaints:
        raise Misconfigured("\n".join(complaints))
    return settings


def child_environment() -> dict[str, str]:
    """The environment for programs that we start: what they need to run, and no secret of ours."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ}  # noqa: TID251


def named_variable(name: str) -> str | None:
    """An environment variable that an operator's file names as `${name}`: a secret that stands in no file."""
    return os.environ.get(name)  # noqa: TID251


def inherited_environment(**changes: str) -> dict[str, str]:
    """Our own environment with `changes`: for processes that are parts of this server."""
    return {**os.environ, **changes}  # noqa: TID251


def _is_unknown(name: str) -> bool:
    return name.startswith(OWN_PREFIX) and name not in variables()


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, variables(), n=1)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")
