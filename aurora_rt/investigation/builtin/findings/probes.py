"""What is seen from outside: what does not answer, whose certificate is over, what cannot be resolved. Pure."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject, share_of
from aurora_rt.investigation.builtin.wording import argument, capital, code, counted, foreign, joined, plain
from aurora_rt.toolsets.facts.probes import (
    Certificate,
    Connectivity,
    ProbeResult,
    Probes,
)

SOON_DAYS: Final = 14
CHRONIC_DAYS: Final = 3
SLOW_SECONDS: Final = 2.0
OF_CALLED, OF_ITSELF = 0.85, 0.75
TOLERATED: Final = frozenset({401, 403, 429})
"""Refusals that show that somebody is there."""

_FAULTS: Final = {
    "expired": "expired on {end}",
    "not_yet_valid": "is not valid before {begin}",
    "wrong_name": "is for {names} and not for that host",
    "self_signed": "is signed by nobody that is trusted (self-signed)",
    "untrusted": "is signed by nobody that is trusted",
}


def probed(seen: Evidence[Probes], about: str) -> Assessment:
    """A finding for each configured probe that fails; one sentence when none does. `about` is the alert's service."""
    found = [finding for one in seen.facts.results for finding in _judged(one, seen.cite, about)]
    if found or not seen.facts.results:
        return Assessment(tuple(found))
    names = joined([foreign(one.name, 60) for one in seen.facts.results[:6]])
    said = f"From outside, {counted(len(seen.facts.results), 'configured probe')} answer as they should"
    return Assessment(cleared=(Cleared("availability", f"{said} ({names}) {seen.cite}."),))


def reached(seen: Sequence[Evidence[Connectivity]], service: str = "") -> Assessment:
    """A finding for each host that cannot be connected to; what `service` calls comes before itself."""
    found = tuple(_unreached(one, service) for one in seen if one.facts.outcome not in ("open", "unknown"))
    fine = [one for one in seen if one.facts.outcome == "open"]
    if found or not fine:
        return Assessment(found)
    hosts = joined([code(_place(one.facts), 80) for one in fine[:4]])
    cites = "".join(one.cite for one in fine[:4])
    return Assessment(cleared=(Cleared("network", f"{hosts} can be connected to {cites}."),))


def _judged(one: ProbeResult, cite: str, about: str) -> list[Finding]:
    own = bool(about) and about in (one.name, one.url.split("://", 1)[-1].split("/")[0].partition(":")[0])
    who = f"Probe {code(one.name, 80)} ({code(one.url, 120)})"

    def finding(kind: Kind, claim: str, strength: float) -> Finding:
        command = f"curl -sSv -m 10 {argument(one.url)}" if one.status else ""
        seen = Subject(command=command, names=(_target(one.url),))
        clue = strength < 0.5
        return Finding(
            kind,
            one.name,
            f"{who} {claim} {cite}.",
            strength,
            "clue" if clue else "culprit",
            seen,
            on_host=False,
            own=own,
        )

    if one.outcome == "unresolved":
        return [finding("dns_failure", f"cannot be resolved: {foreign(one.text, 200)}", 0.92)]
    if one.outcome != "answered":
        return [finding("target_down", f"does not answer as it should: {foreign(one.text, 200)}", 0.95)]
    return [
        finding(kind, claim, strength)
        for kind, claim, strength in (_certified(one.certificate), _answered(one))
        if strength
    ]


def _target(url: str) -> str:
    """What others call a probed place: the name that is asked for, else `host` or, of an address, `host:port`."""
    parts = urlsplit(url)
    if parts.scheme == "dns" and parts.path.strip("/"):
        return parts.path.strip("/")
    host = parts.hostname or ""
    return host if any(letter.isalpha() for letter in host) else parts.netloc


def _certified(one: Certificate | None) -> tuple[Kind, str, float]:
    if one is None:
        return "certificate", "", 0.0
    if one.fault:
        says = _FAULTS[one.fault].format(
            end=f"{one.not_after:%Y-%m-%d %H:%M} UTC",
            begin=f"{one.not_before:%Y-%m-%d %H:%M} UTC",
            names=joined([code(name, 80) for name in one.names[:3]]) or "no name",
        )
        return "certificate", f"shows a certificate that {says}", _weight(one)
    if one.days_left < SOON_DAYS:
        return "certificate", f"has a certificate that expires in {plain(one.days_left)} days", 0.35
    return "certificate", "", 0.0


def _weight(one: Certificate) -> float:
    """A certificate that was never trusted, or has been over for long, is seldom what changed."""
    chronic = one.fault in ("self_signed", "untrusted") or one.days_left < -CHRONIC_DAYS
    return 0.4 if chronic else 0.93


def _answered(one: ProbeResult) -> tuple[Kind, str, float]:
    status = one.status or 0
    if status >= 500:
        return "error_rate", f"answers HTTP {status}", 0.9
    if status >= 400 and status not in TOLERATED:
        return "error_rate", f"answers HTTP {status}", 0.5
    slowest = max(one.connect_seconds or 0.0, one.first_byte_seconds or 0.0)
    if slowest >= SLOW_SECONDS:
        return "latency", f"takes {plain(slowest)} s to answer", 0.45 + 0.35 * share_of(slowest, 10)
    return "latency", "", 0.0


def _unreached(one: Evidence[Connectivity], service: str) -> Finding:
    facts = one.facts
    where = f" from {code(facts.source, 80)}" if facts.source else ""
    said = f": {code(facts.text, 200)}" if facts.text else ""
    kind: Kind = "dns_failure" if facts.outcome == "unresolved" else "dependency_down"
    what = "cannot be resolved" if kind == "dns_failure" else "cannot be connected to"
    claim = f"{capital(code(_place(facts), 120))} {what}{where}{said} {one.cite}."
    strength = OF_ITSELF if facts.host == service else OF_CALLED
    return Finding(kind, facts.host, claim, strength, on_host=False, own=True)


def _place(facts: Connectivity) -> str:
    return f"{facts.host}:{facts.port}" if facts.port else facts.host
