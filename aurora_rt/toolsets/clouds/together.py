"""Questions that are asked side by side: when one fails, the others are ended, so that nothing is left running."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


async def both(one: Coroutine[Any, Any, One], other: Coroutine[Any, Any, Other]) -> tuple[One, Other]:
    """What two coroutines give. Raises what the first of them to fail raises."""
    try:
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(one), group.create_task(other)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return first.result(), second.result()


async def each(every: Iterable[Coroutine[Any, Any, One]]) -> list[One]:
    """What coroutines give, in their order. Raises what the first of them to fail raises."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in every]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
