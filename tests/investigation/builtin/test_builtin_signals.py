"""What kinds of log lines, traces, other alerts and silences lead the built-in investigator to."""

import itertools
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from builtin_worlds import ANCHOR, World, all_three, case, log_line
from hypothesis import given
from hypothesis import strategies as st
from test_builtin_investigator import told

from aurora_rt.investigation.agent.claims import support
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.patterns import patterns
from aurora_rt.investigation.builtin.findings.traces import traced
from aurora_rt.settings import load
from aurora_rt.toolsets.facts.alerting import Matcher, Silence, Silences
from aurora_rt.toolsets.facts.logs import LogLines, LogPattern, LogPatterns
from aurora_rt.toolsets.facts.metrics import FiringAlert, FiringAlerts
from aurora_rt.toolsets.facts.traces import SpanGroup, SpanTimes, Traces, TraceSummary
from aurora_rt.toolsets.logs import TOOLSET as LOGS
from aurora_rt.toolsets.policy import NO_POLICY
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Window

SETTINGS = load()
NO_LINES = LogLines(origin="Loki", lines=(), truncated=False)


def pattern(
    source: str, before: int, since: int, example: str = "ERROR order 7 was lost", **more: str
) -> LogPattern:
    return LogPattern.model_validate(
        {
            "source": source,
            "priority": "error",
            "example": example,
            "before": before,
            "since": since,
            "per_minute_before": before / 110,
            "per_minute_since": since / 20,
            **more,
        }
    )


def counted(*found: LogPattern) -> LogPatterns:
    before, since = sum(one.before for one in found), sum(one.since for one in found)
    return LogPatterns(patterns=found, before=before, since=since)


def times(own: float, *, errors: int = 0, origins: int = 0) -> SpanTimes:
    """Twenty spans of `own` seconds each."""
    return SpanTimes(
        spans=20, errors=errors, origins=origins, self_seconds=20 * own, self_p50=own, self_p95=own
    )


def traces(*groups: tuple[str, SpanTimes | None, SpanTimes | None], filtered: bool = False) -> Traces:
    one = TraceSummary(
        trace_id="a", service="web", operation="GET /", started_at=ANCHOR, seconds=1, spans=3, errors=0
    )
    return Traces(
        filtered=filtered,
        before=20,
        since=20,
        groups=tuple(
            SpanGroup(service=service, operation=operation, before=before, since=since)
            for service, before, since in groups
            for operation in ("", "work")
        ),
        traces=(one,),
    )


SLOW_DATABASE = traces(
    ("web", times(0.02), times(0.025)),
    ("db", times(0.03), times(0.6)),
    ("cache", times(0.001), times(0.003)),
)
STEADY = traces(("web", times(0.02), times(0.021)), ("db", times(0.03), times(0.03)))
SILENCE = Silence(
    id="0123456789",
    state="active",
    matchers=(Matcher(label="service", value="web", regex=False, equal=True),),
    starts_at=ANCHOR - timedelta(minutes=30),
    ends_at=ANCHOR + timedelta(hours=1),
    created_by="Ada",
    comment="moving the database",
)


async def test_a_kind_of_line_that_is_new_is_a_cause_even_if_nobody_knows_what_it_means() -> None:
    found = counted(pattern("pay", 0, 30), pattern("web", 900, 170, "WARN slow", priority="warning"))
    heard = await told(
        case("HighErrorRate", service="web"), World({"logs.search": NO_LINES, "logs.patterns": found})
    )
    assert [(one.node, one.kind) for one in heard.summary.causes] == [("pay", "error_rate")]
    assert "`ERROR order 7 was lost`" in heard.lead
    assert "30 lines of a kind since the alert, not once before" in heard.lead
    assert 0.3 <= heard.summary.causes[0].confidence <= 0.75


async def test_lines_at_hand_are_compared_when_nothing_counts_them() -> None:
    slow, lost = log_line("WARN slow", "warning", "web"), log_line("ERROR lost 1", "error", "pay")
    usual = [slow.model_copy(update={"at": ANCHOR - timedelta(minutes=n)}) for n in range(90)]
    new = [lost.model_copy(update={"at": ANCHOR + timedelta(seconds=n)}) for n in range(12)]
    lines = LogLines(origin="Loki", lines=(*reversed(usual), *new), truncated=False)
    about, tools = case("HighErrorRate", service="web"), {"logs.patterns": "not recorded"}
    heard = await told(about, World({"logs.search": lines, **tools}))
    assert "ERROR lost 1" in heard.lead
    cut = lines.model_copy(update={"truncated": True})
    heard = await told(about, World({"logs.search": cut, **tools}))
    assert heard.summary.causes == (), "what there was before is not known"


@pytest.mark.parametrize(
    "found",
    [
        pattern("pay", 0, 2),
        pattern("pay", 110, 40),
        pattern("pay", 1, 9),
        pattern("pay", 0, 50, priority="info"),
        pattern("pay", 0, 9, priority="unknown"),
        pattern("pay", 0, 50, "ERROR connection refused by audit:80"),
    ],
    ids=["too few", "no more often", "few and not new", "no complaint", "vague and few", "known signs"],
)
def test_lines_that_are_no_news_or_are_known_are_left_alone(found: LogPattern) -> None:
    told_of = patterns(Evidence(counted(found), "[1]")).findings
    assert not [one for one in told_of if one.role == "culprit"]


async def test_the_service_that_takes_the_time_is_named_and_not_the_one_that_waits_for_it() -> None:
    about = case("HighLatency", service="web")
    heard = await told(about, World({"traces.search": SLOW_DATABASE}))
    assert [(one.node, one.kind) for one in heard.summary.causes] == [("db", "latency")]
    assert "600 ms in `db` itself since the alert, 30 ms before, most of it" not in heard.lead
    assert "600 ms in `db` itself since the alert, 30 ms before" in heard.lead
    assert heard.summary.causes[0].confidence >= 0.7


async def test_where_errors_begin_comes_before_where_they_only_pass() -> None:
    found = traces(
        ("web", times(0.02), times(0.02, errors=15, origins=1)),
        ("pay", times(0.02), times(0.02, errors=15, origins=14)),
    )
    heard = await told(case("HighErrorRate", service="web"), World({"traces.search": found}))
    assert [(one.node, one.kind) for one in heard.summary.causes] == [("pay", "error_rate")]
    assert "Errors begin in `pay`: 14 spans of it failed first in 20 requests" in heard.lead


async def test_a_service_without_traces_of_its_own_is_looked_for_among_all() -> None:
    nothing = Traces(filtered=False, before=0, since=0, groups=(), traces=(), failed=("Tempo is down.",))
    world = World({"traces.search": lambda asked: nothing if asked else SLOW_DATABASE})
    heard = await told(case("HighLatency", service="web"), world)
    assert [one.node for one in heard.summary.causes] == ["db"]
    heard = await told(case("HighLatency", service="web"), World({"traces.search": nothing}))
    assert heard.summary.causes == ()
    assert "Tempo is down" in heard.summary.text


def test_requests_that_are_too_few_or_were_chosen_are_not_compared() -> None:
    few = SLOW_DATABASE.model_copy(update={"before": 2})
    chosen = SLOW_DATABASE.model_copy(update={"filtered": True})
    assert traced(Evidence(few, "[1]")).findings == ()
    assert traced(Evidence(chosen, "[1]")).findings == ()


async def test_an_alert_that_was_silenced_beforehand_is_told_to_be_expected_and_has_no_cause() -> None:
    world = World(
        {
            "alertmanager.alerts": FiringAlerts(alerts=()),
            "alertmanager.silences": Silences(silences=(SILENCE,)),
        }
    )
    heard = await told(case("HighLatency", service="web"), world)
    assert heard.summary.causes == ()
    assert "This alert was expected: it is silenced by Ada" in heard.summary.text
    assert "`moving the database`" in heard.summary.text


async def test_what_is_quiet_is_ruled_out_and_never_comes_before_the_culprit() -> None:
    other = FiringAlert(
        name="NodeBusy",
        labels={"alertname": "NodeBusy", "instance": "web-1"},
        state="firing",
        active_since=ANCHOR - timedelta(minutes=4),
    )
    quiet = {
        "logs.search": NO_LINES,
        "logs.patterns": counted(pattern("web", 110, 20)),
        "traces.search": STEADY,
        "alertmanager.alerts": FiringAlerts(alerts=(other,)),
        "alertmanager.silences": Silences(silences=()),
    }
    heard = await told(case("HighCpuUsage", instance="web-1", service="web"), World({**all_three(), **quiet}))
    assert heard.summary.causes[0].node.startswith("process 4242")
    assert not {one.node for one in heard.summary.causes} & {"web", "db", "other alerts", "logs"}
    assert "NodeBusy began first, 4 min before this one" in heard.summary.text
    assert "spend their time and fail as" in heard.summary.text
    assert "No silence covers this alert" in heard.summary.text


async def test_an_origin_of_logs_that_fails_is_named_among_what_was_not_checked() -> None:
    lines = NO_LINES.model_copy(update={"failed": ("The log server at loki:3100 cannot be reached.",)})
    heard = await told(
        case("HighErrorRate", service="web"), World({"logs.search": lines, "logs.patterns": counted()})
    )
    assert "loki:3100 cannot be reached" in heard.summary.text.split("**Not checked**")[1]


async def test_a_log_file_of_this_host_leads_to_the_service_and_the_summary_bears_it_out(
    tmp_path: Path,
) -> None:
    def line(minutes: float, text: str) -> str:
        return f"{(ANCHOR + timedelta(minutes=minutes)).isoformat()} {text}\n"

    (tmp_path / "web.log").write_text("".join(line(n, f"WARN took {abs(n)} ms") for n in range(-100, 9)))
    (tmp_path / "pay.log").write_text("".join(line(n / 9, f"ERROR ledger {n} is odd") for n in range(40)))
    count = itertools.count(1)

    async def number() -> int:
        return next(count)

    window = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)
    settings = SETTINGS.model_copy(update={"log_files": (f"{tmp_path}/*.log",)})
    async with httpx.AsyncClient(trust_env=False) as http:
        tools = Toolbox({"logs": LOGS}, Access(settings, http, window, NO_POLICY), number=number)
        heard = await told(case("HighErrorRate", service="web"), tools)
    assert [(one.node, one.kind) for one in heard.summary.causes] == [("pay", "error_rate")]
    assert "40 lines of a kind since the alert" in heard.lead
    found = support(heard.summary.text, {one.number: one for one in heard.looks})
    assert found.claims == found.supported > 0


@given(
    st.lists(
        st.builds(
            pattern, st.sampled_from("abc"), st.integers(0, 99), st.integers(1, 99), st.text(max_size=99)
        ),
        max_size=9,
    )
)
def test_any_kinds_of_lines_are_told_in_whole_sentences(found: list[LogPattern]) -> None:
    for one in patterns(Evidence(counted(*found), "[7]")).findings:
        assert one.claim.endswith("[7].")
        assert 0 < one.strength < 0.9
