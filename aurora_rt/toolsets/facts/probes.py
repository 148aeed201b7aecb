"""What is seen from outside: answers over HTTP, certificates, names, connections."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact

Reached = Literal["open", "refused", "timeout", "no_route", "reset", "unresolved", "unknown"]
"""How far a connection came; `unknown` where a record does not tell."""


class Certificate(Fact):
    """The certificate that a server showed, and whether it stands up to checking."""

    subject: str
    names: tuple[str, ...]
    """Host names and addresses that it is for."""
    issuer: str
    not_before: datetime
    not_after: datetime
    days_left: float
    """Until it expires, negative since it has."""
    fault: Literal["", "expired", "not_yet_valid", "wrong_name", "self_signed", "untrusted"]
    """Why it is not to be trusted; `""` when it is."""
    problem: str
    """The same as the library says it."""


class ProbeResult(Fact):
    """One look at a place from outside. Seconds are `None` for what did not come about."""

    kind: Literal["probe"] = "probe"
    name: str
    """What people call it: the name in the settings, or the host."""
    url: str
    """Without credentials."""
    address: str
    """What was connected to; `""` when nothing was."""
    outcome: Literal[
        "answered", "refused", "timeout", "no_route", "reset", "unresolved", "tls_failed", "nonsense"
    ]
    status: int | None
    """Of HTTP."""
    connect_seconds: float | None
    tls_seconds: float | None
    first_byte_seconds: float | None
    """From the request to the head of its answer."""
    seconds: float
    """Altogether."""
    size: int
    """Bytes of the body, as far as it was read."""
    certificate: Certificate | None
    text: str
    """What went wrong, or where a redirect leads; `""` for nothing."""


class Probes(Fact):
    """All configured probes, side by side."""

    kind: Literal["probes"] = "probes"
    results: tuple[ProbeResult, ...]


class NameLookup(Fact):
    """What a resolver says of a name."""

    kind: Literal["name_lookup"] = "name_lookup"
    name: str
    type: str
    """`A`, `SRV`, …; `address` for what the system resolves."""
    server: str
    """Who was asked; `""` for the resolvers of this machine."""
    outcome: Literal["found", "no_such_name", "no_such_record", "server_failure", "refused", "timeout"]
    answers: tuple[str, ...]
    seconds: float
    text: str


class Connectivity(Fact):
    """Whether a port can be connected to."""

    kind: Literal["connectivity"] = "connectivity"
    source: str
    """From where; `""` for this host."""
    host: str
    port: int | None
    outcome: Reached
    address: str
    seconds: float | None
    text: str
    """What was said of it."""
