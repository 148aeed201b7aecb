"""How toolsets are is looked at on a schedule, and told with the reason."""

import asyncio
from dataclasses import replace
from types import MappingProxyType

import httpx
import pytest
from people import Person, eventually

from aurora_rt.settings import Settings, load
from aurora_rt.toolsets import checkup
from aurora_rt.toolsets.checkup import Checkup
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolset import Health, Toolset

SETTINGS = load()
HOST = discover()["host"]


async def breaks(_: Settings, __: httpx.AsyncClient) -> Health:
    raise ValueError("of its own")


async def never(_: Settings, __: httpx.AsyncClient) -> Health:
    await asyncio.Event().wait()
    raise AssertionError


def known(*toolsets: Toolset) -> MappingProxyType[str, Toolset]:
    return MappingProxyType({one.name: one for one in toolsets})


async def test_each_is_told_as_it_is_and_one_that_fails_hides_no_other(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "PATIENCE_SECONDS", 0.1)
    here = Checkup(
        SETTINGS,
        http,
        known(
            HOST,
            replace(HOST, name="breaks", health=breaks),
            replace(HOST, name="hangs", health=never),
            replace(HOST, name="lacks", unusable=lambda _: "Nothing is set."),
        ),
    )
    assert [one.status for one in here.report()] == ["unknown", "unknown", "unknown", "disabled"]
    await here.look()
    found = {one.toolset.name: one for one in here.report()}
    assert {name: one.status for name, one in found.items()} == {
        "host": "healthy",
        "breaks": "unhealthy",
        "hangs": "unhealthy",
        "lacks": "disabled",
    }
    assert found["lacks"].message == "Nothing is set."
    assert "did not answer" in found["hangs"].message
    assert "ValueError" in found["breaks"].message
    assert "of its own" not in found["breaks"].message
    assert all(one.at is not None for one in found.values())


@pytest.mark.usefixtures("people")
async def test_the_api_shows_them_with_their_tools_to_who_is_signed_in(web_server) -> None:
    async with httpx.AsyncClient(base_url=web_server.base_url) as nobody:
        assert (await nobody.get("/api/toolsets")).status_code == 401
    person = await Person.registered(web_server.base_url)
    answer = await eventually(
        lambda: person.http.get("/api/toolsets"),
        lambda one: all(tool["status"] != "unknown" for tool in one.json()["toolsets"]),
    )
    shown = {one["name"]: one for one in answer.json()["toolsets"]}
    assert set(shown) == set(discover())
    assert (shown["host"]["enabled"], shown["host"]["status"]) == (True, "healthy")
    assert shown["host"]["checkedAt"].endswith("Z")
    assert (shown["logs"]["enabled"], shown["logs"]["status"]) == (False, "disabled")
    assert "LOKI_URL" in shown["logs"]["message"]
    get = next(one for one in shown["kubernetes"]["tools"] if one["name"] == "kubernetes.get")
    assert "resource" in get["parameters"]["properties"]
