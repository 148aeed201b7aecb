"""How a person speaks to each engine, and how a finding about a database is made. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Finding, Remedy, Role, Subject

Speaks = Literal["postgresql", "mysql", "redis"]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one engine."""

    shell: str
    """A statement, where `{}` stands, at the command line."""
    sessions: str
    locks: str
    end: str
    """Ends a session, `{}` for its id."""
    cancel: str
    """Ends only what it runs."""

    def typed(self, statement: str) -> str:
        """`statement` as a command."""
        return self.shell.format(statement)


TONGUES: Final[dict[Speaks, Tongue]] = {
    "postgresql": Tongue(
        'psql -c "{}"',
        "SELECT pid, usename, application_name, state, now() - xact_start AS open, query FROM pg_stat_activity "
        "WHERE state <> 'idle' ORDER BY xact_start",
        "SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0",
        "SELECT pg_terminate_backend({})",
        "SELECT pg_cancel_backend({})",
    ),
    "mysql": Tongue(
        'mysql -e "{}"',
        "SHOW FULL PROCESSLIST",
        "SELECT * FROM sys.innodb_lock_waits",
        "KILL {}",
        "KILL QUERY {}",
    ),
    "redis": Tongue("redis-cli {}", "CLIENT LIST", "CLIENT LIST", "CLIENT KILL ID {}", "CLIENT UNBLOCK {}"),
}


def found(
    kind: Kind,
    database: str,
    claim: str,
    strength: float,
    look: str,
    role: Role = "culprit",
    remedy: Remedy | None = None,
) -> Finding:
    """A finding about a database. `look` is what to type to see it."""
    subject = Subject(command=look, remedy=remedy)
    return Finding(kind, database, claim, min(1.0, strength), role, subject, on_host=False)
