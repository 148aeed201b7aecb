"""All SQL about passages and their vectors.

By words a passage weighs the sum, over the terms that it shares with the question, of how rare the term is times the
0.3th power of PostgreSQL's rank: that a term is there says nearly all, how often it is little (as in BM25).
"""

from collections.abc import Sequence
from uuid import UUID

from aurora_rt.db.pool import Connection, Row, Scope
from aurora_rt.knowledge.models import Asked, Candidate, Progress, Source, Vector, Written
from aurora_rt.knowledge.words import terms


async def insert_passages(scope: Scope, passages: Sequence[Written]) -> None:
    """Keep new passages, without vectors yet."""
    await scope.connection.execute(
        """
        INSERT INTO passages (id, organization_id, kind, source_id, number, title, heading, text, words)
        SELECT id, $1, $2, $3, number, $4, heading, text,
               setweight(to_tsvector('english', $5), 'A') || setweight(to_tsvector('english', heading_terms), 'B')
               || setweight(to_tsvector('english', text_terms), 'D')
               || to_tsvector('simple', 'org' || replace($1::uuid::text, '-', ''))
        FROM unnest($6::uuid[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[])
             AS new (id, number, heading, text, heading_terms, text_terms)
        """,
        scope.organization_id,
        passages[0].source.kind,
        passages[0].source.id,
        passages[0].title,
        terms(passages[0].title),
        [one.id for one in passages],
        [one.number for one in passages],
        [one.heading for one in passages],
        [one.text for one in passages],
        [terms(one.heading) for one in passages],
        [terms(one.text) for one in passages],
    )


async def delete_passages(scope: Scope, source: Source) -> None:
    """Remove everything of a source, its vectors in PostgreSQL too."""
    await scope.connection.execute(
        "DELETE FROM passages WHERE organization_id = $1 AND kind = $2 AND source_id = $3",
        scope.organization_id,
        source.kind,
        source.id,
    )


async def lock_source(scope: Scope, source: Source) -> None:
    """Let nobody else write the passages of a source until the transaction ends."""
    await scope.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('knowledge:' || $1, 0))",
        f"{scope.organization_id}:{source.kind}:{source.id}",
    )


async def put_vectors(scope: Scope, model: str, vectors: Sequence[tuple[UUID, Vector]]) -> None:
    """Keep vectors beside their passages, in place of those that they had; of passages that are still there."""
    await scope.connection.executemany(
        """
        INSERT INTO passage_vectors (passage_id, organization_id, kind, source_id, model, vector)
        SELECT id, organization_id, kind, source_id, $3, $4::real[] FROM passages
        WHERE organization_id = $1 AND id = $2 FOR KEY SHARE
        ON CONFLICT (passage_id) DO UPDATE SET model = excluded.model, vector = excluded.vector
        """,
        [(scope.organization_id, of, model, [float(x) for x in vector]) for of, vector in vectors],
    )


async def set_indexed(scope: Scope, passages: Sequence[UUID], indexed_by: str) -> None:
    """Note where the vectors of passages are."""
    await scope.connection.execute(
        "UPDATE passages SET indexed_by = $3 WHERE organization_id = $1 AND id = ANY ($2)",
        scope.organization_id,
        passages,
        indexed_by,
    )


async def forget_indexed(scope: Scope, indexed_by: str) -> None:
    """Note that no vector is any more where `indexed_by` says."""
    await scope.connection.execute(
        "UPDATE passages SET indexed_by = '' WHERE organization_id = $1 AND indexed_by = $2",
        scope.organization_id,
        indexed_by,
    )


async def select_behind(scope: Scope, indexed_by: str, limit: int) -> Sequence[Written]:
    """Passages whose vector is elsewhere, or of another model, or not there."""
    rows = await scope.connection.fetch(
        """
        SELECT * FROM passages WHERE organization_id = $1 AND indexed_by <> $2
        ORDER BY source_id, number LIMIT $3
        """,
        scope.organization_id,
        indexed_by,
        limit,
    )
    return [written(row) for row in rows]


async def select_progress(scope: Scope, indexed_by: str) -> Progress:
    """How many passages there are, and of how many the vector is where it should be."""
    row = await scope.connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE indexed_by = $2) AS done, count(*) AS total
        FROM passages WHERE organization_id = $1
        """,
        scope.organization_id,
        indexed_by,
    )
    return Progress(**row) if row else Progress(0, 0)


async def organizations_behind(connection: Connection, indexed_by: str) -> Sequence[UUID]:
    """Every organization that knows something whose vector is not where it should be."""
    rows = await connection.fetch(
        "SELECT DISTINCT organization_id FROM passages WHERE indexed_by <> $1", indexed_by
    )
    return [row["organization_id"] for row in rows]


async def select_source(scope: Scope, source: Source) -> Sequence[Written]:
    """Everything of a source, in order."""
    rows = await scope.connection.fetch(
        "SELECT * FROM passages WHERE organization_id = $1 AND kind = $2 AND source_id = $3 ORDER BY number",
        scope.organization_id,
        source.kind,
        source.id,
    )
    return [written(row) for row in rows]


async def select_passages(scope: Scope, ids: Sequence[UUID]) -> Sequence[Written]:
    """Those of the passages that are there."""
    rows = await scope.connection.fetch(
        "SELECT * FROM passages WHERE organization_id = $1 AND id = ANY ($2)", scope.organization_id, ids
    )
    return [written(row) for row in rows]


async def has_vector_type(connection: Connection) -> bool:
    """Whether vectors are of pgvector's type, so that they can be compared."""
    found = await connection.fetchval(
        """
        SELECT format_type(atttypid, NULL) LIKE '%vector' FROM pg_attribute
        WHERE attrelid = 'passage_vectors'::regclass AND attname = 'vector'
        """
    )
    return bool(found)


async def near_and_worded(scope: Scope, model: str, asked: Asked, limit: int) -> Sequence[Candidate]:
    """The nearest by vector and the best by words, each source with its best passages, with both figures."""
    rows = await scope.connection.fetch(
        """
        WITH asked AS (
            SELECT lexeme,
                   ('org' || replace($1::uuid::text, '-', ''))::tsquery && quote_literal(lexeme)::tsquery AS term,
                   quote_literal(lexeme)::tsquery AS alone
            FROM unnest(to_tsvector('english', $3)) ORDER BY positions[1] LIMIT 48
        ),
        hits AS MATERIALIZED (
            SELECT p.id, p.source_id, a.lexeme,
                   power(ts_rank('{0.3, 0.3, 0.5, 1.0}', p.words, a.alone, 1), 0.3) AS weight
            FROM asked a JOIN passages p ON p.words @@ a.term AND p.organization_id = $1
            WHERE (cardinality($4::text[]) = 0 OR p.kind = ANY ($4))
                  AND ($5::uuid IS NULL OR p.source_id <> $5)
        ),
        rare AS (
            SELECT lexeme, ln(1 + (known.passages - count(*) + 0.5) / (count(*) + 0.5)) AS rarity
            FROM hits, (SELECT count(*) AS passages FROM passages WHERE organization_id = $1) known
            GROUP BY lexeme, known.passages
        ),
        worded AS (
            SELECT id, source_id, sum(weight * rarity) AS weight FROM hits JOIN rare USING (lexeme)
            GROUP BY id, source_id
        ),
        best_worded AS (
            SELECT DISTINCT ON (source_id) id, weight FROM worded ORDER BY source_id, weight DESC, id
        ),
        near AS MATERIALIZED (
            SELECT passage_id, source_id, 1 - (vector <=> $6::real[]::vector) AS cosine FROM passage_vectors
            WHERE organization_id = $1 AND model = $2 AND (cardinality($4::text[]) = 0 OR kind = ANY ($4))
                  AND ($5::uuid IS NULL OR source_id <> $5)
        ),
        best_near AS (
            SELECT DISTINCT ON (source_id) passage_id AS id, cosine FROM near
            ORDER BY source_id, cosine DESC, passage_id
        ),
        candidates AS (
            (SELECT id FROM best_worded ORDER BY weight DESC, id LIMIT $7)
            UNION (SELECT id FROM best_near ORDER BY cosine DESC, id LIMIT $7)
        )
        SELECT p.*, coalesce(w.weight, 0)::float8 AS by_words, n.cosine::float8 AS by_vector
        FROM candidates c JOIN passages p USING (id) LEFT JOIN worded w USING (id)
             LEFT JOIN near n ON n.passage_id = c.id
        WHERE p.organization_id = $1
        """,
        scope.organization_id,
        model,
        asked.terms,
        list(asked.kinds),
        asked.without.id if asked.without else None,
        [float(x) for x in asked.vector or ()],
        limit,
    )
    return [_candidate(row) for row in rows]


async def worded(scope: Scope, asked: Asked, limit: int, also: Sequence[UUID] = ()) -> Sequence[Candidate]:
    """The best by words alone, each source with its best passage; and those of `also` that are there."""
    rows = await scope.connection.fetch(
        """
        WITH asked AS (
            SELECT lexeme,
                   ('org' || replace($1::uuid::text, '-', ''))::tsquery && quote_literal(lexeme)::tsquery AS term,
                   quote_literal(lexeme)::tsquery AS alone
            FROM unnest(to_tsvector('english', $2)) ORDER BY positions[1] LIMIT 48
        ),
        hits AS MATERIALIZED (
            SELECT p.id, p.source_id, a.lexeme,
                   power(ts_rank('{0.3, 0.3, 0.5, 1.0}', p.words, a.alone, 1), 0.3) AS weight
            FROM asked a JOIN passages p ON p.words @@ a.term AND p.organization_id = $1
            WHERE (cardinality($3::text[]) = 0 OR p.kind = ANY ($3))
                  AND ($4::uuid IS NULL OR p.source_id <> $4)
        ),
        rare AS (
            SELECT lexeme, ln(1 + (known.passages - count(*) + 0.5) / (count(*) + 0.5)) AS rarity
            FROM hits, (SELECT count(*) AS passages FROM passages WHERE organization_id = $1) known
            GROUP BY lexeme, known.passages
        ),
        worded AS (
            SELECT id, source_id, sum(weight * rarity) AS weight FROM hits JOIN rare USING (lexeme)
            GROUP BY id, source_id
        ),
        best_worded AS (
            SELECT DISTINCT ON (source_id) id, weight FROM worded ORDER BY source_id, weight DESC, id
        ),
        candidates AS (
            (SELECT id FROM best_worded ORDER BY weight DESC, id LIMIT $5)
            UNION (SELECT unnest($6::uuid[]))
        )
        SELECT p.*, coalesce(w.weight, 0)::float8 AS by_words, NULL::float8 AS by_vector
        FROM candidates c JOIN passages p USING (id) LEFT JOIN worded w USING (id)
        WHERE p.organization_id = $1
        """,
        scope.organization_id,
        asked.terms,
        list(asked.kinds),
        asked.without.id if asked.without else None,
        limit,
        list(also),
    )
    return [_candidate(row) for row in rows]


def written(row: Row) -> Written:
    """A row of passages."""
    return Written(
        id=row["id"],
        source=Source(row["kind"], row["source_id"]),
        number=row["number"],
        title=row["title"],
        heading=row["heading"],
        text=row["text"],
    )


def _candidate(row: Row) -> Candidate:
    return Candidate(written(row), by_vector=row["by_vector"], by_words=row["by_words"])
