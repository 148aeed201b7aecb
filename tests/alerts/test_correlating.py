"""Alerts of one cause become one incident on a real server: at the same time, again, undone, and in a large heap."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from people import Person, firing, notification, resolved
from redis.asyncio import Redis
from whole import Server, serving

from aurora_rt.alerts import correlation_queries, receiving
from aurora_rt.alerts.correlating import Correlating
from aurora_rt.alerts.ingest import Rules, ingest
from aurora_rt.alerts.models import Alert, Content, Incoming
from aurora_rt.alerts.service_maps import ServiceMaps
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database, Scope
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.settings import Settings

WINDOW = timedelta(minutes=10)
CROWD = 5000


def minute(number: float) -> str:
    """A time of the morning."""
    return (datetime(2026, 3, 1, 10, tzinfo=UTC) + timedelta(minutes=number)).isoformat()


@pytest.fixture
def correlated(settings: Settings, tmp_path: Path) -> Settings:
    """Settings by which alerts are correlated, with a service map in a file."""
    topology = tmp_path / "services.yaml"
    topology.write_text("services:\n  checkout: [payments]\n  cart: [payments]\n")
    return settings.model_copy(update={"correlation_seconds": 600.0, "topology": topology})


@pytest.fixture
async def server(correlated: Settings, people: None) -> AsyncIterator[Server]:
    async with serving(correlated, worker=False) as running:
        yield running


class Desk:
    """A person with a webhook."""

    def __init__(self, person: Person, webhook: str) -> None:
        self.person = person
        self.webhook = webhook

    async def sent(self, name: str, after: float = 0, *, over: bool = False, **labels: str) -> None:
        """Have an alert that is known by its name begin, or end."""
        made = resolved(name, ends_at=minute(after), fingerprint=name, **labels) if over else firing(
            name, starts_at=minute(after), fingerprint=name, **labels
        )  # fmt: skip
        answer = await self.person.http.post(self.webhook, json=notification(made))
        assert answer.status_code == 202, answer.text

    async def holding(self) -> dict[str, list[str]]:
        """The titles of what each incident holds that is not merged, by its own title."""
        shown = [await self.person.incident(one["id"]) for one in await self.person.incidents()]
        return {
            one["alert"]["title"]: sorted(alert["alertTitle"] for alert in one["correlatedAlerts"])
            for one in shown
            if one["status"] != "merged"
        }

    async def named(self, title: str) -> dict[str, Any]:
        (one,) = [one for one in await self.person.incidents() if one["alert"]["title"] == title]
        return await self.person.incident(one["id"])

    async def post(self, path: str, **body: str) -> httpx.Response:
        answer = await self.person.http.post(f"/api/incidents/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
async def desk(server: Server) -> Desk:
    person = await Person.registered(server.base_url)
    return Desk(person, await person.webhook())


async def test_what_shares_a_host_joins_with_a_reason_and_a_score_and_everybody_hears_of_it(
    desk: Desk,
) -> None:
    await desk.sent("HostDown", service="node", instance="db-1:9100", env="prod")
    incident = await desk.named("HostDown")
    watcher = await desk.person.watching(incident["room"])
    await desk.sent("OrdersSlow", 1, service="orders", host="db-1", env="prod")
    await desk.sent("OtherHost", 1, service="mail", host="db-2", env="prod")
    await desk.sent("InStaging", 1, service="staged", host="db-1", env="staging")
    assert await desk.holding() == {"HostDown": ["OrdersSlow"], "OtherHost": [], "InStaging": []}
    incident = await desk.named("HostDown")
    (joined,) = incident["correlatedAlerts"]
    assert joined["correlationStrategy"] == "same_host"
    assert joined["correlationDetails"] == "Same host db-1, 60 s after it last fired there."
    assert 0.5 <= joined["correlationScore"] <= 1
    assert incident["correlatedAlertCount"] == 1
    assert "orders" in incident["affectedServices"]
    await watcher.until(lambda one: one.seqs(incident["room"])[-1:] == [incident["seq"]])
    assert [event["data"] for event in watcher.events("alert")] == [joined]


async def test_resolved_incidents_attract_nothing_and_what_comes_again_changes_nothing(desk: Desk) -> None:
    await desk.sent("Errors", service="cart")
    await desk.sent("Errors", service="cart")
    await desk.sent("Errors", 1, over=True, service="cart")
    await desk.sent("Slow", 2, service="cart")
    await desk.sent("Slow", 2, service="cart")
    await desk.sent("Slower", 3, service="cart")
    assert await desk.holding() == {"Errors": [], "Slow": ["Slower"]}


async def test_what_two_incidents_depend_on_makes_them_one_until_a_person_says_otherwise(desk: Desk) -> None:
    await desk.sent("CheckoutErrors", service="checkout", team="a")
    await desk.sent("CartErrors", 0.2, service="cart", team="b")
    assert len(await desk.holding()) == 2
    await desk.sent("PaymentsDown", 0.5, service="payments")
    assert await desk.holding() == {"CheckoutErrors": ["CartErrors", "PaymentsDown"]}
    merged = await desk.named("CartErrors")
    assert merged["status"] == "merged"
    alerts = (await desk.named("CheckoutErrors"))["correlatedAlerts"]
    (why,) = {one["correlationDetails"] for one in alerts if one["correlationStrategy"] == "merged"}
    assert why.startswith("Merged by Aurora RT (")
    assert "calls payments" in why
    await desk.post(f"{merged['id']}/unmerge")
    await desk.sent("PaymentsDown", 1, over=True, service="payments")
    await desk.sent("PaymentsDown", 2, service="payments")
    assert len(await desk.holding()) == 2


async def test_what_a_person_took_apart_is_not_pulled_back_and_what_one_put_together_is_known(
    desk: Desk,
) -> None:
    await desk.sent("Errors", service="search")
    await desk.sent("Backlog", 0.1, service="mail")
    errors, backlog = await desk.named("Errors"), await desk.named("Backlog")
    await desk.post(f"{backlog['id']}/merge", into=errors["id"])
    for name, service in (("Errors", "search"), ("Backlog", "mail")):
        await desk.sent(name, 5, over=True, service=service)
    await desk.sent("Errors", 60, service="search")
    await desk.sent("Backlog", 61, service="mail")
    (again,) = [one for one in await desk.person.incidents() if one["status"] == "investigating"]
    (known,) = (await desk.person.incident(again["id"]))["correlatedAlerts"]
    assert known["correlationStrategy"] == "known_pair"
    assert known["correlationDetails"].startswith("People have put it together with Errors before")
    await desk.post(f"{backlog['id']}/unmerge")
    for name, service in (("Errors", "search"), ("Backlog", "mail")):
        await desk.sent(name, 90, over=True, service=service)
        await desk.sent(name, 120, service=service)
    standing = [one for one in await desk.person.incidents() if one["status"] == "investigating"]
    assert sorted(one["alert"]["title"] for one in standing) == ["Backlog", "Errors"]


async def test_calls_that_labels_tell_of_are_learnt(desk: Desk) -> None:
    await desk.sent("OutboxFull", service="outbox", destination_service="relay.mail.svc.cluster.local")
    await desk.sent("OutboxFull", 1, over=True, service="outbox")
    await desk.sent("RelayDown", 60, service="relay")
    await desk.sent("OutboxStuck", 61, service="outbox")
    assert await desk.holding() == {"OutboxFull": [], "RelayDown": ["OutboxStuck"]}


async def test_the_map_is_read_from_a_file_and_stays_when_the_file_breaks(correlated: Settings) -> None:
    correlating = Correlating(WINDOW)
    async with httpx.AsyncClient() as http:
        maps = ServiceMaps(correlated, http, correlating)
        await maps.look()
        assert list(correlating.service_map.callers("payments")) == ["checkout", "cart"]
        assert correlated.topology is not None
        correlated.topology.write_text("calls: 7")
        await maps.look()
        assert "payments" in correlating.service_map
        nothing = correlated.model_copy(update={"topology": None})
        await ServiceMaps(nothing, http, correlating).run()


TOKEN = new_id()


@pytest.fixture
async def organization(database: Database) -> UUID:
    """An organization with a webhook token."""
    made = new_id()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'x')", made)
        await connection.execute(
            """
            INSERT INTO webhook_tokens (id, organization_id, source, name, token_hash)
            VALUES ($1, $2, 'test', 'test', 'x')
            """,
            TOKEN,
            made,
        )
    return made


def incoming(number: int, *, service: str = "cart") -> Incoming:
    at = datetime.now(UTC)
    made = Alert("test", f"f{number}", f"Rule {number}", "firing", service=service, started_at=at)
    return Incoming(new_id(), "test", [made], Content(TOKEN, 1, at, {}, "{}", None, None))


async def test_deliveries_of_one_cause_at_the_same_time_open_one_incident(
    database: Database, redis_url: str, organization: UUID
) -> None:
    async with Redis.from_url(redis_url) as redis:
        changes = Changes(database, Bus(redis))
        await asyncio.gather(
            *(
                ingest(
                    changes,
                    organization,
                    [incoming(n, service=f"s{n % 3}")],
                    rules=Rules(correlating=Correlating(WINDOW)),
                )
                for n in range(24)
            )
        )
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT service, correlated_alert_count FROM incidents ORDER BY service"
        )
    assert [tuple(one) for one in rows] == [("s0", 7), ("s1", 7), ("s2", 7)]


class Explained:
    """A scope's connection that tells the plan of what it is asked instead of the answer."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.touched = 0

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        (row,) = await self._connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
        plan = json.loads(row[0])[0]["Plan"] if isinstance(row[0], str) else row[0][0]["Plan"]
        self.touched = sum(
            (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            for node in nodes(plan)
            if "Relation Name" in node
        )
        return []


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(inner for one in plan.get("Plans", ()) for inner in nodes(one))]


async def test_an_alert_costs_the_same_however_many_are_open(database: Database, organization: UUID) -> None:
    async with database.connection() as connection:
        await connection.execute(
            """
            WITH made AS (
                INSERT INTO incidents (id, organization_id, source, source_alert_id, title, service, severity, status,
                                       aurora_status, started_at, created_at, updated_at)
                SELECT gen_random_uuid(), $1, 'test', n::text, 'x', 's' || n, 'info',
                       'investigating', 'idle', now(), now(), now()
                FROM generate_series(1, $2::int) AS n RETURNING id, service
            ), profiles AS (
                INSERT INTO correlation_profiles
                SELECT id, $1, '', '', '{}', '{}', now() FROM made
            )
            INSERT INTO correlation_marks
            SELECT $1, id, key, now(), now(), now() FROM made, unnest(ARRAY['s:shop', 'n:' || service]) AS key
            """,
            organization,
            CROWD,
        )
        await connection.execute("ANALYZE incidents, correlation_marks, correlation_profiles")
        explained = Explained(connection)
        keys = ["s:shop", *(f"n:s{n}" for n in range(1, 11)), *(f"n:unknown-{n}" for n in range(30))]
        since = datetime.now(UTC) - WINDOW
        await correlation_queries.select_open(
            replace(Scope(connection, organization), connection=explained), keys, since
        )
        assert 0 < explained.touched <= 400


async def test_what_can_matter_no_more_is_forgotten(
    database: Database, redis_url: str, organization: UUID
) -> None:
    correlating = Correlating(WINDOW)
    async with Redis.from_url(redis_url) as redis:
        await ingest(
            Changes(database, Bus(redis)), organization, [incoming(1)], rules=Rules(correlating=correlating)
        )
    counted: Callable[[Any], Any] = lambda it: it.fetchval("SELECT count(*) FROM correlation_marks")  # noqa: E731
    async with database.connection() as connection:
        kept = await counted(connection)
        await correlating.forget(connection, datetime.now(UTC))
        assert await counted(connection) == kept > 0
        await correlating.forget(connection, datetime.now(UTC) + 3 * WINDOW)
        assert await counted(connection) == 0


def test_the_window_is_a_setting(settings: Settings) -> None:
    assert receiving.Correlating(timedelta(seconds=settings.correlation_seconds)).window == timedelta()
