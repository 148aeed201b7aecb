"""What toolsets look at: where it is, and with what it is asked."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from aurora_rt.settings.listed import Listed, SecretsListed


class ToolsetSettings(BaseSettings):
    """The part of the settings that says what can be looked at."""

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
    gcp_key: SecretStr | None = Field(
        None,
        alias="AURORA_GCP_KEY",
        description="The text of such a key itself, in place of a file.",
    )
    gcp_token: SecretStr | None = Field(
        None,
        alias="CLOUDSDK_AUTH_ACCESS_TOKEN",
        description="An access token of Google Cloud, in place of a key; it lasts an hour at most.",
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
