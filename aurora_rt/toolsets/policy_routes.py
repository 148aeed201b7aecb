"""Which commands an organization lets the investigator run, over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers, needs
from aurora_rt.toolsets import policies
from aurora_rt.toolsets.policy_schemas import (
    CommandPolicies,
    CommandPolicyChange,
    CommandToTry,
    NewCommandPolicy,
    RemovedCommandPolicy,
    ShownCommandPolicy,
    TriedCommand,
)
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(database: Database, callers: Callers) -> Blueprint:
    """The routes below `/api/org/command-policies`."""
    blueprint = Blueprint("command_policies", __name__, url_prefix="/api/org/command-policies")

    @blueprint.get("")
    @document_response(CommandPolicies)
    async def list_policies() -> Response:
        """The rules about commands, by priority."""
        found = await policies.rules(database, await callers.current())
        only_allowed = any(one.enabled and one.mode == "allow" for one in found)
        shown = tuple(map(ShownCommandPolicy.of, found))
        return answer(CommandPolicies(policies=shown, only_allowed=only_allowed))

    @blueprint.post("")
    @fails(policies.RuleExists, policies.TooManyRules)
    @document_request(NewCommandPolicy)
    @document_response(ShownCommandPolicy, 201)
    @needs("admin")
    async def create_policy() -> Response:
        """Add a rule. A rule only narrows: what may do more than read stays denied."""
        caller = await callers.current()
        wanted = await read_json(NewCommandPolicy)
        made = await policies.add(
            database,
            caller,
            wanted.mode,
            wanted.pattern,
            wanted.description,
            wanted.priority,
            wanted.enabled,
        )
        return answer(ShownCommandPolicy.of(made), 201)

    @blueprint.put("/<uuid:policy_id>")
    @fails(policies.RuleExists)
    @document_request(CommandPolicyChange)
    @document_response(ShownCommandPolicy)
    @needs("admin")
    async def change_policy(policy_id: UUID) -> Response:
        """Change a rule; what is left out stays as it is."""
        caller = await callers.current()
        wanted = await read_json(CommandPolicyChange)
        changed = await policies.change(database, caller, policy_id, wanted.model_dump(exclude_none=True))
        return answer(ShownCommandPolicy.of(changed))

    @blueprint.delete("/<uuid:policy_id>")
    @document_response(RemovedCommandPolicy)
    @needs("admin")
    async def remove_policy(policy_id: UUID) -> Response:
        """Remove a rule."""
        await policies.remove(database, await callers.current(), policy_id)
        return answer(RemovedCommandPolicy(message="Rule removed"))

    @blueprint.post("/test")
    @document_request(CommandToTry)
    @document_response(TriedCommand)
    @needs("viewer")
    async def test_command() -> Response:
        """Tell whether a command would run, and why, without running it."""
        caller = await callers.current()
        command = (await read_json(CommandToTry)).command
        return answer(TriedCommand.of(command, await policies.tried(database, caller, command)))

    return blueprint
