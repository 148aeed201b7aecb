"""What Alertmanager tells beside the alerts: which of them people have silenced, and why."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class Matcher(Fact):
    """What a label has to be."""

    label: str
    value: str
    regex: bool
    equal: bool
    """False: what it must not be."""


class Silence(Fact):
    """Alerts with certain labels are not to be told to anybody for a while."""

    id: str
    state: str
    """`active`, `pending` or `expired`, now."""
    matchers: tuple[Matcher, ...]
    """All of them must match."""
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str


class Silences(Fact):
    """Silences that were in force within the incident's window, the one that began last first."""

    kind: Literal["silences"] = "silences"
    silences: tuple[Silence, ...]
