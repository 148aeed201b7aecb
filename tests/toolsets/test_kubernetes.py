"""The Kubernetes toolset: the real kubectl, and a server on loopback that speaks the API."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cluster_api import ClusterApi, cluster_api, event, pod
from servers import missing

from aurora_rt.settings import load
from aurora_rt.toolsets.facts.cluster import Cluster
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.kubernetes import TOOLSET

SETTINGS = load()
CART = "cart-6d5f8c7b9b-x2x4z"


@pytest.fixture(autouse=True)
def kubectl() -> None:
    """Needs kubectl."""
    if shutil.which("kubectl") is None:
        missing("These tests run kubectl: install the Debian package `kubernetes-client`.")


@pytest.fixture
def api() -> ClusterApi:
    """A cluster with a container that crashes."""
    crashing = pod(
        CART,
        ready=False,
        restartCount=4,
        state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
        lastState={"terminated": {"reason": "OOMKilled", "exitCode": 137}},
    )
    return ClusterApi(
        objects={
            "pods": [crashing, pod("redis-0", "data")],
            "events": [event(CART, "BackOff", "Back-off restarting failed container cart")],
            "secrets": [{"metadata": {"name": "key", "namespace": "shop"}, "data": {"password": "c2VjcmV0"}}],
        },
        logs={(CART, False): "starting\n", (CART, True): "panic: out of memory\n"},
    )


@pytest.fixture
async def look(tools, api: ClusterApi, tmp_path: Path) -> AsyncIterator:
    """Looks at that cluster."""
    async with cluster_api(tmp_path, api) as kubeconfig:
        yield tools(kubeconfig=kubeconfig).look


async def test_pods_are_listed_as_a_table_and_as_objects(look) -> None:
    for output in ({}, {"output": "wide"}, {"output": "json"}, {"output": "yaml"}):
        seen = await look("kubernetes.get", resource="po", **output)
        assert seen.error is None, seen.error
        assert isinstance(seen.facts, Cluster)
        assert seen.facts.listed == ("pods",)
        found = {one.name: one for one in seen.facts.pods}
        assert set(found) == {CART, "redis-0"}
        cart = found[CART]
        assert (cart.namespace, cart.status) == ("shop", "CrashLoopBackOff")
        assert (cart.ready, cart.total, cart.restarts) == (0, 1, 4)
        assert "kubectl get pods --all-namespaces" in seen.command


async def test_one_namespace_is_listed_and_one_object_shown(look) -> None:
    seen = await look("kubernetes.get", resource="pods", namespace="data")
    assert [one.name for one in seen.facts.pods] == ["redis-0"]
    seen = await look("kubernetes.get", resource="pod", name=CART, namespace="shop", output="json")
    (cart,) = seen.facts.pods
    assert cart.containers[0].last_reason == "OOMKilled"
    assert seen.facts.listed == ()


async def test_a_description_tells_state_and_events(look) -> None:
    seen = await look("kubernetes.describe", resource="pod", name=CART, namespace="shop")
    assert seen.error is None, seen.error
    (cart,) = seen.facts.pods
    assert (cart.containers[0].last_reason, cart.containers[0].last_exit_code) == ("OOMKilled", 137)
    assert [one.reason for one in seen.facts.events] == ["BackOff"]


async def test_events_and_logs_before_and_after_the_restart(look) -> None:
    seen = await look("kubernetes.events", namespace="shop")
    (told,) = seen.facts.events
    assert (told.kind, told.name, told.reason) == ("Pod", CART, "BackOff")
    after = await look("kubernetes.logs", pod=CART, namespace="shop")
    before = await look("kubernetes.logs", pod=CART, namespace="shop", previous=True)
    assert isinstance(before.facts, LogLines)
    assert (after.output.strip(), before.output.strip()) == ("starting", "panic: out of memory")


async def test_values_of_secrets_are_not_shown_in_any_form(look) -> None:
    for output in ("json", "yaml"):
        seen = await look("kubernetes.get", resource="secrets", namespace="shop", output=output)
        assert seen.error is not None
        assert "c2VjcmV0" not in seen.output
    for seen in (
        await look("kubernetes.get", resource="secret", namespace="shop"),
        await look("kubernetes.describe", resource="secret", name="key", namespace="shop"),
    ):
        assert seen.error is None
        assert "c2VjcmV0" not in seen.output
        assert [one.name for one in seen.facts.holders] == ["key"]


async def test_facts_hold_no_secrets_of_environments_commands_and_logs(look, api: ClusterApi) -> None:
    leaky = pod("leaky-0")
    leaky["spec"]["containers"][0] |= {
        "env": [
            {"name": "TOKEN", "value": "planted-1"},
            {"name": "DB", "value": "postgres://me:planted-2@db:5432/shop"},
        ],
        "args": ["--password=planted-3"],
    }
    api.objects["pods"].append(leaky)
    api.logs["leaky-0", False] = "connecting with password=planted-4\n"
    for seen in (
        await look("kubernetes.get", resource="pods", output="json"),
        await look("kubernetes.describe", resource="pods", name="leaky-0", namespace="shop"),
        await look("kubernetes.logs", pod="leaky-0", namespace="shop"),
    ):
        assert seen.error is None, seen.error
        assert "planted" not in seen.facts.model_dump_json()
    listed = await look("kubernetes.get", resource="pods", output="json")
    (found,) = [one for one in listed.facts.pods if one.name == "leaky-0"]
    assert found.containers[0].environment == {"DB": "postgres://db:5432/shop"}


async def test_only_reading_requests_reach_the_cluster(look, api: ClusterApi) -> None:
    await look("kubernetes.get", resource="pods")
    await look("kubernetes.describe", resource="pod", name=CART, namespace="shop")
    assert api.asked
    assert {one.partition(" ")[0] for one in api.asked} == {"GET"}


@pytest.mark.parametrize("bad", ["-n", "x;rm", "$(id)", "../x", "a b", "--kubeconfig=/x", ""])
async def test_names_that_are_none_are_refused(look, api: ClusterApi, bad: str) -> None:
    for seen in (
        await look("kubernetes.describe", resource="pods", name=bad),
        await look("kubernetes.get", resource=bad),
        await look("kubernetes.logs", pod=bad),
    ):
        assert seen.error is not None
    assert api.asked == []


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_cluster_that_refuses_is_told_in_a_sentence(look, api: ClusterApi, status: int) -> None:
    api.status = status
    seen = await look("kubernetes.get", resource="pods")
    assert seen.error is not None
    assert seen.error.startswith("kubectl says: ")
    assert seen.facts is None


async def test_health_tells_the_version_or_why_not(api: ClusterApi, tmp_path: Path, http) -> None:
    async with cluster_api(tmp_path, api) as kubeconfig:
        settings = SETTINGS.model_copy(update={"kubeconfig": kubeconfig})
        assert TOOLSET.unusable(settings) is None
        health = await TOOLSET.health(settings, http)
        assert (health.status, "v1.29" in health.message) == ("healthy", True)
    health = await TOOLSET.health(settings, http)
    assert health.status == "unhealthy"
    assert "refused" in health.message


def test_without_a_cluster_it_says_so() -> None:
    assert "No Kubernetes cluster is configured" in (TOOLSET.unusable(SETTINGS) or "")
