"""The time that a line of a log file begins with, in the forms that programs write it. Pure."""

import re
from datetime import datetime, timedelta
from typing import Final

_ISO: Final = re.compile(
    r"^\W{0,3}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?(?![\d:])\]?\s*[|:]?\s*"
)
_OTHERS: Final = (
    (re.compile(r"^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)(?:\.\d+)?\s*"), "%Y/%m/%d %H:%M:%S"),  # nginx, Go
    (re.compile(r"^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\s+"), "%b %d %H:%M:%S"),  # syslog: without a year
    (
        re.compile(r"^\d+:[A-Z] (\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)(?:\.\d+)?\s*"),
        "%d %b %Y %H:%M:%S",
    ),  # Redis
    (
        re.compile(r"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"),
        "%d/%b/%Y:%H:%M:%S %z",
    ),  # web servers
)
_DAY: Final = timedelta(days=1)


def stamped(line: str, latest: datetime) -> tuple[datetime, str] | None:
    """When a line was written, and the line without the time that it began with; `None` when it does not tell.

    A time without a zone is this host's; one without a year is the last such before `latest`.
    """
    if found := _ISO.match(line):
        second, fraction, zone = found.groups()
        whole = f"{second}.{(fraction or '0')[:6]:0<6}{zone or ''}"
        try:
            return datetime.fromisoformat(whole).astimezone(), line[found.end() :]
        except (ValueError, OverflowError):
            return None
    for pattern, form in _OTHERS:
        if found := pattern.search(line):
            at = _dated(found.group(1), form, latest)
            return (at, line[found.end() :] if found.start() == 0 else line) if at else None
    return None


def _dated(text: str, form: str, latest: datetime) -> datetime | None:
    years = ("",) if "%Y" in form else (f"{latest.year} ", f"{latest.year - 1} ")
    for year in years:
        try:
            at = datetime.strptime(year + text, f"%Y {form}" if year else form).astimezone()
        except (ValueError, OverflowError):  # the 29th of February, of another year
            continue
        if not year or at <= latest + _DAY:
            return at
    return None
