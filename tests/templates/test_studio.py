"""Drawing happens elsewhere: it survives the loss of that process, and that process does not survive its owner."""

from __future__ import annotations

import asyncio
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


async def test_work_that_waits_when_the_process_is_let_go_fails_as_an_error_that_may_be_tried_again() -> None:
    async with Studio() as studio:
        pid = await studio.run(os.getpid)
        slow = asyncio.create_task(studio.run(time.sleep, 1))
        waiting = [asyncio.create_task(studio.run(len, "abc")) for _ in range(4)]
        await asyncio.sleep(0)
        studio.close()
        ended = await asyncio.gather(slow, *waiting, return_exceptions=True)
        assert isinstance(ended[-1], IntegrationError)
        assert not any(isinstance(one, asyncio.CancelledError) for one in ended)
        assert await studio.run(os.getpid) != pid


async def test_whoever_gives_up_waiting_is_cancelled_as_they_asked() -> None:
    async with Studio() as studio:
        slow = asyncio.create_task(studio.run(time.sleep, 0.3))
        await asyncio.sleep(0)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow


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
