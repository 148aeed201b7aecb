"""Letting go of alerts whose silence is over: those that still fire begin now, as if they had just arrived."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from aurora_rt.alerts import queries, silence_queries
from aurora_rt.alerts.ingest import Rules, follow
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.silencing import SAID
from aurora_rt.events.change import Changes

AT_ONCE: Final = 200

log = structlog.get_logger(__name__)


async def wake(changes: Changes, organization_id: UUID, at: datetime, rules: Rules) -> int:
    """Let go of alerts that were held back until `at`; how many there were, `AT_ONCE` at most.

    Their rows are locked before what is kept beside them, as by everybody.
    """
    async with changes.open(organization_id) as change:
        due = await silence_queries.select_due(change, at, AT_ONCE)
        said = {row["alert_id"]: (row["delivery_id"], SAID.validate_python(row["said"])) for row in due}
        keys = {(alert.source, alert.fingerprint): 0 for _, alert in said.values()}
        known = await queries.take(change, keys, at) if keys else {}
        woken = await silence_queries.take_due(change, list(said), at)
        told: dict[UUID, dict[queries.Key, Alert]] = {}
        for alert_id in woken:
            delivery_id, alert = said[alert_id]
            told.setdefault(delivery_id, {})[(alert.source, alert.fingerprint)] = alert
        placing = await follow(change, told, known, at, rules)
    log.info("silenced_alerts_woken", alerts=len(woken))
    await rules.correlating.bridge(changes, organization_id, placing.bridges)
    return len(due)
