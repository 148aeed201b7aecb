"""The command policy of an organization: read, added to, changed, tried."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.identity.models import Caller
from aurora_rt.toolsets import queries
from aurora_rt.toolsets.policy import UNREADABLE, Decision, Mode, PatternInvalid, Policy, Rule, checked
from aurora_rt.toolsets.verdicts.table import denied
from aurora_rt.toolsets.verdicts.text import NotACommand, parsed

MOST_RULES: Final = 200

log = structlog.get_logger(__name__)


class RuleNotFound(NotFound):
    """The organization has no such rule."""

    code = "command_policy_not_found"


class RuleExists(Conflict):
    """The organization has a rule with the same mode and pattern."""

    code = "command_policy_exists"


class TooManyRules(Conflict):
    """The organization has as many rules as one may have."""

    code = "too_many_command_policies"


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of a command line. `argv` is empty when it is not one plain command."""

    argv: tuple[str, ...]
    decision: Decision


async def policy_of(database: Database, organization_id: UUID) -> Policy:
    """The organization's policy as it is now; one that lets nothing run when it cannot be read."""
    try:
        async with database.scope(organization_id) as scope:
            found = tuple(await queries.rules(scope))
        for rule in found:
            checked(rule.pattern)
        return Policy(found)
    except (*AWAY, asyncpg.PostgresError, TypeError, PatternInvalid) as error:
        log.error("command_policy_unreadable", organization_id=str(organization_id), error=str(error))
        return UNREADABLE


async def rules(database: Database, caller: Caller) -> list[Rule]:
    """The rules of the caller's organization, by priority."""
    async with database.scope(caller.organization_id) as scope:
        return await queries.rules(scope)


async def add(
    database: Database,
    caller: Caller,
    mode: Mode,
    pattern: str,
    description: str,
    priority: int,
    enabled: bool,
) -> Rule:
    """Make a rule. Raises `PatternInvalid`, `RuleExists`, `TooManyRules`."""
    rule = Rule(new_id(), mode, checked(pattern), description.strip(), priority, enabled)
    async with database.transaction(caller.organization_id) as scope:
        if await queries.count_rules(scope) >= MOST_RULES:
            raise TooManyRules(f"There are {MOST_RULES} rules. Remove one that is not needed any more.")
        if not await queries.insert_rule(scope, rule, now()):
            raise _exists(rule)
    log.info("command_policy_added", by=caller.user_id, rule_id=str(rule.id), mode=mode, pattern=rule.pattern)
    return rule


async def change(database: Database, caller: Caller, rule_id: UUID, changes: dict[str, Any]) -> Rule:
    """Change some fields of a rule. Raises `RuleNotFound`, `PatternInvalid`, `RuleExists`."""
    async with database.transaction(caller.organization_id) as scope:
        await queries.count_rules(scope)  # one change at a time
        before = await queries.lock_rule(scope, rule_id)
        if before is None:
            raise _not_found()
        rule = replace(before, **changes)
        rule = replace(rule, pattern=checked(rule.pattern), description=rule.description.strip())
        if await queries.is_taken(scope, rule):
            raise _exists(rule)
        await queries.update_rule(scope, rule, now())
    log.info("command_policy_changed", by=caller.user_id, rule_id=str(rule.id), enabled=rule.enabled)
    return rule


async def remove(database: Database, caller: Caller, rule_id: UUID) -> None:
    """Forget a rule. Raises `RuleNotFound`."""
    async with database.transaction(caller.organization_id) as scope:
        if not await queries.delete_rule(scope, rule_id):
            raise _not_found()
    log.info("command_policy_removed", by=caller.user_id, rule_id=str(rule_id))


async def tried(database: Database, caller: Caller, command: str) -> Tried:
    """Whether a command line would run for the caller's organization, and why."""
    try:
        argv = parsed(command)
    except NotACommand as refused:
        return Tried((), Decision(False, refused.message))
    reason = denied(argv)
    if reason is not None:
        return Tried(argv, Decision(False, reason))
    policy = await policy_of(database, caller.organization_id)
    return Tried(argv, await asyncio.to_thread(policy.decide, argv))


def _exists(rule: Rule) -> RuleExists:
    return RuleExists(
        f"There is a rule already that has the mode {rule.mode} and the pattern “{rule.pattern}”."
    )


def _not_found() -> RuleNotFound:
    return RuleNotFound("There is no such rule.")
