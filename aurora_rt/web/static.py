"""The user interface: the files of the folder `static`, read once and served from memory.

Only what was read at the start can be asked for, so there is no path to escape from, and no request touches
the disk.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

from quart import Blueprint, Response, request
from quart_schema import hide

from aurora_rt.errors import Misconfigured, NotFound
from aurora_rt.web.limited import limited

INDEX = "index.html"
PAGES = (
    "/",
    "/login",
    "/settings",
    "/settings/<path:page>",
    "/incidents",
    "/incidents/<path:page>",
    "/chat",
    "/chat/<path:page>",
    "/wall",
)
"""Addresses of the one page; what to show at each is decided in the browser."""
API_PAGE = "docs/index.html"
"""The page at `/docs`: the OpenAPI document, with calls that can be tried."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
ASK_AGAIN = "no-cache"
"""Keep it, but ask whether it is still the same: a new release is seen at once."""
FOR_EVER = "public, max-age=31536000, immutable"
"""For vendored files, whose path holds their version."""

IMPORT_MAP = re.compile(
    r"""<script\s[^>]*type=["']?importmap["']?[^>]*>(.*?)</script>""", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    content: bytes
    media_type: str
    etag: str
    cache_control: str


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that can be asked for, by path (`app/main.js`)."""

    files: dict[str, File]
    import_map_hash: str | None
    """`sha256-…` of the inline import map, for the Content-Security-Policy."""


def folder() -> Path:
    """Where the user interface is: in the installed package, or beside it in a checkout."""
    package = Path(str(files("aurora_rt")))
    for candidate in (package / "static", package.parent / "static"):
        if (candidate / INDEX).is_file():
            return candidate
    raise Misconfigured(
        "The user interface (the folder static/) is missing from this installation; install again."
    )


def load(root: Path) -> Site:
    """Read all files below `root`. Blocks; call it before serving, or in a thread."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    }
    page = found[INDEX].decode()
    return Site({name: _file(name, content) for name, content in found.items()}, import_map_hash(page))


def import_map_hash(page: str) -> str | None:
    """The source expression (CSP 3, section 2.3.1) of the page's import map; None when it has none."""
    match = IMPORT_MAP.search(page)
    if match is None:
        return None
    text = match[1].replace("\r\n", "\n").replace("\r", "\n")  # as the HTML parser does before it hashes
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def routes(site: Site) -> Blueprint:
    """The page at each of its addresses, and every file at its own."""
    blueprint = Blueprint("static_files", __name__)

    @hide
    @limited("none")
    async def page(**_: str) -> Response:
        return _answer(site.files[INDEX])

    @hide
    @limited("none")
    async def api_page() -> Response:
        return _answer(site.files[API_PAGE])

    @hide
    @limited("none")
    async def file(**_: str) -> Response:
        found = site.files.get(request.path.removeprefix("/"))
        if found is None:
            raise NotFound("There is no such file.")
        return _answer(found)

    for address in PAGES:
        blueprint.add_url_rule(address, "page", page)
    if API_PAGE in site.files:
        blueprint.add_url_rule("/docs", "api_page", api_page)
    for top in sorted({PurePosixPath(name).parts[0] for name in site.files} - {INDEX}):
        blueprint.add_url_rule(f"/{top}" if top in site.files else f"/{top}/<path:rest>", "file", file)
    return blueprint


def _answer(file: File) -> Response:
    if request.if_none_match.contains(file.etag):
        response = Response(status=304)
    else:
        response = Response(file.content, content_type=file.media_type)
    response.set_etag(file.etag)
    response.headers["Cache-Control"] = file.cache_control
    return response


def _file(name: str, content: bytes) -> File:
    return File(
        content=content,
        media_type=MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream"),
        etag=hashlib.sha256(content).hexdigest()[:32],
        cache_control=FOR_EVER if name.startswith("vendor/") and "@" in name else ASK_AGAIN,
    )
