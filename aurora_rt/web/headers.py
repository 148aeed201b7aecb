"""Headers that protect, on every answer: a strict policy for our page, a closed one for everything else."""

import re

from quart import Quart, Response

from aurora_rt.web.visitor import Visitor, here

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'"
HSTS = "max-age=31536000"
PLAIN_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def page_policy(import_map_hash: str | None, visitor: Visitor) -> str:
    """The Content-Security-Policy of a page: everything from here, and one inline script, the import map.

    `'self'` does not cover websockets in every browser, so the one socket that there is gets named.
    """
    scripts = "'self'" + (f" '{import_map_hash}'" if import_map_hash else "")
    socket = (
        f" {'wss' if visitor.secure else 'ws'}://{visitor.host}" if PLAIN_HOST.fullmatch(visitor.host) else ""
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self'{socket}",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        )
    )


def install(app: Quart, import_map_hash: str | None) -> None:
    """Put the headers on every answer of `app`; a policy or cache rule that a route set itself stays."""

    @app.after_request
    async def _protect(response: Response) -> Response:
        visitor = here()
        is_page = response.mimetype == "text/html"
        policy = page_policy(import_map_hash, visitor) if is_page else CLOSED_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in ALWAYS.items():
            response.headers.add(name, value)
        if visitor.secure:
            response.headers.add("Strict-Transport-Security", HSTS)
        return response
