"""Settings of several values."""

from typing import Annotated

from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(one.strip() for one in value.split(",") if one.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several values, separated by commas."""
SecretsListed = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
"""The same, of values that hold passwords."""
