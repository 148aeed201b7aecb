"""Which pages may speak to us: our own, and those of FRONTEND_URL."""

from functools import lru_cache
from urllib.parse import urlsplit

from quart import Quart, request

from aurora_rt.errors import Forbidden
from aurora_rt.settings import Settings
from aurora_rt.web.visitor import here

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DEFAULT_PORTS = {"http": 80, "https": 443}


class OriginNotAllowed(Forbidden):
    """A page of somebody else asks in a user's name."""

    code = "origin_not_allowed"


def origin_allowed(origin: str | None, own: str, settings: Settings) -> bool:
    """Whether a page of `origin` may ask for more than public things; `own` is the server's own origin.

    Without an `Origin` it is not a browser that asks, or a page of our own: that passes.
    """
    if origin is None:
        return True
    asked = canonical(origin)
    known = (own, settings.public_url or "", *settings.frontend_urls)
    return asked is not None and asked in map(canonical, known)


@lru_cache(maxsize=256)
def canonical(url: str) -> str | None:
    """`scheme://host[:port]` of a URL, as a browser writes an origin; None for what has none, as `null`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def install(app: Quart, settings: Settings) -> None:
    """Refuse every unsafe request that a foreign page makes, cookie or not."""

    @app.before_request
    async def _refuse_foreign_pages() -> None:
        if request.method in SAFE_METHODS:
            return
        visitor = here()
        if not origin_allowed(visitor.origin, visitor.own_origin, settings):
            raise OriginNotAllowed(
                "The page that sent this is not one of ours. Its origin has to be listed in FRONTEND_URL."
            )
