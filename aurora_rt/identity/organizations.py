"""Organizations: who shares incidents."""

from collections.abc import Sequence
from uuid import UUID

from aurora_rt.db.pool import Connection
from aurora_rt.identity import emails, queries

MOST = 2
"""Enough to know whether there is none, one or several."""


async def of_member(connection: Connection, email: str | None) -> Sequence[UUID]:
    """The organization of the member with that e-mail; without one, the organizations there are, two at most."""
    return await queries.organizations_of(connection, emails.canonical(email) if email else None, MOST)
