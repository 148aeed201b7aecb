"""Commands about webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import click

from aurora_rt import embedded, serve
from aurora_rt.alerts import tokens
from aurora_rt.alerts.source import sources
from aurora_rt.cli.server import data_dir_option
from aurora_rt.db.pool import Database, opened
from aurora_rt.errors import Invalid, Misconfigured
from aurora_rt.identity import organizations
from aurora_rt.settings import Settings, load


@click.group()
def webhook() -> None:
    """Ways in for alert sources."""


@webhook.command()
@click.argument("source")
@click.option("--name", help="What to call it in lists. Default: the source's name.")
@click.option("--email", help="A member of the organization that it is for, when there are several.")
@data_dir_option
def create(source: str, name: str | None, email: str | None, data_dir: Path | None) -> None:
    """Make a webhook for SOURCE (such as alertmanager or grafana). Its URL is shown now and never again."""
    settings = load(data_dir=data_dir)

    async def run() -> str:
        async with _database(settings) as database:
            organization_id = await _organization(database, email)
            created = await tokens.create(database, organization_id, source, name or source)
        base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        return tokens.webhook_url(base_url, source, created.secret)

    url = asyncio.run(run())
    click.echo(url)
    click.echo(f"\n{sources()[source].setup_for(url)}", err=True)


@webhook.command("list")
@click.option("--email", help="A member of the organization, when there are several.")
@data_dir_option
def list_command(email: str | None, data_dir: Path | None) -> None:
    """List webhooks: id, source, name, last use."""

    async def run() -> None:
        async with _database(load(data_dir=data_dir)) as database:
            for one in await tokens.list_all(database, await _organization(database, email)):
                used = (
                    f"last used {one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never used"
                )
                click.echo(f"{one.id}  {one.source}  {one.name}  {used}")

    asyncio.run(run())


@webhook.command()
@click.argument("webhook_id", type=click.UUID)
@click.option("--email", help="A member of the organization, when there are several.")
@data_dir_option
def revoke(webhook_id: UUID, email: str | None, data_dir: Path | None) -> None:
    """Close a webhook, at once."""

    async def run() -> None:
        async with _database(load(data_dir=data_dir)) as database:
            await tokens.revoke(database, await _organization(database, email), webhook_id)

    asyncio.run(run())
    click.echo("Revoked.")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the running server; without one, an embedded server that runs for this command."""
    if settings.database_url is None:
        try:
            settings = serve.replace_urls(settings, embedded.running(settings.data_dir))
        except Misconfigured:
            async with (
                serve.located(settings) as there,
                opened(there.database_url or "", connections=3) as database,
            ):
                yield database
            return
    async with opened(settings.database_url or "", connections=3) as database:
        yield database


async def _organization(database: Database, email: str | None) -> UUID:
    async with database.connection() as connection:
        found = await organizations.of_member(connection, email)
    match found:
        case [only]:
            return only
        case []:
            who = f"with the e-mail {email}" if email else "yet: register first, or run with --demo"
            raise Invalid(f"There is no user {who}.")
        case _:
            raise Invalid("There are several organizations; name a member of yours with --email.")
