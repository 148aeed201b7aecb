"""A testbed is asked for cases and for the truth afterwards; one that misbehaves is told so."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from aurora_rt.cli import aurora_rt
from aurora_rt.cli.evaluate import alerts_in
from aurora_rt.errors import Misconfigured
from aurora_rt.investigation.evaluation import live
from aurora_rt.investigation.evaluation.live import LiveCase, NotPlayed
from aurora_rt.investigation.evaluation.outing import Outing
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.saving import save_suite
from aurora_rt.investigation.evaluation.score import scored
from aurora_rt.investigation.evaluation.suite import opened
from aurora_rt.investigation.investigator import Case, Cause, Citation, Memory, Question, Summary
from aurora_rt.settings import Settings, load
from aurora_rt.toolsets.facts.places import CallGraph
from aurora_rt.toolsets.toolset import Health, Looking, Parameters, Seen, Tool, Toolset

ALERT = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {"status": "firing", "labels": {"alertname": "Slow", "service": "shop"}, "fingerprint": "f00d"}
    ],
}
CASE = {
    "id": "slow",
    "start": "2026-03-01T12:00:00Z",
    "alert": ALERT,
    "settings": {"AURORA_WINDOW_BEFORE": "90"},
}
HELLO = {"hello": {"name": "toy", "cases": ["slow"], "calls": [["shop", "stock"]]}}
TRUTH = {"truth": {"healthy": False, "nodes": ["stock"], "kind": "latency"}}
PROGRAM = """
import json, sys
from pathlib import Path
print(json.dumps({hello}), flush=True)
for line, answer in zip(sys.stdin, {answers}):
    print(answer if isinstance(answer, str) else json.dumps(answer), flush=True)
for line in sys.stdin:
    pass
Path(__file__).with_name("ended").touch()
"""


def toy(folder: Path, *answers: object) -> Path:
    """A program that says what it is, and then gives these answers, whatever it is asked."""
    package = folder / "toy"
    package.mkdir()
    (package / "__main__.py").write_text(PROGRAM.format(hello=HELLO, answers=list(answers)))
    return package


class Onlooker:
    """Looks once, and blames the last place of the call graph."""

    name = "onlooker"

    def __init__(self) -> None:
        self.cases: list[Case] = []

    async def investigate(self, case: Case, tools: Looking, _: Memory) -> AsyncIterator[Any]:
        self.cases.append(case)
        seen = await tools.look("map.calls")
        yield Citation(seen)
        assert isinstance(seen.facts, CallGraph)
        blamed = Cause(seen.facts.calls[-1][1], "latency", 0.8)
        yield Summary(f"It is `{blamed.node}` [1].", (blamed,))

    def answer(self, question: Question, tools: Looking, _: Memory) -> AsyncIterator[Any]:
        raise AssertionError(f"nobody asks here: {question.text}, {tools.window}")


async def see_calls(_: Parameters, __: object) -> Seen:
    return Seen("map", "shop -> stock", CallGraph(calls=(("shop", "stock"),), truncated=False))


async def well(_: Settings, __: httpx.AsyncClient) -> Health:
    return Health("healthy", "It is there.")


MAP = Toolset(
    "map", "Map", "Who calls whom.", "low", (Tool("calls", "Calls.", see_calls),), lambda _: None, well
)


async def stage_of(investigator: Any) -> Stage:
    http = await asyncio.to_thread(httpx.AsyncClient)
    return Stage(investigator, {"map": MAP}, await asyncio.to_thread(load), http)


async def test_a_live_case_is_scored_and_saved_and_scores_the_same_when_it_is_played_again(
    tmp_path: Path,
) -> None:
    package, saved = toy(tmp_path, {"case": CASE}, TRUTH), tmp_path / "saved"
    stage = await stage_of(Onlooker())
    async with stage.http:
        async with live.opened(package) as running:
            await asyncio.to_thread(save_suite, saved, running.hello.name, 1, running.hello.calls)
            found = scored(await Outing(running, stage, alerts_in, settle=0, folder=saved).play("slow"))
        assert (found.place, found.place_and_kind) == (1, 1)
        assert (package / "ended").exists()
        [case] = await asyncio.to_thread(lambda: list(opened(saved, alerts_in).cases()))
        assert case.recording.calls == (("shop", "stock"),)
        again = scored(await stage.play(case))
    assert again.line() | {"seconds": 0} == found.line() | {"seconds": 0}
    assert case.truth == found.truth


async def test_the_truth_is_not_asked_for_before_the_investigator_has_ended(tmp_path: Path) -> None:
    class Curious(Onlooker):
        async def investigate(self, case: Case, tools: Looking, _: Memory) -> AsyncIterator[Any]:
            assert "stock" not in f"{case} {tools.window}"
            raise RuntimeError("It breaks down.")
            yield

    package = toy(tmp_path, {"case": {**CASE, "truth": TRUTH["truth"]}}, TRUTH)
    stage = await stage_of(Curious())
    async with stage.http, live.opened(package) as running:
        with pytest.raises(RuntimeError, match="breaks down"):
            await Outing(running, stage, alerts_in, settle=0).play("slow")
        # Its next line is still the truth: nobody has asked.
        assert (await running.truth("slow")).nodes == ("stock",)


def test_settings_of_a_case_that_we_have_are_taken_and_others_are_left() -> None:
    case = LiveCase.model_validate(
        {**CASE, "settings": {"AURORA_WINDOW_BEFORE": "90", "AURORA_CRYSTAL_BALL": "x"}}
    )
    settings = case.applied(load(window_after=30))
    assert (settings.window_before, settings.window_after) == (90, 30)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"failed": "Slow did not fire."}, "Slow did not fire."),
        ("{", "cannot be understood"),
        (TRUTH, "did not answer with a case"),
    ],
)
async def test_a_testbed_that_cannot_bring_a_case_about_says_why(
    tmp_path: Path, answer: object, told: str
) -> None:
    async with live.opened(toy(tmp_path, answer)) as running:
        with pytest.raises(NotPlayed) as refused:
            await running.cause("slow", 0)
    assert told in refused.value.message


async def test_a_folder_that_is_no_testbed_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NotPlayed, match="has ended"):
        async with live.opened(tmp_path):
            pass


def test_a_case_that_could_not_be_played_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    package = toy(tmp_path, {"failed": "Slow did not fire."})
    result = CliRunner().invoke(aurora_rt, ["eval", "--live", str(package), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["totals"]["cases"] == 0
    assert "slow: Slow did not fire." in result.stderr


def test_a_case_that_there_is_not_is_named_beside_those_that_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(aurora_rt, ["eval", "--live", str(toy(tmp_path)), "--only", "fast"])
    assert isinstance(result.exception, Misconfigured)
    assert "has no case fast. It has: slow." in result.exception.message


@pytest.mark.parametrize("arguments", [[], ["--suite", ".", "--live", "."]])
def test_eval_wants_either_a_suite_or_a_testbed(arguments: list[str]) -> None:
    result = CliRunner().invoke(aurora_rt, ["eval", *arguments])
    assert result.exit_code == 2
    assert "either --suite or --live" in result.output
