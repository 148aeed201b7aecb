"""Everything known about an incident as short passages that can be quoted, each with its citations. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.wording import code, day_and_clock, foreign
from aurora_rt.investigation.investigator import Case, Question, Suggestion
from aurora_rt.toolsets.toolset import Observation

_END: Final = re.compile(r"(?<=[.!?…])\s+(?=[\"'`*(A-Z])")
_HEADING: Final = re.compile(r"^(?:\*\*(?P<bold>[^*]+)\*\*:?|#+\s*(?P<hash>.+))\s*$")
_CITED: Final = re.compile(r"\[\d+\]")
LINES_QUOTED: Final = 400
"""Lines of one output that can be quoted; the rest is on the citation's page."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Something quotable. `weight` says how much it counts beside others that match as well."""

    text: str
    weight: float = 1.0


def passages(question: Question) -> list[Passage]:
    """What can be quoted, the most considered first."""
    found = [Passage(text, 1.5) for text in statements(question.summary)]
    if question.case:
        found += [Passage(text, 1.1) for text in about(question.case)]
    found += [
        Passage(text, 1.2)
        for thought in question.thoughts
        for text in statements(thought)
        if _CITED.search(text)
    ]
    found += [Passage(offer(made), 1.1) for made in question.suggestions]
    found += [Passage(f"Noted here: {foreign(text, 400)}") for text in statements(question.notes)]
    found += [Passage(text) for seen in question.evidence for text in _lines(seen)]
    return list({_CITED.sub("", one.text): one for one in reversed(found)}.values())[::-1]


def statements(text: str) -> list[str]:
    """The sentences and list items of Markdown, headings left out."""
    found: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or _HEADING.match(stripped):
            continue
        found.extend(part.strip() for part in _END.split(stripped.removeprefix("- ")) if part.strip())
    return found


def section(text: str, title: str) -> list[str]:
    """The lines below the heading that begins with `title`, as list items."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if heading := _HEADING.match(line.strip()):
            inside = (heading["bold"] or heading["hash"]).strip().lower().startswith(title.lower())
        elif inside and line.strip():
            found.append(line.strip().removeprefix("- "))
    return found


def lead(text: str) -> str:
    """The first paragraph."""
    return text.strip().split("\n\n", 1)[0]


def offer(made: Suggestion) -> str:
    """A suggestion as a list item."""
    command = f" Command: {code(made.command, 300)}." if made.command else ""
    return f"{made.title} (risk: {made.risk}): {made.description}{command}"


def about(case: Case) -> list[str]:
    """What the alerts say."""
    found = []
    for alert in case.alerts:
        labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()))
        said = " ".join(dict.fromkeys([alert.description, *alert.annotations.values()]))
        found.append(
            f"{foreign(alert.title)} began at {day_and_clock(alert.started_at)}, severity {foreign(alert.severity)}."
        )
        found.extend(
            foreign(text, 400) for text in (said, f"Labels: {labels}" if labels else "") if text.strip()
        )
        if alert.expression:
            found.append(f"The rule's expression is {code(alert.expression, 400)}.")
    return found


def _lines(seen: Observation) -> Iterator[str]:
    if seen.error is not None:
        yield f"{code(seen.tool)} could not look: {foreign(seen.error, 300)} {seen.cite}"
    for line in seen.output.splitlines()[:LINES_QUOTED]:
        if line.strip():
            yield f"{code(seen.tool)} shows {code(line, 240)} {seen.cite}"
