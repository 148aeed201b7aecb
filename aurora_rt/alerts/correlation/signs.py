"""By which keys an incident is found, and what it means to find one by a key: pure.

| key | of |
| --- | --- |
| `n:` | a component |
| `h:` `p:` `s:` `z:` | a host, a pod, a namespace, a zone |
| `w:` | a name in the text of an alert |
| `t:` | what many depend on, in a place |
| `c:` | what its components call |
| `k:` | a rule about a thing, for what people have decided about it |
"""

from collections.abc import Iterable, Iterator
from typing import Final

from aurora_rt.alerts.correlation.scoring import Sign
from aurora_rt.alerts.correlation.service_map import CLOSE, ServiceMap
from aurora_rt.alerts.correlation.subject import Subject
from aurora_rt.alerts.correlation.words import NAMELIKE, THEME_TEXTS

KEYS: Final = 48
"""So many keys an alert looks for at most."""
KEY_LIMIT: Final = 300
OF_CALLS: Final = 16

# How much each sign is worth by itself, tuned on `tests/alerts/correlation_set.py`: 0.5 is enough to join.
NEAR: Final = 0.66
FAR: Final = 0.52
SIBLING: Final = 0.45
FEW: Final = 4
"""What more components call makes less of siblings out of them."""
ZONE: Final = 0.55
WORD: Final = 0.55

EXPLAINED: Final = frozenset({"starting", "dns"})
"""Themes that say why: it is not what the alert's service calls."""


def keys_of(subject: Subject, service_map: ServiceMap) -> tuple[str, ...]:
    """The keys by which an incident is found that has this alert."""
    keys = [
        *_keyed("n", subject.names),
        *_keyed("h", subject.hosts),
        *_keyed("p", subject.pods),
        *_keyed("s", subject.spaces),
        *_keyed("z", subject.zones),
        *_keyed("t", (f"{theme}@{place}" for theme in subject.themes for place in _places(subject, theme))),
        *_keyed("w", subject.named),
        kind_key(subject.kind),
        *_keyed(
            "c", sorted({callee for name in subject.names for callee in service_map.callees(name)})[:OF_CALLS]
        ),
    ]
    return tuple(dict.fromkeys(keys))


def kind_key(kind: str) -> str:
    """The key of incidents that have an alert of a kind."""
    return _key("k", kind)


def signs_of(
    subject: Subject, service_map: ServiceMap, pairs: Iterable[tuple[str, str]] = ()
) -> tuple[Sign, ...]:
    """What to look for, for an alert, the strongest first.

    `pairs`: the kinds, with their titles, that people have put together with it.
    """
    found = [*_of_itself(subject), *_of_neighbours(subject, service_map), *_of_text(subject)]
    found += [
        Sign(kind_key(kind), "pair", 0.85, f"People have put it together with {title} before")
        for kind, title in pairs
    ]
    strongest: dict[tuple[str, str], Sign] = {}
    for sign in sorted(found, key=lambda one: -one.weight):
        strongest.setdefault((sign.key, sign.family), sign)
    return tuple(strongest.values())[:KEYS]


def _of_itself(subject: Subject) -> Iterator[Sign]:
    for name in subject.names:
        yield Sign(_key("n", name), "same", 0.8, f"Same service {name}")
        yield Sign(_key("h", name), "host", 0.6, f"Same host {name}")
    for one in subject.hosts:
        yield Sign(_key("h", one), "host", 0.78, f"Same host {one}")
        yield Sign(_key("n", one), "host", 0.6, f"Same host {one}")
    for pod in subject.pods:
        yield Sign(_key("p", pod), "same", 0.85, f"Same pod {pod}")
    for space in subject.spaces:
        yield Sign(_key("s", space), "space", 0.15, f"Same namespace {space}")
    for zone in subject.zones:
        yield Sign(_key("z", zone), "zone", 0.3 if subject.names else ZONE, f"Same zone {zone}")
    for theme in subject.themes:
        for place in _places(subject, theme):
            text = f"Both are about {THEME_TEXTS[theme]} in {place}"
            yield Sign(_key("t", f"{theme}@{place}"), "theme", 0.62, text)


def _of_neighbours(subject: Subject, service_map: ServiceMap) -> Iterator[Sign]:
    explained = bool(subject.themes & EXPLAINED)
    for name in sorted(subject.names):
        callees = [*sorted(subject.callees), *service_map.callees(name)][:CLOSE]
        callers = list(service_map.callers(name))[:CLOSE]
        if not explained:
            yield from (_calls(name, one, NEAR, "") for one in callees)
            yield from (_calls(name, one, FAR, " by way of another") for one in service_map.behind(name))
        yield from (_called(name, one, NEAR, "") for one in callers)
        yield from (_called(name, one, FAR, " by way of another") for one in service_map.before(name))
        for callee in callees:
            many = max(FEW, len(service_map.callers(callee)))
            yield Sign(_key("c", callee), "sibling", SIBLING * FEW / many, f"Both call {callee}")


def _calls(name: str, callee: str, weight: float, how: str) -> Sign:
    return Sign(_key("n", callee), "calls", weight, f"{name} calls {callee}{how}, which fires")


def _called(name: str, caller: str, weight: float, how: str) -> Sign:
    return Sign(_key("n", caller), "called", weight, f"{caller}, which fires, calls {name}{how}")


def _of_text(subject: Subject) -> Iterator[Sign]:
    for word in sorted(subject.named):
        weight = 0.6 if NAMELIKE.search(word) or not subject.names else WORD
        yield Sign(_key("n", word), "named", weight, f"It names {word}, which fires")
        yield Sign(_key("h", word), "named", weight, f"It names the host {word}")
        if NAMELIKE.search(word):
            yield Sign(_key("w", word), "named", 0.45, f"Both name {word}")
    for one in sorted(subject.names | subject.hosts):
        yield Sign(_key("w", one), "named", 0.6, f"{one} is named there")


def _places(subject: Subject, theme: str) -> tuple[str, ...]:
    """Where a theme counts: what keeps things from starting is a namespace's, all else a zone's or cluster's."""
    places = subject.spaces if theme == "starting" else (subject.cluster, *sorted(subject.zones))
    return tuple(one for one in places if one)


def _keyed(prefix: str, values: Iterable[str]) -> Iterator[str]:
    return (_key(prefix, one) for one in sorted(values))


def _key(prefix: str, value: str) -> str:
    return f"{prefix}:{value}"[:KEY_LIMIT]
