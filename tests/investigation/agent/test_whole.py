"""A whole server with a scripted model: what people see of an investigation and of answers, and how they stop them."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from people import Person, all_leave, firing, notification
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo
from scripted_models import Cast, Script, call
from whole import Server, serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")
FIRST = "scripted/first"
OTHER = "scripted/other"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    return Cast(FIRST).on_stage(monkeypatch)


async def incident_of(person: Person) -> dict:
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    return listed


async def noted(person: Person, content: str) -> None:
    answer = await person.http.put("/api/knowledge-base/memory", json={"content": content})
    assert answer.status_code == 200


SUMMARY = ["**Nothing wrong was found**, ", "as far as could be seen."]


async def concluding(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[object]:
    """On a busy machine the rules find a cause, which only a look overrules: the last one is named."""
    number = int(re.findall(r"⟦data \[(\d+)\]", str(messages[-1]))[-1])
    cause = {"node": "the host", "kind": "traffic_load", "confidence": 0.5, "evidence": [number]}
    yield call("conclude", causes=[cause])


async def test_people_see_a_models_investigation_as_it_goes_and_what_it_came_to(
    server: Server, person: Person, cast: Cast
) -> None:
    cast.scripts[FIRST] = Script(
        [["I look at the ", "processes once more.", call("host__processes", seconds=1)], concluding, SUMMARY],
        name=FIRST,
    )
    await noted(person, "Ada owns the host.")
    listed = await incident_of(person)
    watcher = await person.watching(f"incident:{listed['id']}")
    shown = await person.analyzed(listed["id"])
    assert shown["summary"] == "".join(SUMMARY)
    assert shown["summaryEnded"] == "complete"
    thoughts = {one["content"]: one for one in shown["streamingThoughts"]}
    assert thoughts["I look at the processes once more."]["by"] == ""
    assert len([one for one in shown["citations"] if one["toolName"] == "host.processes"]) >= 1
    assert shown["suggestions"]
    await watcher.until(lambda one: one.events("summary"))
    assert "".join(one["text"] for one in watcher.events("summary:delta")) in shown["summary"]
    (spender,) = {one.purpose for one in cast.spenders}
    assert spender == "investigation"
    assert "Ada owns the host." in cast.scripts[FIRST].prompt(0)


async def test_cancelling_stops_a_model_in_the_middle_of_its_words(
    server: Server, person: Person, cast: Cast
) -> None:
    closed = asyncio.Event()

    async def endless(messages: object, info: object) -> AsyncIterator[str]:
        try:
            while True:
                yield "And then. "
                await asyncio.sleep(0.01)
        finally:
            closed.set()

    cast.scripts[FIRST] = Script([endless], name=FIRST, output_limit=1_000_000, window=10_000_000)
    listed = await incident_of(person)
    watcher = await person.watching(f"incident:{listed['id']}")
    await watcher.until(
        lambda one: any("And then." in piece["text"] for piece in one.events("thought:delta"))
    )
    ack = await watcher.call("investigation:cancel", {"incident_id": listed["id"]})
    assert ack["ok"]
    async with asyncio.timeout(5):
        await closed.wait()
    assert (await person.incident(listed["id"]))["auroraStatus"] == "idle"


async def test_the_model_that_a_chat_names_answers_and_what_it_proposes_waits_for_an_approval(
    server: Server, person: Person, cast: Cast
) -> None:
    action = {
        "title": "Restart checkout", "why": "It may help.", "command": "kubectl rollout restart deployment/checkout",
        "effect": "Its pods are replaced.", "undo": "Nothing is to be undone.",
    }  # fmt: skip
    cast.scripts[FIRST] = Script([concluding, SUMMARY], name=FIRST)
    cast.scripts[OTHER] = Script(
        [[call("propose_action", **action)], ["I proposed to ", "restart it."]], name=OTHER
    )
    listed = await incident_of(person)
    watcher = await person.watching(f"incident:{listed['id']}")
    question = {"incident_id": listed["id"], "text": "What now?", "mode": "agent", "model": OTHER}
    asked = await watcher.call("chat:send", question)
    await watcher.until(lambda one: [m for m in one.events("message") if m["data"]["sender"] == "assistant"])
    shown = await person.incident(listed["id"])
    answer = shown["chatSessions"][0]["messages"][-1]
    assert (answer["text"], answer["ended"]) == ("I proposed to restart it.", "complete")
    (proposed,) = [one for one in shown["suggestions"] if one["isAction"]]
    assert proposed["command"] == action["command"]
    assert [one["status"] for one in shown["approvals"]] == ["pending"]
    session = (await person.http.get(f"/chat_api/sessions/{asked['session_id']}")).json()
    assert session["ui_state"] == {"selectedModel": OTHER}


async def test_a_chat_about_nothing_in_particular_says_what_its_answer_rests_on_and_who_could_not_be_asked(
    server: Server, person: Person, cast: Cast
) -> None:
    cast.scripts[FIRST] = Script([[call("host__state")], ["The host may be well [1]."]], name=FIRST)
    await noted(person, "Grace owns the host.")
    watcher = await person.watching()
    asked = await watcher.call("chat:send", {"text": "How is the host?", "model": "nobody/knows"})
    await watcher.call("join", {"room": f"chat:{asked['session_id']}", "since": 0})
    await watcher.until(lambda one: [m for m in one.events("message") if m["data"]["sender"] == "assistant"])
    text = watcher.events("message")[-1]["data"]["text"]
    assert text.startswith(
        f"*The model nobody/knows cannot be asked; {FIRST} answers.*\n\nThe host may be well [1]."
    )
    assert "**Looked at:**\n- [1] host.state: `" in text
    assert "Grace owns the host." in cast.scripts[FIRST].prompt(0)


async def test_another_server_goes_on_with_what_one_left_and_asks_and_looks_for_nothing_twice(
    settings: Settings, cast: Cast
) -> None:
    reached = asyncio.Event()

    async def never(messages: object, info: object) -> AsyncIterator[str]:
        reached.set()
        await asyncio.sleep(60)
        yield "too late"

    cast.scripts[FIRST] = Script([["I look first.", call("host__processes", seconds=1)], never], name=FIRST)
    async with serving(settings) as server:
        person = await Person.registered(server.base_url)
        listed = await incident_of(person)
        async with asyncio.timeout(30):
            await reached.wait()
        before = await person.incident(listed["id"])
        cookies = dict(person.http.cookies)
    second = cast.scripts[FIRST] = Script([concluding, SUMMARY], name=FIRST)
    async with serving(settings) as server:
        again = Person(
            server.base_url, httpx.AsyncClient(base_url=server.base_url, cookies=cookies, trust_env=False)
        )
        after = await again.analyzed(listed["id"])
        await again.close()
        await all_leave()
    assert after["summary"] == "".join(SUMMARY)
    assert after["streamingThoughts"][: len(before["streamingThoughts"])] == before["streamingThoughts"]
    assert after["citations"] == before["citations"]
    assert len(second.asked) == 2
    assert "I look first." in str(second.asked[0])
