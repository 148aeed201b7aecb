"""Every setting: typed, described, frozen. This module is the only reader of the environment.

A variable that starts with `AURORA_` and is unknown is an error that names the nearest known one, because a
misspelt setting that is silently ignored is found at the worst time.
"""

import difflib
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from aurora_rt.errors import Misconfigured

OWN_PREFIX = "AURORA_"
CLIENT_VARIABLES: Final = {
    "AURORA_URL": "Where `aurora-rt tail` finds the server.",
    "AURORA_TOKEN": "The API token that `aurora-rt tail` comes with.",
}
"""What commands that talk to a server read by themselves; a server that finds it set does not mind."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(one.strip() for one in value.split(",") if one.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several values, separated by commas."""
SecretsListed = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
"""The same, of values that hold passwords."""


class Settings(BaseSettings):
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
    prometheus_url: str | None = Field(
        None, alias="PROMETHEUS_URL", description="Prometheus, VictoriaMetrics or Mimir to ask."
    )
    prometheus_timeout: float = Field(
        10.0, alias="AURORA_PROMETHEUS_TIMEOUT", gt=0, le=120, description="Seconds for one query."
    )
    tool_timeout: float = Field(
        10.0,
        alias="AURORA_TOOL_TIMEOUT",
        gt=0,
        le=120,
        description="Seconds for one question to any other server that a toolset asks.",
    )
    loki_url: str | None = Field(None, alias="LOKI_URL", description="Loki to search logs in.")
    elasticsearch_url: str | None = Field(
        None,
        alias="ELASTICSEARCH_URL",
        description="Elasticsearch or OpenSearch to search logs in; it may name a user and password.",
    )
    elasticsearch_api_key: SecretStr | None = Field(
        None,
        alias="AURORA_ELASTICSEARCH_API_KEY",
        description="API key for it, instead of a user and password.",
    )
    elasticsearch_index: str = Field(
        "logs-*,filebeat-*,logstash-*",
        alias="AURORA_ELASTICSEARCH_INDEX",
        min_length=1,
        pattern=r"^[^/?#\s]+$",
        description="Its indices that hold logs, comma-separated.",
    )
    log_files: Listed = Field(
        (),
        alias="AURORA_LOG_FILES",
        description="Log files of this host to search, as comma-separated patterns such as `/var/log/app/*.log`.",
    )
    jaeger_url: str | None = Field(
        None, alias="JAEGER_URL", description="Jaeger to search traces in, and to ask who calls whom."
    )
    tempo_url: str | None = Field(None, alias="TEMPO_URL", description="Tempo to search traces in.")
    topology: Path | None = Field(
        None,
        alias="AURORA_TOPOLOGY",
        description="YAML or JSON file of who calls whom: `calls: [[caller, callee]]` or `services: {cart: [db]}`.",
    )
    alertmanager_url: str | None = Field(
        None, alias="ALERTMANAGER_URL", description="Alertmanager to ask for other alerts and silences."
    )
    watched_postgresql: SecretsListed = Field(
        (),
        alias="AURORA_POSTGRESQL",
        description="PostgreSQL databases to look at, comma-separated: "
        "`name=postgresql://user:password@host:port/database`, or the URL alone.",
    )
    watched_mysql: SecretsListed = Field(
        (),
        alias="AURORA_MYSQL",
        description="MySQL and MariaDB servers to look at, likewise: `name=mysql://user:password@host:port/`.",
    )
    watched_redis: SecretsListed = Field(
        (),
        alias="AURORA_REDIS",
        description="Redis and Valkey servers to look at, likewise: `name=redis://user:password@host:port/0`, or "
        "`rediss://` with TLS.",
    )
    kubeconfig: str | None = Field(
        None,
        alias="KUBECONFIG",
        description="How to reach the Kubernetes cluster to look at. Unset: `~/.kube/config`, or the pod's service "
        "account.",
    )
    toolsets_dir: Path | None = Field(
        None,
        alias="AURORA_TOOLSETS",
        description="Folder of your own toolsets and MCP servers, one YAML file each.",
    )
    aws_access_key_id: str | None = Field(
        None, alias="AWS_ACCESS_KEY_ID", description="Access key of an AWS user or role that may only read."
    )
    aws_secret_access_key: SecretStr | None = Field(
        None, alias="AWS_SECRET_ACCESS_KEY", description="The secret of that access key."
    )
    aws_session_token: SecretStr | None = Field(
        None,
        alias="AWS_SESSION_TOKEN",
        description="The session token that temporary AWS credentials come with.",
    )
    aws_region: str | None = Field(None, alias="AWS_REGION", description="AWS region to look at.")
    aws_endpoint: str | None = Field(
        None, alias="AURORA_AWS_ENDPOINT", description="Address to ask instead of the public ones of AWS."
    )
    gcp_credentials: str | None = Field(
        None,
        alias="GOOGLE_APPLICATION_CREDENTIALS",
        description="File with the JSON key of a Google Cloud service account that may only read.",
    )
    gcp_project: str | None = Field(
        None,
        alias="AURORA_GCP_PROJECT",
        description="Google Cloud project to look at. Unset: the service account's own.",
    )
    gcp_endpoint: str | None = Field(
        None,
        alias="AURORA_GCP_ENDPOINT",
        description="Address to ask instead of the public ones of Google Cloud, for tokens too.",
    )
    azure_tenant_id: str | None = Field(
        None,
        alias="AZURE_TENANT_ID",
        description="Microsoft Entra tenant of the application that looks at Azure.",
    )
    azure_client_id: str | None = Field(
        None, alias="AZURE_CLIENT_ID", description="That application; the role Reader is enough for it."
    )
    azure_client_secret: SecretStr | None = Field(
        None, alias="AZURE_CLIENT_SECRET", description="The secret of that application."
    )
    azure_subscription_id: str | None = Field(
        None, alias="AZURE_SUBSCRIPTION_ID", description="Azure subscription to look at."
    )
    azure_endpoint: str | None = Field(
        None, alias="AURORA_AZURE_ENDPOINT", description="Address to ask instead of the public ones of Azure."
    )
    azure_login: str | None = Field(
        None,
        alias="AURORA_AZURE_LOGIN",
        description="Address to get Azure tokens from instead of the public one.",
    )
    docker_host: str | None = Field(
        None,
        alias="DOCKER_HOST",
        description="The container engine to look at: `unix:///var/run/docker.sock`, or `tcp://host:port`.",
    )
    probes: Listed = Field(
        (),
        alias="AURORA_PROBES",
        description="Places to look at from outside, comma-separated `name=address`; addresses are http, https, "
        "`tcp://host:port` or `dns://name`.",
    )
    probe_private: bool = Field(
        True,
        alias="AURORA_PROBE_PRIVATE",
        description="Whether probes may connect to private and loopback addresses.",
    )
    deploy_log: str | None = Field(
        None,
        alias="AURORA_DEPLOY_LOG",
        description="A file that notes what is deployed and changed, a JSON object a line.",
    )
    git_repositories: Listed = Field(
        (),
        alias="AURORA_GIT",
        description="Git repositories on this machine whose commits are changes, comma-separated `service=path`.",
    )
    github_repositories: Listed = Field(
        (),
        alias="AURORA_GITHUB_REPOSITORIES",
        description="Repositories on GitHub whose changes are looked at, comma-separated `owner/name` or "
        "`service=owner/name`.",
    )
    github_token: SecretStr | None = Field(
        None, alias="GITHUB_TOKEN", description="What GitHub is asked with; it only needs to read."
    )
    github_url: str = Field(
        "https://api.github.com", alias="AURORA_GITHUB_URL", description="The API of GitHub."
    )
    gitlab_projects: Listed = Field(
        (),
        alias="AURORA_GITLAB_PROJECTS",
        description="Projects on GitLab whose changes are looked at, comma-separated `group/name` or "
        "`service=group/name`.",
    )
    gitlab_token: SecretStr | None = Field(
        None, alias="GITLAB_TOKEN", description="What GitLab is asked with; it only needs to read."
    )
    gitlab_url: str = Field("https://gitlab.com", alias="AURORA_GITLAB_URL", description="Where GitLab is.")
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
