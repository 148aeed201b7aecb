"""The tools of one investigation: limited, numbered, asked once, and never raising for what they meet."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from aurora_rt.clock import now
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.shared import SharedLooks, Taken
from aurora_rt.toolsets.toolbox import AT_ONCE, OUTPUT_LIMIT, Toolbox, call_key
from aurora_rt.toolsets.toolset import (
    Access,
    Health,
    Observation,
    Parameters,
    Seen,
    Tool,
    ToolFailed,
    Toolset,
)

Tools = Callable[..., Toolbox]


class Which(Parameters):
    """What the tools of these tests take."""

    place: str = "here"
    many: int = 1


class Lookout:
    """A toolset that remembers how often it was asked, and can be held back."""

    def __init__(self) -> None:
        self.asked: list[Which] = []
        self.at_once = self.most_at_once = 0
        self.go = asyncio.Event()
        self.go.set()

    async def see(self, which: Which, _: Access) -> Seen:
        self.asked.append(which)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.go.wait()
        finally:
            self.at_once -= 1
        return Seen(
            f"look {which.place}",
            "as far as one sees",
            LogLines(origin=which.place, lines=(), truncated=False),
        )

    async def fail(self, _: Which, __: Access) -> Seen:
        raise ToolFailed(
            "There is fog at http://u:hunter2@tower.",
            command="look --token hunter2",
            output="grey, password=hunter2",
        )

    async def crash(self, _: Which, __: Access) -> Seen:
        raise ZeroDivisionError("nobody thought of it")

    async def hang(self, _: Which, __: Access) -> Seen:
        await asyncio.Event().wait()
        raise AssertionError

    async def chatter(self, _: Which, __: Access) -> Seen:
        return Seen("say --token abc123", "\x1b[31mred\x00\udcff " + "x" * (3 * OUTPUT_LIMIT))

    def toolset(self, unusable: str | None = None) -> dict[str, Toolset]:
        async def health(*_: object) -> Health:
            return Health("healthy", "It looks.")

        tools = (
            Tool("see", "Looks.", self.see, Which),
            Tool("fail", "Fails.", self.fail, Which),
            Tool("crash", "Crashes.", self.crash, Which),
            Tool("hang", "Hangs.", self.hang, Which, timeout=0.05),
            Tool("chatter", "Talks.", self.chatter, Which),
        )
        return {
            "lookout": Toolset("lookout", "Lookout", "Looks out.", "low", tools, lambda _: unusable, health)
        }


@pytest.fixture
def lookout() -> Lookout:
    return Lookout()


async def test_a_look_tells_what_was_asked_and_seen(tools: Tools, lookout: Lookout) -> None:
    seen = await tools(lookout.toolset()).look("lookout.see", place="there")
    assert (seen.number, seen.tool, seen.command) == (1, "lookout.see", "look there")
    assert seen.parameters == {"place": "there", "many": 1}
    assert (seen.output, seen.error) == ("as far as one sees", None)
    assert seen.facts == LogLines(origin="there", lines=(), truncated=False)
    assert seen.seconds >= 0


async def test_the_same_question_is_asked_once_however_it_is_put(tools: Tools, lookout: Lookout) -> None:
    box = tools(lookout.toolset())
    first = await box.look("lookout.see")
    assert await box.look("lookout.see", many="1", place="here") is first
    assert (await box.look("lookout.see", many=2)).number == 2
    assert len(lookout.asked) == 2


async def test_who_asks_while_another_is_still_looking_waits_for_the_same_look(
    tools: Tools, lookout: Lookout
) -> None:
    box = tools(lookout.toolset())
    lookout.go.clear()
    async with asyncio.TaskGroup() as asking:
        asked = [asking.create_task(box.look("lookout.see")) for _ in range(5)]
        await asyncio.sleep(0)
        lookout.go.set()
    assert {id(one.result()) for one in asked} == {id(asked[0].result())}
    assert len(lookout.asked) == 1


async def test_when_the_first_who_asks_gives_up_the_next_looks_instead(
    tools: Tools, lookout: Lookout
) -> None:
    box = tools(lookout.toolset())
    lookout.go.clear()
    first = asyncio.create_task(box.look("lookout.see"))
    second = asyncio.create_task(box.look("lookout.see"))
    while not lookout.asked:
        await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    lookout.go.set()
    assert (await second).error is None
    assert len(lookout.asked) == 2


async def test_a_look_that_was_given_up_can_be_made_later_and_took_no_number(
    tools: Tools, lookout: Lookout
) -> None:
    box = tools(lookout.toolset())
    lookout.go.clear()
    given_up = asyncio.create_task(box.look("lookout.see"))
    while not lookout.asked:
        await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    lookout.go.set()
    later = await box.look("lookout.see")
    assert (later.number, later.error) == (1, None)


async def test_looks_are_numbered_in_the_order_in_which_they_end(tools: Tools, lookout: Lookout) -> None:
    box = tools(lookout.toolset())
    lookout.go.clear()
    slow = asyncio.create_task(box.look("lookout.see"))
    while not lookout.asked:
        await asyncio.sleep(0)
    quick = await box.look("lookout.fail")
    lookout.go.set()
    assert (quick.number, (await slow).number) == (1, 2)


async def test_only_so_many_looks_are_made_at_once(tools: Tools, lookout: Lookout) -> None:
    box = tools(lookout.toolset())
    lookout.go.clear()
    async with asyncio.TaskGroup() as asking:
        for n in range(4 * AT_ONCE):
            asking.create_task(box.look("lookout.see", many=n))
        while lookout.at_once < AT_ONCE:
            await asyncio.sleep(0)
        lookout.go.set()
    assert lookout.most_at_once == AT_ONCE
    assert len(lookout.asked) == 4 * AT_ONCE


async def test_what_an_earlier_run_saw_is_given_back_without_looking(tools: Tools, lookout: Lookout) -> None:
    seen = Observation(7, "lookout.see", {"many": 1, "place": "here"}, "look", "before", now(), 0.1)
    box = tools(lookout.toolset(), recorded=[seen])
    assert await box.look("lookout.see", place="here") is seen
    assert lookout.asked == []


async def test_what_an_earlier_run_failed_to_see_is_not_tried_again(tools: Tools, lookout: Lookout) -> None:
    failed = await tools(lookout.toolset()).look("lookout.fail", place="there")
    refused = await tools(lookout.toolset()).look("lookout.see", color="red")
    box = tools(lookout.toolset(), recorded=[failed, refused])
    assert await box.look("lookout.fail", place="there") is failed
    assert await box.look("lookout.see", color="red") is refused


async def test_a_failure_is_a_sentence_and_not_an_exception(tools: Tools, lookout: Lookout) -> None:
    seen = await tools(lookout.toolset()).look("lookout.fail")
    assert seen.error == "There is fog at http://u:[redacted]@tower."
    assert (seen.command, seen.output) == ("look --token [redacted]", "grey, password=[redacted]")
    assert seen.facts is None


async def test_a_tool_that_crashes_is_logged_and_does_not_stop_the_investigation(
    tools: Tools, lookout: Lookout
) -> None:
    with capture_logs() as logs:
        seen = await tools(lookout.toolset()).look("lookout.crash")
    assert seen.error == "lookout.crash failed unexpectedly (ZeroDivisionError)."
    assert [(one["event"], one["tool"]) for one in logs] == [("tool_crashed", "lookout.crash")]


async def test_a_tool_that_hangs_is_cut(tools: Tools, lookout: Lookout) -> None:
    seen = await tools(lookout.toolset()).look("lookout.hang")
    assert "did not answer within" in (seen.error or "")


async def test_what_is_kept_is_bounded_legible_and_without_secrets(tools: Tools, lookout: Lookout) -> None:
    seen = await tools(lookout.toolset()).look("lookout.chatter")
    assert seen.command == "say --token [redacted]"
    assert seen.output.startswith("red\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} x")
    assert len(seen.output) < OUTPUT_LIMIT + 100
    assert seen.output.endswith("cut: the output was longer than is kept")


@pytest.mark.parametrize(
    ("tool", "parameters", "says"),
    [
        ("lookout.see", {"many": "a few"}, "many: Input should be a valid integer"),
        ("lookout.see", {"color": "red"}, "color: Extra inputs are not permitted"),
        ("lookout.see", {"many": "\udcff\0"}, "many: "),
        ("lookout.sea", {}, "There is no tool lookout.sea."),
        ("nowhere.see", {}, "There is no tool nowhere.see."),
    ],
)
async def test_a_call_that_cannot_be_made_is_said_to_be_so(
    tools: Tools, lookout: Lookout, tool: str, parameters: dict[str, object], says: str
) -> None:
    seen = await tools(lookout.toolset()).look(tool, **parameters)
    assert says in (seen.error or "")
    assert lookout.asked == []


async def test_a_toolset_that_cannot_be_used_says_why(tools: Tools, lookout: Lookout) -> None:
    box = tools(lookout.toolset("The tower is locked."))
    assert dict(box.unusable) == {"lookout": "The tower is locked."}
    assert not box.has("lookout.see")
    assert (await box.look("lookout.see")).error == "The tower is locked."


async def test_a_crash_does_not_tell_the_reader_what_the_exception_said(
    tools: Tools, lookout: Lookout
) -> None:
    with capture_logs():
        seen = await tools(lookout.toolset()).look("lookout.crash")
    assert "nobody thought of it" not in (seen.error or "")


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), st.randoms())
def test_the_order_of_parameters_does_not_matter(parameters: dict[str, object], random: Random) -> None:
    names = list(parameters)
    random.shuffle(names)
    assert call_key("a.b", {name: parameters[name] for name in names}) == call_key("a.b", parameters)


@given(
    st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
)
def test_a_call_has_the_same_key_after_it_was_kept_as_json(parameters: dict[str, object]) -> None:
    assert call_key("a.b", json.loads(json.dumps(parameters))) == call_key("a.b", parameters)


def test_two_calls_that_ask_for_the_same_have_the_same_key() -> None:
    assert call_key("a.b", {"x": 1, "y": None}) == call_key("a.b", {"y": None, "x": 1})
    assert call_key("a.b", {"x": 1}) != call_key("a.b", {"x": 2})
    assert call_key("a.b", {"x": 1}) != call_key("a.c", {"x": 1})


async def test_a_look_that_was_written_down_is_found_again_by_its_key(tools: Tools, lookout: Lookout) -> None:
    seen = await tools(lookout.toolset()).look("lookout.see", many=3)
    again = tools(lookout.toolset(), recorded=[replace(seen, parameters=dict(seen.parameters))])
    assert (await again.look("lookout.see", many=3)).executed_at == seen.executed_at


async def test_looks_that_investigations_share_are_taken_once_while_they_are_fresh() -> None:
    taken = 0

    async def glance() -> Taken:
        nonlocal taken
        taken += 1
        await asyncio.sleep(0.01)
        return Taken(Seen("ps", str(taken)), None, now(), 0.01)

    shared = SharedLooks()
    together = await asyncio.gather(*(shared.take("host.state {}", 60, glance) for _ in range(5)))
    assert {one.seen.output for one in together} == {"1"}
    assert (await shared.take("host.state {}", 60, glance)).seen.output == "1"
    assert (await shared.take("host.state {}", -1, glance)).seen.output == "2"
    assert (await shared.take("host.network {}", 60, glance)).seen.output == "3"
