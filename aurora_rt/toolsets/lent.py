"""Looking with an organization's own accounts: they stand in for those of the settings, field by field.

The first account with each provider serves the toolset of its name; each further one has a toolset of its own, such as
`aws_2`, that looks with it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector
from aurora_rt.connectors.lending import Loan, Loans
from aurora_rt.connectors.providers import discover
from aurora_rt.connectors.wires import keeping_to
from aurora_rt.toolsets.toolset import Access, Seen, Tool, Toolset


def equipped(
    toolsets: Mapping[str, Toolset], access: Access, loans: Loans, wire: Wire
) -> tuple[Mapping[str, Toolset], Access]:
    """The toolsets and the access to look with, once the loans are in. Opens nothing."""
    if not loans.loans and loans.wanted is None:
        return toolsets, access
    first, further = _ordered(loans.loans)
    access = _with(access, first, wire)
    found, withheld = dict(toolsets), {**access.withheld, **_withheld(loans, first)}
    for number, loan in further:
        for toolset in _toolsets(loan.connector, toolsets):
            one = _another(toolset, number, loan, access, wire)
            found[one.name] = one
            if loan.lent is None:
                withheld[one.name] = loan.problem
    told = " ".join(sorted(loan.key for loan in loans.loans if loan.lent))
    return found, replace(
        access, withheld=withheld, accounts=sha256(told.encode()).hexdigest() if told else ""
    )


def _ordered(loans: Iterable[Loan]) -> tuple[list[Loan], list[tuple[int, Loan]]]:
    """The first account with each provider, and the others with their numbers."""
    first: list[Loan] = []
    further: list[tuple[int, Loan]] = []
    counts: Counter[str] = Counter()
    for loan in loans:
        counts[loan.connector.name] += 1
        if counts[loan.connector.name] == 1:
            first.append(loan)
        else:
            further.append((counts[loan.connector.name], loan))
    return first, further


def _withheld(loans: Loans, first: Iterable[Loan]) -> dict[str, str]:
    """Toolset → why it may not be used: its provider is not wanted, or its account cannot be used."""
    found: dict[str, str] = {}
    for connector in discover().values():
        if connector.alone and not loans.allows(connector):
            reason = f"{connector.title} is not among the providers that this chat may look at."
            found |= dict.fromkeys(connector.toolsets, reason)
    for loan in first:
        if loan.lent is None and loan.connector.alone:
            found |= dict.fromkeys(loan.connector.toolsets, loan.problem)
    return found


def _with(access: Access, loans: Iterable[Loan], wire: Wire) -> Access:
    """The access with what the loans stand in for."""
    lent = [loan.lent for loan in loans if loan.lent is not None]
    fields: dict[str, object] = {name: value for one in lent for name, value in one.settings.items()}
    hosts = [host for one in lent for host in one.hosts]
    settings = access.settings.model_copy(update=fields)
    return replace(access, settings=settings, http=keeping_to(hosts, access.http, wire))


def _toolsets(connector: Connector, toolsets: Mapping[str, Toolset]) -> list[Toolset]:
    return [toolsets[name] for name in connector.toolsets if name in toolsets]


def _another(toolset: Toolset, number: int, loan: Loan, access: Access, wire: Wire) -> Toolset:
    """The same toolset, that looks with another account."""
    settings = _with(access, [loan], wire).settings

    def bound(run: Callable[[Any, Access], Awaitable[Seen]]) -> Callable[[Any, Access], Awaitable[Seen]]:
        async def look(parameters: Any, here: Access) -> Seen:
            return await run(parameters, _with(here, [loan], wire))

        return look

    return replace(
        toolset,
        name=f"{toolset.name}_{number}",
        title=f"{toolset.title} ({loan.title})",
        description=f"{toolset.description} This one looks with the account {loan.title}.",
        tools=tuple(_tool(one, bound) for one in toolset.tools),
        unusable=lambda _: toolset.unusable(settings),
    )


def _tool(one: Tool, bound: Callable[[Any], Any]) -> Tool:
    return replace(one, run=bound(one.run))
