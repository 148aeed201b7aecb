"""What a proof looks at, and how its refusal reads."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aurora_rt.errors import Conflict, Unauthenticated


class SignatureMissing(Unauthenticated):
    """A webhook whose token has a secret was called without its vendor's signature."""

    code = "webhook_signature_missing"


class SignatureInvalid(Unauthenticated):
    """The signature is not what the vendor would have made of this body with the secret."""

    code = "webhook_signature_invalid"


class SignatureExpired(Unauthenticated):
    """The time that was signed is too far from ours: a replay, or a clock that is wrong."""

    code = "webhook_signature_expired"


class Replayed(Conflict):
    """This very delivery was taken before."""

    code = "webhook_replayed"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a webhook, as far as a proof may look."""

    headers: Mapping[str, str]
    """The first value of each header; names in lower case."""
    body: bytes
    """Word for word."""
    at: datetime
    """When it arrived."""
    certificate: bytes | None = None
    """What stands at the proof's `certificate_url`, if it asked for one."""

    def header(self, name: str) -> str:
        """The value of a header. Raises `SignatureMissing` without one, or when it is empty."""
        value = self.headers.get(name.lower(), "").strip()
        if not value:
            raise SignatureMissing(
                f"The header {name} is missing. This webhook has a secret, so unsigned calls are refused."
            )
        return value


class Proof:
    """How a vendor proves itself. A scheme is a frozen dataclass below this one."""

    __slots__ = ()

    always: bool = False
    """Whether it is checked even for a token without a secret."""
    asks_for: str = ""
    """What a person enters as the secret and where the vendor shows it; `""`: there is no secret to enter."""

    @property
    def takes_secret(self) -> bool:
        """Whether a token of this source can have a secret."""
        return bool(self.asks_for)

    def certificate_url(self, call: Call) -> str | None:  # noqa: ARG002 - for those below
        """The certificate that `check` needs, as the call names it. Raises an error that refuses the call."""
        return None

    @abstractmethod
    def check(self, call: Call, secret: str) -> str | None:
        """Raise an error that refuses the call, or return the identity by which a replay of it is known.

        `None`: the vendor gives none, so that only the identity of its alerts keeps them from counting twice.
        """
        raise NotImplementedError
