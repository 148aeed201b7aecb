"""Programs that look at containers and clusters."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import NAME, NUMBER, taking

_SPAN: Final = re.compile(r"\d+(?:ms|s|m|h)?")
_FORM: Final = re.compile(r"wide|yaml|json|name|jsonpath=[^\0]*|custom-columns=[^\0]*|go-template=[^\0]*")
_WORD: Final = re.compile(r"[\w.:/,-]+")
_SELECTOR: Final = re.compile(r"[\w.:/,!=()\s-]*")
_KUBECTL: Final = taking(
    "-A --all-namespaces --no-headers --show-labels --show-kind --ignore-not-found -p --previous --timestamps "
    "--all-containers --prefix --containers --client --short --recursive --namespaced --minify -R",
    _n=NAME, namespace=NAME, _o=_FORM, output=_FORM, _l=_SELECTOR, selector=_SELECTOR, field_selector=_SELECTOR,
    sort_by=NAME, context=NAME, request_timeout=_SPAN, _c=NAME, container=NAME, tail=NUMBER, since=_SPAN,
    since_time=NAME, limit_bytes=NUMBER, max_log_requests=NUMBER, chunk_size=NUMBER, types=NAME,
    api_group=NAME, revision=NUMBER, verbs=NAME, label_columns=NAME, _L=NAME,
)  # fmt: skip
_VERBS: Final = frozenset(
    {
        "get",
        "describe",
        "logs",
        "top",
        "events",
        "explain",
        "api-resources",
        "api-versions",
        "version",
        "cluster-info",
    }
)
_SUB: Final = {
    "rollout": {"status", "history"},
    "config": {"view", "current-context", "get-contexts", "get-clusters"},
    "auth": {"can-i", "whoami"},
}


def kubectl(arguments: Sequence[str]) -> bool:
    """kubectl: the verbs that read, and flags that select and format; never the values of Secrets, never `--raw`."""
    words = _KUBECTL.words(arguments)
    if not words or not all(_WORD.fullmatch(word) for word in words):
        return False
    verb, *rest = words
    if verb in _SUB:
        return (
            bool(rest)
            and rest[0] in _SUB[verb]
            and not (verb == "config" and "view" in rest and _reveals(arguments))
        )
    if verb not in _VERBS or (verb == "cluster-info" and rest):
        return False
    return verb != "get" or not (_names_secrets(rest) and _is_formed(arguments))


def _names_secrets(words: Sequence[str]) -> bool:
    return (
        any("secret" in part.lower() for word in words for part in re.split(r"[,/]", word)) or "all" in words
    )


def _is_formed(arguments: Sequence[str]) -> bool:
    """Whether an output is asked for that shows more than a table does."""
    forms = [
        one
        for n, one in enumerate(arguments)
        if one.startswith(("-o", "--output")) or (n and arguments[n - 1] in ("-o", "--output"))
    ]
    told = " ".join(forms).replace("--output", "").replace("-o", "").replace("=", " ").split()
    return any(one not in ("wide", "name") for one in told)


def _reveals(arguments: Sequence[str]) -> bool:
    return any(one.startswith("--raw") for one in arguments)


def docker(arguments: Sequence[str]) -> bool:
    """docker: what lists and inspects; nothing that follows, and no other engine than the one of this host."""
    if not arguments:
        return False
    verb, *rest = arguments
    if verb in ("container", "image", "network", "volume", "system") and rest:
        verb, *rest = (f"{verb} {rest[0]}", *rest[1:])
    shows = taking(
        "-a -q -s --all --quiet --no-trunc --size --digests -t --timestamps --details",
        _n=NUMBER,
        tail=NUMBER,
        since=NAME,
        until=NAME,
        _f=_SELECTOR,
        filter=_SELECTOR,
        format=re.compile(r"[^\0]*"),
        type=NAME,
    )
    reading = {
        "ps",
        "images",
        "inspect",
        "logs",
        "top",
        "port",
        "diff",
        "version",
        "info",
        "history",
        "container ls",
        "container inspect",
        "container logs",
        "container top",
        "image ls",
        "image inspect",
        "network ls",
        "network inspect",
        "volume ls",
        "volume inspect",
        "system df",
        "system info",
    }
    if verb == "stats":
        return (
            "--no-stream" in rest and shows.words([one for one in rest if one != "--no-stream"]) is not None
        )
    if verb == "events":
        return any(one.startswith("--until") for one in rest) and shows.words(rest) is not None
    if verb not in reading or (
        verb in ("logs", "container logs") and any(one in ("-f", "--follow") for one in rest)
    ):
        return False
    return shows.words(rest) is not None


def helm(arguments: Sequence[str]) -> bool:
    """helm: what lists releases and shows them; not their values, which may be secret."""
    options = taking(
        "-A --all-namespaces -a --all --short -q",
        _n=NAME,
        namespace=NAME,
        _o=re.compile("table|yaml|json"),
        output=re.compile("table|yaml|json"),
        max=NUMBER,
        revision=NUMBER,
    )
    words = options.words(arguments)
    if not words:
        return False
    return words[0] in {"list", "ls", "status", "history", "version"} or words[:2] in (
        ["get", "manifest"],
        ["get", "notes"],
    )
