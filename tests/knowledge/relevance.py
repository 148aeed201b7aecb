"""How well searching finds: vectors alone, full text alone, and both fused, on labelled questions.

    python tests/knowledge/relevance.py [--misses]

`questions.json` has what an on-call engineer might ask of the 41 runbooks in `runbooks`, half in other words than the
runbook's, with the names of those that answer it. Every third question is held out: the fusion is tuned on the others
alone. Each is searched for three times in a real PostgreSQL as the server would, twice with one side taken away.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from uuid import UUID

from aurora_rt import embedded, jobs
from aurora_rt.clock import new_id
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import Database, opened
from aurora_rt.knowledge.chunks import cut
from aurora_rt.knowledge.embeddings import Offline
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.models import Asked, Source
from aurora_rt.knowledge.pgvector import PgVector
from aurora_rt.knowledge.search import CANDIDATES, fused
from aurora_rt.knowledge.words import terms

HERE = Path(__file__).parent
FOUND = 10
"""Runbooks that are looked at; one that is not among them counts as not found."""
WAYS = ("vectors alone", "full text alone", "hybrid")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, and what answers it."""

    question: str
    runbooks: tuple[str, ...]
    held_out: bool
    heading: str = ""
    """Of the first runbook's section that answers; `""` when it is one section, or more than one."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found for a question, one way: names of runbooks, each with the text of its best passage."""

    labelled: Labelled
    found: tuple[tuple[str, str], ...]

    def recall(self, within: int = 5) -> float:
        """The part of the runbooks that answer which is among the first `within`."""
        names = {name for name, _ in self.found[:within]}
        return len(names & set(self.labelled.runbooks)) / len(self.labelled.runbooks)

    @property
    def reciprocal_rank(self) -> float:
        """One over the place of the first runbook that answers; 0 for none."""
        places = (place for place, (name, _) in enumerate(self.found, 1) if name in self.labelled.runbooks)
        return 1 / next(places, float("inf"))

    @property
    def shows_section(self) -> bool | None:
        """Whether the passage that is shown has the section that answers; None where none is named or found."""
        text = next((text for name, text in self.found[:5] if name == self.labelled.runbooks[0]), None)
        return f"## {self.labelled.heading}\n" in text if text and self.labelled.heading else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over some questions."""

    recall_at_5: float
    mrr: float

    @classmethod
    def of(cls, answered: Sequence[Answered]) -> "Figures":
        """Those of what was found."""
        return cls(fmean(one.recall() for one in answered), fmean(one.reciprocal_rank for one in answered))


def labelled() -> Sequence[Labelled]:
    """All questions."""
    rows = json.loads((HERE / "questions.json").read_text())
    return [Labelled(**{**row, "runbooks": tuple(row["runbooks"])}) for row in rows]


async def filled(database: Database, organization_id: UUID) -> Knowledge:
    """What an organization knows that uploaded the runbooks."""
    knowledge = Knowledge(database, Offline(), PgVector(database))
    for file in sorted((HERE / "runbooks").glob("*.md")):
        await knowledge.of(organization_id).put(
            Source("document", new_id()), file.name, cut(file.read_text())
        )
    return knowledge


async def answered(
    knowledge: Knowledge, organization_id: UUID, questions: Sequence[Labelled]
) -> Mapping[str, Sequence[Answered]]:
    """What is found for each question, by each of `WAYS`."""
    vectors = await knowledge.embedder.embed(organization_id, [one.question for one in questions])
    by_way: dict[str, list[Answered]] = {way: [] for way in WAYS}
    for one, vector in zip(questions, vectors, strict=True):
        both = Asked(one.question, terms(one.question), vector)
        for way, asked in zip(WAYS, (replace(both, terms=""), replace(both, vector=None), both), strict=True):
            candidates = await knowledge.store.search(
                organization_id, knowledge.embedder.model, asked, CANDIDATES
            )
            found = [
                (passage.title.removesuffix(".md"), passage.text)
                for passage, _ in fused(asked, candidates, FOUND)
            ]
            by_way[way].append(Answered(one, tuple(found)))
    return by_way


async def organization(database: Database) -> UUID:
    """A new organization."""
    made = new_id()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Shop')", made)
    return made


async def _measured() -> Mapping[str, Sequence[Answered]]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            embedded.servers(Path(folder)) as servers,
            opened(servers.database_url, connections=2) as database,
        ):
            async with database.connection() as connection:
                await migrate(connection, jobs.install)
            here = await organization(database)
            return await answered(await filled(database, here), here, labelled())


def _table(measured: Mapping[str, Sequence[Answered]]) -> str:
    lines = [f"{'':16} {'all':>15} {'tuned on':>15} {'held out':>15}", f"{'':16}" + "    recall@5 MRR" * 3]
    for way, every in measured.items():
        parts = (
            every,
            [one for one in every if not one.labelled.held_out],
            [one for one in every if one.labelled.held_out],
        )
        figures = [Figures.of(part) for part in parts]
        lines.append(
            f"{way:16}" + "".join(f"    {one.recall_at_5:8.3f} {one.mrr:.3f}"[1:] for one in figures)
        )
    return "\n".join(lines)


def _misses(measured: Mapping[str, Sequence[Answered]]) -> str:
    """What is not found at the first place by both, of the questions that the fusion may be tuned on."""
    lines = []
    for vectors, words, hybrid in zip(*measured.values(), strict=True):
        if hybrid.reciprocal_rank < 1 and not hybrid.labelled.held_out:
            places = " ".join(f"{one.reciprocal_rank:.2f}" for one in (vectors, words, hybrid))
            first = ", ".join(name for name, _ in hybrid.found[:3])
            lines.append(
                f"{places}  {hybrid.labelled.question} → {hybrid.labelled.runbooks[0]}; found {first}"
            )
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument(
        "--misses", action="store_true", help="show which tuning questions are not answered first"
    )
    wanted = arguments.parse_args()
    measured = asyncio.run(_measured())
    print(_table(measured))
    if wanted.misses:
        print(_misses(measured))


if __name__ == "__main__":
    main()
