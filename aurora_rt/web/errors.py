"""From errors to answers: the one table of kinds and statuses, and JSON for every failure there is."""

import math
from collections.abc import Iterable
from typing import Final

import asyncpg
import structlog
from pydantic_core import to_json
from quart import Quart, Response
from quart_schema import RequestSchemaValidationError
from werkzeug.exceptions import HTTPException

from aurora_rt import errors
from aurora_rt.clock import new_id
from aurora_rt.db.pool import AWAY
from aurora_rt.web.bodies import complaint

STATUS: Final[tuple[tuple[type[errors.AuroraError], int], ...]] = (
    (errors.Invalid, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.UnsupportedMedia, 415),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
    (errors.Misconfigured, 500),
)

AWAY_SECONDS = 2.0

SENTENCES = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    408: "The request took too long to arrive.",
    413: "More was sent than we take.",
    415: "The body is of a type that we do not read; send JSON.",
}
KEPT_HEADERS = frozenset({"allow", "retry-after"})

log = structlog.get_logger(__name__)


def status_of(error: errors.AuroraError) -> int:
    """The HTTP status of an error."""
    return status_of_kind(type(error))


def status_of_kind(kind: type[errors.AuroraError]) -> int:
    """The HTTP status of a kind of error; a kind that is not in the table is a mistake of ours, 500."""
    return next((status for known, status in STATUS if issubclass(kind, known)), 500)


def failure(status: int, message: str, code: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """The answer of every failure: `{"error": sentence, "code": code}`."""
    response = Response(to_json({"error": message, "code": code}), status, content_type="application/json")
    response.headers.extend(dict(headers))
    return response


def install(app: Quart) -> None:
    """Make `app` answer every failure in JSON, and tell nothing of unexpected ones but where to look."""
    app.register_error_handler(errors.AuroraError, _expected)
    app.register_error_handler(RequestSchemaValidationError, _wrong_shape)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(asyncpg.CharacterNotInRepertoireError, _unstorable)
    for kind in AWAY:
        app.register_error_handler(kind, _away)
    app.register_error_handler(Exception, _unexpected)


async def _expected(error: errors.AuroraError) -> Response:
    status = status_of(error)
    if status >= 500:
        log.warning("request_refused", code=error.code, reason=error.message)
    retry = () if error.retry_after is None else (("Retry-After", str(max(1, math.ceil(error.retry_after)))),)
    return failure(status, error.message, error.code, retry)


async def _wrong_shape(error: RequestSchemaValidationError) -> Response:
    return failure(400, complaint(error.validation_error), errors.Invalid.code)


async def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return await _unexpected(getattr(error, "original_exception", None) or error)
    code = next(
        (kind.code for kind, known in STATUS if known == status), error.name.lower().replace(" ", "_")
    )
    kept = [(name, value) for name, value in error.get_headers() if name.lower() in KEPT_HEADERS]
    return failure(status, SENTENCES.get(status, error.name + "."), code, kept)


async def _unstorable(error: asyncpg.PostgresError) -> Response:
    log.info("request_unstorable", reason=str(error))
    return failure(400, "The request holds a character that cannot be stored.", errors.Invalid.code)


async def _away(error: Exception) -> Response:
    log.error("request_failed", kind=type(error).__name__, exc_info=error)
    return await _expected(
        errors.Unavailable(
            "The database is not reachable just now. Nothing was lost; try again in a moment.",
            retry_after=AWAY_SECONDS,
        )
    )


async def _unexpected(error: Exception) -> Response:
    error_id = new_id().hex
    log.error("request_failed", error_id=error_id, kind=type(error).__name__, exc_info=error)
    return failure(
        500,
        f"Something went wrong on our side; the server's log tells more under {error_id}.",
        "internal_error",
    )
