"""Amazon SNS: each message is signed with a key whose certificate stands at an address of Amazon's own.

What is signed, and how the certificate is to be found, is told at
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html.
The certificate and the confirmation of a subscription are fetched from `sns.<region>.amazonaws.com` only, whatever
the message says.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic_core import from_json

from aurora_rt.alerts.proof.call import Call, Proof, SignatureExpired, SignatureInvalid, SignatureMissing

TOLERANCE: Final = 3600.0
"""Seconds between a message's time and ours: Amazon tries again for that long."""
_HOST: Final = re.compile(r"sns\.[a-z0-9][a-z0-9-]{0,40}\.amazonaws\.com(\.cn)?")
_NOTIFICATION: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SUBSCRIPTION: Final = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@dataclass(frozen=True)
class Sns(Proof):
    """A message signed by Amazon. The secret, if entered, is the topic that alone may send."""

    asks_for: str = "The ARN of the topic, so that no other topic can send here"
    always = True

    def certificate_url(self, call: Call) -> str:
        """The address of the certificate, which must be one of Amazon's."""
        address = _text(_message(call.body), "SigningCertURL")
        if not amazons(address) or not urlsplit(address).path.endswith(".pem"):
            raise SignatureInvalid("SigningCertURL is not an address of Amazon SNS.")
        return address

    def check(self, call: Call, secret: str) -> str:
        """See `Proof.check`; the replay is known by the message's id."""
        message = _message(call.body)
        verify(message, call.certificate or b"", call.at)
        if secret and not hmac.compare_digest(_text(message, "TopicArn").encode(), secret.encode()):
            raise SignatureInvalid("The message is of another topic than the one this webhook was made for.")
        return _text(message, "MessageId")


def amazons(address: str) -> bool:
    """Whether a URL is of Amazon SNS itself: https, its host, its usual port, nothing before the host."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and _HOST.fullmatch(parts.netloc.lower()) is not None and port is None


def verify(message: Mapping[str, Any], certificate: bytes, at: datetime) -> None:
    """Raise an error unless `message` was signed with the key of the `certificate` (PEM), a short while before `at`."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    algorithm: hashes.HashAlgorithm
    match message.get("SignatureVersion"):
        case "1":
            algorithm = hashes.SHA1()  # noqa: S303 - what version 1 is
        case "2":
            algorithm = hashes.SHA256()
        case _:
            raise SignatureInvalid("SignatureVersion is neither 1 nor 2.")
    try:
        signature = base64.b64decode(_text(message, "Signature"), validate=True)
        known = x509.load_pem_x509_certificate(certificate)
        key = known.public_key()
        if not isinstance(key, RSAPublicKey):
            raise SignatureInvalid("The certificate holds no RSA key.")
        key.verify(signature, signed_text(message), PKCS1v15(), algorithm)
    except (binascii.Error, ValueError, InvalidSignature) as error:
        raise SignatureInvalid("The signature is not Amazon's for this message.") from error
    if not known.not_valid_before_utc <= at <= known.not_valid_after_utc:
        raise SignatureExpired("The certificate is not valid now.")
    require_recent(_text(message, "Timestamp"), at)


def require_recent(moment: str, at: datetime) -> None:
    """Raise `SignatureExpired` when a message's time is not within `TOLERANCE` of `at`."""
    try:
        signed_at = datetime.fromisoformat(moment)
        late = abs((at - signed_at).total_seconds()) > TOLERANCE
    except (ValueError, TypeError):
        late = True
    if late:
        raise SignatureExpired("The message's Timestamp is not within an hour of our time.")


def signed_text(message: Mapping[str, Any]) -> bytes:
    """What Amazon signs of a message: some fields by name, each with its value, a line each."""
    names = _NOTIFICATION if message.get("Type") == "Notification" else _SUBSCRIPTION
    told = [(name, message.get(name)) for name in names]
    return "".join(f"{name}\n{value}\n" for name, value in told if isinstance(value, str)).encode()


def _message(body: bytes) -> Mapping[str, Any]:
    try:
        message = from_json(body)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise SignatureMissing(
            "The body is not a message of Amazon SNS. Is raw message delivery switched off?"
        )
    return message


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise SignatureMissing(f"{name} is missing: this is no signed message of Amazon SNS.")
    return value
