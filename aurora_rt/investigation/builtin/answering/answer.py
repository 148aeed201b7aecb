"""One answer: look if the question asks for it, else quote what is known, else say that nothing is."""

from collections.abc import AsyncGenerator
from typing import Final

from aurora_rt.investigation.builtin import pieces
from aurora_rt.investigation.builtin.answering import lexicon
from aurora_rt.investigation.builtin.answering.describing import described
from aurora_rt.investigation.builtin.answering.intents import intended
from aurora_rt.investigation.builtin.answering.looks import wanted
from aurora_rt.investigation.builtin.answering.passages import Passage, passages
from aurora_rt.investigation.builtin.wording import counted, joined
from aurora_rt.investigation.investigator import Answer, Citation, Question, Step
from aurora_rt.toolsets.toolset import Looking

COVERED: Final = 0.5
"""The share of a question's words, by weight, that a passage has to hold to be an answer."""
MOST_QUOTED: Final = 3
_COMMON: Final = frozenset(
    lexicon.terms(
        "root cause reason problem issue wrong broken going incident alert analysis summary evidence likely sure "
        "certain confident confidence process program command pid culprit responsible blame behind fix stop solve "
        "resolve mitigate repair proceed kill suggest suggestion recommend remedy mitigation next step start begin "
        "began time long since ruled rule out exclude check look see missing gap blind query queries promql run ask "
        "expression overview explain tldr fire fired firing label severity annotation details think found find "
        "made make need first best now best quick quickly"
    )
)
"""Words that say what sort of answer is wanted, not what about."""
_HELP: Final = frozenset(
    {"hi", "hello", "hey", "help", "thanks", "thank you", "what can you do", "who are you"}
)


async def answered(question: Question, tools: Looking) -> AsyncGenerator[Step, None]:
    """Answer: citations of fresh looks first, then the text in pieces, then the whole."""
    told = []
    for one in wanted(question, tools):
        seen = await tools.look(one.tool, **dict(one.parameters))
        yield Citation(seen)
        told.append(described(seen, one.topic))
    text = "\n\n".join(told) or from_evidence(question, tools)
    for piece in pieces.written("answer", "answer", pieces.words(text)):
        yield piece
    yield Answer(text)


def from_evidence(question: Question, tools: Looking) -> str:
    """The answer that the evidence gives; never empty."""
    if question.text.strip().lower().rstrip("?!. ") in _HELP:
        return _introduction(question, tools)
    reply = intended(question)
    return reply if reply and _is_about(question, reply) else _quoted(question) or _nothing(question, tools)


def _is_about(question: Question, reply: str) -> bool:
    """Whether a reply by intent speaks of what the question names: "why is the *gateway* slow?" asks for more."""
    particular = set(lexicon.terms(question.text)) - _COMMON
    return not particular or not particular.isdisjoint(lexicon.terms(reply))


def _quoted(question: Question) -> str:
    known = passages(question)
    asked = lexicon.terms(question.text)
    if len(asked) < 2 and question.history:
        asked += next(
            (lexicon.terms(text) for sender, text in reversed(question.history) if sender == "user"), []
        )
    best = _best(asked, known)
    return "From the evidence:\n" + "\n".join(f"- {one.text}" for one in best) if best else ""


def _best(asked: list[str], known: list[Passage]) -> list[Passage]:
    scores = lexicon.rank(asked, [lexicon.terms(one.text) for one in known])
    matching = [n for n, (score, covered) in enumerate(scores) if score > 0 and covered >= COVERED]
    matching.sort(key=lambda n: (-scores[n][0] * scores[n][1] * known[n].weight, n))
    return [known[n] for n in matching[:MOST_QUOTED]]


def _introduction(question: Question, tools: Looking) -> str:
    looks = (
        " I can also look again: ask about processor, memory, disk, network or logs *now*"
        if tools.has("host.state")
        else ""
    )
    queries = ", or put a query in backticks" if tools.has("prometheus.query") and looks else ""
    about = "this incident" if question.case else "this machine"
    return (
        f"I answer from the evidence about {about}: ask for the cause, the process, what to do, what was ruled out, "
        f"when it began or how sure the analysis is.{looks}{queries}{'.' if looks else ''}"
    )


def _nothing(question: Question, tools: Looking) -> str:
    if question.case is None:
        topics = "processor, memory, disk, network or logs" if tools.has("host.state") else ""
        offer = f" I can look at this machine: ask about {topics}." if topics else ""
        return (
            f"I don't know. This chat belongs to no incident, so there is no evidence to answer from.{offer}"
        )
    looked = [
        part
        for part in (
            "the summary" if question.summary else "",
            counted(len(question.thoughts), "thought") if question.thoughts else "",
            f"{counted(len(question.evidence), 'look')} ({_tools(question)})" if question.evidence else "",
            counted(len(question.suggestions), "suggestion") if question.suggestions else "",
        )
        if part
    ]
    where = (
        f"I looked at {joined(looked)}."
        if looked
        else "There is no evidence yet: the analysis may still be running."
    )
    return f"The evidence of this incident doesn't say. {where}"


def _tools(question: Question) -> str:
    return ", ".join(sorted({seen.tool for seen in question.evidence}))
