"""Starts processes fast: one process has imported everything and forks a child for each that is wanted.

The child runs a module from its beginning, as `python -m` would, and can be killed like any other. Importing a module
of this house does nothing, so that a fork of what is imported is as fresh as a process that imports it anew, and starts
in a tenth of the time; that is what makes two hundred lives of a bot affordable.

`python -m tests.crash.nursery` reads one JSON object a line: module, arguments, variables, output (a file that stdout
and stderr are added to). It answers {"pid"}, and later, whenever a child has ended, {"ended", "status"}.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

ROOT: Final = Path(__file__).parents[2]
BEFOREHAND: Final = ("bot.cli.run", "integrations.slack.integration", "integrations.metrics", "integrations.documents")
BOTH_DRIVERS: Final = ("aiosqlite", "asyncpg", "sandbox.server", "tests.crash.haste")
LATER: Final = ("alembic.command", "alembic.op", "dateutil.tz", "holidays.countries", "httpx")
"""What a bot imports only when it comes to need it, which is soon."""
STARTING_SECONDS: Final = 60.0


@dataclass
class Child:
    """A process of the nursery; `status` is as in `subprocess.Popen.returncode`, None while it runs."""

    pid: int = 0
    status: int | None = None

    async def wait(self) -> int:
        while self.status is None:
            await asyncio.sleep(0.02)
        return self.status

    def kill(self) -> bool:
        """SIGKILL; False if it had ended."""
        if self.status is not None:
            return False
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


class Nursery:
    """The test's side: a started nursery, from any event loop."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.crash.nursery"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._children: dict[int, Child] = {}
        self._newest: list[Child] = []
        self._told = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self, module: str, *arguments: str, variables: Mapping[str, str], output: Path) -> Child:
        """Start a module as a process of its own."""
        wanted = {"module": module, "arguments": arguments, "variables": dict(variables), "output": str(output)}
        assert self._process.stdin is not None
        with self._told:
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            assert self._told.wait_for(lambda: bool(self._newest), STARTING_SECONDS), "the nursery does not answer"
            return self._newest.pop()

    def close(self) -> None:
        """End it and all its children."""
        for child in self._children.values():
            child.kill()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            with self._told:
                if "pid" in said:
                    child = self._children[said["pid"]] = Child(said["pid"])
                    self._newest.append(child)
                else:
                    self._children[said["ended"]].status = said["status"]
                self._told.notify_all()


def say(**what: int) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


def reap(_: int, __: FrameType | None) -> None:
    """Tell of every child that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        say(ended=pid, status=os.waitstatus_to_exitcode(status))


def live(module: str, arguments: Sequence[str], variables: Mapping[str, str], output: str) -> NoReturn:
    """Be the child."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, one in enumerate((nothing, file, file)):
        os.dup2(one, number)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = [module, *arguments]
    status = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Fork for each line until there are no more."""
    for module in (*BEFOREHAND, *BOTH_DRIVERS, *LATER):
        importlib.import_module(module)
    gc.freeze()  # a child would only copy these pages to find no garbage in them
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        wanted: dict[str, Any] = json.loads(line)
        # A child that ends at once must not be told of before it was born.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            live(wanted["module"], wanted["arguments"], wanted["variables"], wanted["output"])
        say(pid=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


if __name__ == "__main__":
    main()
