"""The open incidents that have something in common with the alerts at hand, by key: pure.

It holds what `queries` has read, or everything where there is no database, and what has been placed since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from aurora_rt.alerts.correlation.scoring import Candidate, Mark, Sign
from aurora_rt.alerts.correlation.subject import Subject

SHARED: Final = 8
"""A key that more open incidents have says nothing about which."""
CANDIDATES: Final = 16
WORDS: Final = 48


@dataclass(slots=True)
class Profile:
    """An open incident as correlation sees it."""

    incident_id: UUID
    started_at: datetime
    environment: str = ""
    cluster: str = ""
    words: set[str] = field(default_factory=set)
    resources: set[str] = field(default_factory=set)
    marks: dict[str, Mark] = field(default_factory=dict)

    def add(self, subject: Subject, keys: Sequence[str]) -> None:
        """Have an alert join."""
        self.started_at = min(self.started_at, subject.at)
        self.environment = self.environment or subject.environment
        self.cluster = self.cluster or subject.cluster
        self.words |= set(sorted(subject.words)[: max(0, WORDS - len(self.words))])
        self.resources |= subject.resources
        for key in keys:
            self.mark(key, Mark(subject.at, subject.at))

    def mark(self, key: str, mark: Mark) -> None:
        """Note when alerts with a key began."""
        known = self.marks.get(key)
        self.marks[key] = (
            Mark(min(known.first_at, mark.first_at), max(known.last_at, mark.last_at)) if known else mark
        )


class Pool:
    """Open incidents by key."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self.profiles: dict[UUID, Profile] = {}
        self.changed: dict[UUID, set[str]] = {}
        """The keys, of incidents, that alerts have brought which joined."""
        self._by_key: dict[str, dict[UUID, None]] = {}
        for one in profiles:
            self.put(one)

    def put(self, profile: Profile) -> None:
        """Add an incident."""
        self.profiles[profile.incident_id] = profile
        for key in profile.marks:
            self._by_key.setdefault(key, {})[profile.incident_id] = None

    def join(self, incident_id: UUID, subject: Subject, keys: Sequence[str]) -> None:
        """Have an alert join an incident, which may be new."""
        profile = self.profiles.get(incident_id) or Profile(incident_id, subject.at)
        profile.add(subject, keys)
        self.put(profile)
        self.changed.setdefault(incident_id, set()).update(keys)

    def remove(self, incident_id: UUID) -> None:
        """Take out an incident that is open no more."""
        profile = self.profiles.pop(incident_id, None)
        for key in profile.marks if profile else ():
            self._by_key.get(key, {}).pop(incident_id, None)

    def merge(self, incident_id: UUID, into: UUID) -> None:
        """Make one incident part of another."""
        one, other = self.profiles[incident_id], self.profiles[into]
        self.remove(incident_id)
        absorb(other, one)
        self.put(other)
        if incident_id in self.changed:
            self.changed.setdefault(into, set()).update(self.changed.pop(incident_id))

    def found(
        self, subject: Subject, signs: Sequence[Sign], window: timedelta, apart: Iterable[str] = ()
    ) -> tuple[list[Candidate], dict[str, int]]:
        """The incidents that a subject's signs lead to, and how many have each key; the same work for each alert.

        Incidents that have a key in `apart` are left out.
        """
        shared: dict[str, int] = {}
        ids: dict[UUID, None] = {}
        for sign in signs:
            if sign.key in shared:
                continue
            here = [
                one
                for one in self._by_key.get(sign.key, ())
                if self.profiles[one].marks[sign.key].gap(subject.at) <= window
            ]
            shared[sign.key] = len(here)
            if len(here) <= SHARED:
                ids |= dict.fromkeys(here)
        few = {key for key, many in shared.items() if many <= SHARED}
        forbidden = {one for key in apart for one in self._by_key.get(key, ())}
        some = [one for one in ids if one not in forbidden][:CANDIDATES]
        return [_candidate(self.profiles[one], few) for one in some], shared


def absorb(profile: Profile, other: Profile) -> None:
    """Have an incident be about what another one is about, too."""
    profile.started_at = min(profile.started_at, other.started_at)
    profile.environment = profile.environment or other.environment
    profile.cluster = profile.cluster or other.cluster
    profile.words |= other.words
    profile.resources |= other.resources
    for key, mark in other.marks.items():
        profile.mark(key, mark)


def _candidate(profile: Profile, keys: Iterable[str]) -> Candidate:
    return Candidate(
        incident_id=profile.incident_id,
        environment=profile.environment,
        cluster=profile.cluster,
        words=frozenset(profile.words),
        resources=frozenset(profile.resources),
        started_at=profile.started_at,
        marks={key: profile.marks[key] for key in keys if key in profile.marks},
    )
