"""Command lines of clouds: the operation decides, as whole words, never a part of one."""

import re
from collections.abc import Sequence
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9_.:/@=,*+%\[\]{}'\"?&|()<>! ^$`~;#\\-]*")
_AWS_READS: Final = re.compile(
    r"(?:describe|list|get|lookup|head|search|batch-get|filter|estimate|select|view)(?:-[a-z0-9-]+)?|ls|query|scan|tail"
)
_AWS_SECRET: Final = frozenset(
    {
        "get-secret-value", "batch-get-secret-value", "get-password-data", "get-login-password", "get-login",
        "get-authorization-token", "get-session-token", "get-federation-token", "get-access-key-info",
        "get-credentials-for-identity", "get-role-credentials", "get-token", "get-parameter", "get-parameters",
        "get-parameters-by-path", "get-random-password", "get-data-key", "get-object", "select-object-content",
        "get-sso-token", "get-open-id-token", "get-credential-report", "get-cluster-credentials", "get-export",
    }
)  # fmt: skip
_AWS_FLAGS: Final = re.compile(
    r"--(?!endpoint-url|cli-input|profile|no-verify-ssl|generate-cli|debug|ca-bundle|outfile|follow|with-decryption)[a-z0-9-]+(?:=.*)?"
)
_GCLOUD_READS: Final = frozenset(
    {"describe", "list", "read", "get-iam-policy", "get-server-config", "list-tags"}
)
_GCLOUD_FLAGS: Final = re.compile(
    r"--(?!impersonate|access-token|account|configuration|flags-file|log-http|credential)[a-z0-9-]+(?:=.*)?"
)
_AZ_READS: Final = frozenset({"show", "list"})
_AZ_FLAGS: Final = re.compile(
    r"-[gno]|--(?!debug|expose|query-examples|show-secret|unmask)[a-z0-9-]+(?:=.*)?"
)
_SECRET_GROUP: Final = re.compile(
    r"secrets?|keys?|credentials?|access-keys?|tokens?|get-access-token|password|connection-string|auth|login|sas|config"
)


def aws(arguments: Sequence[str]) -> bool:
    """aws: `service operation`, where the operation's first word reads and it hands out no credential or content."""
    words = _leading(arguments)
    if len(words) != 2 or not _harmless(arguments[2:], _AWS_FLAGS):
        return False
    service, operation = words
    if service in ("configure", "sso", "sts", "secretsmanager", "kms", "ssm"):
        allowed = {
            "get-caller-identity",
            "list-secrets",
            "describe-secret",
            "list-keys",
            "describe-key",
            "describe-parameters",
            "list-commands",
            "list-aliases",
        }
        return operation in allowed
    if service == "dynamodb" and operation in ("get-item", "batch-get-item"):
        return False
    if operation in ("ls", "tail"):
        return (service, operation) in (("s3", "ls"), ("logs", "tail"))
    return bool(_AWS_READS.fullmatch(operation)) and operation not in _AWS_SECRET


def gcloud(arguments: Sequence[str]) -> bool:
    """gcloud: groups, and a verb that describes, lists or reads; nothing of secrets and credentials."""
    words = _leading(arguments)
    verbs = [n for n, word in enumerate(words) if word in _GCLOUD_READS]
    if not verbs or not _harmless(arguments[len(words) :], _GCLOUD_FLAGS):
        return False
    groups = words[: verbs[0]]
    known = {
        "compute",
        "container",
        "run",
        "sql",
        "logging",
        "monitoring",
        "projects",
        "functions",
        "pubsub",
        "dns",
        "services",
        "redis",
        "app",
        "builds",
        "artifacts",
        "spanner",
        "beta",
        "alpha",
        "storage",
    }
    return bool(groups) and groups[0] in known and not any(_SECRET_GROUP.fullmatch(word) for word in groups)


def az(arguments: Sequence[str]) -> bool:
    """az: groups, and `show` or `list`; nothing of keys, secrets and tokens."""
    words = _leading(arguments)
    if len(words) < 2 or not _harmless(arguments[len(words) :], _AZ_FLAGS):
        return False
    *groups, verb = words
    reads = verb in _AZ_READS or (
        verb.startswith("list-") and not re.search(r"key|secret|cred|conn|token", verb)
    )
    return reads and not any(_SECRET_GROUP.fullmatch(word) for word in groups)


def _leading(arguments: Sequence[str]) -> list[str]:
    """The words before the first flag."""
    words = []
    for argument in arguments:
        if argument.startswith("-"):
            break
        words.append(argument)
    return words if all(re.fullmatch(r"[A-Za-z0-9_./:@-]+", word) for word in words) else []


def _harmless(arguments: Sequence[str], flags: re.Pattern[str]) -> bool:
    """Whether all flags are of those that select and format, and no value names a file to be read."""
    return all(
        flags.fullmatch(one) if one.startswith("-") else _WORD.fullmatch(one) and not _names_file(one)
        for one in arguments
    ) and not any("=" in one and _names_file(one.partition("=")[2]) for one in arguments)


def _names_file(value: str) -> bool:
    return value.lower().startswith(("file://", "fileb://", "http://", "https://", "@"))
