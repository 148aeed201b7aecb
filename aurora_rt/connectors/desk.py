"""What routes need of accounts, put together where the process starts."""

from dataclasses import dataclass

from aurora_rt.connectors.accounts import Accounts
from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.lending import Lending
from aurora_rt.connectors.secrets import Secrets
from aurora_rt.connectors.signing_in import SignIns
from aurora_rt.connectors.standing import Standings
from aurora_rt.db.pool import Database


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """The accounts of organizations, how they are, and what they lend."""

    accounts: Accounts
    standings: Standings
    lending: Lending
    sign_ins: SignIns

    @classmethod
    def of(cls, database: Database, secrets: Secrets, wire: Wire) -> "AccountDesk":
        """The desk of a process."""
        accounts = Accounts(database, secrets, wire)
        return cls(accounts, Standings(accounts), Lending(accounts), SignIns(accounts))
