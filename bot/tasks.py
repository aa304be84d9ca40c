"""Loops that run beside everything else, each ended in its turn when what they belong to closes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import structlog

Stop = Callable[[], None]

log = structlog.get_logger(__name__)


def start(stack: AsyncExitStack, name: str, work: Coroutine[Any, Any, None], stop: Stop | None = None) -> None:
    """Run a loop until the stack closes: then ask it to stop and wait for it, or cancel it if it cannot be asked."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_say_what_ended_it)

    async def end() -> None:
        if stop is not None:
            stop()
        else:
            task.cancel()
        await asyncio.wait({task})

    stack.push_async_callback(end)


def _say_what_ended_it(task: asyncio.Task[None]) -> None:
    """Say at once that a loop has died; `/readyz` and the heartbeat tell of its silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("loop_died", loop=task.get_name(), exc_info=error)


@contextmanager
def outlived(round_of: str, *expected: type[Exception]) -> Iterator[None]:
    """Log what ends one round of a loop, so that the loop goes on: a warning for what is `expected`, else a bug."""
    try:
        yield
    except expected as error:
        log.warning("round_ended", loop=round_of, error=str(error) or type(error).__name__)
    except Exception:  # a loop must outlive every bug in one of its rounds
        log.exception("round_failed", loop=round_of)


async def finish(tasks: set[asyncio.Task[None]]) -> None:
    if tasks:
        await asyncio.wait(set(tasks), timeout=2)
