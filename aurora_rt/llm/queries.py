"""The SQL of language models: accounts, choices, what was spent."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from aurora_rt.db.pool import Row, Scope
from aurora_rt.llm.models import Choices, DayOfModel, KeptAccount, Request, Spent, Used


async def lock_spending(scope: Scope) -> None:
    """Let one request of the organization at a time be weighed against its limits, in all processes."""
    await scope.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('llm ' || $1::text, 0))", str(scope.organization_id)
    )


async def spent_on_work(scope: Scope, work_id: UUID) -> Spent:
    """What one investigation or answer has come to, with what still runs."""
    row = await scope.connection.fetchrow(
        """
        SELECT count(*) AS requests, coalesce(sum(input_tokens + output_tokens), 0)::bigint AS tokens,
            coalesce(sum(cost), 0) AS cost
        FROM llm_usage WHERE organization_id = $1 AND work_id = $2
        """,
        scope.organization_id,
        work_id,
    )
    return _spent(row)


async def spent_on_day(scope: Scope, day: date, since: datetime) -> Spent:
    """What the organization has come to on a day, with what runs since then."""
    row = await scope.connection.fetchrow(
        """
        SELECT sum(requests)::bigint AS requests, sum(tokens)::bigint AS tokens, sum(cost) AS cost FROM (
            SELECT requests, input_tokens + output_tokens AS tokens, cost FROM llm_days
            WHERE organization_id = $1 AND day = $2
            UNION ALL
            SELECT 1, input_tokens + output_tokens, coalesce(cost, 0) FROM llm_usage
            WHERE organization_id = $1 AND ended_at IS NULL AND at >= $3
            UNION ALL
            SELECT 0, 0, 0
        ) AS parts
        """,
        scope.organization_id,
        day,
        since,
    )
    return _spent(row)


async def start_request(scope: Scope, request: Request, most: Used, at: datetime) -> None:
    """Note a request that is about to be made, with what it may come to at most."""
    spender = request.spender
    await scope.connection.execute(
        """
        INSERT INTO llm_usage (organization_id, id, at, purpose, incident_id, work_id, session_id, provider, model,
            input_tokens, output_tokens, cost)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        scope.organization_id,
        request.id,
        at,
        spender.purpose,
        spender.incident_id,
        spender.work_id,
        spender.session_id,
        request.provider,
        request.model,
        most.input_tokens,
        most.output_tokens,
        most.cost,
    )


async def end_request(
    scope: Scope, request: Request, used: Used, at: datetime, seconds: float, error: str | None
) -> None:
    """Note what a request came to, and add it to its day."""
    await scope.connection.execute(
        """
        WITH ended AS (
            UPDATE llm_usage SET ended_at = $3, input_tokens = $4, cached_tokens = $5, output_tokens = $6, cost = $7,
                seconds = $8, error = $9, estimated = $10
            WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL
            RETURNING (at AT TIME ZONE 'UTC')::date AS day, provider, model
        )
        INSERT INTO llm_days AS kept (organization_id, day, provider, model, requests, input_tokens, cached_tokens,
            output_tokens, cost)
        SELECT $1, day, provider, model, 1, $4, $5, $6, coalesce($7, 0) FROM ended
        ON CONFLICT (organization_id, day, provider, model) DO UPDATE SET
            requests = kept.requests + 1,
            input_tokens = kept.input_tokens + excluded.input_tokens,
            cached_tokens = kept.cached_tokens + excluded.cached_tokens,
            output_tokens = kept.output_tokens + excluded.output_tokens,
            cost = kept.cost + excluded.cost
        """,
        scope.organization_id,
        request.id,
        at,
        used.input_tokens,
        used.cached_tokens,
        used.output_tokens,
        used.cost,
        seconds,
        error,
        used.estimated,
    )


async def days(scope: Scope, since: date) -> list[DayOfModel]:
    """What was spent, by day and model, newest day first."""
    rows = await scope.connection.fetch(
        """
        SELECT day, provider, model, requests, input_tokens, cached_tokens, output_tokens, cost FROM llm_days
        WHERE organization_id = $1 AND day >= $2 ORDER BY day DESC, cost DESC, model
        """,
        scope.organization_id,
        since,
    )
    return [DayOfModel(**row) for row in rows]


async def spent_on_incident(scope: Scope, incident_id: UUID) -> list[DayOfModel]:
    """What an incident came to, by model; what still runs is not in it."""
    rows = await scope.connection.fetch(
        """
        SELECT max(at AT TIME ZONE 'UTC')::date AS day, provider, model, count(*) AS requests,
            sum(input_tokens)::bigint AS input_tokens, sum(cached_tokens)::bigint AS cached_tokens,
            sum(output_tokens)::bigint AS output_tokens, coalesce(sum(cost), 0) AS cost
        FROM llm_usage WHERE organization_id = $1 AND incident_id = $2 AND ended_at IS NOT NULL
        GROUP BY provider, model ORDER BY sum(cost) DESC NULLS LAST, model
        """,
        scope.organization_id,
        incident_id,
    )
    return [DayOfModel(**row) for row in rows]


async def accounts(scope: Scope) -> list[KeptAccount]:
    """The organization's accounts with providers."""
    rows = await scope.connection.fetch(
        "SELECT provider, sealed, ends, base_url, updated_at FROM llm_accounts WHERE organization_id = $1",
        scope.organization_id,
    )
    return [KeptAccount(**row) for row in rows]


async def keep_account(scope: Scope, account: KeptAccount) -> None:
    """Write an account, in place of the one with that provider."""
    await scope.connection.execute(
        """
        INSERT INTO llm_accounts (organization_id, provider, sealed, ends, base_url, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organization_id, provider) DO UPDATE SET
            sealed = excluded.sealed, ends = excluded.ends, base_url = excluded.base_url,
            updated_at = excluded.updated_at
        """,
        scope.organization_id,
        account.provider,
        account.sealed,
        account.ends,
        account.base_url,
        account.updated_at,
    )


async def forget_account(scope: Scope, provider: str) -> bool:
    """Forget an account; False when there is none."""
    gone = await scope.connection.fetchval(
        "DELETE FROM llm_accounts WHERE organization_id = $1 AND provider = $2 RETURNING provider",
        scope.organization_id,
        provider,
    )
    return gone is not None


async def choices(scope: Scope) -> Choices:
    """What the organization's admins chose."""
    row = await scope.connection.fetchrow(
        "SELECT model, fallbacks, daily_tokens, daily_usd FROM llm_choices WHERE organization_id = $1",
        scope.organization_id,
    )
    if row is None:
        return Choices()
    return Choices(row["model"], tuple(row["fallbacks"]), row["daily_tokens"], row["daily_usd"])


async def keep_choices(
    scope: Scope,
    model: str | None,
    fallbacks: Sequence[str],
    daily_tokens: int | None,
    daily_usd: Decimal | None,
    at: datetime,
) -> None:
    """Write what the organization's admins chose."""
    await scope.connection.execute(
        """
        INSERT INTO llm_choices (organization_id, model, fallbacks, daily_tokens, daily_usd, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organization_id) DO UPDATE SET
            model = excluded.model, fallbacks = excluded.fallbacks, daily_tokens = excluded.daily_tokens,
            daily_usd = excluded.daily_usd, updated_at = excluded.updated_at
        """,
        scope.organization_id,
        model,
        fallbacks,
        daily_tokens,
        daily_usd,
        at,
    )


def _spent(row: Row | None) -> Spent:
    return Spent(0, 0, Decimal(0)) if row is None else Spent(**row)
