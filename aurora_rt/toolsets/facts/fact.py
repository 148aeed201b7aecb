"""The base of what tools tell."""

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """The base of all facts: frozen, and strict about unknown fields. Sizes are bytes, times seconds or UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")
