"""What a metrics server tells: series, rules, targets, alerts that fire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class Series(Fact):
    """One time series: its labels (the metric's name is `__name__`) and its samples."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]
    """(Unix time in seconds, value); values that are not finite numbers are left out."""


class SeriesSet(Fact):
    """The answer to one metric query."""

    kind: Literal["series"] = "series"
    query: str
    step: float | None
    """Seconds between samples; `None` for an instant query."""
    series: tuple[Series, ...]
    truncated: bool
    """True when there were more series than are kept."""


class Rule(Fact):
    """An alerting rule, as the metrics server has it."""

    name: str
    expression: str
    for_seconds: float
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    health: str
    last_error: str


class Rules(Fact):
    """Alerting rules by name."""

    kind: Literal["rules"] = "rules"
    rules: tuple[Rule, ...]


class Target(Fact):
    """Something that the metrics server scrapes."""

    job: str
    instance: str
    up: bool
    last_error: str
    last_scrape_at: datetime | None


class Targets(Fact):
    """All scrape targets."""

    kind: Literal["targets"] = "targets"
    targets: tuple[Target, ...]


class FiringAlert(Fact):
    """An alert that fires now, as the metrics server or Alertmanager sees it."""

    name: str
    labels: Mapping[str, str]
    state: str
    """`firing`, `pending`, `silenced` or `inhibited`."""
    active_since: datetime | None
    silenced_by: tuple[str, ...] = ()
    """Ids of the silences that cover it."""


class FiringAlerts(Fact):
    """Alerts that fire or are pending now."""

    kind: Literal["firing_alerts"] = "firing_alerts"
    alerts: tuple[FiringAlert, ...]
