"""Rate limits on routes: declaring one, applying it before the route runs, telling it in the answer."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from quart import Quart, Response, g, request

from aurora_rt.web.gcra import Verdict
from aurora_rt.web.limits import LimitName, Limits, refusal
from aurora_rt.web.visitor import here, network

_ATTRIBUTE = "_aurora_limit"

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Declared:
    """The limit of a route; `by` names who is counted when that is not the caller."""

    name: LimitName
    by: Callable[[], str] | None = None


DEFAULT = Declared("default")


def limited(name: LimitName, *, by: Callable[[], str] | None = None) -> Callable[[View], View]:
    """Declare a route's limit; `none` exempts it. A route that declares nothing has the default one.

    `by` is called within the request and returns who is counted, such as a webhook token's hash.
    """

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, Declared(name, by))
        return view

    return declare


def limit_of(app: Quart, endpoint: str) -> Declared:
    """The limit of an endpoint."""
    declared: Declared = getattr(app.view_functions.get(endpoint), _ATTRIBUTE, DEFAULT)
    return declared


def install(app: Quart, limits: Limits, who: Callable[[], Awaitable[str]]) -> None:
    """Apply every route's limit. `who` names the caller of the present request."""

    @app.before_request
    async def _take() -> None:
        if request.method == "OPTIONS":
            return
        declared = limit_of(app, request.endpoint or "")
        limit = limits.named(declared.name)
        if limit is None:
            return
        verdict = await limits.take(limit, await _counted(declared, who))
        g.verdict = verdict
        if not verdict.allowed:
            raise refusal(verdict)

    @app.after_request
    async def _tell(response: Response) -> Response:
        verdict: Verdict | None = g.get("verdict")
        if verdict is not None:
            response.headers["X-RateLimit-Limit"] = str(verdict.limit)
            response.headers["X-RateLimit-Remaining"] = str(verdict.remaining)
            response.headers["X-RateLimit-Reset"] = str(math.ceil(verdict.resets_at))
        return response


async def _counted(declared: Declared, who: Callable[[], Awaitable[str]]) -> str:
    if declared.by is not None:
        return declared.by()
    if request.routing_exception is not None:  # no such route: not worth asking the database who this is
        return network(here().peer)
    return await who()
