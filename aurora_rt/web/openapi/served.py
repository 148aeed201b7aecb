"""The document as it is served: made in a thread when it is first asked for, since it takes a quarter of a second."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic_core import to_json
from quart import Quart, Response, request
from quart_schema import Info, QuartSchema

from aurora_rt import __version__
from aurora_rt.web.openapi.document import Document, NeededRole

PATH: Final = "/openapi.json"
ABOUT: Final = """\
A self-hosted, real-time incident server. Alerts come in over webhooks, become incidents and are investigated; what
is found is also streamed over Socket.IO on the same port.

**Who is asking** is told by the session cookie that signing in sets, by an API token as `Authorization: Bearer`,
or by `X-User-ID` where the server's settings trust it. What belongs to another organization is a 404.

**Failures** are always `{"error": a sentence, "code": a word for programs}`; so are a 404 for an unknown path and a
405 for a method that a path does not take.

**Limits** are 100 calls a minute for each user (20 for questions to the chat) unless the server is set up
differently; a 429 says in `Retry-After` when to come back.

**Changes**: this document only grows. Ignore fields that you don't know.
"""


def install(
    app: Quart,
    needed_role: NeededRole,
    callers: Mapping[str, Mapping[str, Any]],
    others: Mapping[str, Mapping[str, Any]],
) -> None:
    """Serve the document of all routes that `app` has by now at `/openapi.json`.

    `callers` are the security schemes (OpenAPI 3.1, section 4.8.27) by which a caller is known, each of them
    enough; `others` are those that a route names with quart-schema's `security_scheme`.
    """
    extension = QuartSchema(
        app,
        info=Info(
            title="Aurora RT",
            version=__version__,
            description=ABOUT,
        ),
        security=[{name: []} for name in callers],
        openapi_path=None,
    )

    def made() -> bytes:
        document = Document(app, extension, needed_role).schema()
        document["info"]["license"] = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
        document["components"]["securitySchemes"] = {**callers, **others}
        return to_json(document)

    serve(app, PATH, "openapi", made)


def serve(app: Quart, path: str, endpoint: str, make: Callable[[], bytes]) -> None:
    """Answer GETs of `path` with a JSON document that stays the same as long as the process lives.

    `make` runs once, in a thread, when somebody first asks.
    """
    making = asyncio.Lock()
    document: list[tuple[bytes, str]] = []

    async def served() -> Response:
        async with making:
            if not document:
                content = await asyncio.to_thread(make)
                document.append((content, hashlib.sha256(content).hexdigest()[:32]))
        content, etag = document[0]
        known = request.if_none_match.contains(etag)
        response = Response(status=304) if known else Response(content, content_type="application/json")
        response.set_etag(etag)
        response.headers["Cache-Control"] = "no-cache"
        return response

    app.add_url_rule(path, endpoint, served)
