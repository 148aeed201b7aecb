"""How like incidents are: the threshold, measured on pairs that people would call alike or not, and what votes do."""

from uuid import uuid4

from aurora_rt.clock import now
from aurora_rt.knowledge.account import cause, is_past, marked, resolution
from aurora_rt.knowledge.feedback_queries import Votes
from aurora_rt.knowledge.incident_queries import Past
from aurora_rt.knowledge.likeness import ALIKE, likeness, trusted

AT = now()


def past(title: str, service: str = "", told: str = "", kind: str = "", **more: object) -> Past:
    fields: dict[str, object] = {
        "id": uuid4(), "title": title, "description": "", "service": service, "services": (service,) if service else (),
        "severity": "critical", "environment": "", "status": "analyzed", "aurora_status": "complete", "summary": "",
        "started_at": AT, "resolved_at": None, "alerts": (title,), "told": (told,) if told else (),
        "kinds": (kind,) if kind else (), "steps": (),
    }  # fmt: skip
    return Past(**(fields | more))  # type: ignore[arg-type]


ALIKE_PAIRS = [
    (past("HighCpuUsage", "api"), past("HighCpuUsage", "api")),
    (past("HighCpuUsage", "api"), past("HighCpuUsage", "worker")),
    (past("QueueStuck", "payments", "Consumer lag of payments grows"),
     past("ConsumerLag", "payments", "Consumer lag of the payments queue grows")),
    (past("DiskFull", "db", kind="disk_filling"), past("FilesystemAlmostFull", "db", kind="disk_filling")),
    (past("PodCrashLooping", "cart", "Pod cart restarts again and again", "out_of_memory"),
     past("CartRestarts", "cart", "Pod cart restarts", "out_of_memory")),
    (past("Checkout is slow", "checkout", "p99 latency over 2 s", "pool_exhausted"),
     past("CheckoutLatency", "checkout", "latency p99 high", "pool_exhausted")),
    (past("CertificateExpiry", "", "certificate of shop.example.com expires"),
     past("CertificateExpiry", "", "certificate of api.example.com expires")),
]  # fmt: skip
UNLIKE_PAIRS = [
    (past("HighCpuUsage", "api"), past("DiskFull", "api")),
    (past("HighCpuUsage", "api", kind="cpu_saturation"), past("LoadHigh", "db", kind="cpu_saturation")),
    (past("QueueStuck", "payments", "Consumer lag grows"), past("CertificateExpiry", "shop", "expires soon")),
    (past("TargetDown", "search", "1 of 3 targets is down"), past("ErrorRate", "search", "5xx over 2 percent")),
    (past("SlowQueries", "orders", "statement takes long"), past("ReplicationLag", "users", "replica is behind")),
    (past("", ""), past("", "")),
]  # fmt: skip


def test_incidents_that_are_alike_are_told_from_those_that_are_not() -> None:
    alike = [likeness(one, other).score for one, other in ALIKE_PAIRS]
    unlike = [likeness(one, other).score for one, other in UNLIKE_PAIRS]
    assert max(unlike) < ALIKE <= min(alike), (alike, unlike)


def test_why_they_are_alike_is_said_in_words() -> None:
    like = likeness(past("QueueStuck", "payments"), past("queuestuck", "payments"))
    assert like.why.startswith("Both share the alert “QueueStuck” and the service “payments”")


def test_what_helped_comes_first_and_what_did_not_comes_last() -> None:
    assert (
        trusted(0.5, Votes(0, 2))
        < trusted(0.5, Votes())
        == trusted(0.5, Votes(1, 1))
        < trusted(0.5, Votes(3, 1))
    )
    assert trusted(0.95, Votes(9, 0)) == 1.0
    assert "not helpful" in marked(Votes(0, 1))
    assert marked(Votes()) == ""


def test_what_it_was_is_quoted_without_citations_and_nothing_is_made_of_nothing() -> None:
    found = past(
        "X", summary="**Likely cause:** `recount` burns a core [3]. It began at 10:00 [1].\n\nMore [2]."
    )
    assert cause(found) == "Likely cause: recount burns a core. It began at 10:00."
    assert cause(past("X", summary="**Nothing wrong was found now** that explains X.")) == ""
    assert resolution(found) == ""
    assert resolution(past("X", status="resolved", resolved_at=AT)) == "Resolved after 1 min."
    assert not is_past(past("X", status="merged"))
    assert not is_past(past("X", status="investigating", aurora_status="running"))
