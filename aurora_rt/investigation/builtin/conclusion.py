"""The summary: the likely cause first, then what supports it, what was ruled out and what was not checked. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.candidate import Candidate
from aurora_rt.investigation.builtin.families import WORDS, Kind
from aurora_rt.investigation.builtin.findings.finding import CalmKind
from aurora_rt.investigation.builtin.ranking import RELATED, Verdict, closeness
from aurora_rt.investigation.builtin.reading import Place, Reading
from aurora_rt.investigation.builtin.wording import (
    capital,
    certainty,
    code,
    command_line,
    day_and_clock,
    foreign,
    joined,
)

LIKELY: Final = 0.5
MOST_WEIGHED: Final = 3
MOST_SUPPORT: Final = 6
MOST_OTHERS: Final = 4
MOST_CLEARED: Final = 8

_DOES: Final[dict[Kind, str]] = {
    "cpu_saturation": "uses up processor time",
    "memory_leak": "takes ever more memory",
    "memory_pressure": "holds too much of the memory",
    "disk_filling": "fills the disk",
    "io_saturation": "keeps storage busy",
    "descriptor_exhaustion": "holds too many open files",
    "noisy_neighbour": "takes the core that others need",
}
"""What a process does wrong."""
_CALM: Final[dict[CalmKind, str]] = {
    "resolved": "the alert does not fire any more",
    "recovered": "it is over",
    "flapping": "it comes and goes",
    "planned": "it was planned",
    "handled": "there is more to do than usual, and it is done",
    "tight": "the alert's bound is too tight",
}
"""What an alert is that is no active fault."""


@dataclass(frozen=True, slots=True)
class Account:
    """All that a summary tells."""

    reading: Reading
    verdict: Verdict
    where: Place
    hostname: str
    host_cite: str
    gaps: tuple[str, ...]
    """What could not be seen, in sentences."""
    cites: tuple[str, ...]
    """All looks, for when nothing was found."""


def does(candidate: Candidate) -> str:
    """What a candidate does wrong, in words: `process 7 (x) uses up processor time`."""
    node = foreign(candidate.node, 120)
    if node.startswith("process ") and candidate.kind in _DOES:
        return f"{node} {_DOES[candidate.kind]}"
    return f"{WORDS[candidate.kind]}, at {node}"


def weighing(account: Account) -> str:
    """The thought between looking and concluding: what competes, and how close it is."""
    candidates = account.verdict.candidates
    if account.reading.heartbeat:
        return "Weighing it: this alert fires always, so that its absence would be noticed. It is no sign of a fault."
    if account.verdict.calm and not candidates:
        return f"Weighing it: {calm_words(account)} Nothing that was seen is plainly at fault."
    if not candidates:
        return "Weighing it: nothing that was seen is far enough from usual to explain the alert."
    ranked = [
        f"{n}. {does(one)}: {certainty(one.confidence)}" for n, one in enumerate(candidates[:MOST_WEIGHED], 1)
    ]
    close = account.verdict.tied
    tie = f" The first {len(close)} are too close to tell apart by measure." if close else ""
    return f"Weighing it, best explanation first. {capital('; '.join(ranked))}.{tie}{_elsewhere(account)}"


def calm_words(account: Account) -> str:
    """Why there is no active fault, or none any more."""
    return " ".join(one.claim for one in account.verdict.calm)


def summary(account: Account) -> str:
    """The summary's Markdown."""
    blocks = [_lead(account)]
    if account.verdict.candidates and not account.reading.heartbeat:
        others = account.verdict.candidates[1:]
        agreeing, besides = _sides(account)
        blocks.append(_listed("What supports it", agreeing[:MOST_SUPPORT]))
        odd = [_other(one) for one in others] + besides
        blocks.append(_listed("Also out of the ordinary, but less likely the cause", odd[:MOST_OTHERS]))
    else:
        odd = [_other(one) for one in (*account.verdict.candidates, *account.verdict.set_aside)] + [
            one.claim for one in account.verdict.context
        ]
        blocks.append(_listed("Also seen", odd[:MOST_SUPPORT]))
    cleared = [one.claim for one in account.verdict.cleared[:MOST_CLEARED]]
    blocks.append(_listed("Ruled out", cleared, "Nothing: no look came back clean."))
    blocks.append(_listed("Not checked", account.gaps, "Nothing that was planned."))
    return "\n\n".join(block for block in blocks if block)


def _lead(account: Account) -> str:
    reading = account.reading
    if reading.heartbeat:
        return (
            f"**No active fault:** {code(reading.name)} is a heartbeat. It fires always, on purpose, so that somebody "
            f"notices when alerting itself stops. {'' if account.verdict.candidates else _looked(account)}"
        ).strip()
    if not account.verdict.candidates and account.verdict.calm:
        kinds = joined(list(dict.fromkeys(_CALM[one.kind] for one in account.verdict.calm)))
        return f"**No active fault:** {kinds}. {calm_words(account)} {_looked(account)}{_elsewhere(account)}"
    if not account.verdict.candidates:
        return (
            f"**Nothing wrong was found now** that explains {reading.name}, which began at "
            f"{day_and_clock(reading.case.started_at)}. {_looked(account)} It may be over already, or lie where I "
            f"could not look.{_elsewhere(account)}"
        )
    first = account.verdict.candidates[0]
    tied = account.verdict.tied
    tie = (
        f" {capital(joined([does(one) for one in tied[1:]]))}: that comes too close to tell apart."
        if tied
        else ""
    )
    title = (
        "**Likely cause:**" if first.confidence >= LIKELY else "**No likely cause was found.** The best lead:"
    )
    return (
        f"{title} {does(first)}{_first_cite(first)}. Confidence: {certainty(first.confidence)}. "
        f"{first.findings[0].claim}{_named(first)}{tie}"
        f"{f' {calm_words(account)}' if account.verdict.calm else ''}{_elsewhere(account)}"
    )


def _sides(account: Account) -> tuple[list[str], list[str]]:
    """What else speaks for the first candidate, and what has little to do with the alert."""
    first = account.verdict.candidates[0]
    context = account.verdict.context
    # A deployment of what is no candidate supports nothing, whatever it could have brought.
    close = [
        one
        for one in context
        if one.kind != "bad_deploy"
        and closeness(one.family, account.reading.families) >= RELATED
        and (one.role != "culprit" or one.on_host or one.node == first.node)
    ]
    agreeing = sorted((*first.findings[1:], *close), key=lambda one: one.kind == "config_change")
    return [one.claim for one in agreeing], [one.claim for one in context if one not in close]


def _named(candidate: Candidate) -> str:
    """The command line of a culprit that a file led to."""
    process = candidate.subject.process
    if process is None or not candidate.subject.path:
        return ""
    return f" Its command line is {command_line(process.command or process.name, 200)}."


def _elsewhere(account: Account) -> str:
    if account.where == "here" or not account.hostname:
        return ""
    about = f"The alert is about {foreign(account.reading.named_host, 80)}"
    seen = f"the host that I can look at is {foreign(account.hostname, 80)} {account.host_cite}".rstrip()
    if account.where == "elsewhere":
        return f" {about}, but {seen}: what was seen on it counts less."
    return f" {about}; {seen}, which may or may not be the same."


def _looked(account: Account) -> str:
    if not account.cites:
        return "No tool could be used, so nothing was looked at."
    return f"What was looked at {' '.join(account.cites)} shows no cause."


def _other(candidate: Candidate) -> str:
    return f"{candidate.findings[0].claim} As a cause: {certainty(candidate.confidence)}."


def _first_cite(candidate: Candidate) -> str:
    found = re.search(r"\[\d+\]", candidate.findings[0].claim)
    return f" {found.group()}" if found else ""


def _listed(title: str, claims: Sequence[str], empty: str = "") -> str:
    told = list(dict.fromkeys(claims)) or ([empty] if empty else [])
    return f"**{title}**\n" + "\n".join(f"- {capital(claim)}" for claim in told) if told else ""
