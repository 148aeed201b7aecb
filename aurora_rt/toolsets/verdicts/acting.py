"""Whether a command does one well-known thing to one named place, so that it may be run once a person approved it.

A table of verbs; each names what it takes. Nothing here takes a file, a selector, more than a few places at once, a
wish to force, or the engine, cluster or host of somebody else. Default is deny, as for reading.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from aurora_rt.toolsets.verdicts.options import NUMBER, Options, one_of, taking
from aurora_rt.toolsets.verdicts.table import Check

_PLACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
"""The name of an object of a cluster (RFC 1123)."""
_SET: Final = re.compile(
    r"(?:deployments?|deploy|statefulsets?|sts|daemonsets?|ds)(?:\.apps)?/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
)
_SCALED: Final = re.compile(
    r"(?:deployments?|deploy|statefulsets?|sts)(?:\.apps)?/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
)
_SPAN: Final = re.compile(r"\d{1,4}s")
_SECONDS: Final = re.compile(r"[1-9]\d{0,3}")
_REPLICAS: Final = re.compile(r"\d{1,3}")
_REVISION: Final = re.compile(r"[1-9]\d{0,5}")
_BEFORE_VERB: Final = taking(grouped=False, first_word_ends=True, _n=_PLACE, namespace=_PLACE)

_KUBECTL: Final[Mapping[tuple[str, ...], tuple[Options, re.Pattern[str]]]] = {
    ("rollout", "undo"): (taking(grouped=False, to_revision=_REVISION, _n=_PLACE, namespace=_PLACE), _SET),
    ("rollout", "restart"): (taking(grouped=False, _n=_PLACE, namespace=_PLACE), _SET),
    ("rollout", "pause"): (taking(grouped=False, _n=_PLACE, namespace=_PLACE), _SCALED),
    ("rollout", "resume"): (taking(grouped=False, _n=_PLACE, namespace=_PLACE), _SCALED),
    ("scale",): (
        taking(grouped=False, replicas=_REPLICAS, current_replicas=_REPLICAS, _n=_PLACE, namespace=_PLACE),
        _SCALED,
    ),
    ("delete", "pod"): (
        taking(
            grouped=False,
            joined={"--wait": re.compile("true|false")},
            grace_period=_SECONDS,
            _n=_PLACE,
            namespace=_PLACE,
        ),
        _PLACE,
    ),
    ("cordon",): (taking(grouped=False), _PLACE),
    ("uncordon",): (taking(grouped=False), _PLACE),
}
"""kubectl's verbs, what each takes, and which one place it is done to."""


def kubectl(arguments: Sequence[str]) -> bool:
    """kubectl: rollouts, the number of replicas, one pod away, one node closed or open for new pods."""
    words = _BEFORE_VERB.words(arguments) or []
    for verb, (options, place) in _KUBECTL.items():
        if tuple(words[: len(verb)]) == verb:
            read = options.read(words[len(verb) :])
            if read is None or len(read.words) != 1 or not place.fullmatch(read.words[0]):
                return False
            return verb != ("scale",) or len(read.values("--replicas")) == 1
    return False


_UNIT: Final = re.compile(r"[A-Za-z0-9][\w.@:-]{0,200}")
_UNIT_VERBS: Final = one_of("restart try-restart reload reload-or-restart reset-failed")
_OURSELVES: Final = re.compile(
    r"(?:systemd|dbus|sshd?|aurora-rt)\b.*|.*\.(?:target|slice|scope|mount|swap)|init|(?:default|rescue|emergency).*"
)
"""Units without which nobody reaches the host any more, or which are no programs."""


def systemctl(arguments: Sequence[str]) -> bool:
    """systemctl: one unit restarted or reloaded; none is stopped, and none that holds the host together."""
    read = taking("--no-pager --no-block", grouped=False).read(arguments)
    if read is None or len(read.words) != 2:
        return False
    verb, unit = read.words
    return verb in _UNIT_VERBS and bool(_UNIT.fullmatch(unit)) and not _OURSELVES.fullmatch(unit)


_CONTAINER: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,127}")
_CONTAINER_VERBS: Final = one_of("restart start unpause")


def docker(arguments: Sequence[str]) -> bool:
    """docker: one container restarted, started or let go on."""
    words = list(arguments[1:] if tuple(arguments[:1]) == ("container",) else arguments)
    if not words or words[0] not in _CONTAINER_VERBS:
        return False
    options = taking(grouped=False, _t=NUMBER, time=NUMBER) if words[0] == "restart" else taking()
    read = options.read(words[1:])
    return read is not None and len(read.words) == 1 and bool(_CONTAINER.fullmatch(read.words[0]))


def helm(arguments: Sequence[str]) -> bool:
    """helm: one release back to an earlier revision, which is named."""
    words = _BEFORE_VERB.words(arguments) or []
    read = taking("--wait", grouped=False, timeout=_SPAN, _n=_PLACE, namespace=_PLACE).read(words[1:])
    return (
        words[:1] == ["rollback"]
        and read is not None
        and len(read.words) == 2
        and bool(_PLACE.fullmatch(read.words[0]))
        and bool(_REVISION.fullmatch(read.words[1]))
    )


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {"kubectl": kubectl, "systemctl": systemctl, "docker": docker, "helm": helm}
)


def acts(argv: Sequence[str]) -> bool:
    """Whether the command does one of the things of the table, and nothing besides."""
    check = CHECKS.get(argv[0]) if argv else None
    return check is not None and not any("\0" in word for word in argv) and check(argv[1:])
