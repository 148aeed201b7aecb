"""Asking what is known already: the runbook that fits what was found, and past incidents that were like it.

It says something only when something fits well. Nearness by vector tells what is nearest, however far that is; so what
was found has to name the same things as the alert: a passage that does not is not quoted.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.answering import lexicon
from aurora_rt.investigation.builtin.conclusion import Account
from aurora_rt.investigation.builtin.evidence import evidence_of
from aurora_rt.investigation.builtin.families import WORDS
from aurora_rt.investigation.builtin.wording import capital, foreign, joined, sentences
from aurora_rt.investigation.investigator import Suggestion, Thought
from aurora_rt.toolsets.facts.knowledge import KnownPassage, Passages
from aurora_rt.toolsets.toolset import Looking, Observation

PATIENCE: Final = 4.0
"""Seconds after which an analysis goes on without."""
FITS: Final = 0.7
"""The share of what the alert is about that a passage has to name. Measured by `test_consulting`."""
MOST_INCIDENTS: Final = 2
QUERY_LIMIT: Final = 400
STEP_LIMIT: Final = 300

_GENERIC: Final = frozenset(
    lexicon.terms(
        "high low too many much very critical warning alert error errors failed failing firing rate usage total count "
        "high-priority service app application production prod kube kubernetes node pod instance job usual left "
        "measurement range found wrong"
    )
)
"""Words of names of alerts that tell nothing of what they are about."""
_STEP: Final = re.compile(r"^\s*(?:\d+[.)]|[-*+])\s+(?P<step>\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Consulted:
    """What is known already; empty when nothing fits."""

    observations: tuple[Observation, ...] = ()
    """The looks that are cited."""
    thought: Thought | None = None
    suggestions: tuple[Suggestion, ...] = ()


async def consulted(account: Account, tools: Looking) -> Consulted:
    """Look for runbooks and past incidents of what the alert and the first candidate are about."""
    if account.reading.heartbeat or not tools.has("knowledge.search"):
        return Consulted()
    query = wanted(account)
    try:
        async with asyncio.timeout(PATIENCE):
            runbooks, incidents = await asyncio.gather(
                tools.look("knowledge.search", query=query, limit=5),
                tools.look("knowledge.past_incidents", query=query, limit=5),
            )
    except TimeoutError:
        return Consulted()
    return told(account, runbooks, incidents)


def wanted(account: Account) -> str:
    """What is searched for: what the alert is called, of which service, what it says, and what is wrong."""
    reading = account.reading
    kinds = [WORDS[one.kind] for one in account.verdict.candidates[:1]]
    said = reading.alert.annotations.get("summary") or reading.alert.description
    parts = (reading.name, reading.alert.service or reading.case.service, *kinds, said)
    return " ".join(" ".join(parts).split())[:QUERY_LIMIT]


def told(account: Account, runbooks: Observation, incidents: Observation) -> Consulted:
    """What to say of what was found. Pure."""
    runbook = next(_fitting(account, runbooks), None)
    alike = [one for one in _fitting(account, incidents) if one.id != str(account.reading.case.incident_id)][
        :MOST_INCIDENTS
    ]
    if runbook is None and not alike:
        return Consulted()
    said = sentences(
        [
            f"A runbook fits: {_where(runbook)} {runbooks.cite}." if runbook else "",
            f"It was like this before: {joined([_was(one) for one in alike])} {incidents.cite}."
            if alike
            else "",
        ]
    )
    step = _step(runbook) if runbook else ""
    return Consulted(
        observations=tuple(
            seen for seen, is_cited in ((runbooks, runbook is not None), (incidents, bool(alike))) if is_cited
        ),
        thought=Thought("known", f"What is known already? {said}", "observation"),
        suggestions=(_follow(runbook, step, runbooks.cite),) if runbook and step else (),
    )


def fit(names: Sequence[str], passage: KnownPassage) -> float:
    """How far a passage names what is asked for, 0 to 1; `names` begin with the alert's own name."""
    text = f"{passage.title} {passage.heading} {passage.text}"
    if names and len(names[0]) > 5 and re.search(rf"\b{re.escape(names[0])}\b", text, re.IGNORECASE):
        return 1.0
    about = set(lexicon.terms(" ".join(names))) - _GENERIC
    if len(about) < 2:
        return 0.0
    return len(about & set(lexicon.terms(text))) / len(about)


def _fitting(account: Account, seen: Observation) -> Iterator[KnownPassage]:
    evidence = evidence_of(seen, Passages)
    names = [account.reading.name, account.reading.alert.service or account.reading.case.service]
    for passage in evidence.facts.passages if evidence else ():
        if fit([name for name in names if name], passage) >= FITS:
            yield passage


def _where(passage: KnownPassage) -> str:
    title = f"“{foreign(passage.title, 120)}”"
    return f"{title}, {foreign(passage.heading, 160)}" if passage.heading else title


def _was(passage: KnownPassage) -> str:
    return f"“{foreign(passage.title, 120)}”"


def _step(passage: KnownPassage) -> str:
    """The first step that the passage tells, else its first sentence."""
    if found := _STEP.search(passage.text):
        return foreign(found["step"], STEP_LIMIT)
    return ""


def _follow(passage: KnownPassage, step: str, cite: str) -> Suggestion:
    return Suggestion(
        f"runbook-{passage.id}",
        f"Follow the runbook “{foreign(passage.title, 100)}”",
        f"{capital(_where(passage))}, begins with: {step.rstrip('.')} {cite}. It was written by people of yours: read "
        "what it changes before you follow it.",
        "mitigation",
        "low",
    )
