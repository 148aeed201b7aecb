"""Commits page by page, as GitHub and GitLab both give them."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from aurora_rt.toolsets.changes.span import Span

PAGE: Final = 100
PAGES: Final = 3

Shape = TypeVar("Shape")


async def paged(ask: Callable[[dict[str, str]], Awaitable[list[Shape]]], span: Span) -> list[Shape]:
    """The first pages of what lies within `span`; `ask` gets the parameters of one page."""
    found: list[Shape] = []
    for page in range(1, PAGES + 1):
        more = await ask({"since": span.since, "until": span.until, "per_page": str(PAGE), "page": str(page)})
        found += more
        if len(more) < PAGE:
            break
    return found
