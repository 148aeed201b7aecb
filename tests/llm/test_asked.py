"""A model on our terms: limited, tried again, metered, and refused beyond its budget. PostgreSQL is real."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from pydantic_ai.exceptions import ModelConnectionError, ModelContextWindowExceededError, ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database, opened
from aurora_rt.llm import queries, usage
from aurora_rt.llm.asked import AskedModel, Terms
from aurora_rt.llm.budgets import Budget, Limits
from aurora_rt.llm.errors import ModelAway, Refused
from aurora_rt.llm.models import Price, Request, Spender, Used
from aurora_rt.llm.pacing import Pace, Patience, told
from aurora_rt.llm.retrying import tried, wanted_pause

PROMPT: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Why is cart slow?")])]
NOTHING = ModelRequestParameters()
QUICK = Patience(attempts=3, first=0.001, longest=0.002)
FREE = Limits(steps=1000, tokens=10**9, usd=Decimal(1000), daily_tokens=None, daily_usd=None)
PRICE = Price(Decimal(3), Decimal(15))


def on_terms(
    wrapped: FunctionModel, budget: Budget, *, price: Price | None = PRICE, pace: Pace | None = None
) -> AskedModel:
    terms = Terms("test/one", "test", "Test", 500, price, lambda _: None)
    return AskedModel(wrapped, terms, budget, pace or Pace("Test", 10_000, 50), QUICK, None)


def answering(*outcomes: Any, seen: list[Any] | None = None) -> FunctionModel:
    """A model whose requests end as scripted: with a text, or an error."""
    coming = iter(outcomes)

    def one(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if seen is not None:
            seen.append(info.model_settings)
        outcome = next(coming)
        if isinstance(outcome, Exception):
            raise outcome
        return ModelResponse(
            parts=[TextPart(outcome)], usage=RequestUsage(input_tokens=100, output_tokens=10)
        )

    async def streamed(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        for outcome in coming:
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome

    return FunctionModel(one, stream_function=streamed)


async def organization(database: Database) -> UUID:
    made = uuid4()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Acme')", made)
    return made


async def rows(database: Database) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return [dict(row) for row in await connection.fetch("SELECT * FROM llm_usage ORDER BY at, id")]


async def test_every_request_has_a_limit_no_foreign_retries_and_is_written_down(
    database: Database, acme: UUID
) -> None:
    incident, seen = uuid4(), []
    budget = Budget(database, Spender(acme, "investigation", incident, uuid4()), FREE)
    model = on_terms(answering("Because.", "So.", seen=seen), budget)
    await model.request(PROMPT, None, NOTHING)
    await model.request(PROMPT, {"max_tokens": 9999, "temperature": 0.1}, NOTHING)
    assert [one["max_tokens"] for one in seen] == [500, 500]
    assert [one["max_retries"] for one in seen] == [0, 0]
    first, _ = await rows(database)
    assert (first["input_tokens"], first["output_tokens"], first["estimated"]) == (100, 10, False)
    assert first["cost"] == Decimal("0.00045")
    assert first["ended_at"] is not None
    async with database.scope(acme) as scope:
        [day] = await usage.lately(scope, 1)
        [spent] = await usage.usage_of(scope, incident)
        assert await usage.usage_of(scope, uuid4()) == []
    assert (day.requests, day.input_tokens, day.output_tokens, day.cost) == (2, 200, 20, Decimal("0.0009"))
    assert (spent.model, spent.requests, spent.cost) == ("test/one", 2, day.cost)


@pytest.mark.parametrize(
    "error",
    [
        ModelHTTPError(429, "m", headers={"retry-after": "0.001"}),
        ModelHTTPError(500, "m"),
        ModelHTTPError(529, "m"),
        ModelConnectionError("m", "reset"),
        httpx2.ReadError("reset"),
    ],
)
async def test_before_its_first_word_a_model_is_asked_again_where_that_may_help(
    database: Database, acme: UUID, error: Exception
) -> None:
    budget = Budget(database, Spender(acme, "answer"), FREE)
    answer = await on_terms(answering(error, error, "Yes."), budget).request(PROMPT, None, NOTHING)
    assert answer.text == "Yes."
    with pytest.raises(ModelAway, match="3 attempts"):
        await on_terms(answering(error, error, error, "Late."), budget).request(PROMPT, None, NOTHING)
    assert [row["error"] for row in await rows(database)] == [None, "ModelAway"]


@pytest.mark.parametrize(
    ("status", "says"), [(401, "does not accept the key"), (404, "does not know"), (400, "400")]
)
async def test_what_will_not_help_is_not_tried_and_nothing_that_came_back_is_repeated(
    status: int, says: str
) -> None:
    calls = 0

    async def ask() -> None:
        nonlocal calls
        calls += 1
        raise ModelHTTPError(status, "m", body={"error": "Incorrect API key provided: sk-planted"})

    with pytest.raises(ModelAway, match=says) as away:
        await tried(ask, "OpenAI", QUICK, None)
    assert calls == 1
    assert "sk-planted" not in away.value.message


async def test_a_prompt_that_is_too_long_is_told_as_it_is() -> None:
    async def ask() -> None:
        raise ModelContextWindowExceededError("m", "too long")

    with pytest.raises(ModelContextWindowExceededError):
        await tried(ask, "OpenAI", QUICK, None)


async def test_a_provider_says_how_long_to_wait_and_is_believed_within_bounds() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    answers = iter([{"retry-after": "7"}, {"retry-after": "9999"}, {"retry-after-ms": "2500"}])

    async def ask() -> str:
        headers = next(answers, None)
        if headers is None:
            return "yes"
        raise ModelHTTPError(429, "m", headers=headers)

    assert await tried(ask, "T", Patience(first=0.1, longest=40), None, sleep) == "yes"
    assert waits == [7.0, 40.0, 2.5]
    later = format_datetime(now() + timedelta(seconds=100))
    assert 90 < (wanted_pause({"retry-after": later}) or 0) <= 100
    assert wanted_pause({"retry-after": "soon"}) is None
    assert wanted_pause({}) is None


async def test_a_cut_in_the_middle_passes_through_and_what_is_known_is_written_down(
    database: Database, acme: UUID
) -> None:
    budget = Budget(database, Spender(acme, "answer"), FREE)
    model = on_terms(answering("one two three four ", httpx2.ReadError("cut"), "never"), budget)
    heard = 0

    async def listen() -> None:
        nonlocal heard
        async with model.request_stream(PROMPT, None, NOTHING) as stream:
            async for _ in stream:
                heard += 1

    with pytest.raises(httpx2.ReadError):
        await listen()
    assert heard
    [row] = await rows(database)
    assert row["error"] == "ReadError"
    assert row["ended_at"] is not None
    assert row["input_tokens"] > 0
    assert row["output_tokens"] > 0
    assert row["cost"] > 0


async def test_a_cancelled_answer_is_written_down_at_once(database: Database, acme: UUID) -> None:
    begun, budget = asyncio.Event(), Budget(database, Spender(acme, "answer"), FREE)

    async def endless(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        yield "It is "
        begun.set()
        await asyncio.Event().wait()

    async def listen() -> None:
        model = on_terms(FunctionModel(stream_function=endless), budget)
        async with model.request_stream(PROMPT, None, NOTHING) as stream:
            async for _ in stream:
                pass

    async with asyncio.TaskGroup() as running:
        task = running.create_task(listen())
        await begun.wait()
        task.cancel()
    [row] = await rows(database)
    assert row["error"] == "CancelledError"
    assert row["ended_at"] is not None


async def test_work_ends_at_its_steps_tokens_and_dollars(database: Database, acme: UUID) -> None:
    async def asked(limits: Limits, times: int) -> None:
        budget = Budget(database, Spender(acme, "investigation", uuid4(), uuid4()), limits)
        model = on_terms(answering(*["x"] * times), budget)
        for _ in range(times):
            await model.request(PROMPT, None, NOTHING)

    await asked(Limits(2, 10**6, Decimal(1), None, None), 2)
    with pytest.raises(Refused, match="2 times, the most that one investigation may"):
        await asked(Limits(2, 10**6, Decimal(1), None, None), 3)
    with pytest.raises(Refused, match="600 tokens"):
        await asked(Limits(9, 600, Decimal(1), None, None), 2)
    with pytest.raises(Refused, match="US dollars"):
        await asked(Limits(9, 10**6, Decimal("0.001"), None, None), 1)


async def test_processes_that_ask_at_once_cannot_both_take_what_is_left(
    database: Database, database_url: str, acme: UUID
) -> None:
    limits = Limits(1000, 10**9, Decimal(1000), daily_tokens=5 * 540, daily_usd=None)
    go = asyncio.Event()

    async def slow(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        yield "Yes"
        await go.wait()

    async def ask(one: Database) -> bool:
        model = on_terms(FunctionModel(stream_function=slow), Budget(one, Spender(acme, "answer"), limits))
        try:
            async with model.request_stream(PROMPT, None, NOTHING) as stream:
                async for _ in stream:
                    pass
        except Refused:
            if refused() == 7:
                go.set()
            return False
        return True

    count = 0

    def refused() -> int:
        nonlocal count
        count += 1
        return count

    async with opened(database_url, connections=5) as other:
        done = await asyncio.gather(*(ask(one) for one in [database, other] * 6))
        assert done.count(True) == 5
        async with other.scope(acme) as scope:
            spent = await usage.today(scope)
        assert (spent.requests, spent.tokens < 5 * 540) == (5, True)
        assert await ask(other)  # what was kept back for the others is free again


async def test_organizations_do_not_pay_for_each_other_and_the_dead_are_forgotten(
    database: Database, acme: UUID
) -> None:
    limits = Limits(1000, 10**9, Decimal(1000), daily_tokens=1000, daily_usd=None)
    umbrella = await organization(database)
    async with database.scope(acme) as scope:  # its process was killed two hours ago
        killed = Request(new_id(), Spender(acme, "answer"), "test", "test/one")
        await queries.start_request(scope, killed, Used(900, 0, 90), now() - timedelta(hours=2))
    await on_terms(answering("x"), Budget(database, Spender(acme, "answer"), limits)).request(
        PROMPT, None, NOTHING
    )
    async with database.scope(acme) as scope:
        running = Request(new_id(), Spender(acme, "answer"), "test", "test/one")
        await queries.start_request(scope, running, Used(800, 0, 90), now())
    with pytest.raises(Refused, match="this organization and day"):
        await on_terms(answering("x"), Budget(database, Spender(acme, "answer"), limits)).request(
            PROMPT, None, NOTHING
        )
    await on_terms(answering("x"), Budget(database, Spender(umbrella, "answer"), limits)).request(
        PROMPT, None, NOTHING
    )


async def test_what_comes_beyond_the_pace_waits_and_says_so() -> None:
    said: list[str] = []
    pace, order = Pace("Test", 1000, 1), []

    async def one(number: int) -> None:
        async with pace.turn(said.append):
            await pace.go(said.append)
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*map(one, range(5)))
    assert order == [0, 1, 2, 3, 4]
    assert said == []  # nobody hears of a moment
    heard = asyncio.Event()
    with told(lambda reason: (said.append(reason), heard.set()), "Waiting: it is busy.", after=0):
        await heard.wait()
    assert said == ["Waiting: it is busy."]
