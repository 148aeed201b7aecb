"""Who sets nothing is asked by nobody: no toolset leaves this machine until a setting names where to."""

import itertools
import socket
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from lines_out import lines_out

from aurora_rt.clock import now
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Case, CaseAlert, Summary
from aurora_rt.settings import Settings, load, variables
from aurora_rt.toolsets.checkup import PATIENCE_SECONDS, Checkup
from aurora_rt.toolsets.commands import run
from aurora_rt.toolsets.kubernetes import tools as kubernetes
from aurora_rt.toolsets.policy import NO_POLICY
from aurora_rt.toolsets.registry import discover, known
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Window

LOCAL = {"host", "sockets", "systemd", "commands", "knowledge", "network"}
"""They look at this machine, or at what the one who asks names: no setting switches them on."""


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(kubernetes, "HAS_DEFAULT", False)  # whoever runs the tests may have a cluster
    monkeypatch.setattr(kubernetes, "IN_CLUSTER", False)
    return load()


async def test_the_watch_sees_who_leaves_this_machine() -> None:
    with lines_out() as seen:
        for host in ("127.0.0.1", "192.0.2.1"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.connect((host, 9))  # a datagram's socket: nothing is sent
        await run(["date"], policy=NO_POLICY, timeout=5, output_limit=100)
    assert seen == ["socket.connect 192.0.2.1", "subprocess.Popen date"]


def test_without_settings_each_toolset_names_the_one_that_switches_it_on(nothing_set: Settings) -> None:
    discover.cache_clear()
    with lines_out() as seen:
        reasons = {name: one.unusable(nothing_set) for name, one in known(nothing_set).toolsets.items()}
    assert seen == []
    for name, reason in reasons.items():
        if name in LOCAL:
            assert reason is None or reason.endswith(" here."), reason
        else:
            assert reason is not None, f"{name} is usable though nothing is set"
            assert reason.endswith((" is set.", " is not set.")) or "is not set, and" in reason
            assert any(variable in reason for variable in variables()), reason


async def test_without_settings_no_look_at_how_toolsets_are_leaves_this_machine(
    nothing_set: Settings, http: httpx.AsyncClient
) -> None:
    checkup = Checkup(nothing_set, http, discover())
    with lines_out() as seen:
        await checkup.look()
        for toolset in discover().values():
            health = await toolset.health(nothing_set, http)  # also of one that is not usable
            assert health.message.endswith("."), toolset.name
            assert health.status == "unhealthy" or toolset.name in LOCAL, toolset.name
    assert seen == []
    for one in checkup.report():
        assert one.status == ("healthy" if one.toolset.unusable(nothing_set) is None else "disabled")
        assert f"{PATIENCE_SECONDS:.0f} s" not in one.message


@pytest.mark.parametrize(
    "name", ["CheckoutLatencyHigh", "HighErrorRate", "PodCrashLooping", "PostgresDown", ""]
)
async def test_without_settings_no_investigation_leaves_this_machine_whatever_an_alert_names(
    nothing_set: Settings, http: httpx.AsyncClient, name: str
) -> None:
    count = itertools.count(1)

    async def number() -> int:
        return next(count)

    at = now() - timedelta(minutes=5)
    labels = {
        "instance": "shop.example.com:443",
        "namespace": "shop",
        "pod": "shop-1",
        "cluster": "192.0.2.7:6443",
    }
    alert = CaseAlert(
        name, "See http://192.0.2.8/ and https://runbook.example.com/.", "critical", "shop.example.com", "firing",
        labels, {"runbook_url": "http://192.0.2.9/"}, at, "up{job='shop'} == 0", "http://192.0.2.10/graph",
    )  # fmt: skip
    about = Case(uuid4(), name, "shop.example.com", "critical", "prod", "alertmanager", at, (alert,))
    access = Access(nothing_set, http, Window(at - timedelta(hours=2), at, at), NO_POLICY)
    others = {name: one for name, one in discover().items() if name != "host"}
    with lines_out() as seen:
        box = Toolbox(others, access, number=number)
        steps = [step async for step in BuiltinInvestigator().investigate(about, box)]
    assert seen == []
    assert any(isinstance(step, Summary) for step in steps)
