"""Lists of incidents: what is asked for, page by page, at a cost that does not grow with history."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from people import Person

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.incidents import detail, page_queries
from aurora_rt.incidents.page import Page

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
OPENED = (
    ("HighCpuUsage", "checkout", "critical", 0),
    ("DiskFilling", "database", "warning", 1),
    ("LatencyHigh", "checkout", "warning", 2),
    ("api-server is down", "api-server", "page", 3),
    ("MemoryGrowing", "search", "info", 4),
)


async def opened(person: Person) -> list[str]:
    """Incidents an hour apart; returns their ids, oldest first."""
    ids = []
    for title, service, severity, hours in OPENED:
        body = {"title": title, "service": service, "severity": severity}
        started = (START + timedelta(hours=hours)).isoformat()
        answer = await person.http.post("/api/incidents", json={**body, "startedAt": started})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


async def titles(person: Person, **query: Any) -> list[str]:
    answer = await person.http.get("/api/incidents", params=query)
    assert answer.status_code == 200, answer.text
    return [one["alert"]["title"] for one in answer.json()["incidents"]]


ASKED = [
    ({}, [4, 3, 2, 1, 0]),
    ({"sort": "startedAt"}, [0, 1, 2, 3, 4]),
    ({"sort": "-severity"}, [0, 3, 2, 1, 4]),
    ({"severity": "warning"}, [2, 1]),
    ({"severity": ["warning", "INFO"]}, [4, 2, 1]),
    ({"severity": ["critical", "page"]}, [3, 0]),
    ({"service": "checkout"}, [2, 0]),
    ({"service": ["checkout", "search"]}, [4, 2, 0]),
    ({"source": "manual"}, [4, 3, 2, 1, 0]),
    ({"source": "grafana"}, []),
    ({"status": "investigating"}, [4, 3, 2, 1, 0]),
    ({"status": ["resolved", "merged"]}, []),
    ({"q": "cpu"}, [0]),
    ({"q": "api serv"}, [3]),
    ({"q": "disk data"}, [1]),
    ({"q": "disk checkout"}, []),
    ({"since": "2026-03-01T12:00:00Z"}, [4, 3, 2]),
    ({"until": "2026-03-01T12:00:00+00:00"}, [1, 0]),
    ({"since": "2026-03-01T11:00:00Z", "until": "2026-03-01T13:00:00Z"}, [2, 1]),
    ({"service": "checkout", "severity": "critical", "q": "high"}, [0]),
    ({"somebodys": "own parameter"}, [4, 3, 2, 1, 0]),
]


async def test_a_list_holds_what_is_asked_for_in_the_order_that_is_asked_for(onlooker: Person) -> None:
    await opened(onlooker)
    for query, found in ASKED:
        assert await titles(onlooker, **query) == [OPENED[n][0] for n in found], query


@pytest.mark.parametrize("sort", ["-startedAt", "startedAt", "-severity"])
async def test_pages_hold_everything_once_though_incidents_are_opened_meanwhile(
    onlooker: Person, sort: str
) -> None:
    ids = await opened(onlooker)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await onlooker.http.get("/api/incidents", params=query)).json()
        seen += [one["id"] for one in page["incidents"]]
        await onlooker.http.post("/api/incidents", json={"title": "Newer", "severity": "critical"})
        cursor = page["nextCursor"]
        if cursor is None or len(seen) > 20:
            break
    assert [one for one in seen if one in ids] == [one for one in dict.fromkeys(seen) if one in ids]
    assert set(ids) <= set(seen)


NONSENSE: list[dict[str, Any]] = [
    {"limit": "0"},
    {"limit": "-1"},
    {"limit": "1001"},
    {"limit": "many"},
    {"status": "closed"},
    {"status": ["resolved", "closed"]},
    {"sort": "title"},
    {"since": "yesterday"},
    {"since": "1709294400"},
    {"until": "2026-03-01T10:00:00"},
    {"q": "x" * 201},
    {"q": "..."},
    {"q": "a\0b"},
    {"severity": "x" * 201},
    {"cursor": "x" * 501},
]


async def test_a_parameter_that_makes_no_sense_is_named(onlooker: Person) -> None:
    for query in NONSENSE:
        answer = await onlooker.http.get("/api/incidents", params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), query
        assert f'"{next(iter(query))}' in answer.json()["error"]


async def test_a_cursor_that_is_none_is_refused(onlooker: Person) -> None:
    for cursor in ("nonsense", "e30", "eyJzb3J0IjoidGl0bGUifQ", "\u00e4"):
        answer = await onlooker.http.get("/api/incidents", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), cursor


@pytest.mark.parametrize("weight", [-1, 2**15, 2**63])
async def test_a_cursor_with_a_number_that_is_none_of_ours_is_refused(onlooker: Person, weight: int) -> None:
    place = {"sort": "-severity", "weight": weight, "started_at": "2026-03-01T00:00:00Z", "id": str(new_id())}
    made_up = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    answer = await onlooker.http.get("/api/incidents", params={"sort": "-severity", "cursor": made_up})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_is_for_the_order_that_it_was_given_for(onlooker: Person) -> None:
    await opened(onlooker)
    page = (await onlooker.http.get("/api/incidents", params={"limit": 1})).json()
    query = {"cursor": page["nextCursor"], "sort": "-severity"}
    answer = await onlooker.http.get("/api/incidents", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


MANY = 50_000


@pytest.fixture
async def history(database: Database) -> UUID:
    """An organization with a long past, beside another one of the same size."""
    ours, theirs = new_id(), new_id()
    async with database.connection() as connection:
        for organization in (ours, theirs):
            await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'x')", organization)
            await connection.execute(
                """
                INSERT INTO incidents (id, organization_id, source, source_alert_id, title, service, severity, status,
                                       aurora_status, started_at, created_at, updated_at)
                SELECT gen_random_uuid(), $1, 'grafana', n::text, 'HighCpuUsage number' || n, 'service-' || n % 200,
                       (ARRAY['critical', 'warning', 'info'])[1 + n % 3],
                       CASE WHEN n % 100 = 0 THEN 'investigating' ELSE 'resolved' END, 'complete',
                       timestamptz '2025-01-01' + n * interval '1 minute', now(), now()
                FROM generate_series(1, $2::int / 2) AS n
                """,
                organization,
                MANY,
            )
        await connection.execute("ANALYZE incidents")
    return ours


class Explained:
    """A scope's connection that tells the plan of what it is asked instead of the answer."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.plans: list[dict[str, Any]] = []

    def transaction(self, **how: Any) -> Any:
        return self._connection.transaction(**how)

    async def execute(self, statement: str) -> None:
        await self._connection.execute(statement)

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        (row,) = await self._connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
        self.plans.append(row[0][0]["Plan"])
        return [{"id": None, "epoch": "", "seq": 0}]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(inner for one in plan.get("Plans", ()) for inner in nodes(one))]


PAGES = [
    Page(limit=50),
    Page(limit=50, sort="startedAt"),
    Page(limit=50, sort="-severity"),
    Page(limit=50, statuses=("investigating",)),
    Page(limit=50, services=("service-7",)),
    Page(limit=50, statuses=("merged",)),
    Page(limit=50, words="number4711:*"),
    Page(limit=50, since=datetime(2025, 1, 3, tzinfo=UTC), until=datetime(2025, 1, 4, tzinfo=UTC)),
]


async def test_a_page_touches_little_more_than_it_shows_however_long_the_past_is(
    database: Database, history: UUID
) -> None:
    for page in PAGES:
        async with database.scope(history) as scope:
            explained = Explained(scope.connection)
            await page_queries.select_page(replace(scope, connection=explained), page)
            (plan,) = explained.plans
            used = nodes(plan)
            of_incidents = [node for node in used if node.get("Relation Name") == "incidents"]
            assert not any(node["Node Type"] == "Seq Scan" for node in of_incidents), json.dumps(plan)[:2000]
            touched = sum(
                (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                for node in of_incidents
            )
            assert touched <= 4 * page.limit, json.dumps(plan)[:2000]


@pytest.mark.parametrize("rows", [1, 20])
async def test_a_list_costs_the_same_number_of_queries_however_many_rows(
    database: Database, rows: int
) -> None:
    organization = new_id()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'x')", organization)
        await connection.execute(
            """
            INSERT INTO incidents (id, organization_id, source, source_alert_id, title, service, severity, status,
                                   aurora_status, started_at, created_at, updated_at)
            SELECT gen_random_uuid(), $1, 'grafana', n::text, 'x', 'y', 'info', 'resolved', 'complete', now(), now(),
                   now() FROM generate_series(1, $2::int) AS n
            """,
            organization,
            rows,
        )
    asked: list[str] = []
    async with database.connection() as one:
        one.add_query_logger(lambda record: asked.append(record.query))
        # The pool hands the same connection out again: it is the only one that is open.
    shown = await detail.list_incidents(database, organization, Page(limit=50))
    assert len(json.loads(shown)["incidents"]) == rows
    assert len(asked) <= 5, asked
