"""Drawing happens elsewhere: it survives the loss of that process, and that process does not survive its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import IntegrationError, Reason
from templates.studio import Studio
from tests.builders import night, panel_document
from tests.domain.world import START

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DATA = panel_document(START - timedelta(minutes=10), START)


def gone(pid: int) -> bool:
    """Wait until a process has ended, at most ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


async def test_charts_are_drawn_in_a_process_of_their_own() -> None:
    async with Studio() as studio:
        await studio.warm()
        there = await studio.run(os.getpid)
        (chart,) = await studio.draw(DATA, night("declared").it, "asked")
        assert await studio.run(os.getpid) == there != os.getpid()
    assert chart.data.startswith(b"\x89PNG")
    assert gone(there)


async def test_a_lost_process_is_an_error_once_and_replaced() -> None:
    async with Studio() as studio:
        pid = await studio.run(os.getpid)
        with pytest.raises(IntegrationError) as caught:
            await studio.run(os.kill, pid, signal.SIGKILL)
        assert caught.value.reason is Reason.UNREACHABLE
        assert await studio.run(os.getpid) != pid


async def test_data_that_cannot_be_read_is_an_error_and_no_loss() -> None:
    async with Studio() as studio:
        pid = await studio.run(os.getpid)
        with pytest.raises(IntegrationError) as caught:
            await studio.draw(b"{}", night("declared").it, "asked")
        assert caught.value.reason is Reason.CLIENT
        assert await studio.run(os.getpid) == pid


def test_a_killed_owner_leaves_no_process_behind() -> None:
    code = (
        "import asyncio, os\n"
        "from templates.studio import Studio\n"
        "async def main():\n"
        "    print(await Studio().run(os.getpid), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout as lines:
        worker = int(lines.readline())
        owner.kill()
        owner.wait()
    assert gone(worker)
