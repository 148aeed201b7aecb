"""PostgreSQL checks our SQL: every statement of every module of queries prepares against the migrated schema."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

import aurora_rt
from aurora_rt.db.pool import Database

PACKAGE = Path(aurora_rt.__file__).parent
VERBS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
FILES = sorted([*PACKAGE.glob("*/*queries.py"), PACKAGE / "events" / "log.py", PACKAGE / "worker.py"])

OUTSIDE_ANY_ORGANIZATION = {
    # who is asking, and whose webhook it is, is what tells the organization
    "identity.queries.caller_by_id",
    "identity.queries.credentials_by_email",
    "identity.queries.lasting_credentials",
    "identity.session_queries.session_by_token",
    "identity.session_queries.touch_session",
    "identity.session_queries.delete_session",
    "identity.session_queries.delete_ended_sessions",
    "identity.token_queries.api_token_by_hash",
    "identity.token_queries.touch_api_token",
    "identity.token_queries.take_socket_token",
    "identity.token_queries.delete_ended_socket_tokens",
    "identity.queries.email_taken",
    "identity.queries.any_user",
    "identity.queries.organizations_of",
    "identity.queries.lock_registration",
    "alerts.queries.find_token",
    # the organization itself, by its id
    "identity.queries.insert_organization",
    "identity.queries.organization_name",
    "identity.member_queries.lock_admins",
    "knowledge.document_queries.lock_organization",
    "identity.member_queries.count_invitations",
    "toolsets.queries.count_rules",
    "identity.member_queries.delete_ended_invitations",
    # a lock whose name holds the organization
    "alerts.correlation_queries.lock",
    "chat.queries.lock_client_id",
    "llm.queries.lock_spending",
    "knowledge.queries.lock_source",
    # the schema itself
    "knowledge.queries.has_vector_type",
    # the server's own cursors and sign of life
    "events.log.heads",
    "events.log.epoch",
    "worker.be_seen",
    # what is over, wherever it is, is found by its time
    "alerts.correlation_queries.delete_old_marks",
    "alerts.silence_queries.end_elsewhere",
    "alerts.silence_queries.with_due",
    "approvals.queries.organizations_with_due",
    "worker._database_answers",
}


def statements() -> Iterator[tuple[str, str]]:
    """Each SQL text with the name of the function that it stands in."""
    for file in FILES:
        module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
                for node in ast.walk(function):
                    if (
                        isinstance(node, ast.Constant)
                        and isinstance(node.value, str)
                        and VERBS.match(node.value)
                    ):
                        yield f"{module}.{function.name}", node.value


ALL = list(statements())


async def test_every_statement_fits_the_schema(database: Database) -> None:
    async with database.connection() as connection:
        for name, sql in ALL:
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{name}: {error}")


@pytest.mark.parametrize(("name", "sql"), ALL, ids=[name for name, _ in ALL])
def test_every_statement_names_the_organization(name: str, sql: str) -> None:
    assert "organization_id" in sql or name in OUTSIDE_ANY_ORGANIZATION, name


def test_there_is_sql_to_check() -> None:
    assert len(ALL) > 40
