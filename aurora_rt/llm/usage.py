"""What was spent on models: by day for an organization, by model for an incident."""

from datetime import UTC, timedelta
from uuid import UUID

from aurora_rt.clock import now
from aurora_rt.db.pool import Scope
from aurora_rt.llm import queries
from aurora_rt.llm.budgets import ABANDONED
from aurora_rt.llm.models import DayOfModel, Spent


async def usage_of(scope: Scope, incident_id: UUID) -> list[DayOfModel]:
    """What an incident came to by model, the dearest first; empty when no model was asked."""
    return await queries.spent_on_incident(scope, incident_id)


async def lately(scope: Scope, days: int) -> list[DayOfModel]:
    """What the last days came to, today (UTC) among them, newest first."""
    return await queries.days(scope, now().astimezone(UTC).date() - timedelta(days=days - 1))


async def today(scope: Scope) -> Spent:
    """What today (UTC) came to, with what still runs."""
    at = now()
    return await queries.spent_on_day(scope, at.astimezone(UTC).date(), at - ABANDONED)
