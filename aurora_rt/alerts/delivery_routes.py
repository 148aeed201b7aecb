"""What was sent to webhooks, over REST: what failed and why, replaying it, and trying how it would map."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_querystring, document_request, document_response

from aurora_rt.alerts import deliveries
from aurora_rt.alerts.receiving import REPLAYED_AT_ONCE, DeliveryProcessed, Receiving
from aurora_rt.alerts.schemas import (
    DeletedDelivery,
    Deliveries,
    DeliveriesQuery,
    DeliveriesToReplay,
    ListedDelivery,
    MappingToTry,
    ReplayedDeliveries,
    ReplayedDelivery,
    ShownDelivery,
    TriedMapping,
)
from aurora_rt.alerts.source import PayloadNotUnderstood
from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers
from aurora_rt.web.bodies import LARGEST_BODY, answer, read_json
from aurora_rt.web.openapi.declared import fails
from aurora_rt.web.query import read_query


def routes(database: Database, callers: Callers, receiving: Receiving) -> Blueprint:
    """The routes below `/api/webhook-deliveries`, and trying a token's mapping."""
    blueprint = Blueprint("deliveries", __name__, url_prefix="/api")

    @blueprint.get("/webhook-deliveries")
    @document_querystring(DeliveriesQuery)
    @document_response(Deliveries)
    async def list_deliveries() -> Response:
        """What was sent to the organization's webhooks, the latest first; `status=failed` is what needs somebody."""
        caller = await callers.current()
        asked = read_query(DeliveriesQuery)
        page = await deliveries.listed(
            database,
            caller.organization_id,
            status=asked.status,
            source=asked.source,
            token_id=asked.token,
            before=asked.before,
            limit=asked.limit,
        )
        return answer(
            Deliveries(
                deliveries=tuple(map(ListedDelivery.of, page.deliveries)),
                received=page.waiting,
                failed=page.failed,
                has_more=page.has_more,
            )
        )

    @blueprint.get("/webhook-deliveries/<uuid:delivery_id>")
    @document_response(ShownDelivery)
    async def show_delivery(delivery_id: UUID) -> Response:
        """One delivery with what was sent, without the secrets in it."""
        caller = await callers.current()
        return answer(ShownDelivery.of(await deliveries.shown(database, caller.organization_id, delivery_id)))

    @blueprint.delete("/webhook-deliveries/<uuid:delivery_id>")
    @fails(deliveries.DeliveryNotFailed)
    @document_response(DeletedDelivery)
    async def delete_delivery(delivery_id: UUID) -> Response:
        """Delete a delivery that failed and that nobody will mend."""
        caller = await callers.current()
        await deliveries.forget(database, caller.organization_id, delivery_id)
        return answer(DeletedDelivery())

    @blueprint.post("/webhook-deliveries/<uuid:delivery_id>/replay")
    @fails(DeliveryProcessed, PayloadNotUnderstood)
    @document_response(ReplayedDelivery)
    async def replay_delivery(delivery_id: UUID) -> Response:
        """Understand a delivery that failed anew, with the mapping as it is now."""
        caller = await callers.current()
        taken = await receiving.replay(caller.organization_id, delivery_id)
        status = "processed" if taken.done else "received"
        return answer(ReplayedDelivery(id=delivery_id, status=status, alerts=taken.alerts))

    @blueprint.post("/webhook-deliveries/replay")
    @document_request(DeliveriesToReplay)
    @document_response(ReplayedDeliveries)
    async def replay_failed() -> Response:
        """Understand deliveries that failed anew, some at once: those first that were tried least often."""
        caller = await callers.current()
        wanted = await read_json(DeliveriesToReplay)
        replays = await receiving.replay_failed(caller.organization_id, wanted.token)
        has_more = replays.processed + replays.failed == REPLAYED_AT_ONCE
        return answer(
            ReplayedDeliveries(processed=replays.processed, failed=replays.failed, has_more=has_more)
        )

    @blueprint.post("/webhook-tokens/<uuid:token_id>/try-mapping")
    @fails(deliveries.NothingSent)
    @document_request(MappingToTry)
    @document_response(TriedMapping)
    async def try_mapping(token_id: UUID) -> Response:
        """See which alerts a mapping makes of a payload, of a delivery or of the latest one; nothing is kept.

        What is wrong with the mapping is told field by field.
        """
        caller = await callers.current()
        wanted = await read_json(MappingToTry, limit=LARGEST_BODY)
        tried = await deliveries.tried(
            database, caller.organization_id, token_id, wanted.mapping, wanted.payload, wanted.delivery
        )
        return answer(TriedMapping.of(tried))

    return blueprint
