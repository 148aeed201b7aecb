"""What is seen from outside: what does not answer is a cause, what answers is said in one sentence."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.probes import probed
from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import RecordedCall, Recording
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import CaseAlert
from aurora_rt.toolsets.facts.probes import Certificate, ProbeResult, Probes

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


async def played(stage: Stage, answers: Sequence[RecordedCall], calls: tuple[tuple[str, str], ...]) -> Played:
    labels = {"alertname": "HighErrorRate", "service": "web"}
    alert = CaseAlert("HighErrorRate", "", "critical", "web", "firing", labels, {}, START)
    case = RecordedCase("net", START, (alert,), Recording({}, answers=tuple(answers), calls=calls), Truth())
    return await stage.play(case)


def tried(output: str = "", error: str | None = None, **params: Any) -> RecordedCall:
    return RecordedCall(tool="network.connectivity", params=params, output=output, error=error)


async def test_of_the_services_that_are_called_the_one_that_refuses_is_the_cause(stage: Stage) -> None:
    told = await played(
        stage,
        [
            tried("cart:8080 open", **{"from": "web", "host": "cart", "port": 8080}),
            tried(
                "nc: connect to db port 5432: Connection refused",
                **{"from": "web", "host": "db", "port": 5432},
            ),
        ],
        (("web", "cart"), ("web", "db"), ("cart", "cache")),
    )
    assert (told.causes[0].node, told.causes[0].kind) == ("db", "dependency_down")
    assert "Connection refused" in told.summary
    assert "not recorded" not in told.summary


async def test_a_name_that_cannot_be_resolved_is_told_also_where_it_was_recorded_as_an_error(
    stage: Stage,
) -> None:
    told = await played(
        stage,
        [tried(error="lookup db on 10.96.0.10:53: no such host", host="db", port=5432)],
        (("web", "db"),),
    )
    assert (told.causes[0].node, told.causes[0].kind) == ("db", "dns_failure")


async def test_attempts_are_found_also_where_nothing_tells_who_is_called(stage: Stage) -> None:
    logs = RecordedCall(tool="logs.search", params={}, output="2026-03-01T09:00:00Z [web] started")
    told = await played(
        stage,
        [
            logs,
            tried("cart:8080 open", **{"from": "web", "host": "cart", "port": 8080}),
            tried(error="dial tcp: i/o timeout", **{"from": "web", "host": "db", "port": 5432}),
        ],
        (),
    )
    assert [(one.node, one.kind) for one in told.causes] == [("db", "dependency_down")]
    assert "`db:5432` cannot be connected to from `web`" in told.summary


async def test_what_can_be_connected_to_is_no_cause(stage: Stage) -> None:
    told = await played(
        stage, [tried("Connection to db 5432 port succeeded!", host="db", port=5432)], (("web", "db"),)
    )
    assert told.causes == ()
    told = await played(stage, [tried("hm", host="other", port=1)], (("web", "db"),))
    assert told.causes == ()


def certificate(**changes: Any) -> Certificate:
    usual = {
        "subject": "CN=shop",
        "names": ("shop.example",),
        "issuer": "CN=ca",
        "not_before": START - timedelta(days=80),
        "not_after": START + timedelta(days=80),
        "days_left": 80.0,
        "fault": "",
        "problem": "",
    }
    return Certificate(**{**usual, **changes})


def result(name: str = "shop", **changes: Any) -> ProbeResult:
    usual = {
        "name": name,
        "url": f"https://{name}.example/health",
        "address": "10.0.0.1",
        "outcome": "answered",
        "status": 200,
        "connect_seconds": 0.001,
        "tls_seconds": 0.01,
        "first_byte_seconds": 0.02,
        "seconds": 0.03,
        "size": 2,
        "certificate": certificate(),
        "text": "",
    }
    return ProbeResult(**{**usual, **changes})


def found(*results: ProbeResult) -> list[tuple[str, str, bool]]:
    seen = probed(Evidence(Probes(results=results), "[1]"), "shop")
    assert all(one.claim.endswith("[1].") for one in (*seen.findings, *seen.cleared))
    return [(one.kind, one.node, one.strength >= 0.9) for one in seen.findings]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"certificate": certificate(fault="expired", days_left=-1)}, ("certificate", True)),
        ({"certificate": certificate(fault="wrong_name")}, ("certificate", True)),
        ({"certificate": certificate(fault="self_signed")}, ("certificate", False)),
        ({"certificate": certificate(fault="expired", days_left=-40)}, ("certificate", False)),
        ({"certificate": certificate(days_left=9.5)}, ("certificate", False)),
        ({"outcome": "unresolved", "status": None, "certificate": None, "text": "no"}, ("dns_failure", True)),
        (
            {"outcome": "refused", "status": None, "certificate": None, "text": "no"},
            ("target_down", True),
        ),
        (
            {"outcome": "timeout", "status": None, "certificate": None, "text": "no"},
            ("target_down", True),
        ),
        ({"status": 503}, ("error_rate", True)),
        ({"status": 404}, ("error_rate", False)),
        ({"first_byte_seconds": 6.0}, ("latency", False)),
    ],
)
def test_each_way_to_fail_has_its_kind(changes: dict[str, Any], expected: tuple[str, bool]) -> None:
    assert found(result("ok"), result(**changes)) == [(expected[0], "shop", expected[1])]


def test_probes_that_answer_are_said_in_one_sentence() -> None:
    seen = probed(Evidence(Probes(results=(result("a"), result("b", status=401))), "[1]"), "")
    assert seen.findings == ()
    assert [one.claim for one in seen.cleared] == [
        "From outside, 2 configured probes answer as they should (a and b) [1]."
    ]
