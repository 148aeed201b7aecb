"""Webhooks in, and the tokens that open them, over REST."""

from typing import Final
from uuid import UUID

import structlog
from pydantic_core import to_json
from quart import Blueprint, Response, request
from quart_schema import document_request, document_response, security_scheme

from aurora_rt.alerts import tokens
from aurora_rt.alerts.proof.call import Replayed
from aurora_rt.alerts.proving import VendorAway
from aurora_rt.alerts.receiving import Receiving
from aurora_rt.alerts.room import Room
from aurora_rt.alerts.schemas import (
    AlertSources,
    CreatedWebhookToken,
    NewWebhookToken,
    Notification,
    Received,
    RevokedWebhookToken,
    ShownSource,
    ShownWebhookToken,
    WebhookTokenChange,
    WebhookTokens,
)
from aurora_rt.alerts.source import sources
from aurora_rt.connectors.secrets import Secrets, SecretsLocked, SecretsOff
from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, encoded, read_bytes, read_json
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

ROOM: Final = 32 * 1024 * 1024
"""Bytes of bodies that are looked at at once, by one process; read, they take up some ten times as much."""

log = structlog.get_logger(__name__)


ONCALL: Final = {
    "grafana_alerting": "grafana",
    "legacy_grafana_alerting": "grafana",
    "alertmanager_v2": "alertmanager",
    "legacy_alertmanager": "alertmanager",
    "webhook": "json",
    "formatted_webhook": "json",
    "sentry_platform": "sentry",
}
"""What Grafana OnCall called types of integrations that are called otherwise here."""


def routes(
    settings: Settings, database: Database, callers: Callers, receiving: Receiving, sealing: Secrets
) -> Blueprint:
    """The webhooks, and what an organization does with their tokens."""
    blueprint = Blueprint("alerts", __name__)
    known = sources()
    room = Room(max(ROOM, settings.webhook_max_bytes))

    @public
    @security_scheme(ANY_WAY_IN)
    @fails(tokens.WebhookTokenInvalid, tokens.UnknownSource, Replayed, VendorAway)
    @limited("webhook", by=_counted)
    @document_request(Notification)
    @document_response(Received, 202)
    async def receive(source: str, token: str | None = None) -> Response:
        """Take what an alert source sends. After the 202 nothing of it can be lost.

        What cannot be understood is answered with 400, and is kept nonetheless, to be replayed.
        """
        visitor = here()
        owner = await receiving.owners.of(
            source, token or tokens.from_authorization(visitor.header("authorization"))
        )
        async with room.taken(request.content_length or settings.webhook_max_bytes):
            raw = await read_bytes(limit=settings.webhook_max_bytes)
            headers = {name: each[0] for name, each in visitor.headers.items()}
            taken = await receiving.receive(owner, headers, raw)
        if taken.reply is not None:
            return encoded(to_json(taken.reply.body))
        return answer(Received(status="accepted" if taken.done else "kept", alerts=taken.alerts), 202)

    @public
    @security_scheme(ANY_WAY_IN)
    @fails(tokens.WebhookTokenInvalid, tokens.UnknownSource, Replayed, VendorAway)
    @limited("webhook", by=_counted)
    @document_request(Notification)
    @document_response(Received, 202)
    async def receive_as_oncall(source: str, token: str) -> Response:
        """Take what an alert source sends to the address that it had at Grafana OnCall."""
        return await receive(ONCALL.get(source, source), token)

    blueprint.add_url_rule("/api/webhooks/<source>/<token>", "receive", receive, methods=["POST"])
    blueprint.add_url_rule("/api/webhooks/<source>", "receive", receive, methods=["POST"])
    oncall = "/integrations/v1/<source>/<token>/"
    blueprint.add_url_rule(oncall, "oncall", receive_as_oncall, methods=["POST"], strict_slashes=False)

    @blueprint.get("/api/alert-sources")
    @document_response(AlertSources)
    async def list_sources() -> Response:
        """The alert sources that can be connected, with what to do at their side."""
        await callers.current()
        shown = [ShownSource.of(one) for one in known.values()]
        return answer(AlertSources(sources=tuple(sorted(shown, key=lambda one: one.title.casefold()))))

    @blueprint.get("/api/webhook-tokens")
    @document_response(WebhookTokens)
    async def list_tokens() -> Response:
        """The organization's webhook tokens, without the tokens themselves."""
        caller = await callers.current()
        found = await tokens.list_all(database, caller.organization_id)
        return answer(WebhookTokens(webhook_tokens=tuple(map(ShownWebhookToken.of, found))))

    @blueprint.post("/api/webhook-tokens")
    @fails(tokens.UnknownSource, SecretsOff, SecretsLocked)
    @document_request(NewWebhookToken)
    @document_response(CreatedWebhookToken, 201)
    async def create_token() -> Response:
        """Make a way in for a source. The token is shown now and never again."""
        caller = await callers.current()
        wanted = await read_json(NewWebhookToken)
        created = await tokens.create(
            database,
            caller.organization_id,
            wanted.source,
            wanted.name,
            secret=wanted.secret.get_secret_value() if wanted.secret else None,
            mapping=wanted.mapping,
            sealing=sealing,
        )
        return answer(tokens.shown_once(created, settings.public_url or here().own_origin), 201)

    @blueprint.patch("/api/webhook-tokens/<uuid:token_id>")
    @fails(SecretsOff, SecretsLocked)
    @document_request(WebhookTokenChange)
    @document_response(ShownWebhookToken)
    async def change_token(token_id: UUID) -> Response:
        """Change a token's name, its vendor's secret or its mapping; null takes the secret or the mapping away."""
        caller = await callers.current()
        wanted = await read_json(WebhookTokenChange)
        changed = await tokens.change(database, caller.organization_id, token_id, wanted.given(), sealing)
        return answer(ShownWebhookToken.of(changed))

    @blueprint.delete("/api/webhook-tokens/<uuid:token_id>")
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
