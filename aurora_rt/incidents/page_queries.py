"""The SQL of lists of incidents: one statement for each order, each walking an index of that order."""

from typing import Any

from aurora_rt.db.pool import Row, Scope
from aurora_rt.incidents.models import Incident, incident_of
from aurora_rt.incidents.page import Page


async def select_page(scope: Scope, page: Page) -> list[Incident]:
    """The incidents of a page, and one more if there is a next page. Must run within a transaction."""
    if page.filtered:
        # A plan made once for all filters could use no index but the order's.
        await scope.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    match page.sort:
        case "-startedAt":
            rows = await _newest_first(scope, page)
        case "startedAt":
            rows = await _oldest_first(scope, page)
        case "-severity":
            rows = await _most_severe_first(scope, page)
    return [incident_of(row) for row in rows]


async def _newest_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($12::timestamptz IS NULL OR (started_at, id) < ($12, $13::uuid))
        ORDER BY started_at DESC, id DESC LIMIT $2
        """,
        *_arguments(scope, page),
        *_after(page),
    )


async def _oldest_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($12::timestamptz IS NULL OR (started_at, id) > ($12, $13::uuid))
        ORDER BY started_at, id LIMIT $2
        """,
        *_arguments(scope, page),
        *_after(page),
    )


async def _most_severe_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($12::timestamptz IS NULL OR (severity_weight, started_at, id) < ($14::int2, $12, $13::uuid))
        ORDER BY severity_weight DESC, started_at DESC, id DESC LIMIT $2
        """,
        *_arguments(scope, page),
        *_after(page),
        page.after.weight if page.after else None,
    )


def _arguments(scope: Scope, page: Page) -> tuple[Any, ...]:
    """The arguments that all orders share; one value of a filter is compared as such, several as an array."""
    return (
        scope.organization_id,
        page.limit + 1,
        *_one_or_several(page.statuses),
        *_one_or_several(page.services),
        list(page.severities) or None,
        list(page.sources) or None,
        page.words,
        page.since,
        page.until,
    )


def _one_or_several(values: tuple[str, ...]) -> tuple[str | None, list[str] | None]:
    match values:
        case ():
            return None, None
        case (only,):
            return only, None
        case _:
            return None, list(values)


def _after(page: Page) -> tuple[Any, ...]:
    return (page.after.started_at, page.after.id) if page.after else (None, None)
