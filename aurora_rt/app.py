"""Putting the REST API together. Wiring, nothing else."""

from collections.abc import Sequence

from pydantic_core import to_json
from quart import Blueprint, Quart

from aurora_rt.alerts import delivery_routes as deliveries
from aurora_rt.alerts import merge_routes as merging
from aurora_rt.alerts import routes as alerts
from aurora_rt.alerts import silence_routes as silences
from aurora_rt.alerts import webhook_routes as webhooks
from aurora_rt.alerts.receiving import Receiving
from aurora_rt.approvals import routes as approvals
from aurora_rt.chat import routes as chat
from aurora_rt.connectors import account_routes
from aurora_rt.connectors import gcp_routes as gcp_accounts
from aurora_rt.connectors import kept_routes as former_accounts
from aurora_rt.connectors import routes as connectors
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.db.pool import Database
from aurora_rt.demo import routes as demo
from aurora_rt.demo.stage import Stage
from aurora_rt.events.change import Changes
from aurora_rt.health import routes as health
from aurora_rt.health.checks import Checks
from aurora_rt.identity import access_routes as access
from aurora_rt.identity import member_routes as organization
from aurora_rt.identity import routes as identity
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.http import WAYS_IN, Callers, needed_role
from aurora_rt.incidents import routes as incidents
from aurora_rt.investigation import routes as investigation
from aurora_rt.knowledge import incident_routes as learning
from aurora_rt.knowledge import routes as knowing
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.llm import routes as llm
from aurora_rt.llm.ready import Models
from aurora_rt.postmortems import routes as postmortems
from aurora_rt.realtime import contract
from aurora_rt.settings import Settings
from aurora_rt.toolsets import policy_routes as command_policies
from aurora_rt.toolsets import routes as toolsets
from aurora_rt.toolsets.checkup import Checkup
from aurora_rt.web import edge, static
from aurora_rt.web.limits import Limits
from aurora_rt.web.openapi.served import install as document
from aurora_rt.web.openapi.served import serve


def create_app(
    settings: Settings,
    database: Database,
    changes: Changes,
    limits: Limits,
    desk: Desk,
    checks: Checks,
    site: static.Site,
    checkup: Checkup,
    knowledge: Knowledge,
    models: Models,
    receiving: Receiving,
    accounts: AccountDesk,
    stage: Stage,
    extra: Sequence[Blueprint] = (),
) -> Quart:
    """The REST API and the user interface, as one app that owns no lifetime."""
    app = Quart("aurora_rt", static_folder=None)
    callers = Callers(settings, database)
    edge.install(app, settings, limits, callers.counted_as, site.import_map_hash)
    for blueprint in (
        identity.routes(desk, callers),
        access.routes(database, callers),
        organization.routes(settings, database, callers),
        incidents.routes(database, changes, callers),
        investigation.routes(database, changes, callers),
        approvals.routes(settings, changes, callers),
        alerts.routes(settings, database, callers, receiving, models.secrets),
        webhooks.routes(settings, database, callers, receiving),
        deliveries.routes(database, callers, receiving),
        merging.routes(changes, callers),
        silences.routes(database, callers, receiving.rules.silencing),
        chat.routes(database, changes, callers),
        postmortems.routes(database, changes, callers),
        knowing.routes(settings, knowledge, callers),
        learning.routes(knowledge, changes, callers),
        toolsets.routes(checkup, callers),
        command_policies.routes(database, callers),
        llm.routes(settings, database, models, callers),
        connectors.routes(accounts, callers),
        account_routes.routes(accounts, callers),
        gcp_accounts.routes(settings, accounts, callers),
        former_accounts.routes(accounts, callers),
        demo.routes(stage, callers),
        health.routes(checks),
        *extra,
        static.routes(site),
    ):
        app.register_blueprint(blueprint)
    document(app, needed_role, WAYS_IN, alerts.WAYS_IN)
    serve(app, contract.PATH, "asyncapi", lambda: to_json(contract.document(WAYS_IN)))
    return app
