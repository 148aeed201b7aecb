"""From the bytes that a source sent to what its `parse` takes: pure, the same for a new delivery and a replayed one."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from pydantic_core import from_json

from aurora_rt.alerts.source import Source
from aurora_rt.errors import Invalid

MOST_FIELDS = 1000
"""Fields of a form."""


def decoded(source: Source, body: bytes, headers: Mapping[str, str]) -> object:
    """`body` as JSON, or as what else the source takes. Raises `Invalid` with a sentence.

    JSON is tried whatever the type that the call names: Amazon calls it plain text, and people try a webhook with
    `curl -d`, which calls everything a form.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        complaint = error
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if "form" in source.takes and media == "application/x-www-form-urlencoded":
        return _form(body)
    if "text" in source.takes and body.strip():
        return _text(body)
    raise Invalid(f"The body is not valid JSON: {complaint}.") from complaint


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(_text(body), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid(f"The body is not a form: {error}.") from error
    return dict(fields)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")
