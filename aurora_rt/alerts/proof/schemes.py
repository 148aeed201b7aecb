"""The schemes in which both sides know a secret."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import parse_qsl

from pydantic_core import from_json

from aurora_rt.alerts.proof.call import Call, Proof, SignatureExpired, SignatureInvalid, SignatureMissing

TOLERANCE: Final = 300.0
"""Seconds between the time that was signed and ours."""
BODY: Final = "body"
"""`once` of vendors whose every body is different, because it holds the event's own id."""
MOST_FIELDS: Final = 1000
"""Fields of a form."""
SIGNING: Final = "whsec_"
"""How the secrets of Standard Webhooks begin."""
_WHOLE_SECONDS: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Token(Proof):
    """Our token alone: the vendor signs nothing."""

    def check(self, call: Call, secret: str) -> None:
        """Nothing more is asked for."""


TOKEN: Final = Token()


@dataclass(frozen=True)
class Hmac(Proof):
    """An HMAC of the raw body in a header, or of a time and the body.

    `X-Hub-Signature-256: sha256=<hex>` is `Hmac("X-Hub-Signature-256", prefix="sha256=", once=BODY, asks_for=…)`.
    Several signatures in one header, separated by commas, are one for each secret that the vendor knows just now.
    """

    header: str
    asks_for: str
    prefix: str = ""
    """What stands before each signature."""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    time_header: str = ""
    """Where the signed time is, in seconds since 1970. What is signed then is the time, `joined` and the body."""
    joined: bytes = b":"
    once: str = ""
    """How a delivery is known again: `BODY`, or the header that holds its id. With a signed time: by the signature."""

    def check(self, call: Call, secret: str) -> str | None:
        """See `Proof.check`."""
        offered, signed = call.header(self.header), call.body
        moment = call.header(self.time_header) if self.time_header else ""
        if moment:
            signed = moment.encode() + self.joined + call.body
        digest = hmac.new(secret.encode(), signed, self.algorithm).digest()
        expected = digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode()
        require_one_of(offered.split(","), self.prefix, expected)
        if moment:
            require_recent(moment, call.at)
        return expected if moment or self.once == BODY else _told(call, self.once)


@dataclass(frozen=True)
class StandardWebhooks(Proof):
    """https://www.standardwebhooks.com, which Svix began: id, time and body are signed; `prefix` is of the headers."""

    asks_for: str
    prefixes: tuple[str, ...] = ("webhook", "svix")

    def check(self, call: Call, secret: str) -> str:
        """See `Proof.check`."""
        prefix = next((one for one in self.prefixes if f"{one}-id" in call.headers), self.prefixes[0])
        delivery, moment = call.header(f"{prefix}-id"), call.header(f"{prefix}-timestamp")
        signed = f"{delivery}.{moment}.".encode() + call.body
        digest = hmac.new(_standard_key(secret), signed, "sha256").digest()
        offered = call.header(f"{prefix}-signature").split()
        require_one_of(offered, "v1,", base64.b64encode(digest).decode())
        require_recent(moment, call.at)
        return delivery


@dataclass(frozen=True)
class SharedSecret(Proof):
    """The secret itself in a header, such as `X-Gitlab-Token`; `once` is the header that holds the delivery's id."""

    header: str
    asks_for: str
    once: str = ""
    signed: StandardWebhooks | None = None
    """How the vendor signs where it does; it always has to for a secret that is made for signing, `whsec_…`."""

    def check(self, call: Call, secret: str) -> str | None:
        """See `Proof.check`."""
        if self.signed and (secret.startswith(SIGNING) or self._only_signed(self.signed, call)):
            return self.signed.check(call, secret)
        require_one_of([call.header(self.header)], "", secret)
        return _told(call, self.once)

    def _only_signed(self, signed: StandardWebhooks, call: Call) -> bool:
        has = any(f"{prefix}-signature" in call.headers for prefix in signed.prefixes)
        return has and self.header.lower() not in call.headers


@dataclass(frozen=True)
class TokenInBody(Proof):
    """The secret itself in a field of the body, which is a form or JSON. Nothing tells a replay from a new call."""

    field: str
    asks_for: str

    def check(self, call: Call, secret: str) -> None:
        """See `Proof.check`."""
        offered = _in_body(call.body, self.field)
        if not offered:
            raise SignatureMissing(
                f"The field {self.field} is missing. This webhook has a secret, so calls without it are refused."
            )
        require_one_of([offered], "", secret)


def require_one_of(offered: list[str], prefix: str, expected: str) -> None:
    """Raise `SignatureInvalid` unless one of the offered signatures is the expected one after `prefix`.

    All are compared, each in constant time.
    """
    right = 0
    for one in offered:
        signature = one.strip()
        fits = signature.startswith(prefix)
        right |= hmac.compare_digest(signature[len(prefix) :].encode(), expected.encode()) and fits
    if not right:
        raise SignatureInvalid(
            "The signature does not fit the body and the secret of this webhook. Is the secret the one that the "
            "vendor shows, and does nothing on the way change the body?"
        )


def require_recent(moment: str, at: datetime) -> None:
    """Raise `SignatureExpired` when a signed time, in seconds since 1970, is not within `TOLERANCE` of `at`."""
    signed_at = datetime.fromtimestamp(int(moment), UTC) if _WHOLE_SECONDS.fullmatch(moment) else None
    if signed_at is None or abs((at - signed_at).total_seconds()) > TOLERANCE:
        raise SignatureExpired(
            f"The signed time is not within {TOLERANCE / 60:.0f} minutes of ours: a replay, or a wrong clock."
        )


def _told(call: Call, header: str) -> str | None:
    """The delivery's id in a header."""
    return call.headers.get(header.lower(), "").strip() or None if header else None


def _in_body(body: bytes, field: str) -> str:
    """The first value of a field, `""` without one."""
    try:
        sent = from_json(body)
    except ValueError:
        try:
            sent = dict(reversed(parse_qsl(body.decode("latin-1"), max_num_fields=MOST_FIELDS)))
        except ValueError:
            sent = None
    value = sent.get(field) if isinstance(sent, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _standard_key(secret: str) -> bytes:
    """The key in a secret such as `whsec_…`, which is base64; as it stands where it is not."""
    encoded = secret.removeprefix(SIGNING)
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return secret.encode()
