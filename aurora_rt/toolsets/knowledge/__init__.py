"""What the organization knows: its runbooks and other documents, and what was learnt of its past incidents.

It looks in what is kept here (`Access.library`) and asks nobody else. Where nothing is kept, as in an evaluation, there
is no such toolset.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import httpx
from pydantic import Field

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.knowledge import KnownPassage, Passages
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Passage, Seen, Tool, ToolFailed, Toolset

TIMEOUT: Final = 10.0
QUERY_LIMIT: Final = 500


class Wanted(Parameters):
    """What is searched for."""

    query: Annotated[
        str,
        Field(
            min_length=1,
            max_length=QUERY_LIMIT,
            description="In a few words: the alert, the service, what is wrong with it.",
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=10, description="Passages, at most.")] = 5


async def search(parameters: Wanted, access: Access) -> Seen:
    """Passages of documents."""
    found = await _found(parameters, access, "document")
    return _seen(parameters, found, "No runbook or other document fits this.")


async def past_incidents(parameters: Wanted, access: Access) -> Seen:
    """What was learnt of past incidents."""
    found = await _found(parameters, access, "incident")
    return _seen(parameters, found, "No past incident fits this.")


async def _found(
    parameters: Wanted, access: Access, kind: Literal["document", "incident"]
) -> Sequence[Passage]:
    if access.library is None:
        raise ToolFailed("Nothing is kept here that could be searched.")
    return await access.library.search(parameters.query, limit=parameters.limit, kinds=(kind,))


def _seen(parameters: Wanted, found: Sequence[Passage], nothing: str) -> Seen:
    text = "\n\n".join(map(_told, found)) or nothing
    facts = Passages(
        passages=tuple(
            KnownPassage(
                of=one.kind, id=one.id, title=one.title, heading=one.heading, text=one.text, score=one.score
            )
            for one in found
        )
    )
    return Seen(parameters.query, text, facts)


def _told(passage: Passage) -> str:
    where = f"{passage.title} › {passage.heading}" if passage.heading else passage.title
    return f"{where}\n{passage.text.strip()}"


def _unusable(_: Settings) -> str | None:
    return None


async def _health(_: Settings, __: httpx.AsyncClient) -> Health:
    return Health("healthy", "Kept in the server's own database.")


TOOLSET: Final = Toolset(
    name="knowledge",
    title="Knowledge",
    description="Runbooks and other documents of the organization, and its past incidents.",
    cost="low",
    tools=(
        Tool(
            "search",
            "Passages of the organization's runbooks and other documents that fit, by meaning and by words.",
            search,
            Wanted,
            TIMEOUT,
        ),
        Tool(
            "past_incidents",
            "Past incidents that fit: their alerts, causes, how they ended, and what people thought of the analysis.",
            past_incidents,
            Wanted,
            TIMEOUT,
        ),
    ),
    unusable=_unusable,
    health=_health,
    needs_library=True,
)
