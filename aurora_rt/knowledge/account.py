"""A past incident in words: the text that is searched, and what is quoted of it. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aurora_rt.knowledge.feedback_queries import Feedback, Votes
from aurora_rt.knowledge.incident_queries import Past

CAUSE_LIMIT: Final = 400
MOST_TOLD: Final = 5
_CITATIONS: Final = re.compile(r"\s*\[\d+\]")
_MARKS: Final = re.compile(r"\*\*|`")
_NO_CAUSE: Final = re.compile(r"^\W*(Nothing wrong was found|No active fault|No likely cause)", re.IGNORECASE)


def is_past(past: Past) -> bool:
    """Whether there is something to learn from an incident: it was analyzed or resolved, and is not part of another."""
    return past.status != "merged" and (past.status == "resolved" or past.aurora_status == "complete")


def account(past: Past, judged: Sequence[Feedback]) -> str:
    """All that is worth finding again of an incident, as Markdown with a heading for each part."""
    parts = [
        ("", _opening(past)),
        ("Alerts", "\n".join(f"- {one}" for one in dict.fromkeys((*past.alerts, *past.told[:MOST_TOLD])))),
        ("Cause", without_citations(past.summary)),
        ("Resolution", resolution(past)),
        ("Feedback", _feedback(judged)),
    ]
    return "\n\n".join(f"## {title}\n\n{text}" if title else text for title, text in parts if text)


def cause(past: Past) -> str:
    """What the analysis came to: the first paragraph of the summary; `""` when it found no cause."""
    first = _MARKS.sub("", without_citations(past.summary).partition("\n\n")[0]).strip()
    if _NO_CAUSE.match(first):
        return ""
    return first if len(first) <= CAUSE_LIMIT else first[: CAUSE_LIMIT - 1].rstrip() + "…"


def resolution(past: Past) -> str:
    """How it ended, as far as it is known; `""` while it goes on."""
    if past.status != "resolved" or past.resolved_at is None:
        return ""
    ended = f"Resolved after {_length(past.started_at, past.resolved_at)}."
    return f"{ended} Suggested was: {'; '.join(past.steps)}." if past.steps else ended


def marked(votes: Votes) -> str:
    """What people thought of the analysis, in a sentence; `""` when nobody said."""
    if votes.helpful + votes.not_helpful == 0:
        return ""
    if votes.not_helpful > votes.helpful:
        return f"Treat it with care: {votes.not_helpful} found this analysis not helpful, {votes.helpful} helpful."
    return f"{votes.helpful} found this analysis helpful, {votes.not_helpful} not."


def without_citations(text: str) -> str:
    """`text` without `[n]`: what they cited is not at hand elsewhere."""
    return _CITATIONS.sub("", text).strip()


def _opening(past: Past) -> str:
    where = f" on {past.service}" if past.service else ""
    affected = f" Affected: {', '.join(past.services)}." if past.services else ""
    began = f"{past.started_at:%Y-%m-%d %H:%M} UTC"
    about = f"\n\n{past.description}" if past.description else ""
    return f"{past.title}{where}, {past.severity}, began at {began}.{affected}{about}"


def _feedback(judged: Sequence[Feedback]) -> str:
    helpful = sum(one.feedback_type == "helpful" for one in judged)
    said = [f"- {one.comment}" for one in judged if one.comment]
    return "\n".join([one for one in (marked(Votes(helpful, len(judged) - helpful)), *said) if one])


def _length(start: datetime, end: datetime) -> str:
    minutes = max(1, round((end - start).total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"
