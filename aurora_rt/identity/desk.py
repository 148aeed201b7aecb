"""What the verbs of identity need."""

from dataclasses import dataclass

from aurora_rt.db.pool import Database
from aurora_rt.identity.passwords import Passwords
from aurora_rt.settings import Settings
from aurora_rt.web.limits import Limits


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk at which people register and sign in; one for a process."""

    settings: Settings
    database: Database
    passwords: Passwords
    limits: Limits
