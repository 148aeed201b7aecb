"""The SQL of command policies."""

from datetime import datetime
from uuid import UUID

from aurora_rt.db.pool import Row, Scope
from aurora_rt.toolsets.policy import Rule


async def rules(scope: Scope) -> list[Rule]:
    """The organization's rules, those that count first at the top."""
    rows = await scope.connection.fetch(
        """
        SELECT id, mode, pattern, description, priority, enabled FROM command_policies
        WHERE organization_id = $1 ORDER BY priority, created_at, id
        """,
        scope.organization_id,
    )
    return [_rule(row) for row in rows]


async def count_rules(scope: Scope) -> int:
    """How many rules there are; keeps others from adding one until the transaction ends."""
    await scope.connection.execute(
        "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", scope.organization_id
    )
    return int(
        await scope.connection.fetchval(
            "SELECT count(*) FROM command_policies WHERE organization_id = $1", scope.organization_id
        )
    )


async def lock_rule(scope: Scope, rule_id: UUID) -> Rule | None:
    """A rule of the organization, as it stays until the transaction ends."""
    row = await scope.connection.fetchrow(
        """
        SELECT id, mode, pattern, description, priority, enabled FROM command_policies
        WHERE organization_id = $1 AND id = $2 FOR UPDATE
        """,
        scope.organization_id,
        rule_id,
    )
    return None if row is None else _rule(row)


async def insert_rule(scope: Scope, rule: Rule, now: datetime) -> bool:
    """Write a new rule; False when there is one with the same mode and pattern."""
    made = await scope.connection.fetchval(
        """
        INSERT INTO command_policies
            (organization_id, id, mode, pattern, description, priority, enabled, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (organization_id, mode, pattern) DO NOTHING RETURNING id
        """,
        scope.organization_id,
        rule.id,
        rule.mode,
        rule.pattern,
        rule.description,
        rule.priority,
        rule.enabled,
        now,
    )
    return made is not None


async def is_taken(scope: Scope, rule: Rule) -> bool:
    """Whether another rule of the organization has the same mode and pattern."""
    return bool(
        await scope.connection.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM command_policies
                WHERE organization_id = $1 AND mode = $2 AND pattern = $3 AND id <> $4
            )
            """,
            scope.organization_id,
            rule.mode,
            rule.pattern,
            rule.id,
        )
    )


async def update_rule(scope: Scope, rule: Rule, now: datetime) -> None:
    """Write a rule as it is now."""
    await scope.connection.execute(
        """
        UPDATE command_policies
        SET mode = $3, pattern = $4, description = $5, priority = $6, enabled = $7, updated_at = $8
        WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        rule.id,
        rule.mode,
        rule.pattern,
        rule.description,
        rule.priority,
        rule.enabled,
        now,
    )


async def delete_rule(scope: Scope, rule_id: UUID) -> bool:
    """Forget a rule; False when there is no such rule."""
    gone = await scope.connection.fetchval(
        "DELETE FROM command_policies WHERE organization_id = $1 AND id = $2 RETURNING id",
        scope.organization_id,
        rule_id,
    )
    return gone is not None


def _rule(row: Row) -> Rule:
    return Rule(**row)
