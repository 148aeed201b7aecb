"""kubectl and helm, where they read."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import ANY, NAME, NUMBER, Read, one_of, taking

_SPAN: Final = re.compile(r"\d+(?:ms|s|m|h)?")
_FORM: Final = re.compile(
    r"wide|yaml|json|name|(?:jsonpath|jsonpath-as-json|custom-columns|go-template)=[^\0]*"
)
_TABLE: Final = frozenset({"wide", "name"})
_WORD: Final = re.compile(r"[\w.:/,-]+")
_SELECTOR: Final = re.compile(r"[\w.:/,!=()\s-]*")
_NAMED: Final = re.compile(r"[\w.:/@-]+")
_BEFORE_VERB: Final = taking(
    grouped=False, first_word_ends=True, _n=_NAMED, namespace=_NAMED, context=_NAMED, request_timeout=_SPAN
)
"""What may stand before the verb. A flag without a value may not: kubectl and helm take the word after one that
they do not know yet for its value, so that `kubectl -A events delete …` deletes."""
_KUBECTL: Final = taking(
    "-A --all-namespaces --no-headers --show-labels --show-kind --ignore-not-found -p --previous --timestamps "
    "--all-containers --prefix --containers --client --short --recursive --namespaced --minify -R --list",
    _n=_NAMED, namespace=_NAMED, _o=_FORM, output=_FORM, _l=_SELECTOR, selector=_SELECTOR, field_selector=_SELECTOR,
    sort_by=ANY, context=_NAMED, request_timeout=_SPAN, timeout=_SPAN, _c=_NAMED, container=_NAMED, tail=NUMBER,
    since=_SPAN, since_time=NAME, limit_bytes=NUMBER, max_log_requests=NUMBER, chunk_size=NUMBER, types=NAME,
    api_group=NAME, revision=NUMBER, verbs=NAME, label_columns=NAME, _L=NAME, subresource=re.compile("status|scale"),
)  # fmt: skip
_VERBS: Final = one_of("get describe logs top events explain api-resources api-versions version cluster-info")
_SUB: Final = {
    "rollout": {"status", "history"},
    "config": {"view", "current-context", "get-contexts", "get-clusters"},
    "auth": {"can-i", "whoami"},
}


def kubectl(arguments: Sequence[str]) -> bool:
    """kubectl: the verbs that read, and flags that select and format; never the values of Secrets, never `--raw`."""
    before = _BEFORE_VERB.words(arguments)
    if not before:
        return False
    verb, *rest = before
    if verb in _SUB:
        return bool(rest) and rest[0] in _SUB[verb] and _read(rest[1:]) is not None
    read = _read(rest) if verb in _VERBS else None
    if read is None or (verb == "cluster-info" and read.words):
        return False
    return verb != "get" or not (_names_secrets(read.words) and _is_formed(read))


def _read(arguments: Sequence[str]) -> Read | None:
    read = _KUBECTL.read(arguments)
    return read if read is not None and all(map(_WORD.fullmatch, read.words)) else None


def _names_secrets(words: Sequence[str]) -> bool:
    kinds = [part.lower() for word in words for part in re.split(r"[,/]", word)]
    return any("secret" in kind for kind in kinds) or "all" in kinds


def _is_formed(read: Read) -> bool:
    """Whether an output is asked for that shows more than a table does."""
    return any(form not in _TABLE for form in read.values("-o", "--output")) or bool(read.values("--sort-by"))


_HELM: Final = {
    "list": taking(
        "-A --all-namespaces -a --all --short -q --failed --deployed --pending", _n=_NAMED, namespace=_NAMED,
        max=NUMBER, _o=re.compile("table|yaml|json"), output=re.compile("table|yaml|json"),
    ),
    "status": taking("--show-resources", _n=_NAMED, namespace=_NAMED, revision=NUMBER),
    "history": taking(
        _n=_NAMED, namespace=_NAMED, max=NUMBER, _o=re.compile("table|yaml|json"), output=re.compile("table|yaml|json")
    ),
    "version": taking("--short"),
}  # fmt: skip


def helm(arguments: Sequence[str]) -> bool:
    """helm: what lists releases and their state; neither values nor manifests, which hold those of Secrets."""
    before = _BEFORE_VERB.words(arguments)
    if not before:
        return False
    verb, *rest = before
    options = _HELM.get("list" if verb == "ls" else verb)
    return options is not None and options.words(rest) is not None
