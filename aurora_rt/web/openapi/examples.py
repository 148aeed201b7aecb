"""Examples of bodies and answers, made from their schemas.

What a field gives as its own example comes first, then what its type allows, then a word that fits its name. So
every shape has an example that its schema accepts, and a new one needs nothing written for it.
"""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

NAME_PREFIX: Final = "#/components/schemas/"
FORMATS: Final = {
    "uuid": "019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11",
    "date-time": "2026-03-01T10:00:00Z",
    "date": "2026-03-01",
    "uri": "https://example.com",
    "password": "correct horse battery",
}
WORDS: Final = {
    "active_tab": "thoughts",
    "address": "192.0.2.7",
    "agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "alert_service": "checkout",
    "alert_severity": "critical",
    "alert_title": "ProcessorBusy",
    "command": "ps -eo pid,pcpu,args --sort=-pcpu",
    "content": "One process uses 97 % of a processor since 09:58.",
    "correlation_details": "Same service checkout, 40 s after it last fired there.",
    "correlation_strategy": "same_service",
    "description": "See what the process is, and since when it runs.",
    "email": "ada@example.com",
    "environment": "production",
    "epoch": "8f14e45fceea167a",
    "id": "1",
    "key": "1",
    "link": "https://aurora.example.com/login?invitation=Zx2-9Qm1",
    "member_id": "user_0c8e6f1ab5d94c3f9e27d1a04b7c5e68",
    "message": "Done",
    "name": "Ada Lovelace",
    "org_name": "Ada Lovelace's organization",
    "output": "  PID %CPU COMMAND\n 4711 97.0 python recount_stock.py",
    "password": "correct horse battery",
    "question": "What made the processor busy?",
    "raw_payload": '{"status": "firing"}',
    "risk": "safe",
    "room": "incident:019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11",
    "sender": "user",
    "service": "checkout",
    "severity": "critical",
    "source": "alertmanager",
    "source_alert_id": "b0a1f3c2d4e5f607",
    "source_type": "alertmanager",
    "source_url": "https://prometheus.example.com/graph",
    "status": "active",
    "summary": "A recount of the stock keeps one processor busy.",
    "text": "What made the processor busy?",
    "timestamp": "2026-03-01T10:00:00Z",
    "title": "ProcessorBusy",
    "token": "Zx2-9Qm1pA7sVh3kTn5r",
    "tool_name": "processes",
    "type": "diagnostic",
    "url": "https://aurora.example.com/api/webhooks/alertmanager/Zx2-9Qm1pA7sVh3kTn5r",
}


def example(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value that `schema` accepts; `name` is the field's, and `components` holds what it refers to."""
    if "$ref" in schema:
        return example(components[schema["$ref"].removeprefix(NAME_PREFIX)], components, name)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("default") is not None:
        return schema["default"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], components, name)
    return _by_type(schema, components, name)


def _by_type(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    match schema.get("type"):
        case "object":
            return _fields(schema, components)
        case "array" if "prefixItems" in schema:
            return [example(one, components, name.removesuffix("s")) for one in schema["prefixItems"]]
        case "array":
            return [example(schema["items"], components, name.removesuffix("s"))] if "items" in schema else []
        case "string":
            return _string(schema, name)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return None


def _fields(schema: Schema, components: Mapping[str, Schema]) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: example(field, components, name)
        for name, field in schema.get("properties", {}).items()
        if name in required or "examples" in field
    }


def _string(schema: Schema, name: str) -> str:
    found = FORMATS.get(schema.get("format", "")) or WORDS.get(_snake(name)) or "text"
    return found[: schema.get("maxLength")]


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
