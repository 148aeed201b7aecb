"""Probes as Kubernetes and the API document have them."""

import asyncio

import httpx
from people import Person
from quart import Quart
from redis.asyncio import Redis
from whole import Server

from aurora_rt import serve
from aurora_rt.db.pool import Database, opened
from aurora_rt.health.checks import Checks, Readiness
from aurora_rt.health.routes import routes
from aurora_rt.knowledge.pgvector import PgVector
from aurora_rt.settings import Settings


async def test_everything_is_looked_at_and_told_as_documented(person: Person) -> None:
    answer = await person.http.get("/health")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"overall_status", "timestamp", "response_time_ms", "checks"}
    assert told["overall_status"] == "healthy"
    assert set(told["checks"]) == {"database", "redis", "weaviate", "celery", "chatbot_websocket"}
    assert told["checks"]["database"] == {"status": "healthy", "message": "Database connection successful"}
    assert told["checks"]["celery"]["message"] == "1 background worker active"
    assert told["checks"]["chatbot_websocket"]["status"] == "healthy"
    assert "not configured" in told["checks"]["weaviate"]["message"]


async def test_the_probes_have_the_documented_bodies_and_no_rate_limit(onlooker: Person) -> None:
    for path, body in (("/health/liveness", {"status": "alive"}), ("/health/readiness", {"status": "ready"})):
        answer = await onlooker.http.get(path)
        assert (answer.status_code, answer.json()) == (200, body)
        assert "X-RateLimit-Limit" not in answer.headers


async def test_without_a_worker_the_system_is_degraded_and_still_serves(
    onlooker: Person, web_server: Server
) -> None:
    answer = await onlooker.http.get("/health")
    assert answer.status_code == 200
    assert answer.json()["overall_status"] == "degraded"
    assert answer.json()["checks"]["celery"]["status"] == "degraded"


async def sockets_answer() -> None:
    """Stands for the look at ourselves: there is no server to look at."""


async def readiness(database: Database, redis_url: str) -> tuple[int, dict]:
    """What a process that has just come says to its probe."""
    app = Quart("probed", static_folder=None)
    async with Redis.from_url(redis_url) as redis:
        app.register_blueprint(
            routes(Checks(database, redis, Readiness(), sockets_answer, PgVector(database)))
        )
        answer = await app.test_client().get("/health/readiness")
        return answer.status_code, await answer.get_json()


def not_ready(error: str) -> tuple[int, dict]:
    return 503, {"status": "not_ready", "error": error, "code": "not_ready"}


async def test_before_the_last_migration_no_work_should_be_sent(database: Database, redis_url: str) -> None:
    async with database.connection() as connection:
        last = await connection.fetchval(
            "DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations) RETURNING name"
        )
        assert await readiness(database, redis_url) == not_ready("The database is not migrated yet.")
        await connection.execute("INSERT INTO schema_migrations (name) VALUES ($1)", last)
    assert await readiness(database, redis_url) == (200, {"status": "ready"})


async def test_while_the_database_is_away_no_work_should_be_sent(database_url: str, redis_url: str) -> None:
    async with opened(database_url, connections=1) as database:
        pass
    assert await readiness(database, redis_url) == not_ready("Database connection failed")


async def test_from_the_start_of_shutdown_no_work_should_be_sent(settings: Settings) -> None:
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    roles = serve.Roles(worker=False, announce=started.set_result)
    async with httpx.AsyncClient(trust_env=False) as probe, asyncio.TaskGroup() as running:
        running.create_task(serve.serve(settings.model_copy(update={"drain_seconds": 2}), roles, stop))
        url = await started
        assert (await probe.get(f"{url}/health/readiness")).json() == {"status": "ready"}
        stop.set()
        answer = await probe.get(f"{url}/health/readiness")
        assert (answer.status_code, answer.json()) == not_ready("The server is shutting down.")
        assert (await probe.get(f"{url}/health/liveness")).json() == {"status": "alive"}
