"""One webhook that is there already, over REST: a new token for it, and a test alert through it."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.alerts import tokens
from aurora_rt.alerts.models import TokenOwner
from aurora_rt.alerts.receiving import Receiving
from aurora_rt.alerts.schemas import CreatedWebhookToken, TestedWebhook
from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer
from aurora_rt.web.visitor import here


def routes(settings: Settings, database: Database, callers: Callers, receiving: Receiving) -> Blueprint:
    """Further routes below `/api/webhook-tokens/<id>`."""
    blueprint = Blueprint("webhooks", __name__, url_prefix="/api/webhook-tokens")

    @blueprint.post("/<uuid:token_id>/rotate")
    @document_response(CreatedWebhookToken)
    async def rotate_token(token_id: UUID) -> Response:
        """Give a way in a new token; the one before is refused at once. It is shown now and never again."""
        caller = await callers.current()
        rotated = await tokens.rotate(database, caller.organization_id, token_id)
        return answer(tokens.shown_once(rotated, settings.public_url or here().own_origin))

    @blueprint.post("/<uuid:token_id>/test")
    @document_response(TestedWebhook)
    async def test_webhook(token_id: UUID) -> Response:
        """Send a test alert, the source's sample, the way of all that its vendor sends; and which incident shows it."""
        caller = await callers.current()
        token = await tokens.one(database, caller.organization_id, token_id)
        tested = await receiving.test(TokenOwner(token.id, caller.organization_id, token.source))
        return answer(TestedWebhook(delivery=tested.taken.delivery_id, incident=tested.incident_id))

    return blueprint
