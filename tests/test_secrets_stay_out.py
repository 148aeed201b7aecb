"""Secrets of every kind come in through every entrance; none is anywhere afterwards."""

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Self

import pytest
import structlog
from people import Person, firing, notification
from redis.asyncio import Redis
from secrets_of_all_kinds import ALL, SECRETS, leaks
from whole import serving

from aurora_rt.db.pool import Database
from aurora_rt.investigation import investigators
from aurora_rt.investigation.investigator import (
    Answer,
    Case,
    Citation,
    Memory,
    Question,
    Step,
    Suggestion,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolset import Looking

pytestmark = pytest.mark.usefixtures("people")


class Parrot:
    """An investigator that says secrets of its own, and remembers all that it was given."""

    name = "parrot"

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self) -> Self:
        """Be made in place of the one that goes by rules."""
        return self

    async def investigate(self, case: Case, tools: Looking, memory: Memory) -> AsyncGenerator[Step, None]:
        self.given.append(repr(case))
        seen = await tools.look("commands.run", command=f"cat {self.file}")
        asked = await tools.look("commands.run", command=f"grep '{SECRETS['github']}' {self.file}")
        self.given += [seen.output, asked.command, repr(asked.parameters)]
        yield Citation(seen)
        yield Citation(asked)
        await memory.keep("messages", json.dumps([{"content": ALL}]))
        for at in range(0, len(ALL), 11):
            yield Writing("thought", "1", ALL[at : at + 11])
            if at % 110 == 0:
                await asyncio.sleep(0.04)
        yield Thought("1", ALL)
        yield Suggestion("s", ALL, ALL, "remediate", "low", ALL, ALL, ALL, is_action=True)
        yield Writing("summary", "summary", ALL)
        yield Summary(ALL)

    async def answer(self, question: Question, _: Looking, memory: Memory) -> AsyncGenerator[Step, None]:
        self.given.append(repr(question))
        await memory.keep("messages", ALL)
        yield Writing("answer", "answer", ALL)
        await asyncio.sleep(0.04)
        yield Answer(ALL)

    file = Path()


async def everything_kept(database: Database) -> str:
    """All rows of all tables, as texts."""
    async with database.connection() as connection:
        tables = await connection.fetch(
            "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"
        )
        rows = [
            f"{one['name']}: {row[0]}"
            for one in tables
            for row in await connection.fetch(f"SELECT t::text FROM {one['name']} t")
        ]
    return "\n".join(rows)


async def test_no_secret_reaches_the_database_redis_the_logs_a_model_or_a_browser(
    settings: Settings, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parrot, logged, commands = Parrot(), io.StringIO(), []
    parrot.file = tmp_path / "app.log"
    parrot.file.write_text(ALL)
    monkeypatch.setattr(investigators, "BuiltinInvestigator", parrot)
    root = logging.getLogger()
    listener = logging.StreamHandler(logged)
    listener.setFormatter(root.handlers[0].formatter)
    monkeypatch.setattr(root, "handlers", [listener])
    monkeypatch.setattr(root, "level", logging.INFO)

    async def overhear(redis: Redis, began: asyncio.Event) -> None:
        async with redis.monitor() as monitor:
            began.set()
            async for one in monitor.listen():
                commands.append(str(one["command"]))  # noqa: PERF401 - it never ends

    async with serving(settings) as server, Redis.from_url(settings.redis_url or "") as redis:
        began = asyncio.Event()
        overhearing = asyncio.create_task(overhear(redis, began))
        await began.wait()
        person = await Person.registered(server.base_url)
        answers: list[str] = []

        async def call(method: str, path: str, body: object = None) -> dict:
            answer = await person.http.request(method, path, json=body)
            assert answer.status_code < 300, answer.text
            answers.append(answer.text)
            return answer.json()

        alert = firing(fingerprint="f", **{f"l{n}": text for n, text in enumerate(SECRETS.values())})
        alert["labels"]["db_password"] = "hunTer2"
        alert["annotations"] = {"description": ALL, "summary": ALL}
        alert["generatorURL"] = SECRETS["signed url"]
        webhook = await person.webhook()
        assert (await person.http.post(webhook, json=notification(alert))).status_code == 202
        other = json.dumps(notification(firing(fingerprint=SECRETS["github"], alertname=ALL)))
        escaped = other.replace("/", "\\/").replace("hunT", "\\u0068unT")
        assert (await person.http.post(webhook, content=escaped)).status_code == 202
        by_hand = dict.fromkeys(("title", "service", "environment"), SECRETS["stripe"])
        made = await call("POST", "/api/incidents", {**by_hand, "description": ALL})
        ids = [one["id"] for one in await person.incidents()]
        assert len(ids) == 3
        watcher = await person.watching("feed", since=0)
        for incident_id in ids:
            assert (await watcher.call("join", {"room": f"incident:{incident_id}", "since": 0}))["ok"]
        for incident_id in ids:
            await person.analyzed(incident_id)
        await call("PATCH", f"/api/incidents/{made['id']}", {"summary": ALL})
        await call("POST", f"/api/incidents/{made['id']}/chat", {"question": ALL})
        said = {"text": ALL, "mode": "ask", "incident_id": ids[0], "client_id": "c"}
        assert (await watcher.call("chat:send", said))["ok"]
        messages = [{"sender": "user", "text": ALL}]
        chat = await call(
            "POST",
            "/chat_api/sessions",
            {"title": SECRETS["npm"], "messages": messages, "ui_state": {"a": ALL}},
        )
        update = {
            "title": SECRETS["slack"],
            "messages": messages,
            "ui_state": {"token": "hunTer2", "b": [ALL]},
        }
        await call("PUT", f"/chat_api/sessions/{chat['id']}", update)
        await watcher.until(
            lambda one: sum(it["data"]["sender"] == "assistant" for it in one.events("message")) == 2
        )
        structlog.get_logger("test").error("it_happened", text=ALL, token="hunTer2", more={"b": [ALL]})
        try:
            raise ValueError(ALL)
        except ValueError:
            logging.getLogger("library").exception("failed with %s", SECRETS["bearer"])
        for incident_id in ids:
            await call("GET", f"/api/incidents/{incident_id}")
        for path in ("/api/incidents", "/chat_api/sessions", f"/chat_api/sessions/{chat['id']}"):
            await call("GET", path)
        kept = await everything_kept(database)
        keys = [key async for key in redis.scan_iter()]
        values = [await redis.get(key) for key in keys if await redis.type(key) == b"string"]
        overhearing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await overhearing
    monkeypatch.undo()
    for where, text in {
        "the database": kept,
        "Redis": "\n".join(map(str, [*keys, *values, *commands])),
        "the logs": logged.getvalue(),
        "a model": "\n".join(parrot.given),
        "REST": "\n".join(answers),
        "a socket": json.dumps(watcher.heard),
    }.items():
        assert len(text) > 500, where
        assert not leaks(text), (where, leaks(text))
        assert "[redacted]" in text, where
    assert {"thought:delta", "approval", "citation", "message"} <= {name for name, _ in watcher.heard}
    (first,) = [one for one in json.loads(answers[-3])["incidents"] if one["sourceAlertId"] == "f"]
    assert (
        json.loads(detail_of(answers, first["id"])["alert"]["rawPayload"])["alerts"][0]["fingerprint"] == "f"
    )


def detail_of(answers: list[str], incident_id: str) -> dict:
    """The incident's detail among what REST answered."""
    details = [json.loads(one).get("incident") for one in answers]
    return next(one for one in details if one and one["id"] == incident_id)
