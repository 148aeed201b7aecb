"""What the labels of an alert tell: who it is, what it is about and how bad it is.

| asked | labels, the first that has a value |
| --- | --- |
| severity | `severity`, in lower case, else `unknown`; no vendor's word is translated into another's |
| service | `service`, `job`, the host of `instance`, `host` |
| environment | `environment`, `env` |
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from aurora_rt.alerts.text import NAME_LIMIT, cut
from aurora_rt.incidents.severity import ORDER

Labels = Mapping[str, str]

_FNV_OFFSET: Final = 0xCBF29CE484222325
_FNV_PRIME: Final = 0x100000001B3
_SEPARATOR: Final = b"\xff"

_NUMBERED: Final = re.compile(r"(?:p|prio|priority|s|sev|severity)?[ _-]?([0-5])(?:\D.*)?")
_PRIORITIES: Final = {"0": "critical", "1": "critical", "2": "high", "3": "medium", "4": "low", "5": "info"}
_WORDS: Final = {
    "fatal": "critical",
    "emergency": "critical",
    "disaster": "critical",
    "down": "critical",
    "major": "high",
    "urgent": "high",
    "err": "error",
    "warn": "warning",
    "average": "medium",
    "moderate": "medium",
    "normal": "medium",
    "minor": "low",
    "information": "info",
    "informational": "info",
    "notice": "info",
    "debug": "info",
}
_TAG: Final = re.compile(r"[:=]")


def fingerprint(labels: Labels) -> str:
    """The identity that Prometheus and Alertmanager give to a set of labels: 16 hexadecimal digits.

    It is 64-bit FNV-1a over the names and values in the order of the names, each followed by the byte 0xFF
    (`LabelSet.Fingerprint` in github.com/prometheus/common/model). Old ones leave it out.
    """
    digest = _FNV_OFFSET
    for name in sorted(labels):
        for byte in name.encode() + _SEPARATOR + labels[name].encode() + _SEPARATOR:
            digest = ((digest ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def severity(labels: Labels) -> str:
    """The label `severity` as given but in lower case; `unknown` without one."""
    return cut(labels.get("severity", "").strip().lower(), NAME_LIMIT) or "unknown"


def priority(word: str) -> str:
    """The severity of a vendor's priority or severity: `P1` and `SEV-1` are `critical`; a known severity is itself.

    `""` for a word that we don't know.
    """
    told = word.strip().lower()
    if told in ORDER:
        return told
    numbered = _NUMBERED.fullmatch(told)
    return _PRIORITIES[numbered[1]] if numbered else _WORDS.get(told, "")


def tagged(tags: Iterable[str]) -> dict[str, str]:
    """Labels of tags such as `env:prod` or `env=prod`; of a tag that is one word the value is `true`."""
    labels: dict[str, str] = {}
    for tag in tags:
        name, value = [*_TAG.split(tag.strip(), maxsplit=1), "true"][:2]
        if name.strip():
            labels[name.strip()] = value.strip()
    return labels


def service(labels: Labels) -> str:
    """What is in trouble, `""` when the labels do not say."""
    named = (
        labels.get("service") or labels.get("job") or host(labels.get("instance", "")) or labels.get("host")
    )
    return cut(named or "", NAME_LIMIT)


def environment(labels: Labels) -> str:
    """`production`, `staging`, …; `""` when the labels do not say."""
    return cut(labels.get("environment") or labels.get("env") or "", NAME_LIMIT)


def host(instance: str) -> str:
    """The host of an `instance` label: `10.0.0.7` of `10.0.0.7:9100`, `::1` of `[::1]:9100`; also a URL's."""
    if "://" in instance or instance.startswith("["):
        try:
            return urlsplit(instance if "://" in instance else f"//{instance}").hostname or instance
        except ValueError:
            return instance
    name, colon, port = instance.rpartition(":")
    return name if colon and port.isdigit() and ":" not in name else instance
