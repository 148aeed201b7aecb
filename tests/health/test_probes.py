"""Probes as Kubernetes and the API document have them."""

from people import Person
from whole import Server


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
