"""Whatever goes wrong, a client reads one sentence and one code, and never what is inside."""

import pytest
from structlog.testing import capture_logs

from aurora_rt import errors
from aurora_rt.web.errors import STATUS, status_of


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("invalid", 400, "invalid_request"),
        ("unauthenticated", 401, "unauthenticated"),
        ("forbidden", 403, "forbidden"),
        ("not-found", 404, "ticket_not_found"),
        ("conflict", 409, "conflict"),
        ("too-large", 413, "too_large"),
        ("unsupported", 415, "unsupported_media_type"),
        ("too-many", 429, "rate_limited"),
        ("unavailable", 503, "unavailable"),
        ("misconfigured", 500, "misconfigured"),
    ],
)
async def test_each_kind_of_error_has_its_status_and_keeps_its_code(make_trial, kind, status, code):
    response = await make_trial().app.test_client().get(f"/raise/{kind}")
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert await response.get_json() == {"error": "No.", "code": code}


def test_no_kind_of_error_is_missing_from_the_table():
    assert {kind for kind, _ in STATUS} == set(errors.AuroraError.__subclasses__())
    assert status_of(errors.AuroraError("No kind.")) == 500


async def test_a_client_is_told_in_whole_seconds_when_to_come_back(make_trial):
    client = make_trial().app.test_client()
    assert (await client.get("/raise/too-many")).headers["Retry-After"] == "2"
    assert (await client.get("/raise/unavailable")).headers["Retry-After"] == "7"
    assert "Retry-After" not in (await client.get("/raise/conflict")).headers


@pytest.mark.parametrize("kind", ["refused", "timeout", "closed", "starting", "shutdown", "full"])
async def test_a_database_that_is_away_is_a_503_with_a_time_to_try_again(make_trial, kind):
    response = await make_trial().app.test_client().get(f"/raise/{kind}")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert (await response.get_json())["code"] == "unavailable"


async def test_a_character_that_cannot_be_stored_is_the_clients_mistake(make_trial):
    response = await make_trial().app.test_client().get("/raise/nul")
    assert response.status_code == 400
    assert (await response.get_json())["code"] == "invalid_request"


@pytest.mark.parametrize("kind", ["bug", "bad-gateway"])
async def test_an_unexpected_error_tells_only_an_id_that_is_in_the_log(make_trial, kind):
    with capture_logs() as logs:
        response = await make_trial().app.test_client().get(f"/raise/{kind}")
    body = await response.get_json()
    assert response.status_code == 500
    assert body["code"] == "internal_error"
    assert "secret" not in body["error"]
    (failed,) = [record for record in logs if record["event"] == "request_failed"]
    assert failed["error_id"] in body["error"]
    assert failed["exc_info"] is not None


async def test_unknown_addresses_and_methods_are_answered_in_json(make_trial):
    client = make_trial().app.test_client()
    unknown = await client.get("/nowhere")
    assert unknown.status_code == 404
    assert await unknown.get_json() == {"error": "There is nothing at this address.", "code": "not_found"}
    wrong = await client.delete("/tickets")
    assert wrong.status_code == 405
    assert (await wrong.get_json())["code"] == "method_not_allowed"
    assert "POST" in wrong.headers["Allow"]
