"""The command line: thin click commands over what the packages do.

A failure that we expected is one sentence on standard error and exit code 1; a wrong call is click's own, 2.
"""

import sys

import click

from aurora_rt import __version__
from aurora_rt.cli.evaluate import evaluate
from aurora_rt.cli.server import migrate_command, up, web, worker
from aurora_rt.cli.tail import tail
from aurora_rt.cli.webhook import webhook
from aurora_rt.errors import AuroraError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aurora-rt")
def aurora_rt() -> None:
    """Aurora RT: alerts walk in, investigations stream out."""


for command in (up, web, worker, migrate_command, webhook, evaluate, tail):
    aurora_rt.add_command(command)


def main() -> None:
    """Run the command line."""
    try:
        aurora_rt()
    except AuroraError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(1)
    except BaseExceptionGroup as group:
        expected = group.subgroup(AuroraError)
        if expected is None:
            raise
        for leaf in _leaves(expected):
            click.echo(f"Error: {leaf}", err=True)
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found
