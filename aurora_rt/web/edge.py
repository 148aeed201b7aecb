"""Putting the whole edge onto an app, in the order that matters."""

from collections.abc import Awaitable, Callable

from quart import Quart

from aurora_rt.settings import Settings
from aurora_rt.web import access, cors, errors, headers, limited, origin, pacing
from aurora_rt.web.bodies import LARGEST_BODY
from aurora_rt.web.limits import Limits
from aurora_rt.web.uploads import AROUND


def install(
    app: Quart,
    settings: Settings,
    limits: Limits,
    who: Callable[[], Awaitable[str]],
    import_map_hash: str | None = None,
) -> None:
    """Give `app` everything that `aurora_rt.web` promises of each of its routes.

    `who` names the caller of the present request, for the limits (`identity.http.Callers.counted_as`);
    `import_map_hash` is that of the page (`static.Site`).
    """
    app.config["MAX_CONTENT_LENGTH"] = max(
        LARGEST_BODY, settings.webhook_max_bytes, settings.document_max_bytes + AROUND
    )
    pacing.install(app)
    access.install(app)
    errors.install(app)
    cors.install(app, settings)
    headers.install(app, import_map_hash)
    origin.install(app, settings)
    limited.install(app, limits, who)
