"""Secrets of organizations, sealed: what is stored is of no use without `AURORA_SECRET_KEY`.

Sealed is `version, number of the data key, nonce, ciphertext and tag`. The number says which data key of the
organization it was sealed under, so that a newer one may come beside it.
"""

import asyncio
import hmac
import secrets as random
import struct
from functools import cached_property
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from aurora_rt.connectors import queries
from aurora_rt.db.pool import Scope
from aurora_rt.errors import Conflict

VERSION: Final = 1
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_HEAD: Final = struct.Struct(">BI")
_SALT: Final = b"aurora-rt: what data keys are wrapped under, 1"
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1}


class SecretsOff(Conflict):
    """There is nothing to encrypt under."""

    code = "secrets_off"


class SecretsLocked(Conflict):
    """What is stored was encrypted under another key, or is damaged."""

    code = "secrets_locked"


class Secrets:
    """Seals and opens the secrets of organizations; one for each process."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key

    async def seal(self, scope: Scope, kind: str, row: str, secret: str) -> bytes:
        """`secret` as it may be stored in a row of that kind. Raises `SecretsOff`, `SecretsLocked`."""
        master = await self._master()
        kept = await queries.newest_data_key(scope)
        if kept is None:
            data_key = random.token_bytes(KEY_BYTES)
            wrapped = sealed(master, data_key, _of_data_key(scope.organization_id, 1))
            kept = await queries.keep_data_key(scope, 1, wrapped)
        number, wrapped = kept
        key = _unwrapped(master, wrapped, scope.organization_id, number)
        text = sealed(key, secret.encode(), bound(scope.organization_id, kind, row))
        return _HEAD.pack(VERSION, number) + text

    async def open(self, scope: Scope, kind: str, row: str, kept: bytes) -> SecretStr:
        """The secret in a row of that kind. Raises `SecretsOff`, `SecretsLocked`."""
        master = await self._master()
        if len(kept) <= _HEAD.size or kept[0] != VERSION:
            raise _locked()
        _, number = _HEAD.unpack_from(kept)
        wrapped = await queries.data_key(scope, number)
        if wrapped is None:
            raise _locked()
        key = _unwrapped(master, wrapped, scope.organization_id, number)
        text = opened(key, kept[_HEAD.size :], bound(scope.organization_id, kind, row))
        return SecretStr(text.decode())

    def require(self) -> None:
        """Raise `SecretsOff` where nothing can be sealed."""
        if self._key is None:
            raise SecretsOff(
                "Nothing secret can be stored here: set AURORA_SECRET_KEY, the same in every process "
                "(`openssl rand -base64 32` makes one), and start again."
            )

    async def signature(self, purpose: str, text: bytes) -> bytes:
        """What shows that we made `text`, for that purpose alone. Raises `SecretsOff`."""
        key = hmac.digest(await self._master(), b"sign: " + purpose.encode(), "sha256")
        return hmac.digest(key, text, "sha256")

    async def _master(self) -> bytes:
        self.require()
        return (
            self._derived if "_derived" in self.__dict__ else await asyncio.to_thread(lambda: self._derived)
        )

    @cached_property
    def _derived(self) -> bytes:
        text = self._key.get_secret_value() if self._key else ""
        return Scrypt(salt=_SALT, length=KEY_BYTES, **_SCRYPT).derive(text.encode())


def sealed(key: bytes, text: bytes, binding: bytes) -> bytes:
    """`text` encrypted under `key`, to be opened only with the same binding. Pure but for its nonce."""
    nonce = random.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, binding)


def opened(key: bytes, text: bytes, binding: bytes) -> bytes:
    """What `sealed` was given. Raises `SecretsLocked` for another key or binding, and for what was changed."""
    try:
        return AESGCM(key).decrypt(text[:NONCE_BYTES], text[NONCE_BYTES:], binding)
    except (InvalidTag, ValueError) as error:
        raise _locked() from error


def bound(organization_id: UUID, kind: str, row: str) -> bytes:
    """What a secret belongs to; no two of them look the same."""
    parts = (organization_id.bytes, kind.encode(), row.encode())
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _of_data_key(organization_id: UUID, number: int) -> bytes:
    return bound(organization_id, "data key", str(number))


def _unwrapped(master: bytes, wrapped: bytes, organization_id: UUID, number: int) -> bytes:
    return opened(master, wrapped, _of_data_key(organization_id, number))


def _locked() -> SecretsLocked:
    return SecretsLocked(
        "What is stored here cannot be decrypted: AURORA_SECRET_KEY is not the one that it was encrypted under. "
        "Set the former one again, or remove the account and enter its key anew."
    )
