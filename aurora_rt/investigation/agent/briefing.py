"""The first thing a model is told: what it is about, and what is known already. Pure.

Everything that comes from outside is quoted; only the block's number may be cited.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aurora_rt.investigation.agent.fitting import cut
from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.prompts import FINDINGS
from aurora_rt.investigation.agent.quoting import quoted
from aurora_rt.investigation.investigator import Case, CaseAlert, Question
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.toolset import Observation, Window

_CITED: Final = re.compile(r"\[(\d+)\]")

LOOK_TOKENS: Final = 1500
"""Of one look, in a first telling."""
NOTES_TOKENS: Final = 800
"""Of what the organization noted about itself."""
MOST_ALERTS: Final = 8
MOST_HISTORY: Final = 20


def of_case(case: Case, ground: Ground, found: Mapping[str, str] | None = None) -> str:
    """For looking into an incident. `found` is what specialists found, by name."""
    about = about_case(case)
    parts = [
        _incident(case, ground.tools.window),
        *_alerts(case.alerts),
        _notes(case.notes, about),
        _absent(ground),
        "What the analysis by rules found (“look 3” there is what you cite as [3]):",
        quoted("findings of the analysis by rules", _named(_findings(ground))),
        _causes(ground),
        *_found(found or {}),
        "The looks that were made, by number:",
        *[shown(one, LOOK_TOKENS, about) for one in ground.looks.values()],
        "Look further now, or conclude if that is all there is to find.",
    ]
    return redacted("\n\n".join(part for part in parts if part))


def of_question(question: Question, ground: Ground) -> str:
    """For answering a question."""
    about = question.text
    parts = []
    if question.case is not None:
        parts += [_incident(question.case, ground.tools.window), *_alerts(question.case.alerts)]
    else:
        parts.append(f"It is about no incident in particular. {_window(ground.tools.window)}")
    parts += [_notes(question.notes, about), _absent(ground)]
    if question.summary:
        parts.append("What was found out so far (“look 3” there is what you cite as [3]):")
        parts.append(quoted("summary of the investigation", _named(question.summary)))
    if question.suggestions:
        listed = "\n".join(f"{one.title}: {one.description}" for one in question.suggestions)
        parts.append(quoted("what was suggested", _named(listed)))
    if ground.looks:
        parts.append("The looks that were made, by number:")
        parts += [shown(one, LOOK_TOKENS, about) for one in ground.looks.values()]
    if question.history:
        parts.append(quoted("earlier in this chat", _named(_history(question.history))))
    parts += ["The question:", question.text]
    return redacted("\n\n".join(part for part in parts if part))


def shown(look: Observation, room: int, about: str) -> str:
    """A look, as a model sees it: quoted, without secrets, cut to `room` tokens by what matters."""
    output = look.output if look.error is None else f"This could not be seen: {look.error}\n{look.output}"
    text = f"{look.command}\n{output.strip() or '(nothing)'}"
    return quoted(look.tool, cut(redacted(text), room, about) or "(too long to show)", number=look.number)


def about_case(case: Case) -> str:
    """What matters in a case, in a few words."""
    alert = case.alert
    return " ".join([case.title, case.service, alert.title, alert.description[:300], alert.expression or ""])


def _incident(case: Case, window: Window) -> str:
    text = f"title: {case.title}\nservice: {case.service}\nseverity: {case.severity}\nenvironment: {case.environment}"
    return f"{quoted('incident', text)}\n\n{_window(window)}"


def _window(window: Window) -> str:
    times = f"{window.start:%Y-%m-%d %H:%M:%S} to {window.end:%Y-%m-%d %H:%M:%S} UTC"
    return f"Tools look at {times}; it began at {window.anchor:%H:%M:%S}."


def _alerts(alerts: Sequence[CaseAlert]) -> Iterable[str]:
    for one in alerts[:MOST_ALERTS]:
        lines = [one.title, one.description, f"status: {one.status}, since {one.started_at:%H:%M:%S} UTC"]
        lines += [f"rule: {one.expression}"] if one.expression else []
        lines += [f"{name}: {value}" for name, value in (*one.labels.items(), *one.annotations.items())]
        yield quoted("alert", "\n".join(line for line in lines if line))
    if len(alerts) > MOST_ALERTS:
        yield f"({len(alerts) - MOST_ALERTS} more alerts.)"


def _notes(notes: str, about: str) -> str:
    """What an organization noted about itself: data as well, for anybody there may write it."""
    if not (told := cut(redacted(notes), NOTES_TOKENS, about).strip()):
        return ""
    return quoted("notes of the organization about itself", told)


def _absent(ground: Ground) -> str:
    if not ground.unusable:
        return ""
    return "Not to be looked at here: " + ", ".join(sorted(ground.unusable)) + "."


def _named(text: str) -> str:
    """A text of our own with its citations in words: brackets in what is quoted are nobody's word."""
    return _CITED.sub(r"(look \1)", text)


def _findings(ground: Ground) -> str:
    return ground.summary.text if ground.summary else "\n".join(one.content for one in ground.thoughts)


def _causes(ground: Ground) -> str:
    causes = ground.summary.causes if ground.summary else ()
    if not causes:
        return "The rules name no cause."
    listed = "\n".join(
        f"{n}. {one.kind} at {one.node} (confidence {one.confidence:.2f})"
        for n, one in enumerate(causes[:5], 1)
    )
    return quoted("causes by the rules, best first", listed)


def _found(found: Mapping[str, str]) -> Iterable[str]:
    if found:
        yield FINDINGS
    for name, text in found.items():
        yield quoted(f"findings of the specialist for {name}", _named(text))


def _history(history: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"{who}: {text}" for who, text in history[-MOST_HISTORY:])
