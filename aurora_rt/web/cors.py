"""Cross-origin requests: the origins of FRONTEND_URL, with credentials, and no other."""

from quart import Quart
from quart_cors import cors

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings
from aurora_rt.web.origin import canonical

METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
HEADERS = (
    "Content-Type",
    "X-Provider",
    "X-Requested-With",
    "X-User-ID",
    "Authorization",
    "X-Provider-Preference",
)
EXPOSED = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "X-Request-ID")
PREFLIGHT_SECONDS = 600


def install(app: Quart, settings: Settings) -> None:
    """Answer preflights and mark answers for the pages of FRONTEND_URL. Raises what `origins` raises."""
    cors(
        app,
        allow_origin=origins(settings),
        allow_credentials=True,
        allow_methods=METHODS,
        allow_headers=HEADERS,
        expose_headers=EXPOSED,
        max_age=PREFLIGHT_SECONDS,
    )


def origins(settings: Settings) -> list[str]:
    """The allowed origins as browsers write them. Raises `Misconfigured` for what is not an origin."""
    allowed = []
    for url in settings.frontend_urls:
        origin = canonical(url)
        if origin is None:
            raise Misconfigured(
                f"FRONTEND_URL: {url} is not an origin; write it as https://host or http://host:port."
            )
        allowed.append(origin)
    return allowed
