"""Names of one thing: `service cart`, `cart-7d9f8b6c5-x2x1z`, `Cart:8080` and `cart.shop.svc.cluster.local`. Pure.

What tells that two names mean one thing is how platforms make names: a kind of thing before it, hashes of pods and
numbers of replicas behind it, ports, domains of a cluster, case and dashes. What is left decides. Words like `service`
or a prefix of all names are only left off where that gives one other known name, and no second.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

KINDS_OF_PLACE: Final = (
    "service",
    "pod",
    "container",
    "deployment",
    "workload",
    "statefulset",
    "daemonset",
    "replicaset",
    "app",
    "job",
    "series",
    "host",
    "name",
)
"""Words before a name that say what kind of thing it is."""
_HASHES: Final = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of Kubernetes' made-up names: no vowels, so that they spell nothing."""
_POD: Final = re.compile(rf"^(?P<rest>.+)-(?=[{_HASHES}]*\d)[{_HASHES}]{{6,10}}-[{_HASHES}]{{5}}$")
_REPLICAS: Final = re.compile(rf"^(?P<rest>.+)-(?=\w*\d)(?:[{_HASHES}]{{8,10}}|[0-9a-f]{{8,10}})$")
_HEX_POD: Final = re.compile(r"^(?P<rest>.+)-[0-9a-f]{8,10}-[0-9a-z]{5}$")
_CLUSTER: Final = re.compile(r"^(?P<rest>[a-z0-9-]+)\.[a-z0-9-]+(\.svc)?(\.cluster\.local)?$")
_PORT: Final = re.compile(r"^(?P<rest>[^:\s]+):\d{1,5}$")
_WORDS: Final = re.compile(r"(?:^(?:ts|svc|app|ms)-)|(?:[-.]?(?:service|svc|server|deployment|app|api)$)")


def bare(name: str) -> str:
    """A place's name without the word that says what kind of thing it is: `service cart` is `cart`."""
    word, _, rest = name.strip().partition(" ")
    return (rest if rest and word.casefold() in KINDS_OF_PLACE and "{" not in rest else name).strip()


def short(name: str) -> str:
    """What a thing is called: without the word for its kind; a pod that is called one is its workload."""
    found = bare(name)
    return workload(found) if name.startswith("pod ") else found


def workload(pod: str) -> str:
    """What a pod is one of, by its name; a name that is no pod's stays."""
    match = next((match for one in (_POD, _HEX_POD) if (match := one.match(pod))), None)
    return match["rest"] if match else pod


@lru_cache(8192)
def plain_name(name: str) -> str:
    """What names of one thing have in common."""
    found = bare(name)
    for pattern in (_PORT, _POD, _HEX_POD, _REPLICAS):
        if match := pattern.match(found):
            found = match["rest"]
    if ".svc" in found and (match := _CLUSTER.match(found.casefold())):
        found = match["rest"]
    return found.casefold().replace("_", "-")


def alike(name: str, known: Iterable[str]) -> str | None:
    """Which of the `known` names means the same as `name`; `None` for none, or several that may."""
    every = tuple(known)
    if name in every:
        return name
    same = [one for one in every if plain_name(one) == plain_name(name)]
    if same:
        return min(same, key=lambda one: (len(one), one))
    shorter = _stripped(name)
    loose = [one for one in every if _stripped(one) == shorter]
    return loose[0] if len(loose) == 1 else None


def folded_names(names: Collection[str]) -> dict[str, str]:
    """Each name with what stands for all names of the same thing."""
    plain = {name: plain_name(name) for name in names}
    groups: dict[str, set[str]] = {}
    for one in plain.values():
        groups.setdefault(_stripped(one), set()).add(one)
    # `cart` and `cart-service` are one thing; with a `cart-api` beside them it would be a guess.
    joins = {one: stem for stem, same in groups.items() if len(same) == 2 and stem in same for one in same}
    return {name: joins.get(one, one) for name, one in plain.items()}


@lru_cache(8192)
def _stripped(name: str) -> str:
    found = plain_name(name)
    shorter = _WORDS.sub("", found)
    return shorter if len(shorter) > 1 else found
