"""Questions about an incident, answered from its evidence or by a fresh look."""

import asyncio
import re
from functools import cache

import pytest
from builtin_worlds import World, all_three, case, failing_metrics, metrics, stepped
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.builtin.answering import lexicon
from aurora_rt.investigation.builtin.answering.looks import is_promql
from aurora_rt.investigation.investigator import (
    Answer,
    Citation,
    Question,
    Step,
    Suggestion,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.toolsets.facts.metrics import (
    Series,
)

LOAD = Series(labels={"__name__": "node_load1", "instance": "web-1"}, points=stepped(0.3, 3.9))
ABOUT = case(expression="node_load1 > 3", instance="web-1", summary="Load is high")


@cache
def known() -> dict[str, object]:
    """What an investigation of a burning host left behind."""
    world = World(all_three() | failing_metrics("Prometheus refused the connection."))

    async def investigated() -> list[Step]:
        return [step async for step in BuiltinInvestigator().investigate(ABOUT, world)]

    with asyncio.Runner() as runner:
        steps = runner.run(investigated())
    return {
        "summary": next(step.text for step in steps if isinstance(step, Summary)),
        "thoughts": tuple(step.content for step in steps if isinstance(step, Thought)),
        "evidence": tuple(world.seen.values()),
        "suggestions": tuple(step for step in steps if isinstance(step, Suggestion)),
    }


@pytest.fixture(scope="module", autouse=True)
def _investigated_once() -> None:
    known()


async def steps_of(text: str, world: World | None = None, **changes: object) -> list[Step]:
    question = Question(text, "ask", **({"case": ABOUT} | known() | changes))  # type: ignore[arg-type]
    return [step async for step in BuiltinInvestigator().answer(question, world or World())]


async def answer(text: str, world: World | None = None, **changes: object) -> str:
    last = (await steps_of(text, world, **changes))[-1]
    assert isinstance(last, Answer)
    return last.text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("What is the cause?", "process 4242 (python3) uses up processor time [1]"),
        ("why?", "**Likely cause:**"),
        ("Which process is it?", "python3 -m crunch"),
        ("what can I do about it?", "`kill 4242`"),
        ("What did you rule out?", "memory is not short"),
        ("what could you not check?", "Prometheus refused the connection"),
        ("When did it start?", "2026-03-01 14:00:00 UTC"),
        ("how sure are you?", "very likely (0."),
        ("show me the queries", "node_load1 > 3"),
        ("which alert fired?", "Load is high"),
        ("give me a summary", "**Ruled out**"),
        ("tell me about billing.jar", "java -jar billing.jar"),
        ("is postgres involved?", "postgres: writer"),
    ],
)
async def test_a_question_is_answered_from_the_evidence(asked: str, expected: str) -> None:
    assert expected in await answer(asked)


@pytest.mark.parametrize(
    "asked", ["What about the payment gateway?", "why did the kafka broker rebalance?", "xyzzy", ""]
)
async def test_it_says_plainly_that_the_evidence_does_not_say(asked: str) -> None:
    told = await answer(asked)
    assert told.startswith("The evidence of this incident doesn't say. I looked at the summary")
    assert "host.processes" in told


async def test_a_question_about_now_gets_a_fresh_look_that_is_cited_before_the_answer() -> None:
    world = World(all_three())
    steps = await steps_of("Is it still burning CPU right now?", world)
    assert isinstance(steps[0], Citation)
    assert [name for name, _ in world.calls] == ["host.processes"]
    last = steps[-1]
    assert isinstance(last, Answer)
    assert "process 4242" in last.text
    assert "99.4 %" in last.text


async def test_a_query_in_backticks_is_asked_of_prometheus() -> None:
    world = World(metrics(LOAD))
    told = await answer('What does `node_load1{instance="web-1"}` say?', world)
    assert world.calls == [("prometheus.query", {"query": 'node_load1{instance="web-1"}'})]
    assert "`node_load1`: 3.9" in told


async def test_a_metric_by_name_is_asked_for_too() -> None:
    assert "`node_load1`: 3.9" in await answer("how is node_load1 doing", World(metrics(LOAD)))


async def test_a_look_that_fails_is_told_with_its_reason() -> None:
    told = await answer("`up == 0`", World(failing_metrics("Prometheus refused the connection.")))
    assert "Prometheus refused the connection" in told


async def test_at_most_two_looks_are_made_for_one_question() -> None:
    world = World(all_three() | metrics(LOAD))
    await answer("show cpu, memory, disk, network, logs and targets now", world)
    assert len(world.calls) == 2


async def test_without_an_incident_it_looks_at_the_machine_or_says_that_it_cannot() -> None:
    nothing = {"case": None, "summary": "", "thoughts": (), "evidence": (), "suggestions": ()}
    assert "900.0 MiB" in await answer("how is memory?", World(all_three()), **nothing)
    assert "belongs to no incident" in await answer("why is the shop slow?", **nothing)
    assert "I answer from the evidence" in await answer("help", **nothing)


async def test_before_there_is_evidence_it_says_that_the_analysis_may_still_run() -> None:
    told = await answer("why?", summary="", thoughts=(), evidence=(), suggestions=())
    assert "the analysis may still be running" in told


async def test_what_the_organization_noted_about_itself_is_quoted_with_an_incident_and_without() -> None:
    notes = (
        "The cluster neptune takes all payments.\nMondays are calm.\n- Neptune is owned by Ada, as [1] says."
    )
    for told in (
        await answer("Who owns neptune?", notes=notes),
        await answer("Who owns neptune?", World(), case=None, summary="", evidence=(), notes=notes),
    ):
        assert "- Noted here: Neptune is owned by Ada" in told
        assert "Mondays" not in told
        assert "[1] says" not in told  # nothing there is a citation
    assert "Noted here" not in await answer("What is the cause?", notes=notes)


async def test_a_short_follow_up_is_understood_from_the_question_before() -> None:
    history = (("user", "tell me about billing.jar"), ("assistant", "…"))
    assert "billing.jar" in await answer("and more?", history=history)


@pytest.mark.parametrize("asked", ["what is the cause?", "how is memory now?", "help", "nonsense", "`up`"])
async def test_the_pieces_are_the_answer_and_cite_only_what_was_seen(asked: str) -> None:
    steps = await steps_of(asked, World(all_three() | metrics(LOAD)))
    last = steps[-1]
    assert isinstance(last, Answer)
    assert "".join(step.text for step in steps if isinstance(step, Writing)) == last.text
    assert len([step for step in steps if isinstance(step, Writing)]) > 3
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", last.text)}
    evidence = known()["evidence"]
    assert isinstance(evidence, tuple)
    fresh = {step.observation.number for step in steps if isinstance(step, Citation)}
    assert cited <= {seen.number for seen in evidence} | fresh


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up == 0", True),
        ("rate(http_requests_total[5m])", True),
        ("node_load1", True),
        ("up", True),
        ("kill 4242", False),
        ("ls -l /srv/x_y", False),
        ("/var/log/app_1.log", False),
        ("", False),
        ("python3", False),
    ],
)
def test_queries_are_told_from_commands(text: str, expected: bool) -> None:
    assert is_promql(text) is expected


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_ranking_never_fails_and_an_unheard_word_covers_nothing(passages: list[str], asked: str) -> None:
    known_terms = [lexicon.terms(text) for text in passages]
    for score, covered in lexicon.rank(lexicon.terms(asked), known_terms):
        assert score >= 0
        assert 0 <= covered <= 1.0001
    assert all(covered == 0 for _, covered in lexicon.rank(["unheard-of"], known_terms))
