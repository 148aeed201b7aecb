"""What containers show: each way not to be well has its kind, and those that are well are said in one sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builtin_worlds import ANCHOR, World, case

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.containers import containers, events, uses
from aurora_rt.investigation.builtin.gathering import Look
from aurora_rt.investigation.builtin.inquiries.docker import docker_inquiry
from aurora_rt.investigation.builtin.reading import read
from aurora_rt.toolsets.facts.containers import (
    Container,
    ContainerEvent,
    ContainerEvents,
    Containers,
    ContainersUse,
    ContainerUse,
)
from aurora_rt.toolsets.facts.logs import LogLine, LogLines

MIB = 1024 * 1024


def container(name: str = "shop-web-1", **changes: Any) -> Container:
    usual = {
        "id": "0123456789ab",
        "name": name,
        "service": "web",
        "image": "web:1",
        "state": "running",
        "health": "",
        "restarts": 0,
        "exit_code": None,
        "oom_killed": False,
        "error": "",
        "started_at": ANCHOR - timedelta(days=1),
        "finished_at": None,
        "memory_limit": 512 * MIB,
        "cpu_limit": None,
        "restart_policy": "always",
        "said": "",
    }
    return Container(**{**usual, **changes})


RECENT = ANCHOR - timedelta(minutes=3)
LONG_AGO = ANCHOR - timedelta(days=40)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"state": "exited", "exit_code": 1, "finished_at": RECENT}, "crash"),
        ({"state": "exited", "exit_code": 137, "finished_at": RECENT, "oom_killed": True}, "out_of_memory"),
        ({"state": "restarting", "exit_code": 1, "restarts": 9}, "crash"),
        ({"restarts": 9, "started_at": RECENT}, "crash"),
        ({"health": "unhealthy", "said": "no answer"}, "probe_failure"),
        ({"state": "paused"}, "target_down"),
    ],
)
def test_each_way_not_to_be_well_has_its_kind(changes: dict[str, Any], kind: str) -> None:
    seen = containers(
        Evidence(Containers(containers=(container(**changes),), truncated=False), "[1]"), ANCHOR
    )
    assert [(one.kind, one.node) for one in seen.findings] == [(kind, "web")]
    assert seen.findings[0].strength >= 0.9
    assert seen.findings[0].claim.endswith("[1].")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"health": "healthy"},
        {"restarts": 9},
        {"state": "exited", "exit_code": 0, "finished_at": RECENT},
        {"state": "exited", "exit_code": 143, "finished_at": RECENT},
        {"state": "exited", "exit_code": 1, "finished_at": LONG_AGO, "restart_policy": "no"},
        {
            "state": "exited",
            "exit_code": 137,
            "oom_killed": True,
            "finished_at": LONG_AGO,
            "restart_policy": "",
        },
    ],
)
def test_what_runs_or_ended_as_it_was_meant_to_is_cleared(changes: dict[str, Any]) -> None:
    seen = containers(
        Evidence(Containers(containers=(container(**changes),), truncated=False), "[1]"), ANCHOR
    )
    assert seen.findings == ()
    assert len(seen.cleared) == 1


def used(memory: int, throttled: float | None) -> ContainerUse:
    return ContainerUse(
        name="shop-web-1",
        service="web",
        cpu_percent=50,
        memory=memory,
        memory_limit=512 * MIB,
        throttled_share=throttled,
        processes=3,
    )


def test_limits_that_are_reached_are_told() -> None:
    seen = uses(Evidence(ContainersUse(used=(used(505 * MIB, 0.6),)), "[1]"))
    assert [one.kind for one in seen.findings] == ["memory_pressure", "cpu_saturation"]
    seen = uses(Evidence(ContainersUse(used=(used(100 * MIB, 0.01),)), "[1]"))
    assert seen.findings == ()
    assert len(seen.cleared) == 1


def happened(action: str, minutes: float, code: int | None = None) -> ContainerEvent:
    at = ANCHOR + timedelta(minutes=minutes)
    return ContainerEvent(at=at, name="x", service="web", action=action, exit_code=code, signal="")


def kinds(*told: ContainerEvent) -> list[str]:
    seen = Evidence(ContainerEvents(events=told, truncated=False), "[1]")
    return [one.kind for one in events(seen, ANCHOR).findings]


def test_events_around_the_alert_tell_of_memory_and_of_loops() -> None:
    assert kinds(happened("oom", -3), happened("die", -3, 137)) == ["out_of_memory"]
    assert kinds(*(happened("die", -n, 1) for n in range(4))) == ["crash"]
    assert kinds(happened("die", -3, 0), happened("die", -2, 143), happened("die", -1, 1)) == []
    assert kinds(happened("oom", -100)) == []


async def test_the_log_of_a_container_that_is_not_well_is_read_as_its_services() -> None:
    line = LogLine(
        at=datetime.fromtimestamp(ANCHOR.timestamp() - 60, UTC),
        source="shop-web-1",
        priority="error",
        text='FATAL: password authentication failed for user "web"',
    )
    world = World(
        {
            "docker.containers": Containers(
                containers=(container(state="restarting", exit_code=1, restarts=7),), truncated=False
            ),
            "docker.stats": ContainersUse(used=()),
            "docker.events": "The container engine failed.",
            "docker.logs": LogLines(origin="Docker", lines=(line,), truncated=False),
        }
    )
    look: Look = world.look
    outcome = await docker_inquiry(read(case()), world).pursue(look)
    assert [(one.kind, one.node) for one in outcome.assessment.findings] == [
        ("crash", "web"),
        ("authentication", "web"),
    ]
    assert len(outcome.gaps) == 1
