"""Vendors in tests: the payloads that they send, word for word, and how they sign them."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID

from aurora_rt.alerts.decoding import decoded
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.proof.call import Proof
from aurora_rt.alerts.proof.schemes import BODY, Hmac, SharedSecret, StandardWebhooks, TokenInBody
from aurora_rt.alerts.proof.sns import Sns, signed_text
from aurora_rt.alerts.source import Source, sources

PAYLOADS = Path(__file__).parent / "alerts" / "payloads"
TYPES = {
    ".json": "application/json",
    ".form": "application/x-www-form-urlencoded",
    ".txt": "text/plain; charset=utf-8",
}
SECRETS: dict[type[Proof], str] = {
    Hmac: "a secret of this test",
    SharedSecret: "a secret of this test",
    TokenInBody: "a secret of this test",
    StandardWebhooks: "whsec_" + base64.b64encode(b"a secret of this test").decode(),
}


@dataclass(frozen=True)
class Payload:
    """A body as a vendor sends it, and what a person expects of it."""

    source: Source
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def id(self) -> str:
        return f"{self.source.name}-{self.name}"

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def headers(self) -> dict[str, str]:
        """What the vendor says beside the body; names in lower case."""
        told = self.path.with_name(f"{self.name}.headers.json")
        more = json.loads(told.read_text()) if told.exists() else {}
        return {"content-type": TYPES[self.path.suffix], **more}

    @property
    def expected(self) -> dict[str, Any]:
        return json.loads(self.path.with_name(f"{self.name}.expected.json").read_text())

    def alerts(self) -> tuple[Alert, ...]:
        if self.path.suffix == ".json":  # `json` also reads the lone surrogates of awkward payloads
            return self.source.alerts_in(json.loads(self.body), self.headers)
        return alerts_in(self.source, self.body, self.headers)


def alerts_in(source: Source, body: bytes, headers: Mapping[str, str]) -> tuple[Alert, ...]:
    """What a source makes of a body."""
    return source.alerts_in(decoded(source, body, headers), headers)


@cache
def payloads() -> tuple[Payload, ...]:
    """Every payload there is."""
    return tuple(
        Payload(sources()[path.parent.name], path)
        for path in sorted(PAYLOADS.glob("*/*"))
        if path.suffix in TYPES and not path.name.endswith((".expected.json", ".headers.json"))
    )


def payload(source: str, name: str) -> Payload:
    """One of them. Raises `LookupError`."""
    return next(one for one in payloads() if (one.source.name, one.name) == (source, name))


def has(source: str, name: str) -> bool:
    """Whether a source has a payload of that name."""
    return any((one.source.name, one.name) == (source, name) for one in payloads())


def told(alert: Alert) -> dict[str, Any]:
    """An alert as an expected file has it: without the source, and without what is not told."""
    usual = {"started_at": None, **{field.name: field.default for field in fields(Alert)}}
    named = {field.name: getattr(alert, field.name) for field in fields(Alert) if field.name != "source"}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in named.items()
        if value != usual[name] and value != {}
    }


def secret_of(proof: Proof) -> str | None:
    """A secret that a person could enter for this proof; None where there is none to enter, or none is needed."""
    return SECRETS.get(type(proof))


def signed(proof: Proof, body: bytes, at: datetime | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which the vendor sends it, signed; each time as a delivery of its own."""
    at = at or datetime.now(UTC)
    moment, delivery = str(int(at.timestamp())), uuid.uuid4().hex
    match proof:
        case Hmac():
            stamped = moment.encode() + proof.joined + body if proof.time_header else body
            digest = hmac.new(SECRETS[Hmac].encode(), stamped, proof.algorithm).digest()
            text = digest.hex() if proof.encoding == "hex" else base64.b64encode(digest).decode()
            headers = {proof.header: f"{proof.prefix}{text}"}
            if proof.time_header:
                headers[proof.time_header] = moment
            if proof.once not in ("", BODY):
                headers[proof.once] = delivery
            return body, headers
        case SharedSecret():
            headers = {proof.header: SECRETS[SharedSecret]}
            return body, headers | ({proof.once: delivery} if proof.once else {})
        case TokenInBody():
            return body + b"&" + urlencode({proof.field: SECRETS[TokenInBody]}).encode(), {}
        case StandardWebhooks():
            key = base64.b64decode(SECRETS[StandardWebhooks].removeprefix("whsec_"))
            stamped = f"{delivery}.{moment}.".encode() + body
            text = base64.b64encode(hmac.new(key, stamped, hashlib.sha256).digest()).decode()
            prefix = proof.prefixes[0]
            return body, {
                f"{prefix}-id": delivery,
                f"{prefix}-timestamp": moment,
                f"{prefix}-signature": f"v1,{text}",
            }
        case Sns():
            message = {
                "Type": "Notification",
                "MessageId": delivery,
                "TopicArn": "arn:aws:sns:eu-west-1:000000000000:alarms",
                **json.loads(body),
                "Timestamp": at.isoformat(),
                "SignatureVersion": "2",
                "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/test.pem",
            }
            message["MessageId"] = delivery
            signature = amazon()[0].sign(signed_text(message), PKCS1v15(), hashes.SHA256())
            message["Signature"] = base64.b64encode(signature).decode()
            return json.dumps(message).encode(), {"x-amz-sns-message-type": message["Type"]}
    return body, {}


@cache
def amazon() -> tuple[rsa.RSAPrivateKey, bytes]:
    """The key with which Amazon signs in tests, and its certificate as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    present = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(present - timedelta(days=1))
        .not_valid_after(present + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM)
