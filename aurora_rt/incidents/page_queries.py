"""The SQL of lists of incidents: one statement for each order, each walking an index of that order."""

from dataclasses import dataclass
from typing import Any

from aurora_rt.db.pool import Row, Scope
from aurora_rt.events.envelope import feed_room
from aurora_rt.incidents.models import Incident, incident_of
from aurora_rt.incidents.page import Page


@dataclass(frozen=True, slots=True)
class Found:
    """The incidents of a page, one more if there is a next page, and the feed's position at that moment."""

    incidents: list[Incident]
    epoch: str
    seq: int


async def select_page(scope: Scope, page: Page) -> Found:
    """A page, and the feed's position: in one statement, and so of one moment."""
    if not page.filtered:
        return await _selected(scope, page)
    async with scope.connection.transaction(readonly=True):
        # A plan made once for all filters could use no index but the order's.
        await scope.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        return await _selected(scope, page)


async def _selected(scope: Scope, page: Page) -> Found:
    match page.sort:
        case "-startedAt":
            rows = await _newest_first(scope, page)
        case "startedAt":
            rows = await _oldest_first(scope, page)
        case "-severity":
            rows = await _most_severe_first(scope, page)
    first = rows[0]
    incidents = [] if first["id"] is None else [incident_of(row) for row in rows]
    return Found(incidents, first["epoch"], first["seq"] or 0)


async def _newest_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT i.*, p.epoch, p.seq
        FROM (SELECT epoch, (SELECT seq FROM rooms WHERE organization_id = $1 AND room = $12) AS seq
              FROM database_identity) AS p
        LEFT JOIN LATERAL (
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($13::timestamptz IS NULL OR (started_at, id) < ($13, $14::uuid))
        ORDER BY started_at DESC, id DESC LIMIT $2
        ) AS i ON true ORDER BY i.started_at DESC, i.id DESC
        """,
        *_arguments(scope, page),
        *_after(page),
    )


async def _oldest_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT i.*, p.epoch, p.seq
        FROM (SELECT epoch, (SELECT seq FROM rooms WHERE organization_id = $1 AND room = $12) AS seq
              FROM database_identity) AS p
        LEFT JOIN LATERAL (
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($13::timestamptz IS NULL OR (started_at, id) > ($13, $14::uuid))
        ORDER BY started_at, id LIMIT $2
        ) AS i ON true ORDER BY i.started_at, i.id
        """,
        *_arguments(scope, page),
        *_after(page),
    )


async def _most_severe_first(scope: Scope, page: Page) -> list[Row]:
    return await scope.connection.fetch(
        """
        SELECT i.*, p.epoch, p.seq
        FROM (SELECT epoch, (SELECT seq FROM rooms WHERE organization_id = $1 AND room = $12) AS seq
              FROM database_identity) AS p
        LEFT JOIN LATERAL (
        SELECT * FROM incidents
        WHERE organization_id = $1
          AND ($3::text IS NULL OR status = $3) AND ($4::text[] IS NULL OR status = ANY($4))
          AND ($5::text IS NULL OR service = $5) AND ($6::text[] IS NULL OR service = ANY($6))
          AND ($7::text[] IS NULL OR severity = ANY($7)) AND ($8::text[] IS NULL OR source = ANY($8))
          AND ($9::text IS NULL OR incident_words(title, service, summary) @@ to_tsquery('simple', $9))
          AND ($10::timestamptz IS NULL OR started_at >= $10) AND ($11::timestamptz IS NULL OR started_at < $11)
          AND ($13::timestamptz IS NULL OR (severity_weight, started_at, id) < ($15::int2, $13, $14::uuid))
        ORDER BY severity_weight DESC, started_at DESC, id DESC LIMIT $2
        ) AS i ON true ORDER BY i.severity_weight DESC, i.started_at DESC, i.id DESC
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
        feed_room(scope.organization_id),
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
