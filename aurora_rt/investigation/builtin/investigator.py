"""The built-in investigator: reads, looks in parallel, weighs, concludes."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aurora_rt.investigation.builtin import pieces
from aurora_rt.investigation.builtin.answering.answer import answered
from aurora_rt.investigation.builtin.conclusion import Account, summary, weighing
from aurora_rt.investigation.builtin.consulting import consulted
from aurora_rt.investigation.builtin.findings.finding import Assessment, Calm, together
from aurora_rt.investigation.builtin.gathering import PATIENCE, Ended, Gathering, Inquiry
from aurora_rt.investigation.builtin.inquiries.plan import hypotheses, planned
from aurora_rt.investigation.builtin.ranking import weigh
from aurora_rt.investigation.builtin.reading import Reading, first_thought, place, read
from aurora_rt.investigation.builtin.suggesting import suggestions
from aurora_rt.investigation.builtin.wording import foreign, joined
from aurora_rt.investigation.investigator import (
    Case,
    Citation,
    Memory,
    Question,
    Step,
    Summary,
    Thought,
    Writing,
)
from aurora_rt.toolsets.facts.host import (
    HostState,
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.facts.places import CallGraph
from aurora_rt.toolsets.toolset import Looking, Observation

MOST_REASONS: Final = 3
"""Toolsets that cannot be used, up to which each is told why."""


@dataclass(slots=True)
class Gathered:
    """What the inquiries have brought so far."""

    observations: dict[int, Observation] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)


class BuiltinInvestigator:
    """An investigator that needs no language model: rules over typed facts, the same for the same facts."""

    name = "builtin"

    def __init__(self, patience: float = PATIENCE) -> None:
        """Give each line of looking `patience` seconds."""
        self._patience = patience

    async def investigate(
        self, case: Case, tools: Looking, _: Memory | None = None, /
    ) -> AsyncGenerator[Step, None]:
        """See `Investigator.investigate`."""
        reading = read(case)
        yield Thought("alert", first_thought(reading), "observation")
        inquiries = planned(reading, tools)
        yield Thought("hypotheses", hypotheses(reading, inquiries), "hypothesis")
        if limits := _limits(tools.unusable):
            yield Thought("limits", limits, "limitation")
        gathered = Gathered()
        gathering = Gathering(inquiries, tools, self._patience)
        try:
            for inquiry in inquiries:
                yield Writing("thought", inquiry.key, inquiry.opening)
            while (report := await gathering.next()) is not None:
                if isinstance(report, Observation):
                    if report.number not in gathered.observations:
                        gathered.observations[report.number] = report
                        yield Citation(report)
                else:
                    gathered.ended[report.inquiry.key] = report
                    yield Thought(
                        report.inquiry.key,
                        f"{report.inquiry.opening} {report.outcome.text}",
                        report.outcome.type,
                    )
        finally:
            await gathering.aclose()
        account = _account(reading, inquiries, gathered, tools)
        async for step in _told(account, tools, gathered):
            yield step

    def answer(
        self, question: Question, tools: Looking, _: Memory | None = None, /
    ) -> AsyncGenerator[Step, None]:
        """See `Investigator.answer`."""
        return answered(question, tools)


async def _told(account: Account, tools: Looking, gathered: Gathered) -> AsyncGenerator[Step, None]:
    """What everything comes to: weighed, beside what is known already, what to do, and the summary."""
    yield Thought("weighing", weighing(account), "analysis")
    known = await consulted(account, tools)
    for seen in known.observations:
        if seen.number not in gathered.observations:
            yield Citation(seen)
    if known.thought is not None:
        yield known.thought
    for suggestion in (*suggestions(account), *known.suggestions):
        yield suggestion
    text = summary(account)
    for piece in pieces.written("summary", "summary", pieces.words(text)):
        yield piece
    causes = () if account.reading.heartbeat else tuple(one.cause for one in account.verdict.candidates)
    yield Summary(text, causes)


def _account(reading: Reading, inquiries: list[Inquiry], gathered: Gathered, tools: Looking) -> Account:
    """Everything found, weighed; in the order of the inquiries, whichever ended first."""
    ended = [gathered.ended[inquiry.key].outcome for inquiry in inquiries]
    observations = [gathered.observations[number] for number in sorted(gathered.observations)]
    state = next((seen for seen in observations if isinstance(seen.facts, HostState)), None)
    hostname = state.facts.hostname if state and isinstance(state.facts, HostState) else None
    where = place(reading.named_host, hostname)
    assessment: Assessment = together(outcome.assessment for outcome in ended)
    if reading.alert.status == "resolved":
        assessment += Assessment(calm=(Calm("resolved", "The alert itself has been resolved since."),))
    verdict = weigh(
        assessment,
        reading.families,
        where,
        tools.window.anchor,
        _processes(observations),
        reading.alert.service or reading.case.service,
        _calls(observations),
    )
    gaps = [gap for outcome in ended for gap in outcome.gaps]
    return Account(
        reading=reading,
        verdict=verdict,
        where=where,
        hostname=hostname or "",
        host_cite=state.cite if state else "",
        gaps=(*gaps, *_reasons(tools.unusable)),
        cites=tuple(seen.cite for seen in observations if seen.error is None),
    )


def _processes(observations: list[Observation]) -> list[ProcessUse]:
    return [one for seen in observations if isinstance(seen.facts, Processes) for one in seen.facts.processes]


def _calls(observations: list[Observation]) -> list[tuple[str, str]]:
    return [pair for seen in observations if isinstance(seen.facts, CallGraph) for pair in seen.facts.calls]


def _reasons(unusable: Mapping[str, str]) -> list[str]:
    """Why toolsets cannot be used; of many only the names, as most of what is not set up is not there to be seen."""
    if len(unusable) <= MOST_REASONS:
        return [f"`{name}`: {foreign(reason).rstrip('.')}." for name, reason in sorted(unusable.items())]
    names = joined([f"`{name}`" for name in sorted(unusable)])
    return [f"Not set up here: {names}; the settings page says how."]


def _limits(unusable: Mapping[str, str]) -> str:
    return f"Some things I cannot look at here. {' '.join(_reasons(unusable))}" if unusable else ""
