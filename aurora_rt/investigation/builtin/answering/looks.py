"""Which looks a question asks for. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.promql import metric_names
from aurora_rt.investigation.investigator import Question
from aurora_rt.toolsets.toolset import Looking

MOST: Final = 2

_NOW: Final = re.compile(
    r"\b(now|current(ly)?|at the moment|still|at present|latest|live|again|check|look at|today|right away)\b"
)
_BACKTICKS: Final = re.compile(r"`([^`]+)`")
_METRIC: Final = re.compile(r"\b[a-zA-Z][a-zA-Z0-9:]*(?:_[a-zA-Z0-9:]+)+\b(?:\{[^}]*\})?")
_TWO_WORDS: Final = re.compile(r"^[\w./-]+\s+(?!by\b|without\b|and\b|or\b|unless\b|offset\b)[-\w./]+")

_TOPICS: Final[tuple[tuple[re.Pattern[str], str, str, tuple[tuple[str, str], ...]], ...]] = (
    (re.compile(r"\b(locks?|locked|block\w*)\b"), "locks", "postgresql.locks", ()),
    (re.compile(r"\b(locks?|locked|block\w*)\b"), "locks", "mysql.locks", ()),
    (re.compile(r"\b(replicas?|replication|standby|lag\w*)\b"), "replication", "postgresql.replication", ()),
    (re.compile(r"\b(replicas?|replication|lag\w*)\b"), "replication", "mysql.replication", ()),
    (re.compile(r"\b(redis|valkey|cache|evict\w*)\b"), "cache", "redis.info", ()),
    (re.compile(r"\b(postgres\w*|databases?|transactions?)\b"), "sessions", "postgresql.activity", ()),
    (re.compile(r"\b(mysql|mariadb|databases?|transactions?)\b"), "sessions", "mysql.activity", ()),
    (re.compile(r"\b(cpu|processor|core|load|busy)\b"), "cpu", "host.processes", (("sort", "cpu"),)),
    (re.compile(r"\b(memory|ram|rss|swap|leak\w*)\b"), "memory", "host.processes", (("sort", "memory"),)),
    (re.compile(r"\b(disks?|file ?systems?|space|full|storage)\b"), "disk", "host.filesystems", ()),
    (re.compile(r"\b(files?|largest|biggest)\b"), "files", "host.large_files", ()),
    (re.compile(r"\b(network|connections?|ports?|tcp|interfaces?)\b"), "network", "host.network", ()),
    (re.compile(r"\b(logs?|journal|messages?)\b"), "logs", "host.journal", ()),
    (re.compile(r"\b(process(es)?|programs?|running|top)\b"), "cpu", "host.processes", (("sort", "cpu"),)),
    (re.compile(r"\b(started|new processes|recent)\b"), "starts", "host.recent_starts", ()),
    (re.compile(r"\b(targets?|scrap\w+|down)\b"), "targets", "prometheus.targets", ()),
    (re.compile(r"\b(alerts?|firing|fires)\b"), "alerts", "prometheus.alerts", ()),
    (re.compile(r"\b(machine|host|server|system)\b"), "host", "host.state", ()),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A look that a question asks for."""

    tool: str
    parameters: tuple[tuple[str, str], ...]
    topic: str


def wanted(question: Question, tools: Looking) -> tuple[Wanted, ...]:
    """The looks that `question` asks for and that can be made, at most two.

    Without an incident there is no evidence to answer from, so a topic alone is enough.
    """
    asked = question.text
    if queries := _queries(asked):
        return (
            tuple(Wanted("prometheus.query", (("query", query),), "series") for query in queries[:MOST])
            if (tools.has("prometheus.query"))
            else ()
        )
    lowered = asked.lower()
    if question.case is not None and not _NOW.search(lowered):
        return ()
    found = [
        Wanted(tool, parameters, topic)
        for sign, topic, tool, parameters in _TOPICS
        if sign.search(lowered) and tools.has(tool)
    ]
    return tuple({(one.tool, one.topic): one for one in found}.values())[:MOST]


def _queries(asked: str) -> list[str]:
    quoted = [text.strip() for text in _BACKTICKS.findall(asked) if is_promql(text)]
    if quoted:
        return quoted
    return [
        found.group() for found in _METRIC.finditer(_BACKTICKS.sub(" ", asked)) if metric_names(found.group())
    ]


def is_promql(text: str) -> bool:
    """Whether text in backticks looks like a query rather than a command line or a file."""
    stripped = text.strip()
    if not metric_names(stripped) or _TWO_WORDS.match(stripped) or stripped.startswith(("/", "./", "-")):
        return False
    return bool(re.search(r"[({_]|[<>=]=?", stripped)) or stripped == "up"
