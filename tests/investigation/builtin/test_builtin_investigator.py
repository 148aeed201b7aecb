"""The built-in investigator in scripted worlds: what it finds, and the protocol that it always keeps."""

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from builtin_worlds import (
    ANCHOR,
    BURNER,
    Tool,
    World,
    all_three,
    calm,
    case,
    failing_metrics,
    log_line,
    metrics,
    process,
    processes,
    state,
    stepped,
)

from aurora_rt.investigation.builtin import BuiltinInvestigator, gathering
from aurora_rt.investigation.investigator import (
    Case,
    CaseAlert,
    Citation,
    Step,
    Suggestion,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.facts.metrics import (
    Rule,
    Rules,
    Series,
    Target,
)
from aurora_rt.toolsets.toolset import Observation

CPU_RULE = 'max by (instance) (1 - rate(node_cpu_seconds_total{mode="idle"}[1m])) > 0.9'
DISK_RULE = 'deriv(node_filesystem_avail_bytes{mountpoint="/srv"}[2m]) < -1e6'
IDLE_SHARE = Series(labels={"instance": "web-1"}, points=stepped(0.05, 0.99))
LOAD = Series(labels={"__name__": "node_load1", "instance": "web-1"}, points=stepped(0.3, 3.9))


@dataclass
class Told:
    """What an investigation said."""

    steps: list[Step] = field(default_factory=list)

    @property
    def thoughts(self) -> list[Thought]:
        return [step for step in self.steps if isinstance(step, Thought)]

    @property
    def looks(self) -> list[Observation]:
        return [step.observation for step in self.steps if isinstance(step, Citation)]

    @property
    def suggestions(self) -> list[Suggestion]:
        return [step for step in self.steps if isinstance(step, Suggestion)]

    @property
    def summary(self) -> Summary:
        last = self.steps[-1]
        assert isinstance(last, Summary)
        return last

    @property
    def lead(self) -> str:
        return self.summary.text.split("\n\n")[0]


async def told(about: Case, world: World, patience: float = gathering.PATIENCE) -> Told:
    return Told([step async for step in BuiltinInvestigator(patience).investigate(about, world)])


async def test_the_process_that_burns_processor_time_is_named_first_whatever_its_priority() -> None:
    heard = await told(case(expression=CPU_RULE, instance="web-1", job="node"), World(all_three()))
    assert "process 4242" in heard.lead
    assert "`python3 -m crunch --all`" in heard.lead
    assert "99.4 %" in heard.lead
    assert "20 s before the alert" in heard.lead
    assert heard.summary.causes[0].kind == "cpu_saturation"
    assert heard.summary.causes[0].confidence >= 0.85
    assert "kill 4242" in [one.command for one in heard.suggestions]
    assert not any(one.command.startswith("renice") for one in heard.suggestions), (
        "it is as low as can be already"
    )


async def test_the_process_whose_memory_grows_is_named_first_for_an_alert_about_memory() -> None:
    heard = await told(case("MemoryGrowing", instance="web-1"), World(all_three()))
    assert heard.summary.causes[0].node == "process 5151 (java)"
    assert heard.summary.causes[0].kind == "memory_leak"
    assert "process 4242" in heard.summary.text.lower(), "other abnormal processes are mentioned as well"


async def test_the_growing_file_leads_to_the_process_that_fills_the_disk_and_its_command_line() -> None:
    heard = await told(case("DiskFilling", expression=DISK_RULE, mountpoint="/srv"), World(all_three()))
    assert heard.summary.causes[0].node == "process 6363 (exporter)"
    assert heard.summary.causes[0].kind == "disk_filling"
    assert "/srv/spool/rows.csv.part" in heard.lead
    assert "`exporter --out /srv/spool`" in heard.lead


async def test_a_process_that_writes_is_the_lead_when_no_file_can_be_seen() -> None:
    world = World(all_three() | {"host.large_files": "The walk ended after 10 s without a result."})
    heard = await told(case("DiskFilling", mountpoint="/srv"), world)
    assert heard.summary.causes[0].node == "process 6363 (exporter)"
    assert "The walk ended after 10 s" in heard.summary.text.split("**Not checked**")[1]


async def test_when_nothing_is_wrong_it_says_so_and_offers_the_next_thing_to_check() -> None:
    heard = await told(case("HighCpuUsage", instance="web-1"), World(calm()))
    assert heard.lead.startswith("**Nothing wrong was found now**")
    assert heard.summary.causes == ()
    assert len(heard.looks) >= 3
    assert len(heard.thoughts) >= 4
    assert [one.type for one in heard.suggestions] == ["diagnostic"]
    assert len(re.findall(r"\[\d+\]", heard.summary.text)) >= 3


async def test_a_prometheus_that_is_down_is_said_and_the_analysis_goes_on() -> None:
    world = World(all_three() | failing_metrics("Prometheus refused the connection."))
    heard = await told(case(expression=CPU_RULE, instance="web-1"), world)
    limits = [one.content for one in heard.thoughts if one.type == "limitation"]
    assert any("Prometheus refused the connection" in text for text in limits)
    assert "Prometheus refused the connection" in heard.summary.text.split("**Not checked**")[1]
    assert heard.summary.causes[0].node == "process 4242 (python3)"


async def test_without_any_tool_it_reads_the_alert_and_says_what_it_could_not_do() -> None:
    world = World({}, unusable={"host": "It is switched off.", "prometheus": "PROMETHEUS_URL is not set."})
    heard = await told(case(expression=CPU_RULE), world)
    assert len(heard.thoughts) >= 4
    assert heard.looks == []
    assert "PROMETHEUS_URL is not set" in heard.summary.text
    assert heard.suggestions


async def test_with_metrics_the_own_measure_its_bound_and_what_moved_are_told() -> None:
    heard = await told(case(expression=CPU_RULE, instance="web-1"), World(calm() | metrics(IDLE_SHARE, LOAD)))
    assert "rose from 0.05 to 0.99, from 13:58:00 UTC on" in heard.summary.text
    assert "The rule fires at `> 0.9`" in heard.summary.text
    assert "`node_load1` rose from 0.3 to 3.9" in heard.summary.text
    asked = [look.parameters.get("query") for look in heard.looks]
    assert 'rate(node_cpu_seconds_total{mode="idle"}[1m])' in asked, (
        "the parts of the expression are asked for too"
    )


async def test_an_alert_without_an_expression_gets_it_from_the_rules() -> None:
    rule = Rule(
        name="Odd",
        expression="my_queue_length > 7",
        for_seconds=0,
        labels={},
        annotations={},
        state="firing",
        health="ok",
        last_error="",
    )
    world = World(metrics(IDLE_SHARE) | {"prometheus.rules": Rules(rules=(rule,))})
    heard = await told(case("Odd"), world)
    assert "my_queue_length" in [look.parameters.get("query") for look in heard.looks]


async def test_a_target_that_is_down_is_the_cause_of_an_alert_about_it() -> None:
    gone = Target(
        job="shop", instance="10.0.0.9:80", up=False, last_error="connection refused", last_scrape_at=ANCHOR
    )
    up = Series(labels={"instance": "10.0.0.9:80", "job": "shop"}, points=stepped(1, 0))
    world = World(calm() | metrics(up, targets=(gone,)))
    heard = await told(case("InstanceDown", expression="up == 0", instance="10.0.0.9:80", job="shop"), world)
    assert heard.summary.causes[0].kind == "target_down"
    assert "connection refused" in heard.lead
    assert heard.suggestions[0].command == "curl -sS -m 5 http://10.0.0.9:80/metrics"


async def test_what_this_host_shows_counts_less_for_an_alert_about_another_host() -> None:
    here = await told(case(expression=CPU_RULE, instance="web-1:9100"), World(all_three()))
    elsewhere = await told(case(expression=CPU_RULE, instance="db-9:9100"), World(all_three()))
    assert elsewhere.summary.causes[0].confidence < here.summary.causes[0].confidence / 2
    assert "The alert is about db-9, but the host that I can look at is web-1" in elsewhere.lead
    assert not any(one.command.startswith("kill") for one in elsewhere.suggestions)


async def test_two_processes_that_burn_alike_are_said_to_be_a_tie() -> None:
    twin = process(4343, "ruby burn.rb", cpu_percent=98.9, started_at=BURNER.started_at)
    world = World(calm(processes=lambda _: processes(BURNER, twin)))
    heard = await told(case(instance="web-1"), world)
    assert "too close to tell apart" in heard.lead
    assert {one.node for one in heard.summary.causes[:2]} == {"process 4242 (python3)", "process 4343 (ruby)"}
    assert any("4343" in one.command for one in heard.suggestions), (
        "the other of the two is looked at as well"
    )


async def test_a_burst_that_is_over_in_the_second_sample_counts_half() -> None:
    def sampled(asked: object) -> object:
        again = isinstance(asked, dict) and "seconds" in asked
        return processes() if again else processes(process(4242, "cc1 main.c", cpu_percent=97.0))

    heard = await told(case(instance="web-1"), World(calm(processes=sampled)))
    assert "but no longer a moment later" in heard.summary.text
    assert heard.summary.causes[0].confidence < 0.55


async def test_a_heartbeat_is_no_fault() -> None:
    heard = await told(case("Watchdog", expression="vector(1)", severity="none"), World(all_three()))
    assert heard.lead.startswith("**No active fault:**")
    assert "heartbeat" in heard.lead
    assert heard.summary.causes == ()


async def test_a_log_that_tells_of_a_kill_for_want_of_memory_is_a_lead() -> None:
    lines = (log_line("Out of memory: Killed process 777 (worker)", "critical"),)
    world = World(calm(journal=LogLines(origin="journal", lines=lines, truncated=False)))
    heard = await told(case("MemoryPressure", instance="web-1"), world)
    assert "Killed process 777" in heard.summary.text
    assert heard.summary.causes[0].kind == "memory_pressure"


async def test_the_first_thought_comes_before_any_look_and_in_plain_words() -> None:
    world = World(all_three())
    about = case(expression=CPU_RULE, instance="web-1", summary="Processor use on web-1 is high")
    steps = BuiltinInvestigator().investigate(about, world)
    async with aclosing(steps):
        first = await anext(steps)
    assert isinstance(first, Thought)
    assert world.calls == []
    assert first.content == (
        "HighCpuUsage fired for host web-1 at 2026-03-01 14:00:00 UTC, severity critical. "
        f"It says: Processor use on web-1 is high. Its rule is `{CPU_RULE}`."
    )


async def test_closing_it_early_leaves_nothing_running() -> None:
    begun = asyncio.Event()

    class Slow(World):
        async def look(self, tool: str, **parameters: object) -> Observation:
            begun.set()
            await asyncio.Event().wait()
            return await super().look(tool, **parameters)

    steps = BuiltinInvestigator().investigate(case(), Slow(calm()))
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Writing):
                await begun.wait()
                break
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_looks_that_never_end_are_left_and_said() -> None:
    class Stuck(World):
        async def look(self, tool: str, **parameters: object) -> Observation:
            if tool.startswith("prometheus."):
                await asyncio.Event().wait()
            return await super().look(tool, **parameters)

    heard = await told(
        case(expression=CPU_RULE, instance="web-1"), Stuck(all_three() | metrics(IDLE_SHARE)), 0.2
    )
    assert heard.summary.causes[0].node == "process 4242 (python3)"
    assert "took longer than" in heard.summary.text.split("**Not checked**")[1]


async def test_the_same_observations_give_the_same_words() -> None:
    about = case(expression=CPU_RULE, instance="web-1")
    world = World(all_three() | metrics(IDLE_SHARE, LOAD))
    first, again = await told(about, world), await told(about, world)
    assert first.summary == again.summary
    assert {(one.key, one.content) for one in first.thoughts} == {
        (one.key, one.content) for one in again.thoughts
    }
    assert first.suggestions == again.suggestions


NASTY = CaseAlert(
    title="",
    description="systemd[1]: see [99] `code`\n\x07 **bold**",
    severity="",
    service="",
    status="firing",
    labels={"instance": "[::1", "mountpoint": "`/x`", "pod": 'a"b\\c'},
    annotations={"note": "[7]"},
    started_at=ANCHOR,
    expression='((foo{a="}"} > "[3]" and ',
)

WORLDS: dict[str, tuple[Case, dict[str, Tool]]] = {
    "burning": (case(expression=CPU_RULE, instance="web-1"), all_three()),
    "leaking": (case("MemoryGrowing"), all_three()),
    "filling": (case("DiskFilling", mountpoint="/srv"), all_three()),
    "calm": (case("HighCpuUsage"), calm()),
    "calm and nameless": (case(""), calm()),
    "heartbeat": (case("Watchdog", severity="none"), calm()),
    "with metrics": (case(expression=CPU_RULE, instance="web-1"), all_three() | metrics(IDLE_SHARE, LOAD)),
    "metrics alone": (case(expression="a / b > 1", service="shop"), metrics(IDLE_SHARE, LOAD)),
    "metrics without series": (
        case(expression="a > 1", service="shop"),
        metrics(Series(labels={}, points=())),
    ),
    "prometheus down": (
        case(expression=CPU_RULE),
        calm() | failing_metrics("It refused the connection [111]."),
    ),
    "everything fails": (case(), dict.fromkeys(calm(), "Permission denied.")),
    "busy host": (
        case("HostOverloaded"),
        calm(state=state(cpu_percent=99.0, load=(40, 30, 20), swap_used=2**30)),
    ),
    "nasty texts": (
        Case(case().incident_id, "", "", "", "", "x", ANCHOR, (NASTY, NASTY)),
        calm(
            journal=LogLines(
                origin="j", lines=(log_line("systemd[1]: worker[4711]: segfault [88]"),), truncated=True
            ),
            processes=lambda _: processes(process(9, "sh -c `evil` [55]", cpu_percent=99.0)),
        )
        | metrics(IDLE_SHARE, Series(labels={"__name__": "x", "path": "a[12]"}, points=stepped(1, 9))),
    ),
}


@pytest.mark.parametrize("name", WORLDS)
async def test_in_every_world_an_investigation_keeps_the_protocol(name: str) -> None:
    about, tools = WORLDS[name]
    heard = await told(about, World(tools, unusable={"kubernetes": "No cluster [5] is configured."}))
    assert isinstance(heard.steps[0], Thought)
    assert isinstance(heard.steps[-1], Summary)
    assert sum(isinstance(step, Summary) for step in heard.steps) == 1
    assert len(heard.thoughts) >= 4
    assert len(heard.looks) >= min(3, len(tools))
    assert 1 <= len(heard.suggestions) <= 4
    keys = [step.key for step in heard.steps if isinstance(step, Thought | Suggestion | Summary)]
    assert len(set(keys)) == len(keys)
    assert len({one.content for one in heard.thoughts}) == len(heard.thoughts)
    assert len({one.number for one in heard.looks}) == len(heard.looks)
    assert all(one.title and one.description for one in heard.suggestions)
    assert_pieces_become_the_whole(heard.steps)
    assert_only_what_was_seen_is_cited(heard.steps)


def assert_pieces_become_the_whole(steps: list[Step]) -> None:
    written: dict[str, str] = {}
    for step in steps:
        match step:
            case Writing(_, key, text):
                written[key] = written.get(key, "") + text
            case Thought(key, content, _):
                assert content.startswith(written.pop(key, ""))
            case Summary(text, _, key):
                assert written.pop(key) == text
            case _:
                pass
    assert written == {}


def assert_only_what_was_seen_is_cited(steps: list[Step]) -> None:
    seen: set[int] = set()
    for step in steps:
        texts: list[str] = []
        match step:
            case Citation(observation):
                seen.add(observation.number)
            case Suggestion():
                texts = [step.title, step.description]
            case Thought(_, content, _):
                texts = [content]
            case Summary(text, _, _) | Writing(_, _, text):
                texts = [text]
            case _:
                pass
        for text in texts:
            assert {int(number) for number in re.findall(r"\[(\d+)\]", text)} <= seen, text
