"""Taking in what a source sends: proven, understood, kept word for word and dealt with.

What is understood is kept and dealt with in one transaction, together with all that comes at the same time
(`gathering`). Where that fails, whatever the reason, each delivery goes the careful way: it is kept first, in a
transaction of its own, and dealt with in another one, so that no delivery suffers from another. Nothing is answered
well before it is kept: what cannot be understood stays with the reason and can be replayed, and what a crash or an
outage left half-way is found by `upkeep` and gone on with.
"""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from pydantic_core import to_json

from aurora_rt.alerts import delivery_queries, discreet, queries
from aurora_rt.alerts.correlating import Correlating
from aurora_rt.alerts.decoding import decoded
from aurora_rt.alerts.gathering import Gathering
from aurora_rt.alerts.ingest import Rules, ingest
from aurora_rt.alerts.models import Alert, Content, Delivery, DeliveryStatus, Incoming, TokenOwner
from aurora_rt.alerts.owners import Owners
from aurora_rt.alerts.patience import Patience
from aurora_rt.alerts.proof.call import Replayed
from aurora_rt.alerts.proving import Proving, VendorAway
from aurora_rt.alerts.source import Confirm, Reply, Source, sources
from aurora_rt.alerts.text import cut, storable
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.errors import AuroraError, Conflict, Invalid, NotFound
from aurora_rt.events.change import Changes
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import refuse_nul

REASON_LIMIT: Final = 500
LARGE: Final = 64 * 1024
"""Bytes from which on it takes long to understand a body: some ten milliseconds."""
REPLAYED_AT_ONCE: Final = 50
"""Deliveries that one call replays."""
TEST: Final = "aurora-test"
"""How the identity of each test alert begins."""
OURS: Final = "processing_failed"
"""The code of a delivery with which something of ours went wrong; the log tells more."""

JSON_HEADERS: Final = {"content-type": "application/json"}

log = structlog.get_logger(__name__)


class DeliveryNotFound(NotFound):
    """There is no such delivery in this organization."""

    code = "webhook_delivery_not_found"


class DeliveryProcessed(Conflict):
    """The delivery was understood and dealt with; doing it again would change nothing."""

    code = "webhook_delivery_processed"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery."""

    delivery_id: UUID
    alerts: int
    done: bool
    """False: it is kept, and will be dealt with later."""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Replays:
    """What became of several deliveries."""

    processed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a test alert."""

    taken: Taken
    incident_id: UUID | None
    """The incident that shows it; None: it is kept, and will be dealt with later."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery tells, without the secrets in it."""

    body: str
    raw: bytes | None
    alerts: Sequence[Alert]
    asks: Confirm | Reply | None


class Receiving:
    """Takes deliveries in, and takes up again those that were not dealt with."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        changes: Changes,
        proving: Proving,
        correlating: Correlating | None = None,
    ) -> None:
        self.database = database
        self.owners = Owners(database)
        self._changes = changes
        self._proving = proving
        self.rules = Rules(
            patience_of(settings),
            correlating or Correlating(timedelta(seconds=settings.correlation_seconds)),
        )
        self._gathering = Gathering(self._ingested, at_once=max(1, settings.database_connections // 2))

    async def receive(self, token: TokenOwner, headers: Mapping[str, str], body: bytes) -> Taken:
        """Take in what came with a token; header names in lower case.

        Raises `WebhookTokenInvalid`, an error of the kind `Unauthenticated` where the vendor did not sign it,
        `Replayed`, or `Invalid` when it cannot be understood: then it is kept nonetheless.
        """
        at, source, delivery_id = now(), sources()[token.source], new_id()
        tried = False
        if token.remembered:
            if taken := await self._taken_at_once(source, token, headers, body, delivery_id, at):
                return taken
            present = await self.owners.anew(token)
            token, tried = present, present.version == token.version
        once = await self._proving.proven(source, token, headers, body, at)
        kept = source.kept(headers)
        try:
            told = await _understood(source, body, kept, token.mapping)
        except AuroraError as error:
            kept_id = await self._keep(token, delivery_id, _content(token, kept, body, once, at))
            await self._failed(token.organization_id, kept_id, error.code, error.message)
            raise
        except Exception as error:  # noqa: BLE001 - a mapping of ours that fails must not lose what was sent
            kept_id = await self._keep(token, delivery_id, _content(token, kept, body, once, at))
            await self._failed_by_us(token.organization_id, kept_id, error)
            return Taken(kept_id, 0, done=False)
        content = Content(token.id, token.version, at, kept, told.body, told.raw, once)
        delivery = Incoming(delivery_id, source.name, told.alerts, content)
        if not tried and await self._written(token.organization_id, delivery, told):
            return _taken(delivery_id, told)
        kept_id = await self._keep(token, delivery_id, content)
        return await self._dealt_with(token.organization_id, source, kept_id, told)

    async def _taken_at_once(
        self,
        source: Source,
        token: TokenOwner,
        headers: Mapping[str, str],
        body: bytes,
        delivery_id: UUID,
        at: datetime,
    ) -> Taken | None:
        """Take in what came with a remembered token, if all is well with both. `None`: perhaps not."""
        try:
            once = await self._proving.proven(source, token, headers, body, at)
            kept = source.kept(headers)
            told = await _understood(source, body, kept, token.mapping)
        except Exception:  # noqa: BLE001 - looked at again with the token as it is now, which tells what is wrong
            return None
        content = Content(token.id, token.version, at, kept, told.body, told.raw, once)
        delivery = Incoming(delivery_id, source.name, told.alerts, content)
        written = await self._written(token.organization_id, delivery, told)
        return _taken(delivery_id, told) if written else None

    async def _written(self, organization_id: UUID, delivery: Incoming, told: Told) -> bool:
        """Whether a delivery was kept and dealt with, together with what comes at the same time."""
        if isinstance(told.asks, Confirm):  # something has to be fetched before it is dealt with
            return False
        return await self._gathering.written(organization_id, delivery)

    async def replay(self, organization_id: UUID, delivery_id: UUID) -> Taken:
        """Understand a kept delivery anew, with the mapping as it is now.

        Raises `DeliveryNotFound`, `DeliveryProcessed`, or `Invalid` when it still cannot be understood.
        """
        async with self.database.scope(organization_id) as scope:
            delivery = await delivery_queries.select_delivery(scope, delivery_id)
            if delivery is None:
                raise DeliveryNotFound("There is no such delivery.")
            mapping = await delivery_queries.select_mapping(scope, delivery.token_id)
        if delivery.status == "processed":
            raise DeliveryProcessed("This delivery was dealt with already.")
        source = sources().get(delivery.source)
        try:
            if source is None:
                raise Invalid(f"There is no alert source {delivery.source!r} any more.")
            told = await _understood(source, sent(delivery), delivery.headers, mapping)
        except AuroraError as error:
            await self._failed(organization_id, delivery_id, error.code, error.message)
            raise
        if await self._written(organization_id, Incoming(delivery_id, source.name, told.alerts), told):
            return _taken(delivery_id, told)
        return await self._dealt_with(organization_id, source, delivery_id, told)

    async def replay_failed(self, organization_id: UUID, token_id: UUID | None) -> Replays:
        """Understand deliveries that failed anew, `REPLAYED_AT_ONCE` at most, of one webhook or of all."""
        async with self.database.scope(organization_id) as scope:
            failed = await delivery_queries.select_failed(scope, token_id, REPLAYED_AT_ONCE)
        done = 0
        for delivery_id in failed:
            try:
                done += (await self.replay(organization_id, delivery_id)).done
            except DeliveryProcessed:
                done += 1
            except AuroraError as error:
                log.info("delivery_still_fails", delivery_id=str(delivery_id), code=error.code)
        return Replays(done, len(failed) - done)

    async def test(self, token: TokenOwner) -> Tested:
        """Take in the sample of a token's source, the way of everything that is sent; each test is an alert of its own.

        The person who asks for it stands in for the vendor's proof. The sample has the shape that `parse` knows, so a
        mapping that was written for other payloads is left aside.
        """
        source = sources()[token.source]
        told = _told(source, to_json(dict(source.sample)), JSON_HEADERS, None)
        fresh = f"{TEST}-{new_id()}"
        told = replace(told, alerts=[replace(one, fingerprint=fresh) for one in told.alerts[:1]])
        content = Content(token.id, token.version, now(), JSON_HEADERS, told.body, told.raw, None)
        delivery_id = await self._keep(token, new_id(), content)
        taken = await self._dealt_with(token.organization_id, source, delivery_id, told)
        async with self.database.scope(token.organization_id) as scope:
            return Tested(taken, await queries.select_home(scope, source.name, fresh))

    async def take_up(self, organization_id: UUID, delivery_id: UUID) -> None:
        """Go on with a delivery that nobody has dealt with; what goes wrong is noted with it."""
        try:
            await self.replay(organization_id, delivery_id)
        except AWAY:
            raise
        except AuroraError as error:
            log.info("delivery_not_taken_up", delivery_id=str(delivery_id), code=error.code)
        except Exception as error:  # noqa: BLE001 - the outermost edge
            await self._failed_by_us(organization_id, delivery_id, error)

    async def _keep(self, token: TokenOwner, delivery_id: UUID, content: Content) -> UUID:
        """Keep a delivery: from here on it cannot be lost. Raises `Replayed`."""
        async with self.database.scope(token.organization_id) as scope:
            if await delivery_queries.keep(scope, delivery_id, token.source, content):
                return delivery_id
            before = await delivery_queries.select_before(scope, delivery_id, content)
        status: DeliveryStatus
        known_id, status = before or (delivery_id, "processed")
        # The vendor tries again what failed, or somebody has it sent again; or a connection was lost while it was
        # being written, and it was written.
        if status == "failed" or known_id == delivery_id:
            return known_id
        raise Replayed("This very delivery was taken before.")

    async def _ingested(self, organization_id: UUID, deliveries: Sequence[Incoming]) -> Set[UUID]:
        return await ingest(self._changes, organization_id, deliveries, self.rules)

    async def _dealt_with(
        self, organization_id: UUID, source: Source, delivery_id: UUID, told: Told
    ) -> Taken:
        try:
            if isinstance(told.asks, Confirm):
                await self._proving.fetch(told.asks.address)
                log.info("subscription_confirmed", source=source.name)
            await self._ingested(organization_id, [Incoming(delivery_id, source.name, told.alerts)])
        except VendorAway as error:
            await self._failed(organization_id, delivery_id, error.code, error.message)
            raise
        except AWAY as error:
            log.warning("delivery_waits", delivery_id=str(delivery_id), error=str(error))
            return Taken(delivery_id, len(told.alerts), done=False)
        except Exception as error:  # noqa: BLE001 - it is kept: rules that fail must not lose it
            await self._failed_by_us(organization_id, delivery_id, error)
            return Taken(delivery_id, len(told.alerts), done=False)
        return _taken(delivery_id, told)

    async def _failed(self, organization_id: UUID, delivery_id: UUID, code: str, reason: str) -> None:
        async with self.database.scope(organization_id) as scope:
            await delivery_queries.mark_failed(
                scope, delivery_id, code, cut(discreet.told(storable(reason)), REASON_LIMIT)
            )
        log.info("delivery_failed", delivery_id=str(delivery_id), code=code)

    async def _failed_by_us(self, organization_id: UUID, delivery_id: UUID, error: Exception) -> None:
        log.error("delivery_failed_by_us", delivery_id=str(delivery_id), exc_info=error)
        reason = f"Something went wrong on our side ({type(error).__name__}); the server's log tells more."
        await self._failed(organization_id, delivery_id, OURS, reason)


def patience_of(settings: Settings) -> Patience:
    """How patient the settings want us to be."""
    return Patience(
        quiet=timedelta(seconds=settings.quiet_seconds),
        changes=settings.flapping_changes,
        within=timedelta(seconds=settings.flapping_seconds),
    )


def sent(delivery: Delivery) -> bytes:
    """The body of a kept delivery."""
    return delivery.raw if delivery.raw is not None else delivery.body.encode()


def understood(
    source: Source, body: bytes, headers: Mapping[str, str], mapping: Mapping[str, str] | None
) -> tuple[Alert, ...]:
    """The alerts that a body tells of. Raises `Invalid`."""
    return source.alerts_in(decoded(source, body, headers), headers, mapping)


async def _understood(
    source: Source, body: bytes, headers: Mapping[str, str], mapping: Mapping[str, str] | None
) -> Told:
    """What a body tells. A large one is looked at in a thread, so that everybody else is served meanwhile."""
    if len(body) < LARGE:
        return _told(source, body, headers, mapping)
    return await asyncio.to_thread(_told, source, body, headers, mapping)


def _told(source: Source, body: bytes, headers: Mapping[str, str], mapping: Mapping[str, str] | None) -> Told:
    """What a body tells: the one place where secrets are taken out, after all that needs the original."""
    refuse_nul(body)
    payload = decoded(source, body, headers)
    asks = source.handshake(payload) if source.handshake else None
    alerts = () if asks is not None else source.alerts_in(payload, headers, mapping)
    text, raw = _text(body)

    def parse(clean: object) -> tuple[Alert, ...]:
        return source.alerts_in(clean, headers, mapping)

    clean, shown = discreet.without_secrets(text, alerts, parse)
    return Told(clean, raw if clean == text else None, shown, asks)


def _taken(delivery_id: UUID, told: Told) -> Taken:
    reply = told.asks if isinstance(told.asks, Reply) else None
    return Taken(delivery_id, len(told.alerts), done=True, reply=reply)


def _content(
    token: TokenOwner, headers: Mapping[str, str], body: bytes, once: bytes | None, at: datetime
) -> Content:
    """What is kept of a body that is not understood."""
    text, raw = _text(body)
    clean = discreet.told(text)
    return Content(token.id, token.version, at, headers, clean, raw if clean == text else None, once)


def _text(body: bytes) -> tuple[str, bytes | None]:
    """A body as text, and as it is where the text is not the whole of it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return storable(body.decode("utf-8", "replace")), body
    return (text, None) if "\0" not in text else (storable(text), body)
