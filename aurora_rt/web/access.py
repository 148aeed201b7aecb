"""Every request gets an id and one log record. Bodies, query strings and secrets are not in it."""

import re
import time

import structlog
from quart import Quart, Response, g, request

from aurora_rt.clock import new_id
from aurora_rt.web.visitor import here

SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECRET_LIKE = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:/|$))[^/.]{20,}(?=/|$)")
"""A segment of a path that may be a webhook's token: long, and not a UUID."""

log = structlog.get_logger(__name__)


def install(app: Quart) -> None:
    """Give ids to the requests of `app` and log their answers."""

    @app.before_request
    async def _begin() -> None:
        sent = here().header("x-request-id") or ""
        g.request_id = sent if SANE_ID.fullmatch(sent) else new_id().hex
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    async def _end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        log.info(
            "request_answered",
            method=request.method,
            path=loggable(request.path),
            status=response.status_code,
            ms=round((time.perf_counter() - g.began) * 1000, 1),
        )
        return response


def loggable(path: str) -> str:
    """`path` without what may be a secret in it."""
    return SECRET_LIKE.sub("…", path)
