"""Reading the alert: what it says, in plain words, and what that means for where to look. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from aurora_rt.investigation.builtin.families import Family, families_of, is_heartbeat
from aurora_rt.investigation.builtin.promql import metric_names
from aurora_rt.investigation.builtin.wording import capital, code, day_and_clock, foreign, joined, sentences
from aurora_rt.investigation.investigator import Case, CaseAlert

Place = Literal["here", "elsewhere", "unknown"]
"""Whether the alert is about the host that we run on."""

_HOST_LABELS: Final = ("instance", "node", "nodename", "hostname", "host")
_LOCAL: Final = frozenset({"localhost", "::1", "0.0.0.0", "::"})  # noqa: S104 - names, nothing is bound
_SCOPES: Final = ("pod", "instance", "service", "job", "namespace")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the alert says, for everything that comes after."""

    case: Case
    families: tuple[Family, ...]
    """What it is about, most plainly first; the other alerts' last."""
    heartbeat: bool
    named_host: str
    """The host that it names, without port; `""` when it names none."""
    mount: str
    own_metrics: frozenset[str]

    @property
    def alert(self) -> CaseAlert:
        """The alert that opened the incident."""
        return self.case.alert

    @property
    def name(self) -> str:
        """The alert's name, safe to quote."""
        return foreign(
            self.alert.labels.get("alertname") or self.alert.title or "an alert without a name", 100
        )


def read(case: Case) -> Reading:
    """Read the incident's alerts."""
    alert = case.alert
    families = dict.fromkeys(family for one in case.alerts for family in families_of(one))
    return Reading(
        case=case,
        families=tuple(families),
        heartbeat=is_heartbeat(alert),
        named_host=next((host_of(alert.labels[name]) for name in _HOST_LABELS if alert.labels.get(name)), ""),
        mount=alert.labels.get("mountpoint", ""),
        own_metrics=metric_names(alert.expression or ""),
    )


def host_of(instance: str) -> str:
    """The host of an `instance` label: without scheme, port and path."""
    text = instance.split("://", 1)[-1].split("/", 1)[0].strip()
    if text.startswith("["):
        return text[1:].split("]", 1)[0]
    name, colon, port = text.rpartition(":")
    return name if colon and port.isdigit() and ":" not in name else text


def place(named: str, hostname: str | None) -> Place:
    """Whether a host that an alert names is the one called `hostname` (`None`: not known)."""
    lowered = named.lower()
    if not named or lowered in _LOCAL or lowered.startswith("127."):
        return "here"
    if hostname is None or _is_address(lowered):
        return "unknown"
    same = lowered == hostname.lower() or lowered.split(".")[0] == hostname.lower().split(".")[0]
    return "here" if same else "elsewhere"


def matchers(alert: CaseAlert) -> tuple[str, ...]:
    """Label matchers for series that belong to the alert, the closest first, at most two."""
    found = []
    for label in _SCOPES:
        if value := alert.labels.get(label):
            wanted = {label: value}
            if label in ("pod", "service") and (namespace := alert.labels.get("namespace")):
                wanted["namespace"] = namespace
            found.append(",".join(f"{name}={_quoted(text)}" for name, text in wanted.items()))
    return tuple(found[:2])


def first_thought(reading: Reading) -> str:
    """What fired, on what, since when and how bad, in words that a tired person understands."""
    alert, case = reading.alert, reading.case
    about = reading.alert.service or case.service
    where = joined(
        [
            part
            for part in (
                f"service {foreign(about, 80)}" if about else "",
                f"host {foreign(reading.named_host, 80)}" if reading.named_host else "",
                f"mount point {foreign(reading.mount, 80)}" if reading.mount else "",
            )
            if part
        ]
    )
    told = alert.annotations.get("summary") or alert.annotations.get("description") or alert.description
    said = foreign(told, 240)
    return sentences(
        [
            f"{capital(reading.name)} fired{f' for {where}' if where else ''} at {day_and_clock(case.started_at)}, "
            f"severity {foreign(alert.severity or case.severity or 'unknown', 40)}.",
            "It has been resolved since." if alert.status == "resolved" else "",
            f"It says: {said}{'' if said.endswith(('.', '!', '?', '…')) else '.'}" if said else "",
            f"Its rule is {code(alert.expression, 300)}." if alert.expression else "",
            _company(case),
        ]
    )


def _company(case: Case) -> str:
    others = case.alerts[1:]
    names = joined([foreign(name, 60) for name in dict.fromkeys(alert.title for alert in others)][:5])
    match len(others):
        case 0:
            return ""
        case 1:
            return f"One more alert belongs to this incident: {names}."
        case count:
            return f"{count} more alerts belong to this incident: {names}."


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
