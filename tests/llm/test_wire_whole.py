"""Whole servers that ask models over the wire: what people see when providers are down, and workers are killed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from people import Person, all_leave, firing, notification
from programs import running
from provider import Provider, provider
from script import Asked, Call, Refuse, Say, Turn, Until, in_order
from whole import Server, serving
from wired import KEYS, NAMED, QUICK, everybody

from aurora_rt.llm import ready
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("bare", "people")

CAUSE = {"node": "checkout", "kind": "config_change", "confidence": 0.9, "evidence": [1, 2, 3]}
CONCLUDING = [Call("conclude", {"causes": [CAUSE]})]
SUMMARY = [Say("**Nothing wrong was found**, as far as could be seen.")]
ENDLESS = [Say("And then. "), Until()]
DOWN = Refuse(503)


async def incident_of(person: Person, name: str) -> dict:
    """An incident that just began; `name` is in all that a model is told of it."""
    alert = firing(name, fingerprint=name, service=name.lower())
    await person.http.post(await person.webhook(), json=notification(alert))
    (listed,) = [one for one in await person.incidents() if one["alert"]["title"] == name]
    return listed


def by_incident(asked: Asked) -> Turn:
    if "GoesOn" in asked.text:
        if asked.protocol == "openai":
            return DOWN
        return SUMMARY if asked.results else CONCLUDING
    return ENDLESS if "IsCancelled" in asked.text else DOWN


async def with_models(settings: Settings, here: Provider, **named: object) -> Settings:
    """Settings with an account at OpenAI and at Anthropic."""
    accounts = {
        name: one for name, one in everybody(here).items() if name.startswith(("openai", "anthropic"))
    }
    return await asyncio.to_thread(Settings, **{**settings.model_dump(), **accounts, **named})


@pytest.fixture
async def asked_over_the_wire(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Provider, Server]]:
    """A provider, and a whole server that asks it, without long waits in between."""
    monkeypatch.setattr(ready, "Patience", lambda: QUICK)
    async with provider(by_incident) as here:
        named = {"model": NAMED["openai"], "fallback_models": (NAMED["anthropic"],)}
        async with serving(await with_models(settings, here, **named)) as server:
            yield here, server


async def test_another_model_goes_on_or_the_rules_do_and_a_cancelled_one_is_left_at_once(
    asked_over_the_wire: tuple[Provider, Server],
) -> None:
    here, server = asked_over_the_wire
    person = await Person.registered(server.base_url)
    goes_on, all_down, cancelled = [
        await incident_of(person, name) for name in ("GoesOn", "AllAreDown", "IsCancelled")
    ]
    watcher = await person.watching(f"incident:{cancelled['id']}")
    await watcher.until(lambda one: any("then." in piece["text"] for piece in one.events("thought:delta")))
    assert (await watcher.call("investigation:cancel", {"incident_id": cancelled["id"]}))["ok"]
    (left,) = [asked for asked in here.asked if "IsCancelled" in asked.text]
    async with asyncio.timeout(5):
        await left.gone.wait()
    assert (await person.incident(cancelled["id"]))["auroraStatus"] == "idle"

    shown = await person.analyzed(goes_on["id"])
    assert (shown["summary"], shown["summaryEnded"]) == (SUMMARY[0].text, "complete")
    models = {one["model"] for one in shown["tokenUsage"]["models"]}
    assert NAMED["anthropic"] in models

    shown = await person.analyzed(all_down["id"])
    assert shown["summary"].startswith("**The language model could not finish this analysis.** anthropic/")
    assert "What follows is the built-in analysis" in shown["summary"]
    assert (shown["auroraStatus"], shown["summaryEnded"]) == ("complete", "fallback")
    assert [
        one for one in shown["streamingThoughts"] if "I go on by rules, without a model" in one["content"]
    ]
    assert shown["suggestions"]
    await all_leave()


async def test_a_worker_killed_while_a_model_writes_is_taken_over_and_no_finished_tool_runs_again(
    settings: Settings, tmp_path: Path
) -> None:
    hangs = Until()
    script = in_order(
        [Say("I look at what was changed. "), Call("flags__changes")],
        [Say("It may be "), hangs],
        CONCLUDING,
        SUMMARY,
    )
    async with provider(script) as here, serving(settings, worker=False) as server:
        here.pages["/flags/changes"] = "checkout-v2 was switched on at 09:58"
        (tmp_path / "flags.yaml").write_text(FLAGS.format(url=f"{here.base}/flags"))
        environment = {
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
            "AURORA_TOOLSETS": str(tmp_path),
            "AURORA_MODEL": NAMED["openai"],
            "OPENAI_API_KEY": KEYS["openai"],
            "OPENAI_BASE_URL": here.url("openai"),
        }
        person = await Person.registered(server.base_url)
        async with running("worker", **environment) as first:
            listed = await incident_of(person, "HighLatency")
            await hangs.reached.wait()
            before = await person.incident(listed["id"])
            first.process.kill()
            await first.ended()
        named = {"model": NAMED["openai"], "toolsets_dir": tmp_path}
        async with serving(await with_models(settings, here, **named)):
            after = await person.analyzed(listed["id"])
        await all_leave()
    assert (after["summary"], after["summaryEnded"]) == (SUMMARY[0].text, "complete")
    assert here.others.count("GET /flags/changes") == 1
    assert after["citations"] == before["citations"]
    assert "/flags/changes" in after["citations"][-1]["command"]
    contents = [one["content"] for one in after["streamingThoughts"]]
    assert contents.count("I look at what was changed.") == 1
    _, cut_off, again, _ = here.asked
    assert cut_off.gone.is_set()
    assert again.body["messages"] == cut_off.body["messages"]
    assert "checkout-v2 was switched on" in again.results[-1][1]


FLAGS = """\
name: flags
title: Flags
description: Which features were switched.
cost: low
http: {{url: "{url}"}}
tools:
  - name: changes
    description: What was switched.
    path: /changes
"""
