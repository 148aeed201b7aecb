"""The answers of failures: one component for each status, with an example for each code that there is."""

import inspect
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Final

from pydantic import Field

from aurora_rt.errors import AuroraError
from aurora_rt.web.bodies import Shape
from aurora_rt.web.errors import STATUS, status_of_kind

NAMES: Final = {status: kind.__name__ for kind, status in STATUS} | {500: "InternalError"}
"""The component that holds a status, named after the kind of error."""

WITH_RETRY: Final = frozenset({429, 503})
LIMIT_HEADERS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

HEADERS: Final[dict[str, dict[str, Any]]] = {
    "X-Request-ID": {
        "description": "Names this request in the server's log.",
        "schema": {"type": "string"},
        "example": "019cb2f31c0e7d5ab0c40b7f2f2a9d11",
    },
    "X-RateLimit-Limit": {
        "description": "How many calls a minute are allowed. Missing where the limit is turned off.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 100,
    },
    "X-RateLimit-Remaining": {
        "description": "How many calls are left just now.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 95,
    },
    "X-RateLimit-Reset": {
        "description": "When the whole limit is there again, in seconds since 1970.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1772359200,
    },
    "Retry-After": {
        "description": "After how many seconds trying again makes sense.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 12,
    },
}


class Failure(Shape):
    """What went wrong, in a sentence for a person and a code for a program."""

    error: str
    code: Annotated[str, Field(description="Stable. New ones are added; treat one you don't know by status.")]


def components(packages: Collection[str]) -> dict[str, dict[str, Any]]:
    """`components.responses`: what each status of a failure looks like, as errors of `packages` cause it."""
    known = sorted(_known(AuroraError, frozenset(packages)), key=lambda kind: kind.code)
    return {name: _response(status, known) for status, name in sorted(NAMES.items())}


def ref(status: int) -> dict[str, Any]:
    """What stands at an operation that can fail with `status`."""
    return {"$ref": f"#/components/responses/{NAMES[status]}"}


def header_refs(*, is_limited: bool, retry: bool = False) -> dict[str, Any]:
    """The headers of an answer."""
    names = ["X-Request-ID", *(LIMIT_HEADERS if is_limited else ()), *(("Retry-After",) if retry else ())]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _known(kind: type[AuroraError], packages: frozenset[str]) -> Iterator[type[AuroraError]]:
    for below in kind.__subclasses__():
        if any(below.__module__ == name or below.__module__.startswith(f"{name}.") for name in packages):
            yield below
        yield from _known(below, packages)


def _response(status: int, known: Collection[type[AuroraError]]) -> dict[str, Any]:
    causes = {kind.code: _sentence(kind) for kind in known if status_of_kind(kind) == status}
    if status == 500:
        causes["internal_error"] = "Something went wrong on our side; the server's log tells more."
    listed = "\n".join(f"- `{code}`: {sentence}" for code, sentence in causes.items())
    return {
        "description": f"Whichever of these the call can meet:\n\n{listed}",
        "headers": header_refs(is_limited=True, retry=status in WITH_RETRY),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Failure"},
                "examples": {
                    code: {"value": {"error": sentence, "code": code}} for code, sentence in causes.items()
                },
            }
        },
    }


def _sentence(kind: type[AuroraError]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
