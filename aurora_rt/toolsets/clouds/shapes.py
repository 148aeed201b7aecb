"""The base of the shapes of clouds' answers."""

from pydantic import BaseModel, ConfigDict, model_validator


class Answered(BaseModel):
    """A part of an answer; what it holds besides is ignored, and `null` is the same as nothing."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_nothing(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: one for name, one in value.items() if one is not None}
