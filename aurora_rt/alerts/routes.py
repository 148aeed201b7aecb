"""Webhooks in, and the tokens that open them, over REST."""

from typing import Final
from uuid import UUID

import structlog
from pydantic_core import from_json
from quart import Blueprint, Response, request
from quart_schema import document_request, document_response, security_scheme

from aurora_rt.alerts import discreet, tokens
from aurora_rt.alerts.ingest import ingest
from aurora_rt.alerts.schemas import (
    AlertSources,
    CreatedWebhookToken,
    NewWebhookToken,
    Notification,
    Received,
    RevokedWebhookToken,
    ShownSource,
    ShownWebhookToken,
    WebhookTokens,
)
from aurora_rt.alerts.source import sources
from aurora_rt.db.pool import Database
from aurora_rt.errors import Invalid
from aurora_rt.events.change import Changes
from aurora_rt.identity.http import Callers
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, read_bytes, read_json, refuse_nul
from aurora_rt.web.limited import limited
from aurora_rt.web.openapi.declared import fails, public
from aurora_rt.web.visitor import here, network

WAYS_IN: Final[dict[str, dict[str, str]]] = {
    "webhook": {
        "type": "http",
        "scheme": "bearer",
        "description": "A webhook's token, where it is not in the path.",
    },
    "webhookPassword": {
        "type": "http",
        "scheme": "basic",
        "description": "The same as a password; the user name does not matter.",
    },
}
"""How a webhook is known, as OpenAPI's security schemes."""
ANY_WAY_IN: Final[list[dict[str, list[str]]]] = [{"webhook": []}, {"webhookPassword": []}, {}]
"""Each of them, or none: then the token is in the path."""

log = structlog.get_logger(__name__)


def routes(settings: Settings, database: Database, changes: Changes, callers: Callers) -> Blueprint:
    """The webhooks, and what an organization does with their tokens."""
    blueprint = Blueprint("alerts", __name__, url_prefix="/api")
    known = sources()

    @public
    @security_scheme(ANY_WAY_IN)
    @fails(tokens.WebhookTokenInvalid)
    @limited("webhook", by=_counted)
    @document_request(Notification)
    @document_response(Received, 202)
    async def receive(source: str, token: str | None = None) -> Response:
        """Take what an alert source sends. After the 202 nothing of it can be lost."""
        secret = token or tokens.from_authorization(here().header("authorization"))
        owner = await tokens.owner(database, source, secret)
        raw = await read_bytes(limit=settings.webhook_max_bytes)
        refuse_nul(raw)
        parse = known[source].parse
        alerts = parse(_decoded(raw))
        await ingest(changes, owner, *discreet.without_secrets(raw.decode(), alerts, parse))
        return answer(Received(alerts=len(alerts)), 202)

    blueprint.add_url_rule("/webhooks/<source>/<token>", "receive", receive, methods=["POST"])
    blueprint.add_url_rule("/webhooks/<source>", "receive", receive, methods=["POST"])

    @blueprint.get("/alert-sources")
    @document_response(AlertSources)
    async def list_sources() -> Response:
        """The alert sources that can be connected, with what to do at their side."""
        await callers.current()
        shown = [ShownSource(name=one.name, title=one.title, setup=one.setup) for one in known.values()]
        return answer(AlertSources(sources=tuple(sorted(shown, key=lambda one: one.title))))

    @blueprint.get("/webhook-tokens")
    @document_response(WebhookTokens)
    async def list_tokens() -> Response:
        """The organization's webhook tokens, without the tokens themselves."""
        caller = await callers.current()
        found = await tokens.list_all(database, caller.organization_id)
        return answer(
            WebhookTokens(
                webhook_tokens=tuple(
                    ShownWebhookToken(
                        id=one.id,
                        source=one.source,
                        name=one.name,
                        created_at=one.created_at,
                        last_used_at=one.last_used_at,
                    )
                    for one in found
                )
            )
        )

    @blueprint.post("/webhook-tokens")
    @document_request(NewWebhookToken)
    @document_response(CreatedWebhookToken, 201)
    async def create_token() -> Response:
        """Make a way in for a source. The token is shown now and never again."""
        caller = await callers.current()
        wanted = await read_json(NewWebhookToken)
        created = await tokens.create(database, caller.organization_id, wanted.source, wanted.name)
        base_url = settings.public_url or here().own_origin
        return answer(
            CreatedWebhookToken(
                id=created.token.id,
                source=created.token.source,
                name=created.token.name,
                token=created.secret,
                url=tokens.webhook_url(base_url, created.token.source, created.secret),
            ),
            201,
        )

    @blueprint.delete("/webhook-tokens/<uuid:token_id>")
    @document_response(RevokedWebhookToken)
    async def revoke_token(token_id: UUID) -> Response:
        """Close a way in, at once."""
        caller = await callers.current()
        await tokens.revoke(database, caller.organization_id, token_id)
        return answer(RevokedWebhookToken())

    return blueprint


def _counted() -> str:
    """Each webhook is counted for itself; without a token in the path, its caller's address is."""
    token = (request.view_args or {}).get("token")
    return f"webhook:{tokens.hashed(token).hex()}" if token else network(here().peer)


def _decoded(raw: bytes) -> object:
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid(f"The body is not valid JSON: {error}.") from error
