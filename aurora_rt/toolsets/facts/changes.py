"""What was changed, when, where and by whom."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact

ChangeKind = Literal[
    "deploy", "rollback", "config", "flag", "migration", "scale", "commit", "merge", "pipeline", "other"
]


class Change(Fact):
    """One change."""

    at: datetime | None
    """`None` where a record does not tell."""
    service: str
    """What was changed; `""` where it is not told."""
    kind: ChangeKind
    version: str
    by: str
    text: str
    origin: str
    """Who tells of it: `deploy log`, `git`, `GitHub`, `GitLab`, `record`."""
    url: str
    failed: bool = False
    """The change itself did not succeed: a pipeline or a deployment that failed."""


class Changes(Fact):
    """Changes within a stretch of time, the newest last."""

    kind: Literal["changes"] = "changes"
    changes: tuple[Change, ...]
    truncated: bool
