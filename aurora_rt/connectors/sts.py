"""AWS's Security Token Service: who one is, and a role that is assumed.

https://docs.aws.amazon.com/STS/latest/APIReference/
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from pydantic import BaseModel, Field, ValidationError

from aurora_rt.connectors import xml
from aurora_rt.connectors.asking import ProviderAway, Wire
from aurora_rt.connectors.sigv4 import Signature

VERSION: Final = "2011-06-15"
SESSION: Final = "aurora-rt"
SECONDS: Final = 3600

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key, and in which region it is used."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    region: str
    token: str = field(default="", repr=False)
    """The session token of temporary credentials."""


class Identity(BaseModel):
    """Who a key belongs to."""

    account: str = Field(alias="Account")
    arn: str = Field(alias="Arn")


class _Credentials(BaseModel):
    key: str = Field(alias="AccessKeyId", min_length=1)
    secret: str = Field(alias="SecretAccessKey", min_length=1, repr=False)
    token: str = Field(alias="SessionToken", min_length=1, repr=False)
    expires: datetime = Field(alias="Expiration")


class _Assumed(BaseModel):
    credentials: _Credentials = Field(alias="Credentials")


async def identity(keys: Keys, wire: Wire) -> Identity:
    """Who the keys belong to; AWS lets everybody ask. Raises `AccountRefused`, `ProviderAway`."""
    said = await _asked(keys, wire, {"Action": "GetCallerIdentity"})
    return _read(said, "GetCallerIdentityResult", Identity, wire)


async def assumed(keys: Keys, wire: Wire, role: str, external_id: str) -> Keys:
    """Keys for a role, good for an hour. Raises `AccountRefused`, `ProviderAway`."""
    asked = {
        "Action": "AssumeRole",
        "RoleArn": role,
        "RoleSessionName": SESSION,
        "DurationSeconds": str(SECONDS),
    }
    if external_id:
        asked["ExternalId"] = external_id
    found = _read(await _asked(keys, wire, asked), "AssumeRoleResult", _Assumed, wire).credentials
    return Keys(found.key, found.secret, keys.region, found.token)


async def _asked(keys: Keys, wire: Wire, form: dict[str, str]) -> bytes:
    domain = "amazonaws.com.cn" if keys.region.startswith("cn-") else "amazonaws.com"
    base = wire.settings.aws_endpoint or f"https://sts.{keys.region}.{domain}"
    return await wire.fetch(
        f"{base.rstrip('/')}/",
        method="POST",
        headers={"Accept": "application/xml"},
        auth=Signature(keys, "sts"),
        form={**form, "Version": VERSION},
    )


def _read(body: bytes, name: str, shape: type[Shape], wire: Wire) -> Shape:
    try:
        said = xml.read(body)
        return shape.model_validate(said.get(name) if isinstance(said, dict) else None)
    except (xml.NotReadable, ValidationError):
        raise ProviderAway(f"{wire.title} answered something else than it documents.") from None
