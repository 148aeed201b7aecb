"""Correlation at work: what is read before alerts are placed, and what is kept of it; `correlation` decides.

Whoever places alerts of an organization holds its advisory lock until the transaction ends, so that two deliveries of
one cause never open two incidents; so does whoever merges. It is taken after the rows of the alerts and before those of
incidents, as everywhere. However many alerts are open, an alert costs at most `signs.KEYS` look-ups in one index, all
alerts of a batch together four statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from aurora_rt.alerts import correlation_queries, merging
from aurora_rt.alerts.correlation.placing import Bridge, Known
from aurora_rt.alerts.correlation.pool import Pool, Profile, absorb
from aurora_rt.alerts.correlation.scoring import Mark
from aurora_rt.alerts.correlation.service_map import NO_MAP, ServiceMap
from aurora_rt.alerts.correlation.signs import kind_key
from aurora_rt.alerts.models import Alert, Home
from aurora_rt.clock import now
from aurora_rt.db.pool import AWAY, Connection, Row
from aurora_rt.errors import AuroraError
from aurora_rt.events.change import Change, Changes
from aurora_rt.incidents.merging import HasMerged

US: Final = "Aurora RT"
FORGET_AT_ONCE: Final = 5000
ANEW: Final = 500
LATE: Final = 2
"""After so many windows no alert is so late that what is kept could still matter."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Correlating:
    """How alerts are correlated in this process."""

    window: timedelta = timedelta()
    """Zero: they are not."""
    service_map: ServiceMap = NO_MAP
    """Who calls whom, as far as toolsets know; `service_maps` renews it."""

    async def look(self, change: Change, beginning: Sequence[Alert], at: datetime) -> Known:
        """All that decides where alerts go that begin to fire; from here on nobody else places any."""
        known = Known(self.window, at, self.service_map)
        if not self.window or not beginning:
            return known
        subjects = [known.subject(alert) for alert in beginning]
        names = sorted({name for one in subjects for name in one.names})
        kinds = sorted({one.kind for one in subjects})
        learnt = await correlation_queries.select_learnt(change, kinds, names)
        if learnt.calls:
            known = Known(self.window, at, self.service_map.with_calls(learnt.calls))
        known.together, known.apart = learnt.together, learnt.apart
        await correlation_queries.lock(change)
        keys = {sign.key for alert in beginning for sign in known.signs(alert)}
        keys |= {kind_key(other) for others in known.apart.values() for other in others}
        since = min(one.at for one in subjects) - self.window
        known.pool = _pool(await correlation_queries.select_open(change, sorted(keys), since))
        return known

    async def keep(self, change: Change, known: Known) -> None:
        """Keep by which keys incidents are found that alerts have joined, which the change has locked or opened."""
        changed = known.pool.changed
        if not changed:
            return
        profiles = [known.pool.profiles[one] for one in sorted(changed)]
        marks = {
            (one.incident_id, key): one.marks[key] for one in profiles for key in changed[one.incident_id]
        }
        await correlation_queries.upsert_profiles(change, profiles, marks, known.at)
        if known.calls:
            await correlation_queries.upsert_calls(change, known.calls, known.at)
        changed.clear()

    async def bridge(self, changes: Changes, organization_id: UUID, bridges: Iterable[Bridge]) -> None:
        """Merge incidents that alerts have shown to be one; each in a change of its own, after what showed it.

        Nothing is lost where that fails: they stay two incidents.
        """
        for one in dict.fromkeys(bridges):
            by = f"{US} ({one.reason.rstrip('.')})"
            older, younger = sorted((one.incident_id, one.into))  # ids are made in the order of time
            try:
                try:
                    await merging.merge_found(changes, organization_id, younger, older, by)
                except HasMerged:
                    await merging.merge_found(changes, organization_id, older, younger, by)
            except AuroraError as error:
                log.info("incidents_not_bridged", incident_id=str(younger), code=error.code)
            except AWAY as error:
                log.warning("incidents_not_bridged", incident_id=str(younger), error=str(error))

    async def forget(self, connection: Connection, at: datetime) -> None:
        """Forget what cannot matter any more."""
        await correlation_queries.delete_old_marks(connection, at - LATE * self.window, FORGET_AT_ONCE)


async def keep_anew(change: Change, incident_ids: Sequence[UUID]) -> None:
    """Keep by which keys incidents are found, which the change has locked, after a person moved alerts between them."""
    at = now()
    known = Known(timedelta.max, at)
    for row in await correlation_queries.select_told(change, incident_ids, ANEW):
        fields = dict(row)
        incident_id = fields.pop("incident_id")
        known.join(Alert(status="firing", **fields), incident_id)
    await correlation_queries.delete_marks(change, incident_ids)
    await Correlating().keep(change, known)


def likely(known: Known, beginning: Iterable[Alert]) -> set[UUID]:
    """The open incidents that alerts may join, or show to be one.

    No other one can be chosen once some have been placed: an incident that no alert has joined has nothing more to
    speak for it.
    """
    decisions = [known.decide(alert) for alert in beginning] if known.pool.profiles else []
    return {one.incident_id for decision in decisions for one in (decision.joins, *decision.bridges) if one}


def keep_open(known: Known, homes: Mapping[UUID, Home]) -> None:
    """Leave to alerts only those incidents that are locked, and are open still."""
    for incident_id in list(known.pool.profiles):
        home = homes.get(incident_id)
        if home is None or not home.is_open or home.is_merged:
            known.pool.remove(incident_id)


def _pool(rows: Sequence[Row]) -> Pool:
    parts: dict[UUID, tuple[UUID, Profile]] = {}
    for row in rows:
        if row["incident_id"] not in parts:
            profile = Profile(
                row["incident_id"],
                row["started_at"],
                row["environment"],
                row["cluster"],
                set(row["words"]),
                set(row["resources"]),
            )
            parts[row["incident_id"]] = (row["shown_id"], profile)
        parts[row["incident_id"]][1].mark(row["key"], Mark(row["first_at"], row["last_at"]))
    whole: dict[UUID, Profile] = {}
    for shown_id, part in sorted(
        parts.values(), key=lambda one: (one[0] != one[1].incident_id, one[1].incident_id)
    ):
        if shown_id in whole:
            absorb(whole[shown_id], part)
        else:
            part.incident_id = shown_id
            whole[shown_id] = part
    return Pool(whole.values())
