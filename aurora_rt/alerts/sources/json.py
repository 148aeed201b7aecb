"""Any JSON: a person writes how it maps, with JMESPath (https://jmespath.org/specification.html).

A mapping has an expression for each field of an alert that it fills; all but `alerts` are asked of one alert. What
`status` yields is a word: `resolved`, `ok`, `closed`, … end the alert, `acknowledged`, `ack` say that somebody is on
it, and anything else fires. `DEFAULT` holds while nothing is written; it knows the usual names, among them those that
Grafana OnCall's formatted webhooks had.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus, Examined
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, distinct, short
from aurora_rt.alerts.wire import MAX_ALERTS, Epoch, Identity, Text, Wire, WireLabels, understood
from aurora_rt.errors import Invalid

NAME: Final = "json"
LONGEST: Final = 500
"""Characters of an expression."""
LISTS: Final = 3
"""Lists or objects that an expression may make: each can hold its input several times over."""

DEFAULT: Final[Mapping[str, str]] = {
    "alerts": "alerts || [@]",
    "fingerprint": "fingerprint || alert_uid || alert_id || id || key",
    "title": "title || name || summary || labels.alertname",
    "status": "status || state",
    "severity": "severity || priority || level || labels.severity",
    "service": "service || labels.service",
    "environment": "environment || env || labels.environment || labels.env",
    "description": "description || message || text || body",
    "labels": "labels || tags",
    "started_at": "started_at || startsAt || starts_at || created_at",
    "ended_at": "ended_at || endsAt || ends_at || resolved_at",
    "url": "url || link || link_to_upstream_details",
}
_FIELDS: Final = frozenset({*DEFAULT, "changed_at", "acknowledged_by"})
_OVER: Final = frozenset(
    {
        "resolved",
        "resolve",
        "ok",
        "closed",
        "close",
        "recovered",
        "recovery",
        "up",
        "success",
        "succeeded",
        "passed",
        "normal",
        "healthy",
        "inactive",
        "cleared",
        "clear",
        "false",
        "0",
    }
)
_SEEN: Final = frozenset({"acknowledged", "acknowledge", "ack", "acked"})


class MappingWrong(Invalid):
    """A mapping could not be used; the sentence says which field and why."""

    code = "mapping_wrong"


class Mapped(Wire):
    """What a mapping yields for one alert."""

    fingerprint: Identity = ""
    title: Text = ""
    status: Text = ""
    severity: Text = ""
    service: Text = ""
    environment: Text = ""
    description: Text = ""
    labels: WireLabels = Field({})
    started_at: Epoch = None
    ended_at: Epoch = None
    changed_at: Epoch = None
    acknowledged_by: Text = ""
    url: Text = ""


def parse(payload: object) -> tuple[Alert, ...]:
    """The alerts of a payload that has the usual names."""
    return mapped(payload, DEFAULT)


def mapped(payload: object, mapping: Mapping[str, str]) -> tuple[Alert, ...]:
    """The alerts of a payload, by a mapping; what it leaves out is left to `DEFAULT` for `alerts` alone."""
    found = _searched("alerts", mapping.get("alerts", DEFAULT["alerts"]), payload)
    several = found if isinstance(found, list) else [] if found is None else [found]
    if len(several) > MAX_ALERTS:
        raise PayloadNotUnderstood("alerts", f"more than {MAX_ALERTS} entries")
    return distinct(_alert(one, mapping, f"alerts[{n}]") for n, one in enumerate(several))


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise `MappingWrong` for a field that alerts don't have, or an expression that is none or too much."""
    for field, expression in mapping.items():
        _checked(field, expression)
    if not mapping.get("fingerprint"):
        raise MappingWrong(
            "fingerprint is missing: it tells one alert from another, and must stay the same when it resolves."
        )


def examine(payload: object, mapping: Mapping[str, str]) -> Mapping[str, Examined]:
    """What each expression yields for the first alert of a payload, or why it cannot be used."""
    examined: dict[str, Examined] = {}
    first: object = None
    for field in sorted(
        {*mapping, "alerts"}, key=lambda one: one != "alerts"
    ):  # which alert comes before what it says
        expression = mapping.get(field, DEFAULT.get(field, ""))
        try:
            _checked(field, expression)
            if field == "alerts":
                found = _searched(field, expression, payload)
                several = found if isinstance(found, list) else [] if found is None else [found]
                first = several[0] if several else None
                examined[field] = Examined(len(several))
            else:
                value = _value(field, expression, first)
                understood(Mapped, {field: value})
                examined[field] = Examined(value)
        except Invalid as error:
            examined[field] = Examined(problem=error.message.removeprefix(f"{field}: "))
    return examined


def _checked(field: str, expression: str) -> None:
    if field not in _FIELDS:
        raise MappingWrong(f"An alert has no field {field!r}. There are {', '.join(sorted(_FIELDS))}.")
    _compiled(field, expression)


def _value(field: str, expression: str, one: object) -> Any:
    """What an expression yields for one alert; tags become labels."""
    found = _searched(field, expression, one)
    if field == "labels" and isinstance(found, list):
        return told.tagged(tag for tag in found if isinstance(tag, str))
    return found


def _alert(one: object, mapping: Mapping[str, str], where: str) -> Alert:
    values = {
        field: _value(field, expression, one) for field, expression in mapping.items() if field != "alerts"
    }
    try:
        found = understood(Mapped, values)
    except PayloadNotUnderstood as error:
        raise PayloadNotUnderstood(
            f"{where}.{error.field}", error.message.removeprefix(f"{error.field}: ")
        ) from None
    if not found.fingerprint:
        raise PayloadNotUnderstood(f"{where}.fingerprint", "missing, so that alerts cannot be told apart")
    status = _status(found.status)
    return Alert(
        source=NAME,
        fingerprint=found.fingerprint,
        title=cut(found.title or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(found.description),
        severity=told.priority(found.severity)
        or cut(found.severity.strip().lower(), NAME_LIMIT)
        or "unknown",
        service=cut(found.service, NAME_LIMIT) or told.service(found.labels),
        environment=cut(found.environment, NAME_LIMIT) or told.environment(found.labels),
        labels=short(found.labels),
        started_at=found.started_at,
        ended_at=found.ended_at if status == "resolved" else None,
        changed_at=found.changed_at,
        acknowledged_by=cut(found.acknowledged_by, NAME_LIMIT) if status == "acknowledged" else "",
        source_url=web_address(found.url),
    )


def _status(word: str) -> AlertStatus:
    said = word.strip().lower()
    return "resolved" if said in _OVER else "acknowledged" if said in _SEEN else "firing"


def _searched(field: str, expression: str, value: object) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return _compiled(field, expression).search(value)
    except (JMESPathError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise PayloadNotUnderstood(field, f"its expression does not fit the payload ({error})") from None


@lru_cache(maxsize=500)
def _compiled(field: str, expression: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    if not isinstance(expression, str) or not expression.strip() or len(expression) > LONGEST:
        raise MappingWrong(f"{field}: an expression has 1 to {LONGEST} characters.")
    try:
        compiled = jmespath.compile(expression)
        made = _made(compiled.parsed)
    except (JMESPathError, RecursionError, ValueError) as error:
        raise MappingWrong(f"{field}: this is no JMESPath expression: {_complaint(error)}.") from None
    if made > LISTS:
        raise MappingWrong(f"{field}: an expression makes {LISTS} lists, objects or texts at most.")
    return compiled


def _complaint(error: Exception) -> str:
    """Where an expression stops being one, in words rather than in the parser's."""
    from jmespath.exceptions import IncompleteExpressionError, LexerError, ParseError, UnknownFunctionError

    match error:
        case IncompleteExpressionError():
            return "it ends too early"
        case LexerError():
            return f"{error.token_value!r} at character {error.lexer_position + 1} is not understood"
        case ParseError() if not isinstance(error, UnknownFunctionError):
            return f"{error.token_value!r} at character {error.lex_position + 1} does not belong there"
        case _:
            return str(error).splitlines()[0].rstrip(".")


def _made(node: Mapping[str, Any]) -> int:
    """How often an expression makes something that can hold what it looks at several times."""
    makes = node["type"] in ("multi_select_list", "multi_select_dict") or node.get("value") in (
        "join",
        "to_string",
        "map",
        "merge",
    )
    return makes + sum(_made(child) for child in node["children"] if isinstance(child, Mapping))


SETUP: Final = """\
Send any JSON to this URL, with `POST`:

```text
{url}
```

```sh
curl -H 'Content-Type: application/json' '{url}' \\
  -d '{"id": "disk-web-3", "title": "Disk nearly full", "status": "firing", "severity": "warning", "service": "web"}'
```

The same with `"status": "resolved"` ends the alert. `id` (or `fingerprint`) says which alert it is and must stay the
same. Where your program sends something else, write a mapping for the webhook: one
[JMESPath](https://jmespath.org) expression for each field, tried on what has just arrived.
"""

SOURCE: Final = Source(
    name=NAME,
    title="JSON, with your own mapping",
    setup=SETUP,
    parse=parse,
    mapped=mapped,
    check_mapping=check_mapping,
    examine=examine,
    default_mapping=DEFAULT,
    sample={
        "id": "aurora-test",
        "title": "Aurora test alert",
        "status": "firing",
        "severity": "warning",
        "service": "aurora-test",
        "description": "A test alert: webhooks arrive",
    },
)
