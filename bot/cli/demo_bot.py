"""The demo's bot: a child process that can be killed and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Final, Protocol

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.05
RESTART_SECONDS: Final = 1.0
LAST_LINES: Final = 15


class Sockets(Protocol):
    """What the local Slack says of Socket Mode."""

    @property
    def connected(self) -> bool: ...


class DemoBot:
    """Runs `firebell run` with a given environment; its output goes to a file."""

    def __init__(self, environment: dict[str, str], log_path: Path) -> None:
        self._environment = environment
        self.log_path = log_path
        self._process: asyncio.subprocess.Process | None = None
        self._held = False

    async def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal reaches the whole group; the bot is stopped by us, after the page.
                start_new_session=True,
            )

    async def connected(self, sockets: Sockets) -> bool:
        """Wait until the bot listens; False when it ended or took too long."""
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if sockets.connected:
                return True
            if self._process is None or self._process.returncode is not None:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def crash(self) -> None:
        """Kill it without warning (SIGKILL), and hold it down until `start` is called."""
        self._held = True
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def revive(self) -> None:
        await self.start()
        self._held = False

    async def keep_running(self) -> None:
        """Start the bot again whenever it ends by itself; runs until cancelled."""
        while True:
            process = self._process
            if process is not None and not self._held:
                await process.wait()
                if not self._held and process is self._process:
                    await asyncio.sleep(RESTART_SECONDS)
                    await self.start()
            await asyncio.sleep(POLL_SECONDS)

    async def stop(self) -> None:
        """Ask it to drain and end; kill it if it does not within its time."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        if process.returncode is None:
            process.kill()
            await process.wait()

    def last_words(self) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
        except OSError:
            return ""
