"""Questions that are plainly about one part of what is known, and the answers to them. Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from aurora_rt.investigation.builtin.answering.passages import about, lead, offer, section, statements
from aurora_rt.investigation.builtin.wording import code, day_and_clock
from aurora_rt.investigation.investigator import Question

MOST: Final = 5

Reply = Callable[[Question], str]


def intended(question: Question) -> str:
    """The answer to a question of a known sort; `""` when it is of none, or nothing is known for it."""
    asked = " ".join(question.text.lower().split())
    for sign, reply in _INTENTS:
        if sign.search(asked) and (text := reply(question)):
            return text
    return ""


def _cause(question: Question) -> str:
    return lead(question.summary)


def _process(question: Question) -> str:
    named = [one for one in statements(question.summary) if re.search(r"\bprocess \d+", one, re.IGNORECASE)]
    return _listed("The analysis names:", named)


def _certain(question: Question) -> str:
    lines = [line.strip().removeprefix("- ") for line in question.summary.splitlines()]
    return _listed(
        "As sure as the evidence allows:", [line for line in lines if re.search(r"\(\d\.\d\d\)", line)]
    )


def _to_do(question: Question) -> str:
    return _listed("Suggested, the most useful first:", [offer(made) for made in question.suggestions])


def _ruled_out(question: Question) -> str:
    return _listed("Ruled out:", section(question.summary, "ruled out"))


def _not_checked(question: Question) -> str:
    return _listed("Not checked:", section(question.summary, "not checked"))


def _began(question: Question) -> str:
    if question.case is None:
        return ""
    times = re.compile(r"\d\d:\d\d:\d\d|before the alert|after the alert")
    told = [one for one in statements(question.summary) if times.search(one)]
    first = f"The incident began at {day_and_clock(question.case.started_at)}."
    return _listed(first, told) if told else first


def _queries(question: Question) -> str:
    looks = [f"{code(seen.tool)}: {code(seen.command, 300)} {seen.cite}" for seen in question.evidence]
    expression = question.case.alert.expression if question.case else None
    rule = [f"The alert's rule: {code(expression, 400)}"] if expression else []
    return _listed("What was asked:", rule + looks, most=20)


def _alert(question: Question) -> str:
    return _listed("The alert says:", about(question.case)) if question.case else ""


def _summary(question: Question) -> str:
    return question.summary.strip()


def _listed(opening: str, items: Sequence[str], most: int = MOST) -> str:
    if not items:
        return ""
    return opening + "\n" + "\n".join(f"- {item}" for item in list(dict.fromkeys(items))[:most])


_SIGNS: Final[tuple[tuple[Reply, tuple[str, ...]], ...]] = (
    (_ruled_out, (r"rul(ed|e|ing) out", r"exclude[ds]?", r"not the cause")),
    (
        _not_checked,
        (r"not (been )?(check|look|se)\w*", r"could ?n.t (you )?(see|check)", r"missing", r"gaps?", r"blind"),
    ),
    (_certain, (r"how (sure|certain|confident|likely)", r"confidence", r"are you sure")),
    (
        _to_do,
        (
            r"what (can|should|could|do|must|shall) (i|we)",
            r"how (do|can|should|to) (i |we )?(fix|stop|solve|resolve|mitigate|repair|proceed|kill)",
            r"next steps?",
            r"(suggest|recommend|fix|mitigat|remed)\w*",
        ),
    ),
    (
        _process,
        (
            r"(which|what) (process|program|pid|command)",
            r"who (is|was|did|does) (it|this|that|the culprit|responsible|behind|to blame)",
            r"culprit",
            r"pid",
        ),
    ),
    (_began, (r"when", r"since", r"what time", r"how long")),
    (
        _cause,
        (
            r"(root )?causes?",
            r"why",
            r"what('s| is| was|s)? (wrong|happen\w*|broken|going on|the problem|the issue|up)",
            r"reason",
        ),
    ),
    (
        _queries,
        (
            r"quer(y|ies)",
            r"what did you (look|check|run|ask)",
            r"promql",
            r"commands? (did|were|was)",
            r"expression",
        ),
    ),
    (_summary, (r"summar(y|i[sz]e)", r"overview", r"tl;?dr", r"explain")),
    (_alert, (r"(what|which) (fired|alerts?)", r"the alert", r"labels?", r"severity", r"annotations?")),
)
_INTENTS: Final = tuple((re.compile(rf"\b({'|'.join(signs)})\b"), reply) for reply, signs in _SIGNS)
