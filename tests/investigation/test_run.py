"""One investigation as a job: said once, in order, honest about what it could not see, and stopped when told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from people import Person, all_leave, firing, notification
from whole import serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(answer: Answering) -> AsyncIterator[str]:
    """Something that listens where Prometheus should be."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<html>no!")
    await writer.drain()
    writer.close()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def refusal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


async def investigated(settings: Settings) -> dict:
    async with serving(settings) as server:
        person = await Person.registered(server.base_url)
        alert = firing(fingerprint="f", instance="localhost:9100")
        alert["generatorURL"] = "http://p:9090/graph?g0.expr=up+%3D%3D+0"
        await person.http.post(await person.webhook(), json=notification(alert))
        (listed,) = await person.incidents()
        shown = await person.analyzed(listed["id"])
        await all_leave()
        return shown


@pytest.mark.parametrize(
    "answer", [nonsense, silence, refusal, None], ids=["nonsense", "slow", "refusing", "down"]
)
async def test_a_prometheus_that_does_not_answer_well_is_said_and_the_analysis_goes_on(
    settings: Settings, answer: Answering | None
) -> None:
    async with listening(answer or nonsense) as url:
        asked = url if answer else "http://127.0.0.1:1"
        shown = await investigated(
            settings.model_copy(update={"prometheus_url": asked, "prometheus_timeout": 1.0})
        )
    assert shown["auroraStatus"] == "complete"
    assert shown["status"] == "analyzed"
    said = shown["summary"] + "".join(one["content"] for one in shown["streamingThoughts"])
    assert asked.removeprefix("http://") in said
    assert any(one["type"] == "limitation" for one in shown["streamingThoughts"])
    assert any(one["toolName"].startswith("host.") for one in shown["citations"])


async def test_with_this_host_alone_an_analysis_still_ends_with_evidence(settings: Settings) -> None:
    shown = await investigated(settings)
    assert len(shown["streamingThoughts"]) >= 4
    assert len(shown["citations"]) >= 3
    assert len(shown["suggestions"]) >= 1
    assert "[" in shown["summary"]
    keys = [one["key"] for one in shown["citations"]]
    assert len(keys) == len(set(keys))
    texts = [one["content"] for one in shown["streamingThoughts"]]
    assert len(texts) == len(set(texts))
    assert "`prometheus`" in shown["summary"]


async def test_finished_texts_equal_their_deltas_and_snapshot_plus_events_is_the_next_snapshot(
    person: Person,
) -> None:
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    before = await person.incident(listed["id"])
    watcher = await person.watching()
    joined = await watcher.call(
        "join", {"room": before["room"], "since": before["seq"], "epoch": before["epoch"]}
    )
    after = await person.analyzed(listed["id"])
    await watcher.until(lambda one: one.seqs(before["room"])[-1:] == [after["seq"]])

    def data(event: str) -> list[dict]:
        return [one["data"] for one in watcher.events(event)]

    assert before["streamingThoughts"] + data("thought") == after["streamingThoughts"]
    assert before["citations"] + data("citation") == after["citations"]
    assert before["suggestions"] + data("suggestion") == after["suggestions"]
    assert data("summary") == [{"summary": after["summary"], "ended": after["summaryEnded"]}]
    latest = data("incident")[-1]
    assert {name: after[name] for name in latest if name != "alert"} == {
        name: value for name, value in latest.items() if name != "alert"
    }
    texts = {one["id"]: one["content"] for one in after["streamingThoughts"]}
    # A text may have begun before the join, which then tells what was written of it; pieces may overlap that.
    written: dict[str, str] = {one["id"]: one["text"] for one in joined["open"]}
    for piece in watcher.events("thought:delta", "summary:delta"):
        so_far = written.get(piece["id"], "")
        assert piece["offset"] <= len(so_far)
        end = piece["offset"] + len(piece["text"])
        assert so_far[piece["offset"] : end] == piece["text"][: len(so_far) - piece["offset"]]
        written[piece["id"]] = so_far[: piece["offset"]] + piece["text"] + so_far[end:]
    assert written
    for text_id, text in written.items():
        assert text == texts.get(text_id, after["summary"])
