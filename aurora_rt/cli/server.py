"""Commands that run a server."""

import asyncio
import socket
from pathlib import Path
from typing import TypeVar

import click

from aurora_rt import fleet, jobs, serve
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import opened
from aurora_rt.demo import visit
from aurora_rt.demo.play import Demo
from aurora_rt.identity.http import Callers
from aurora_rt.serve import Beside, Resources, Roles
from aurora_rt.settings import Settings, load
from aurora_rt.telemetry import logs

Command = TypeVar("Command", bound=click.Command)

host_option = click.option("--host", help="Address to listen on. Default: 127.0.0.1.")
port_option = click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: 5080.")
server_option = click.option(
    "--server",
    type=click.Choice(["hypercorn", "uvicorn"]),
    help="What speaks HTTP. Default: hypercorn; uvicorn is an extra.",
)
data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the embedded servers keep their data. Default: ~/.local/share/aurora-rt.",
)
parent_option = click.option("--parent-fd", type=int, hidden=True, help="See `aurora_rt.fleet`.")


@click.command()
@host_option
@port_option
@server_option
@data_dir_option
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Web processes on the one port. With more than one, a worker process runs beside them.",
)
@click.option("--demo", is_flag=True, help="Cause real problems on this machine, and investigate them.")
@click.option(
    "--demo-seconds",
    type=click.IntRange(10, 3600),
    default=180,
    show_default=True,
    help="How long they last.",
)
def up(
    host: str | None,
    port: int | None,
    server: str | None,
    data_dir: Path | None,
    processes: int,
    demo: bool,
    demo_seconds: int,
) -> None:
    """Run everything: API, user interface, streaming and background workers, in one process or in several.

    Without DATABASE_URL and REDIS_URL an embedded PostgreSQL and Valkey run in the data directory.
    """
    settings = _configured(host=host, port=port, server=server, data_dir=data_dir)
    if demo and processes > 1:
        raise click.UsageError("--demo runs in one process: leave --processes out.")

    async def prepare(have: Resources, base_url: str) -> Beside:
        return await _demo(have, base_url, demo_seconds) if demo else Beside()

    def announce(base_url: str) -> None:
        click.echo(_greeting(settings, base_url, demo))

    if processes > 1:
        fleet.run(settings, processes, announce)
    else:
        serve.run(settings, Roles(prepare=prepare, announce=announce))


@click.command()
@host_option
@port_option
@server_option
@data_dir_option
@click.option("--listener-fd", type=int, hidden=True, help="See `aurora_rt.fleet`.")
@parent_option
def web(
    host: str | None,
    port: int | None,
    server: str | None,
    data_dir: Path | None,
    listener_fd: int | None,
    parent_fd: int | None,
) -> None:
    """Run the API, the user interface and streaming, without background workers."""
    settings = _configured(host=host, port=port, server=server, data_dir=data_dir)
    serve.run(
        settings,
        Roles(
            worker=False,
            announce=lambda url: click.echo(f"Serving on {url}"),
            listener=_inherited(listener_fd),
            parent=_inherited(parent_fd),
        ),
    )


@click.command()
@data_dir_option
@parent_option
def worker(data_dir: Path | None, parent_fd: int | None) -> None:
    """Run background workers alone: they investigate and answer."""
    settings = _configured(data_dir=data_dir)
    serve.run(
        settings,
        Roles(
            web=False, announce=lambda _: click.echo("Working on the queue."), parent=_inherited(parent_fd)
        ),
    )


@click.command("migrate")
@data_dir_option
def migrate_command(data_dir: Path | None) -> None:
    """Bring the database to the schema of this release. Every server does so at its start, too."""

    async def run() -> list[str]:
        async with (
            serve.located(_configured(data_dir=data_dir)) as settings,
            opened(settings.database_url or "", connections=3) as database,
            database.connection() as connection,
        ):
            return await migrate(connection, jobs.install)

    applied = asyncio.run(run())
    click.echo(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")


def _inherited(number: int | None) -> socket.socket | None:
    return None if number is None else socket.socket(fileno=number)


def _configured(**overrides: object) -> Settings:
    settings = load(**overrides)
    logs.configure(settings)
    return settings


async def _demo(have: Resources, base_url: str, seconds: float) -> Beside:
    caller = await visit.visitor(have.desk)
    token = await visit.webhook_token(have.desk, caller)
    demo = Demo(base_url, token, seconds=seconds, prometheus_url=have.settings.prometheus_url)
    callers = Callers(have.settings, have.database)
    return Beside(
        blueprints=(visit.routes(have.desk, callers, caller),),
        loops=(("demo", demo.run),),
    )


def _greeting(settings: Settings, base_url: str, demo: bool) -> str:
    lines = ["", f"  Aurora RT is running at {base_url}", ""]
    if demo:
        lines += [
            "  Open it: you are signed in as the demo's user. Real problems are being caused on this machine now",
            "  (one process burns CPU, one leaks memory, one fills a directory; all bounded, all ended by themselves).",
            "  Watch the investigation find them.",
        ]
    else:
        lines += [
            "  Open it and register. Then connect an alert source, or press Try it now to watch a demo."
        ]
    if settings.prometheus_url is None:
        lines += ["  Metrics: set PROMETHEUS_URL to let investigations query Prometheus."]
    lines += [f"  X-User-ID is trusted: {settings.trust_user_header}.", "  Stop with Ctrl-C.", ""]
    return "\n".join(lines)
