"""Running what somebody approved, at most once; its output becomes a citation of the incident.

That it begins is committed before it begins. So a worker that dies meanwhile leaves a command of which nobody knows
whether it took effect: the next worker says so, and does not run it again.
"""

import asyncio
import time
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from aurora_rt import jobs
from aurora_rt.approvals import running
from aurora_rt.approvals.models import Approval, Outcome
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import AWAY
from aurora_rt.investigation import queries, record
from aurora_rt.investigation.bench import Workbench
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.acting import Acted, NotBegun, carried_out
from aurora_rt.toolsets.command_line import SECONDS
from aurora_rt.toolsets.policies import policy_of
from aurora_rt.toolsets.toolbox import fit
from aurora_rt.toolsets.toolset import Observation

TOOL: Final = "actions.run"
"""What the citation of an approved command is said to come from."""
AGAIN_SECONDS: Final = 2.0
CUT: Final = f"It did not end within {SECONDS:.0f} s and was ended. Look whether it took effect."

log = structlog.get_logger(__name__)


async def carry_out(bench: Workbench, job: jobs.CarryOut) -> None:
    """Carry out the job. A command that was begun before is left alone."""
    runner = new_id()
    policy = await policy_of(bench.database, job.organization_id)
    async with bench.changes.open(job.organization_id) as change:
        approval = await running.begin(change, job.incident_id, job.approval_id, runner)
    if approval is None:
        return None
    log.info("action_begun", approval_id=str(approval.id))
    at, began = now(), time.monotonic()
    try:
        acted = await carried_out(approval.command, policy, bench.settings)
    except NotBegun as refused:
        outcome, seen = Outcome("refused", redacted(str(refused))), None
    else:
        outcome = Outcome("done", "" if acted.exit_status is not None else CUT, acted.exit_status)
        seen = _seen(approval, acted, at, time.monotonic() - began)
    while True:
        try:
            return await _end(bench, job, runner, outcome, seen)
        except AWAY as error:
            # Only this process knows what became of it: carrying the job out again would not tell.
            log.warning("action_waits_for_database", error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)


async def give_up(bench: Workbench, job: jobs.CarryOut, reason: str) -> None:
    """Say that an approved command could not be run, or that nobody knows whether it was."""
    async with bench.changes.open(job.organization_id) as change:
        await running.end(
            change, job.incident_id, job.approval_id, None, Outcome("interrupted", redacted(reason))
        )


async def _end(
    bench: Workbench, job: jobs.CarryOut, runner: UUID, outcome: Outcome, seen: Observation | None
) -> None:
    async with bench.changes.open(job.organization_id) as change:
        if seen is not None:
            number = await queries.next_citation_number(change, job.incident_id)
            cited = replace(seen, number=number)
            await record.citation(change, job.incident_id, job.approval_id, None, cited)
            outcome = replace(outcome, citation=number)
        await running.end(change, job.incident_id, job.approval_id, runner, outcome)
    log.info("action_ended", approval_id=str(job.approval_id), run=outcome.run, exit=outcome.exit_status)


def _seen(approval: Approval, acted: Acted, at: datetime, seconds: float) -> Observation:
    return Observation(
        number=0,
        tool=TOOL,
        parameters={"command": approval.command, "approval": str(approval.id)},
        command=approval.command,
        output=fit(acted.output),
        executed_at=at,
        seconds=seconds,
        error=CUT if acted.exit_status is None else None,
    )
