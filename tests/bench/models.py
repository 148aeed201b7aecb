"""What we add to a language model, measured beside its own SDK: run by hand, it starts all it needs and prints figures.

    .venv/bin/python tests/bench/models.py [--json] [--questions N] [--runs N] [--tokens N] [--calls N] [--database URL]

A provider on the loopback (`tests/llm/provider.py`, a process of its own) answers at once: all the time is ours. Asked
in turns, from this process on the first core; the provider and PostgreSQL have the second:

aurora       a question as a worker answers it: models looked up, budget weighed and noted, prompt made and fitted to
             the window, each step kept in PostgreSQL, tools offered and run, what streams made safe to be shown
pydantic-ai  its agent, which we build on
openai       OpenAI's SDK with a loop of the fewest lines, which keeps nothing

first        from the question to the first piece of the answer; `added` is what the others' percentiles are below ours
tokens       a long answer: time and CPU of this process for each token
calls        a question for which a tool is called again and again: time and CPU for each call

A figure of `tokens` and `calls` is the median of all runs, a ratio the median of the ratios run by run. Nothing here
passes or fails.
"""

import argparse
import asyncio
import gc
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share

import asyncpg
from builtin_worlds import World, all_three
from contenders import _cores, _on
from driving import percentile
from figures import printed
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from aurora_rt import embedded, jobs
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import Database, opened
from aurora_rt.investigation.agent.prompts import ANSWERING
from aurora_rt.investigation.investigator import Question, Writing
from aurora_rt.investigation.investigators import Investigators
from aurora_rt.investigation.memory import KeptMemory
from aurora_rt.llm.ready import models
from aurora_rt.serve import COLLECT_AFTER
from aurora_rt.settings import Settings, load
from aurora_rt.telemetry import logs

PROVIDER = Path(__file__).parents[1] / "llm" / "provider.py"
MODEL, TOOL = "gpt-4o", "host__processes"
QUESTION = "What uses the processor of this host most? Say it with {calls} calls, {tokens} words."
KEY = "no-key"

First = Callable[[], None]
"""Told when the first piece of an answer is there."""
Asks = Callable[[str, First], Awaitable[None]]
"""Asks a question, up to the end of its answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    questions: int
    runs: int
    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer; seconds."""

    first: float
    whole: float
    cpu: float


async def heard(asks: Asks, tokens: int, calls: int = 0) -> Heard:
    """Ask once for an answer of so many tokens, after so many calls."""
    first = 0.0

    def here() -> None:
        nonlocal first
        first = first or time.perf_counter()

    cpu, began = time.process_time(), time.perf_counter()
    await asks(QUESTION.format(tokens=tokens, calls=calls), here)
    return Heard(first - began, time.perf_counter() - began, time.process_time() - cpu)


def openai(base_url: str) -> Asks:
    """OpenAI's SDK, with the loop that a program of its own would have."""
    client = AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0)
    shape = {"type": "object", "properties": {"seconds": {"type": "number"}}}
    tool = {"type": "function", "function": {"name": TOOL, "description": "Processes.", "parameters": shape}}

    async def asks(question: str, first: First) -> None:
        said: list[Any] = [
            {"role": "system", "content": ANSWERING},
            {"role": "user", "content": question},
        ]
        while True:
            calls: dict[int, dict[str, Any]] = {}
            text = ""
            stream = await client.chat.completions.create(
                model=MODEL, messages=said, tools=[tool], max_completion_tokens=4096, stream=True
            )
            async for chunk in stream:
                for choice in chunk.choices:
                    if choice.delta.content:
                        first()
                        text += choice.delta.content
                    for piece in choice.delta.tool_calls or ():
                        call = calls.setdefault(piece.index, {"id": piece.id, "arguments": ""})
                        call["arguments"] += piece.function.arguments or ""
            if not calls:
                return
            made = [
                {
                    "id": one["id"],
                    "type": "function",
                    "function": {"name": TOOL, "arguments": one["arguments"]},
                }
                for one in calls.values()
            ]
            said.append({"role": "assistant", "content": text, "tool_calls": made})
            said += [
                {"role": "tool", "tool_call_id": one["id"], "content": await _processes()}
                for one in calls.values()
            ]

    return asks


def pydantic_ai(base_url: str) -> Asks:
    """pydantic-ai's agent, as its documentation has it."""
    client = AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0)
    model = OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))
    agent = Agent(model, instructions=ANSWERING, model_settings={"max_tokens": 4096})
    agent.tool_plain(_processes, name=TOOL)

    async def asks(question: str, first: First) -> None:
        async with agent.run_stream(question) as run:
            async for _ in run.stream_text(delta=True, debounce_by=None):
                first()

    return asks


def aurora(investigators: Investigators, database: Database, organization_id: UUID) -> Asks:
    """What a worker does for a question."""

    async def asks(question: str, first: First) -> None:
        answer_id = uuid4()
        memory = await KeptMemory.of(lambda: database.transaction(organization_id), answer_id)
        investigator = await investigators.for_question(
            organization_id, None, answer_id=answer_id, session_id=uuid4(), incident_id=None
        )
        world = World({"host.processes": all_three()["host.processes"]})
        async for step in investigator.answer(Question(question, "ask", None), world, memory):
            if isinstance(step, Writing):
                first()

    return asks


async def _processes() -> str:
    """Processes, as a tool shows them."""
    world = World({"host.processes": all_three()["host.processes"]})
    return (await world.look("host.processes")).output


@asynccontextmanager
async def provider() -> AsyncIterator[str]:
    """The address of a provider that calls and says as much as a question wants."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROVIDER), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def contenders(settings: Settings) -> AsyncIterator[Mapping[str, Asks]]:
    """Who is asked, each once already: what is loaded or opened only once is not measured."""
    async with AsyncExitStack() as stack:
        with _on(_cores()[1]):
            url = f"{await stack.enter_async_context(provider())}/openai/v1"
        known = settings.model_copy(update={"openai_base_url": url})
        database = await stack.enter_async_context(opened(settings.database_url or "", connections=5))
        async with database.connection() as connection:
            organization_id = await connection.fetchval(
                "INSERT INTO organizations (id, name) VALUES ($1, 'Bench') RETURNING id", uuid4()
            )
        ready = await stack.enter_async_context(models(known, database))
        found = {
            "aurora": aurora(Investigators(known, ready), database, organization_id),
            "pydantic-ai": pydantic_ai(url),
            "openai": openai(url),
        }
        for asks in found.values():
            await heard(asks, tokens=5, calls=1)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        yield found


async def measure(plan: Plan, database_url: str | None) -> dict[str, Any]:
    """Every figure."""
    data_dir = Path(tempfile.mkdtemp(prefix="aurora-bench-"))
    first, load_core = _cores()
    try:
        async with AsyncExitStack() as stack:
            if database_url is None:
                with _on(load_core):
                    database_url = (await stack.enter_async_context(embedded.servers(data_dir))).database_url
            with _on(first):
                known = await stack.enter_async_context(contenders(await _settings(database_url)))
                return {
                    "first": await _first(known, plan.questions),
                    "tokens": await _each(known, plan.runs, plan.tokens, tokens=plan.tokens),
                    "calls": await _each(known, plan.runs, plan.calls, tokens=1, calls=plan.calls),
                }
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


async def _settings(database_url: str) -> Settings:
    connection = await asyncpg.connect(database_url)
    await migrate(connection, jobs.install)
    await connection.close()
    return load(
        database_url=database_url,
        model=f"openai/{MODEL}",
        openai_api_key=KEY,
        agent_steps=200,
        model_steps=1000,
        model_requests_a_minute=100_000,
        model_tokens=10**9,
        model_usd=10**6,
    )


async def _first(known: Mapping[str, Asks], questions: int) -> dict[str, Any]:
    waits: dict[str, list[float]] = {name: [] for name in known}
    for _ in range(questions):
        for name, asks in known.items():
            waits[name].append((await heard(asks, tokens=5)).first * 1000)
    shares = {
        name: {f"p{share}_ms": percentile(sorted(found), share / 100) for share in (50, 99)}
        for name, found in waits.items()
    }
    mine = shares["aurora"]
    added = {
        f"added to {name}": {share: round(mine[share] - of[share], 2) for share in mine}
        for name, of in shares.items()
        if name != "aurora"
    }
    return {name: _rounded(of) for name, of in shares.items()} | added


async def _each(known: Mapping[str, Asks], runs: int, count: int, **wanted: int) -> dict[str, Any]:
    """Time and CPU for each of `count` tokens or calls."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in known}
    for _ in range(runs):
        for name, asks in known.items():
            one = await heard(asks, **wanted)
            found[name].append({"us": one.whole / count * 1e6, "cpu_us": one.cpu / count * 1e6})
    figures: dict[str, Any] = {name: _rounded(_medians(of)) for name, of in found.items()}
    for name, of in found.items():
        if name != "aurora":
            ratios = [
                {each: mine[each] / theirs[each] for each in mine}
                for mine, theirs in zip(found["aurora"], of, strict=True)
            ]
            figures[f"to {name}"] = _rounded(_medians(ratios))
    return figures


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--questions", type=int, default=500, help="questions until whose first piece is waited"
    )
    parser.add_argument("--runs", type=int, default=7, help="how often `tokens` and `calls` are measured")
    parser.add_argument("--tokens", type=int, default=2000, help="tokens of a long answer")
    parser.add_argument("--calls", type=int, default=20, help="calls for a question")
    parser.add_argument("--database", help="URL of a migrated database; an embedded one when left out")
    given = parser.parse_args()
    plan = Plan(given.questions, given.runs, given.tokens, given.calls)
    logs.configure(load(log_level="warning"))
    figures = asyncio.run(measure(plan, given.database))
    print(json.dumps(figures) if given.json else printed(figures))


if __name__ == "__main__":
    main()
