"""The Alertmanager toolset, against the real one, and what the rules make of what it tells."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from faults import FAULTS, Fault, answering, fails_well, response
from servers import alertmanager_server

from aurora_rt.clock import now
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.alerting import (
    covers,
    is_planned,
    related_alerts,
    silenced,
)
from aurora_rt.settings import load
from aurora_rt.toolsets.alertmanager import TOOLSET
from aurora_rt.toolsets.facts.alerting import Matcher, Silence, Silences
from aurora_rt.toolsets.facts.metrics import FiringAlert, FiringAlerts
from aurora_rt.toolsets.toolbox import Toolbox

SETTINGS = load()
Tools = Callable[..., Toolbox]
ANCHOR = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LABELS = {"alertname": "SlowCart", "service": "cart", "cluster": "east"}


@pytest.fixture
async def alertmanager(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real Alertmanager in which two alerts fire, one of them silenced."""
    async with (
        alertmanager_server(tmp_path, webhook_url="http://127.0.0.1:9/") as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        silence = {
            "matchers": [
                {"name": "service", "value": "cart|web", "isRegex": True, "isEqual": True},
                {"name": "cluster", "value": "west", "isRegex": False, "isEqual": False},
            ],
            "startsAt": now().isoformat(),
            "endsAt": (now() + timedelta(hours=1)).isoformat(),
            "createdBy": "Ada",
            "comment": "moving the carts, password=hunter2",
        }
        made = await client.post("/api/v2/silences", json=silence)
        assert made.is_success, made.text
        began = (now() - timedelta(minutes=5)).isoformat()
        firing = [
            {"labels": LABELS, "startsAt": began},
            {"labels": {"alertname": "DiskFull", "service": "db", "cluster": "east"}, "startsAt": began},
        ]
        assert (await client.post("/api/v2/alerts", json=firing)).is_success
        yield client


async def test_what_fires_and_what_somebody_silenced_is_told_with_who_and_why(
    tools: Tools, alertmanager: httpx.AsyncClient, http: httpx.AsyncClient
) -> None:
    url = str(alertmanager.base_url)
    look = tools(alertmanager_url=url).look
    alerts, silences = await look("alertmanager.alerts"), await look("alertmanager.silences")
    assert isinstance(alerts.facts, FiringAlerts), alerts.error
    assert isinstance(silences.facts, Silences), silences.error
    (silence,) = silences.facts.silences
    assert [(one.name, one.state, one.silenced_by) for one in alerts.facts.alerts] == [
        ("DiskFull", "firing", ()),
        ("SlowCart", "silenced", (silence.id,)),
    ]
    assert (silence.created_by, silence.state) == ("Ada", "active")
    assert silence.ends_at - silence.starts_at < timedelta(hours=2)
    assert "moving the carts" in silences.output
    assert 'service=~"cart|web",cluster!="west"' in silences.output
    assert "hunter2" not in silences.output + silences.facts.model_dump_json()
    assert covers(silence, LABELS)
    assert not covers(silence, {**LABELS, "cluster": "west"})
    health = await TOOLSET.health(SETTINGS.model_copy(update={"alertmanager_url": url}), http)
    assert health.status == "healthy", health.message


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_an_alertmanager_that_fails_is_told_in_a_sentence(tools: Tools, fault: Fault) -> None:
    for tool in ("alertmanager.alerts", "alertmanager.silences"):
        await fails_well(
            fault,
            lambda place, tool=tool: tools(
                alertmanager_url=f"http://{place}", tool_timeout=fault.patience
            ).look(tool),
        )


async def test_silences_of_other_times_are_left_out_and_old_servers_are_understood(tools: Tools) -> None:
    body = (
        b'[{"id": "a", "status": {"state": "expired"}, "matchers": [{"name": "x", "value": "y", "isRegex": false}],'
        b' "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2020-01-01T01:00:00Z", "createdBy": "B", "comment": ""}]'
    )
    async with answering(response(body)) as (place, _):
        seen = await tools(alertmanager_url=f"http://bob:secret-word@{place}").look("alertmanager.silences")
    assert isinstance(seen.facts, Silences), seen.error
    assert seen.facts.silences == ()
    assert seen.output == "No silence was in force within the window."
    assert "secret-word" not in str(seen)
    assert TOOLSET.unusable(SETTINGS) == "No Alertmanager is configured: ALERTMANAGER_URL is not set."


def _silence(begins: float, ends: float, *matchers: Matcher) -> Silence:
    return Silence(
        id="0123456789",
        state="active",
        matchers=matchers or (Matcher(label="service", value="cart", regex=False, equal=True),),
        starts_at=ANCHOR + timedelta(minutes=begins),
        ends_at=ANCHOR + timedelta(minutes=ends),
        created_by="Ada",
        comment="moving the carts",
    )


@pytest.mark.parametrize(
    ("begins", "ends", "planned", "says"),
    [
        (-30, 30, True, "This alert was expected: it is silenced by Ada from 2026-03-01 09:30:00 UTC"),
        (1, 30, False, "Somebody knows of it: the alert was silenced by Ada after it began"),
        (-30, -1, False, "A silence by Ada that covered this alert ended before it began, at 09:59:00 UTC"),
    ],
)
def test_a_silence_is_planned_when_it_was_there_before_the_alert(
    begins: float, ends: float, planned: bool, says: str
) -> None:
    seen = Evidence(Silences(silences=(_silence(begins, ends),)), "[3]")
    (finding,) = silenced(seen, LABELS, ANCHOR).findings
    assert says in finding.claim
    assert finding.claim.endswith("[3].")
    assert (finding.role, is_planned(finding)) == ("clue", planned)


@pytest.mark.parametrize(
    ("value", "regex", "equal", "label", "fits"),
    [
        ("cart", False, True, "service", True),
        ("car", True, True, "service", False),
        ("car.*", True, True, "service", True),
        ("car.*", True, False, "service", False),
        ("", False, True, "team", True),
        ("x", False, False, "team", True),
        ("(", True, True, "service", False),
    ],
)
def test_a_silence_matches_as_alertmanager_has_it(
    value: str, regex: bool, equal: bool, label: str, fits: bool
) -> None:
    one = _silence(-1, 1, Matcher(label=label, value=value, regex=regex, equal=equal))
    assert covers(one, LABELS) is fits


def test_of_alerts_about_the_same_things_the_first_is_named() -> None:
    def alert(name: str, minutes: float, state: str = "firing", **labels: str) -> FiringAlert:
        at = ANCHOR + timedelta(minutes=minutes)
        return FiringAlert(name=name, labels={"alertname": name, **labels}, state=state, active_since=at)

    alerts = (
        alert("SlowCart", 0, service="cart", cluster="east"),
        alert("CartDown", 1, service="cart"),
        alert("NodeBusy", -8, cluster="east"),
        alert("Elsewhere", -20, cluster="west"),
        alert("Hushed", -30, "silenced", service="cart"),
    )
    (finding,) = related_alerts(Evidence(FiringAlerts(alerts=alerts), "[2]"), LABELS, ANCHOR).findings
    assert "NodeBusy since 09:52:00 UTC and CartDown on cart" in finding.claim
    assert "NodeBusy began first, 8 min before this one [2]." in finding.claim
    assert "Elsewhere" not in finding.claim
    assert "Hushed" not in finding.claim
    alone = related_alerts(Evidence(FiringAlerts(alerts=alerts[:1]), "[2]"), LABELS, ANCHOR)
    assert [one.claim for one in alone.cleared] == ["No other alert fires [2]."]
