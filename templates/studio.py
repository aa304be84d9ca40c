"""A process of its own for what takes long to draw or write, so that nothing else waits for it.

It starts with the first piece of work and ends with `close`, or when the process that started it is gone.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import ParamSpec, TypeVar

from bot.domain.model import Incident
from bot.errors import IntegrationError, Reason
from templates.charts import Chart, ChartContext, draw_charts

P = ParamSpec("P")
R = TypeVar("R")


class Studio:
    """One worker process. Work is done in the order in which it is asked for.

    Methods raise IntegrationError when the process ended before the work was done (nothing went out, so it is safe to
    ask again) or when stored data cannot be read.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> Studio:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self.close()

    def close(self) -> None:
        """Drop work that waits and let the process go once it has finished what it is doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    async def warm(self) -> None:
        """Start the process and load what drawing needs, so that the first chart comes as quickly as the others."""
        await self.run(_load)

    async def draw(self, panels: bytes, incident: Incident, moment: str) -> Sequence[Chart]:
        """Draw stored panels, one chart for each service."""
        return await self.run(draw_charts, panels, ChartContext.of(incident, moment))

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module's function with values that can be pickled, there."""
        pool = self._pool = self._pool or _start()
        try:
            return await asyncio.wrap_future(pool.submit(work, *args, **kwargs))
        except BrokenProcessPool as error:
            if self._pool is pool:
                self._pool = None
            raise IntegrationError(Reason.UNREACHABLE, "the drawing process ended before its work was done") from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Not this task but its work was cancelled: somebody let the process go, and what waited for it with it.
            raise IntegrationError(
                Reason.UNREACHABLE, "the drawing process was let go before it came to this"
            ) from None
        except ValueError as error:
            raise IntegrationError(Reason.CLIENT, str(error)) from error


def _start() -> ProcessPoolExecutor:
    # Spawned, not forked: this process has threads, whose locks a fork would copy in whatever state they are.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_follow)


def _follow() -> None:
    """Leave Ctrl-C to the parent, and end with it: a killed parent cannot say goodbye."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.join,), daemon=True).start()


def _end_after(wait: Callable[[], None]) -> None:
    wait()
    os._exit(0)


def _load() -> None:
    for module in ("matplotlib.backends.backend_agg", "matplotlib.figure", "PIL.Image"):
        importlib.import_module(module)
