"""What an alert is, whoever sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Literal
from uuid import UUID

from pydantic_core import to_json

AlertStatus = Literal["firing", "acknowledged", "resolved"]
"""`acknowledged`: it fires, and somebody is on it."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one payload, in the terms that all vendors share.

    Texts can be stored by PostgreSQL (no NUL, no lone surrogates) and are cut at the limits of `alerts.text`.
    Times are in UTC. What a vendor does not tell is `""` or `None`.
    """

    source: str
    """The name of the source: `alertmanager`, `grafana`, …"""
    fingerprint: str
    """The vendor's identity of the alert: the same when it fires again, changes and resolves."""
    title: str
    status: AlertStatus
    description: str = ""
    severity: str = "unknown"
    """What the alert's own label says, in lower case: `critical`, `warning`, `page`, `none`, …"""
    service: str = ""
    environment: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    """When it began to fire. `None`: not told, so the arrival counts."""
    ended_at: datetime | None = None
    """When it stopped, if it is resolved and the vendor tells."""
    changed_at: datetime | None = None
    """When the vendor says that it took this state, where that is told beside its start: what is older is late."""
    acknowledged_by: str = ""
    """Who is on it, if it is acknowledged and the vendor tells."""
    source_url: str = ""
    """A page about the alert (http or https). Alertmanager leaves it out of most resolved alerts."""
    expression: str | None = None
    """The rule's expression (PromQL), where the vendor tells it; left out like `source_url`."""
    group: str | None = None
    """The vendor's own key for alerts that belong together."""

    def digest(self) -> bytes:
        """What an alert that goes on may say differently, in 16 bytes: equal ones say the same."""
        said = (self.description, self.severity, self.labels, self.annotations, self.acknowledged_by)
        return blake2b(to_json(said), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """What was known of an alert before it arrived again; status `new`: nothing."""

    id: UUID
    fingerprint: str
    status: Literal["new", "firing", "acknowledged", "resolved"]
    incident_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    changed_at: datetime | None = None
    """When its vendor says that it took this state, where it tells."""
    flips: tuple[datetime, ...] = ()
    """The latest times at which it began or ended, oldest first."""
    told: bytes | None = None
    """The `digest` of what its incident shows of it."""

    @property
    def waits(self) -> bool:
        """Whether it fires and is held back by a silence: it has opened nothing yet."""
        return self.status in ("firing", "acknowledged") and self.incident_id is None


@dataclass(frozen=True, slots=True)
class Home:
    """Where the alerts of an incident belong: in itself, or in the one that it was merged into."""

    shown_in: UUID
    is_merged: bool
    is_open: bool
    """Whether an alert may still join it."""


@dataclass(frozen=True, slots=True)
class EndedAlert:
    """An alert that does not fire any more."""

    alert_id: UUID
    started_at: datetime
    ended_at: datetime
    changed_at: datetime | None
    flipped: bool
    """Whether it fired until now."""


@dataclass(frozen=True, slots=True)
class Joined:
    """An alert that becomes part of an incident, and why."""

    incident_id: UUID
    alert_id: UUID
    delivery_id: UUID
    alert: Alert
    primary: bool
    """Whether it is the one that opens the incident."""
    strategy: str
    reason: str
    """In words for a person."""
    started_at: datetime
    score: float = 1.0
    """How much speaks for it: 0 to 1."""
    kind: str = ""
    """What makes it the same rule about the same thing, for what people decide about it."""


@dataclass(frozen=True, slots=True)
class WebhookToken:
    """A way in for one source; the token itself is kept only as a hash."""

    id: UUID
    source: str
    name: str
    created_at: datetime
    last_used_at: datetime | None = None
    has_secret: bool = False
    mapping: Mapping[str, str] | None = None
    failed: int = 0
    """How many deliveries that came with it failed, and wait for somebody."""


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose webhook a token opens, and for which source."""

    id: UUID
    organization_id: UUID
    source: str
    sealed_secret: bytes | None = None
    mapping: Mapping[str, str] | None = None
    version: int = 1
    """Counts the changes of its secret and its mapping."""
    token_hash: bytes = b""
    remembered: bool = False
    """Whether it may have changed since, or been revoked."""


DeliveryStatus = Literal["received", "processed", "failed"]
"""`received`: kept, and not looked at yet. `failed`: kept, and it could not be understood or dealt with."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a source sent, as it is kept."""

    id: UUID
    token_id: UUID
    source: str
    received_at: datetime
    status: DeliveryStatus
    code: str
    """Why it failed, for programs; `""` where it did not."""
    reason: str
    """Why it failed, for people."""
    alerts: int
    """How many alerts it told of."""
    attempts: int
    size: int
    """Bytes of the body."""
    headers: Mapping[str, str]
    body: str
    """`""` in lists."""
    raw: bytes | None
    """The body, where it is no text that can be stored as it is."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept of a delivery: word for word, but for secrets."""

    token_id: UUID
    token_version: int
    received_at: datetime
    headers: Mapping[str, str]
    body: str
    raw: bytes | None
    once: bytes | None
    """How a replay of it is known."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery that was understood, and is to be dealt with."""

    id: UUID
    source: str
    alerts: Sequence[Alert]
    content: Content | None = None
    """`None`: it is kept already."""

    @property
    def count(self) -> int:
        """How many alerts it tells of; what it says twice of one counts once."""
        return len({alert.fingerprint for alert in self.alerts})


@dataclass(frozen=True, slots=True)
class Examined:
    """What one expression of a written mapping yields for the first alert of a payload."""

    value: object = None
    """As JSON has it; of the list of alerts, how many there are."""
    problem: str = ""
    """Why it cannot be used, in words."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a mapping makes of a payload."""

    delivery_id: UUID | None
    """The delivery that it was tried on; None: a given payload."""
    alerts: Sequence[Alert] = ()
    fields: Mapping[str, Examined] = field(default_factory=dict)
    """What each expression yields, where the mapping is written."""
    problem: str = ""
    """Why no alerts come of it."""
