"""Keys of service accounts of Google Cloud, and tokens for them.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

import base64
import time
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_core import to_json

AUDIENCE: Final = "https://oauth2.googleapis.com/token"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR: Final = 3600


class KeyUnusable(ValueError):
    """It signs nothing."""


class ServiceKey(BaseModel):
    """The JSON key of a service account, as Google Cloud hands it out."""

    model_config = ConfigDict(frozen=True)

    type: Literal["service_account"]
    project_id: str = ""
    private_key_id: str = ""
    private_key: SecretStr
    client_email: str


def service_key(text: str | bytes) -> ServiceKey | None:
    """The key that a text is; `None` when it is none."""
    try:
        return ServiceKey.model_validate_json(text)
    except ValidationError:
        return None


def assertion(email: str, private_key: str, key_id: str, scope: str) -> str:
    """What a token is asked for with (RFC 7523), good for an hour. Raises `KeyUnusable`. Takes a while: a thread's."""
    at = int(time.time())
    head = {"alg": "RS256", "typ": "JWT", "kid": key_id}
    claims = {"iss": email, "scope": scope, "aud": AUDIENCE, "iat": at, "exp": at + HOUR}
    text = f"{_encoded(to_json(head))}.{_encoded(to_json(claims))}"
    try:
        private = load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable from error
    if not isinstance(private, RSAPrivateKey):
        raise KeyUnusable
    return f"{text}.{_encoded(private.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
