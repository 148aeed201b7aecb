"""Bodies in and out: JSON into a model with errors that name the field, a model into bytes."""

import asyncio
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json
from quart import Response, request

from aurora_rt.errors import Invalid, TooLarge, UnsupportedMedia

JSON_LIMIT = 1024 * 1024
"""Bytes of a body, unless a route says otherwise."""
LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body in JSON that any route may take."""
BODY_SECONDS = 30.0
"""How long a body may take to arrive."""
NUL_ESCAPE = b"\\u0000"


class Body(BaseModel):
    """The base of what is sent to us: unknown fields are ignored, so that clients may be newer than we are.

    A body in camelCase says so: `class PasswordChange(Body, alias_generator=to_camel)`.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Shape(BaseModel):
    """The base of what we answer; made by field name, written by alias."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


B = TypeVar("B", bound=BaseModel)


async def read_json(model: type[B], *, limit: int = JSON_LIMIT) -> B:
    """The body of this request as `model`.

    Raises `UnsupportedMedia`, `TooLarge`, or `Invalid` with a sentence that names the first wrong field.
    """
    if request.mimetype and not _is_json(request.mimetype):
        raise UnsupportedMedia(f"The body is {request.mimetype}; send it as application/json.")
    raw = await read_bytes(limit=limit)
    if not raw.strip():
        raise Invalid("The body is empty; send a JSON object.")
    refuse_nul(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise Invalid(complaint(error)) from error


async def read_bytes(*, limit: int) -> bytes:
    """The raw body of this request, `limit` bytes at most. Raises `TooLarge`; for a slow one `Invalid`."""
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.body:
                raw += piece
                if len(raw) > limit:
                    raise _too_large(limit)
    except TimeoutError as error:
        raise Invalid(f"The body did not arrive within {BODY_SECONDS:.0f} seconds.") from error
    return bytes(raw)


def refuse_nul(raw: bytes) -> None:
    """Raise `Invalid` when a JSON text holds the character U+0000, which PostgreSQL cannot store."""
    if NUL_ESCAPE not in raw:  # an unescaped one is not JSON
        return
    try:
        value = from_json(raw)
    except ValueError:
        return  # validation says what is wrong, and better
    if _holds_nul(value):
        raise Invalid("The body holds the character U+0000, which cannot be stored.")


def answer(model: BaseModel, status: int = 200) -> Response:
    """`model` as a JSON answer, encoded once and not validated again."""
    return encoded(model.model_dump_json(by_alias=True).encode(), status)


def encoded(body: bytes, status: int = 200) -> Response:
    """What is JSON already as an answer."""
    return Response(body, status, content_type="application/json")


def complaint(error: Exception) -> str:
    """One sentence about what is wrong with a body, naming the field."""
    if not isinstance(error, ValidationError):
        return "The body does not have the expected shape."
    wrong = error.errors(include_url=False, include_input=False)
    first = wrong[0]
    field = ".".join(str(part) for part in first["loc"])
    more = f" ({len(wrong) - 1} more.)" if len(wrong) > 1 else ""
    return _about(first["type"], field, _reason(first)) + more


def _about(kind: str, field: str, reason: str) -> str:
    if kind == "json_invalid":
        return f"The body is not valid JSON: {reason}."
    if not field:
        return "The body must be a JSON object."
    if kind == "missing":
        return f'The field "{field}" is missing.'
    return f'The field "{field}" is wrong: {reason}.'


def _reason(error: Any) -> str:
    context = error.get("ctx", {})
    reason = str(context.get("error", error["msg"])).removeprefix("Input ").rstrip(".")
    return reason[:1].lower() + reason[1:]


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def _is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or mimetype.endswith("+json")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is too large: {limit} bytes are taken at most.")
