"""What was sent to webhooks, for people: what failed and why, and a mapping tried before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from aurora_rt.alerts import delivery_queries, tokens
from aurora_rt.alerts.decoding import decoded
from aurora_rt.alerts.models import Delivery, Examined, Tried
from aurora_rt.alerts.receiving import DeliveryNotFound, sent, understood
from aurora_rt.alerts.source import Source
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict, Invalid


class NothingSent(Conflict):
    """There is no payload to try a mapping on: none was given, and none has come yet."""

    code = "nothing_to_try"


class DeliveryNotFailed(Conflict):
    """The delivery was dealt with, or will be: it is part of what happened."""

    code = "webhook_delivery_not_failed"


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
    *,
    status: str | None = None,
    source: str | None = None,
    token_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Page:
    """Deliveries, the latest first."""
    async with database.scope(organization_id) as scope:
        found = await delivery_queries.select_deliveries(scope, status, source, token_id, before, limit + 1)
        waiting, failed = await delivery_queries.count_unprocessed(scope)
    return Page(found[:limit], waiting, failed, has_more=len(found) > limit)


async def shown(database: Database, organization_id: UUID, delivery_id: UUID) -> Delivery:
    """One delivery with its body. Raises `DeliveryNotFound`."""
    async with database.scope(organization_id) as scope:
        delivery = await delivery_queries.select_delivery(scope, delivery_id)
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    return delivery


async def forget(database: Database, organization_id: UUID, delivery_id: UUID) -> None:
    """Forget a delivery that failed, on a person's word. Raises `DeliveryNotFound`, `DeliveryNotFailed`."""
    async with database.transaction(organization_id) as scope:
        if await delivery_queries.delete_failed(scope, delivery_id):
            return
    await shown(database, organization_id, delivery_id)
    raise DeliveryNotFailed("Only a delivery that failed can be deleted.")


async def tried(
    database: Database,
    organization_id: UUID,
    token_id: UUID,
    mapping: Mapping[str, str] | None,
    payload: Any,
    delivery_id: UUID | None,
) -> Tried:
    """What a mapping makes of a payload: the given one, a kept delivery, or the latest that came with the token.

    Nothing is kept of it, and what is wrong with it is told rather than raised. Raises `WebhookTokenNotFound`,
    `MappingNotTaken`, `DeliveryNotFound`, `NothingSent`.
    """
    token = await tokens.one(database, organization_id, token_id)
    source = tokens.require_source(token.source)
    if mapping is not None and source.check_mapping is None:
        raise tokens.MappingNotTaken(f"How {source.title} maps is not written by hand.")
    holds = mapping or token.mapping
    if payload is not None:
        return _tried(source, None, to_json(payload), {}, holds)
    if delivery_id is not None:
        delivery = await shown(database, organization_id, delivery_id)
    else:
        async with database.scope(organization_id) as scope:
            latest = await delivery_queries.select_latest_of(scope, token_id)
        if latest is None:
            raise NothingSent("Nothing has been sent to this webhook yet; paste a payload instead.")
        delivery = latest
    return _tried(source, delivery.id, sent(delivery), delivery.headers, holds)


def _tried(
    source: Source,
    delivery_id: UUID | None,
    body: bytes,
    headers: Mapping[str, str],
    mapping: Mapping[str, str] | None,
) -> Tried:
    fields: Mapping[str, Examined] = {}
    try:
        if source.examine is not None:
            fields = source.examine(decoded(source, body, headers), mapping or source.default_mapping or {})
        if source.check_mapping is not None and mapping is not None:
            source.check_mapping(mapping)
        return Tried(delivery_id, understood(source, body, headers, mapping), fields)
    except Invalid as error:
        return Tried(delivery_id, (), fields, error.message)
