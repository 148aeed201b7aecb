"""Numbers as Kubernetes writes them: ages, processor time, memory."""

import re
from datetime import UTC, datetime
from typing import Final

_SECONDS: Final = {"y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
_AGE: Final = re.compile(r"(?:\d+[ydhms])+")
_PART: Final = re.compile(r"(\d+)([ydhms])")
_UNITS: Final = {
    "": 1.0,
    "m": 1e-3,
    "n": 1e-9,
    "u": 1e-6,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
}


def age(text: str) -> float | None:
    """Seconds of `3d4h`, `5m12s`, `10m (x3 over 30m)`; `None` for anything else."""
    found = _AGE.match(text.strip())
    if found is None:
        return None
    return float(sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(found.group())))


def quantity(text: str) -> float | None:
    """`250m`, `1.5`, `128Mi` as a number: cores or bytes; `None` for anything else.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-zA-Z]{0,2})", text.strip())
    if found is None or found.group(2) not in _UNITS:
        return None
    return float(found.group(1)) * _UNITS[found.group(2)]


def moment(text: object) -> datetime | None:
    """A time of the API."""
    if isinstance(text, datetime):  # YAML knows times
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def count(text: str) -> int | None:
    """A whole number at the beginning of a text: of `4 (2m ago)`, 4."""
    found = re.match(r"\s*(\d+)\b", text)
    return int(found.group(1)) if found else None
