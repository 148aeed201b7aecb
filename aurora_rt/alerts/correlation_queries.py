"""All SQL of correlation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from aurora_rt.alerts.correlation.pool import SHARED, WORDS, Profile
from aurora_rt.alerts.correlation.scoring import Mark
from aurora_rt.alerts.queries import OPEN
from aurora_rt.db.pool import Connection, Row, Scope

LOOKED_AT: Final = 64
"""So many of the latest incidents with a key are looked at; most that are closed are no longer kept."""
VERDICTS: Final = 32
CALLS: Final = 1000
KINDS: Final = 12
"""Of an incident, so many kinds of alerts are remembered when people put it together with another one."""
_LOCK: Final = 0x636F72
"""The first half of the advisory lock of all correlation."""


async def lock(scope: Scope) -> None:
    """Be the only one in the organization who places alerts or merges, until the transaction ends."""
    await scope.connection.execute(
        "SELECT pg_advisory_xact_lock($2, hashtext($1::uuid::text))", scope.organization_id, _LOCK
    )


async def select_open(scope: Scope, keys: Sequence[str], since: datetime) -> list[Row]:
    """Of each key, the open incidents that have had it since: one row for each key and incident.

    A merged incident counts as the one that it was merged into.
    """
    return await scope.connection.fetch(
        """
        SELECT f.shown_id, f.incident_id, f.key, f.first_at, f.last_at,
               p.environment, p.cluster, p.words, p.resources, p.started_at
        FROM unnest($2::text[]) AS asked(key)
        CROSS JOIN LATERAL (
            SELECT coalesce(i.merged_into, i.id) AS shown_id, m.*
            FROM (SELECT incident_id, key, first_at, last_at FROM correlation_marks
                  WHERE organization_id = $1 AND key = asked.key AND last_at >= $3
                  ORDER BY last_at DESC LIMIT $4) AS m
            JOIN incidents i ON i.id = m.incident_id
            WHERE i.status = ANY($6::text[])
               OR EXISTS (SELECT FROM incidents t WHERE t.id = i.merged_into AND t.status = ANY($6::text[]))
            ORDER BY m.last_at DESC LIMIT $5
        ) AS f
        JOIN correlation_profiles p ON p.incident_id = f.incident_id
        """,
        scope.organization_id,
        list(keys),
        since,
        LOOKED_AT,
        SHARED + 1,
        list(OPEN),
    )


async def upsert_profiles(
    scope: Scope, profiles: Sequence[Profile], marks: Mapping[tuple[UUID, str], Mark], at: datetime
) -> None:
    """Keep what incidents, which the caller has locked or opened, are about, and by which keys they are found.

    What moves a mark by some seconds only is let be.
    """
    rows = sorted(marks.items())
    await scope.connection.execute(
        """
        WITH profiles AS (
            INSERT INTO correlation_profiles AS p
                (organization_id, incident_id, environment, cluster, words, resources, started_at)
            SELECT $1, incident_id, environment, cluster, string_to_array(words, ' '),
                   string_to_array(resources, ' '), started_at
            FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
                 AS t(incident_id, environment, cluster, words, resources, started_at)
            ON CONFLICT (incident_id) DO UPDATE
            SET environment = coalesce(nullif(p.environment, ''), excluded.environment),
                cluster = coalesce(nullif(p.cluster, ''), excluded.cluster),
                words = ARRAY(SELECT DISTINCT word FROM unnest(p.words || excluded.words) AS word
                              ORDER BY word LIMIT $8),
                resources = ARRAY(SELECT DISTINCT one FROM unnest(p.resources || excluded.resources) AS one
                                  ORDER BY one),
                started_at = least(p.started_at, excluded.started_at)
            WHERE NOT (p.words @> excluded.words AND p.resources @> excluded.resources)
               OR (p.environment = '' AND excluded.environment <> '') OR (p.cluster = '' AND excluded.cluster <> '')
        )
        INSERT INTO correlation_marks AS m (organization_id, incident_id, key, first_at, last_at, touched_at)
        SELECT $1, incident_id, key, first_at, last_at, $9
        FROM unnest($10::uuid[], $11::text[], $12::timestamptz[], $13::timestamptz[])
             AS t(incident_id, key, first_at, last_at)
        ON CONFLICT (incident_id, key) DO UPDATE
        SET first_at = least(m.first_at, excluded.first_at), last_at = greatest(m.last_at, excluded.last_at),
            touched_at = excluded.touched_at
        WHERE excluded.last_at > m.last_at + interval '5 seconds'
           OR excluded.first_at < m.first_at - interval '5 seconds'
        """,
        scope.organization_id,
        [one.incident_id for one in profiles],
        [one.environment for one in profiles],
        [one.cluster for one in profiles],
        [" ".join(sorted(one.words)) for one in profiles],
        [" ".join(sorted(one.resources)) for one in profiles],
        [one.started_at for one in profiles],
        WORDS,
        at,
        [incident_id for (incident_id, _), _ in rows],
        [key for (_, key), _ in rows],
        [mark.first_at for _, mark in rows],
        [mark.last_at for _, mark in rows],
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """What people and earlier alerts have told."""

    calls: Sequence[tuple[str, str]]
    """(caller, callee)."""
    together: Mapping[str, Sequence[tuple[str, str]]]
    """By kind of alert: the kinds, with their titles, that people have put together with it."""
    apart: Mapping[str, Sequence[str]]
    """By kind of alert: the kinds that people have taken apart from it."""


async def select_learnt(scope: Scope, kinds: Sequence[str], names: Sequence[str]) -> Learnt:
    """What people have decided about kinds of alerts, and the calls of or to components that alerts have told of."""
    rows = await scope.connection.fetch(
        """
        SELECT v.kind AS one, v.other, v.title, v.together
        FROM unnest($2::text[]) AS asked(kind)
        CROSS JOIN LATERAL (SELECT kind, other, title, together FROM correlation_verdicts
                            WHERE organization_id = $1 AND kind = asked.kind ORDER BY other LIMIT $4) AS v
        UNION ALL (
            SELECT caller, callee, NULL, NULL FROM (
                SELECT caller, callee FROM correlation_calls WHERE organization_id = $1 AND caller = ANY($3::text[])
                UNION
                SELECT caller, callee FROM correlation_calls WHERE organization_id = $1 AND callee = ANY($3::text[])
            ) AS c LIMIT $5)
        """,
        scope.organization_id,
        list(kinds),
        list(names),
        VERDICTS,
        CALLS,
    )
    together: dict[str, list[tuple[str, str]]] = {}
    apart: dict[str, list[str]] = {}
    for row in rows:
        if row["together"]:
            together.setdefault(row["one"], []).append((row["other"], row["title"]))
        elif row["together"] is not None:
            apart.setdefault(row["one"], []).append(row["other"])
    return Learnt([(row["one"], row["other"]) for row in rows if row["together"] is None], together, apart)


async def upsert_calls(scope: Scope, calls: Iterable[tuple[str, str]], at: datetime) -> None:
    """Remember calls that alerts tell of."""
    pairs = sorted(set(calls))
    await scope.connection.execute(
        """
        INSERT INTO correlation_calls (organization_id, caller, callee, seen_at)
        SELECT $1, caller, callee, $4 FROM unnest($2::text[], $3::text[]) AS t(caller, callee)
        ON CONFLICT (organization_id, caller, callee) DO NOTHING
        """,
        scope.organization_id,
        [caller for caller, _ in pairs],
        [callee for _, callee in pairs],
        at,
    )


async def upsert_verdicts(
    scope: Scope, incident_id: UUID, other_id: UUID, at: datetime, *, together: bool
) -> None:
    """Remember that a person has put two incidents together or taken them apart, by the kinds of their own alerts."""
    await scope.connection.execute(
        """
        WITH these AS (
            SELECT DISTINCT ON (kind) kind, title FROM incident_alerts
            WHERE organization_id = $1 AND incident_id = $2 AND kind <> '' ORDER BY kind LIMIT $5
        ), those AS (
            SELECT DISTINCT ON (kind) kind, title FROM incident_alerts
            WHERE organization_id = $1 AND incident_id = $3 AND kind <> '' ORDER BY kind LIMIT $5
        )
        INSERT INTO correlation_verdicts (organization_id, kind, other, title, together, at)
        SELECT $1, kind, other, title, $6, $4
        FROM (SELECT a.kind, b.kind AS other, b.title FROM these a, those b
              UNION SELECT b.kind, a.kind, a.title FROM these a, those b) AS pairs
        WHERE kind <> other
        ORDER BY kind, other
        ON CONFLICT (organization_id, kind, other) DO UPDATE SET together = excluded.together, at = excluded.at
        """,
        scope.organization_id,
        incident_id,
        other_id,
        at,
        KINDS,
        together,
    )


async def are_apart(scope: Scope, incident_id: UUID, other_id: UUID) -> bool:
    """Whether people have taken apart what two incidents are about, or what was merged into the second."""
    found: bool = await scope.connection.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM incident_alerts a
            JOIN correlation_verdicts v ON v.organization_id = $1 AND v.kind = a.kind AND NOT v.together
            JOIN incident_alerts b ON b.organization_id = $1 AND b.kind = v.other
            JOIN incidents i ON i.id = b.incident_id AND (i.id = $3 OR i.merged_into = $3)
            WHERE a.organization_id = $1 AND a.incident_id = $2)
        """,
        scope.organization_id,
        incident_id,
        other_id,
    )
    return found


async def select_told(scope: Scope, incident_ids: Sequence[UUID], limit: int) -> list[Row]:
    """What the latest alerts of incidents said, with the environment of the incident."""
    return await scope.connection.fetch(
        """
        SELECT s.incident_id, i.environment, a.source, a.fingerprint, s.title, s.description, s.service, s.labels,
               s.annotations, s.started_at
        FROM incident_alerts s JOIN alerts a ON a.id = s.alert_id JOIN incidents i ON i.id = s.incident_id
        WHERE s.organization_id = $1 AND s.incident_id = ANY($2::uuid[])
        ORDER BY s.received_at DESC LIMIT $3
        """,
        scope.organization_id,
        list(incident_ids),
        limit,
    )


async def delete_marks(scope: Scope, incident_ids: Sequence[UUID]) -> None:
    """Forget by which keys incidents are found, and what they are about; the caller has locked them."""
    await scope.connection.execute(
        """
        WITH forgotten AS (
            DELETE FROM correlation_profiles WHERE organization_id = $1 AND incident_id = ANY($2::uuid[])
        )
        DELETE FROM correlation_marks WHERE organization_id = $1 AND incident_id = ANY($2::uuid[])
        """,
        scope.organization_id,
        list(incident_ids),
    )


async def delete_old_marks(connection: Connection, before: datetime, limit: int) -> None:
    """Forget keys by which nothing can be found any more, in every organization; what others hold is left for later."""
    await connection.execute(
        """
        DELETE FROM correlation_marks WHERE (incident_id, key) IN (
            SELECT incident_id, key FROM correlation_marks WHERE touched_at < $1
            ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        before,
        limit,
    )
