"""What an investigator keeps for itself, in the database: another worker goes on where the last one stopped."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

from aurora_rt.db.pool import Scope
from aurora_rt.investigation import queries
from aurora_rt.redaction import redacted_json


@dataclass(slots=True)
class KeptMemory:
    """Implements `Memory` for one investigation or answer.

    `opened` gives a scope in which writing is allowed; it raises when the work was taken over or called off.
    """

    opened: Callable[[], AbstractAsyncContextManager[Scope]]
    of_work: UUID
    kept: dict[str, str]

    @classmethod
    async def of(
        cls, opened: Callable[[], AbstractAsyncContextManager[Scope]], of_work: UUID
    ) -> "KeptMemory":
        """What was kept for the investigation or the answer with the id `of_work` so far."""
        async with opened() as scope:
            return cls(opened, of_work, await queries.select_kept(scope, of_work))

    async def keep(self, key: str, text: str) -> None:
        """Keep `text` for good; a key that is there already stays as it is."""
        if key in self.kept:
            return
        text = redacted_json(text)
        async with self.opened() as scope:
            await queries.insert_kept(scope, self.of_work, key, text)
        self.kept[key] = text
