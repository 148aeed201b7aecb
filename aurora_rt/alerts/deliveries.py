"""What was sent to webhooks, for people: what failed and why, and a mapping tried before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from aurora_rt.alerts import delivery_queries, tokens
from aurora_rt.alerts.models import Alert, Delivery
from aurora_rt.alerts.receiving import DeliveryNotFound, sent, understood
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict


class NothingSent(Conflict):
    """There is no payload to try a mapping on: none was given, and none has come yet."""

    code = "nothing_to_try"


@dataclass(frozen=True, slots=True)
class Page:
    """Some deliveries, and how many wait and failed in all."""

    deliveries: Sequence[Delivery]
    waiting: int
    failed: int
    has_more: bool


async def listed(
    database: Database,
    organization_id: UUID,
    status: str | None,
    source: str | None,
    before: UUID | None,
    limit: int,
) -> Page:
    """Deliveries, the latest first."""
    async with database.scope(organization_id) as scope:
        found = await delivery_queries.select_deliveries(scope, status, source, before, limit + 1)
        waiting, failed = await delivery_queries.count_unprocessed(scope)
    return Page(found[:limit], waiting, failed, has_more=len(found) > limit)


async def shown(database: Database, organization_id: UUID, delivery_id: UUID) -> Delivery:
    """One delivery with its body. Raises `DeliveryNotFound`."""
    async with database.scope(organization_id) as scope:
        delivery = await delivery_queries.select_delivery(scope, delivery_id)
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    return delivery


async def tried(
    database: Database,
    organization_id: UUID,
    token_id: UUID,
    mapping: Mapping[str, str] | None,
    payload: Any,
    delivery_id: UUID | None,
) -> tuple[UUID | None, Sequence[Alert]]:
    """What a mapping makes of a payload: the given one, a kept delivery, or the latest that came with the token.

    Nothing is kept of it. Raises `WebhookTokenNotFound`, `DeliveryNotFound`, `NothingSent`, or `Invalid`.
    """
    token = await tokens.one(database, organization_id, token_id)
    source = tokens.require_source(token.source)
    if mapping is not None:
        if source.check_mapping is None:
            raise tokens.MappingNotTaken(f"How {source.title} maps is not written by hand.")
        source.check_mapping(mapping)
    if payload is not None:
        return None, understood(source, to_json(payload), {}, mapping or token.mapping)
    if delivery_id is not None:
        delivery = await shown(database, organization_id, delivery_id)
    else:
        async with database.scope(organization_id) as scope:
            latest = await delivery_queries.select_latest_of(scope, token_id)
        if latest is None:
            raise NothingSent("Nothing has been sent to this webhook yet; paste a payload instead.")
        delivery = latest
    return delivery.id, understood(source, sent(delivery), delivery.headers, mapping or token.mapping)
