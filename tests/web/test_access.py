"""Each request can be found in the log, and nothing secret with it."""

import pytest
from structlog.testing import capture_logs

from aurora_rt.clock import new_id
from aurora_rt.web.access import loggable


async def test_an_answer_carries_the_id_under_which_it_is_logged(make_trial):
    client = make_trial().app.test_client()
    with capture_logs() as logs:
        sent = await client.get("/thing?password=hunter2", headers={"X-Request-ID": "trace-1.a_b"})
        made = await client.get("/nowhere")
    assert sent.headers["X-Request-ID"] == "trace-1.a_b"
    assert len(made.headers["X-Request-ID"]) == 32
    assert [(r["event"], r["method"], r["path"], r["status"]) for r in logs] == [
        ("request_answered", "GET", "/thing", 200),
        ("request_answered", "GET", "/nowhere", 404),
    ]
    assert "hunter2" not in str(logs)


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "ü", 'a"b', "{}"])
async def test_an_odd_request_id_is_replaced(make_trial, sent):
    response = await make_trial().app.test_client().get("/thing", headers={"X-Request-ID": sent})
    assert len(response.headers["X-Request-ID"]) == 32


def test_a_logged_path_keeps_ids_and_hides_tokens():
    incident = f"/api/incidents/{new_id()}/chat"
    assert loggable(incident) == incident
    token = "aB3-" * 11
    assert loggable(f"/api/webhooks/grafana/{token}") == "/api/webhooks/grafana/…"
    assert loggable(f"/api/webhooks/{token}/x") == "/api/webhooks/…/x"
    assert loggable(f"/{token}") == "/…"
    assert loggable("/vendor/socket.io-client@4.8.1/socket.io.esm.min.js") == (
        "/vendor/socket.io-client@4.8.1/socket.io.esm.min.js"
    )
