"""Which alerts a silence is about: pure.

A silence names labels and what they have to be; all of its matchers must hold, as in Alertmanager
(https://prometheus.io/docs/alerting/latest/alertmanager/#silences). A label that an alert does not have is `""`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aurora_rt.alerts.models import Alert


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label has to be, or must not be."""

    name: str
    value: str
    """`*` stands for any text."""
    equal: bool = True
    """False: what it must not be."""
    pattern: re.Pattern[str] | None = None
    """A regular expression instead of `value`, as Alertmanager's have it; ours have none, for they could take long."""

    @property
    def written(self) -> str:
        """What a label has to be, as a person reads it."""
        return self.pattern.pattern if self.pattern else self.value

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether it holds for these labels."""
        found = labels.get(self.name, "")
        fits = self.pattern.fullmatch(found) is not None if self.pattern else _fits(self.value, found)
        return fits is self.equal


@dataclass(frozen=True, slots=True)
class Silence:
    """What is silenced, and until when."""

    id: str
    matchers: tuple[Matcher, ...]
    until: datetime

    def is_about(self, labels: Mapping[str, str]) -> bool:
        """Whether it silences an alert with these labels."""
        return bool(self.matchers) and all(one.holds(labels) for one in self.matchers)


def labels_of(alert: Alert) -> dict[str, str]:
    """The labels of an alert, with what every alert has under the names that people use."""
    own = {
        "alertname": alert.title,
        "title": alert.title,
        "source": alert.source,
        "service": alert.service,
        "environment": alert.environment,
        "severity": alert.severity,
    }
    return {**own, **{name: value for name, value in alert.labels.items() if value}}


def silence_of(alert: Alert, silences: Iterable[Silence]) -> Silence | None:
    """The silence that holds an alert back the longest; `None` when there is none."""
    labels = labels_of(alert)
    return max((one for one in silences if one.is_about(labels)), key=lambda one: one.until, default=None)


def _fits(wanted: str, text: str) -> bool:
    """Whether a text is as wanted; the time grows with the length of the text, however many `*` there are."""
    first, *rest = wanted.split("*")
    if not rest:
        return text == wanted
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
