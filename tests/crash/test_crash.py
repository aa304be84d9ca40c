"""A process is killed with SIGKILL at each named point, on both databases; then nothing is lost and nothing doubled.

The chat is another process, which survives. What cannot be held is a process that is paused between the last look at
its lease and the write to the socket; no test here counts on that not happening.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import faultpoints
from bot.domain import events as e
from bot.domain import evolve
from bot.domain.effects import TellAudience
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from tests.crash import small_bot
from tests.crash.entry import KILL_AT
from tests.fakes import FakeClock

pytestmark = pytest.mark.slow

EXPECTED = Counter(
    {
        ("OpenRoom", "", ""): 1,
        ("InviteToRoom", "", ""): 2,
        ("PostCard", "card", ""): 1,
        ("PostCard", "summary_card", ""): 1,
        ("PinCard", "", ""): 1,
        ("AddBookmark", "", ""): 1,
        ("DirectMessage", "UANA", "DeclaredReceipt"): 1,
        ("DirectMessage", "USAM", "RoleDuties"): 1,
        ("PostMessage", "room", "RoleMoved"): 1,
        ("PostMessage", "room", "NoCommander"): 1,
        ("PostMessage", "room", "UpdatePublished"): 2,
        ("PostMessage", "summary", "UpdatePublished"): 2,
        ("DirectMessage", "update:1:USAM", "UpdatePublished"): 1,
        ("DirectMessage", "update:2:USAM", "UpdatePublished"): 1,
    }
)
"""What the story must leave in the chat, apart from edits, of which there may be fewer when they collapse."""

LATER = [(faultpoints.AFTER_CLAIM, 4), (faultpoints.AFTER_SEND, 4), (faultpoints.BEFORE_SETTLE, 4), ("after_commit", 4)]
"""Also in the middle of the story, when several streams are on their way."""

ROOT = Path(__file__).parents[2]
EDITS = ("RefreshCard", "SetTopic", "EditMessage")


class Chat:
    """The surviving process, and what it holds."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.crash.chat"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kept(self) -> list[dict[str, Any]]:
        return self._ask("/all")

    def forget(self) -> None:
        self._ask("/forget", b"")

    def _ask(self, path: str, data: bytes | None = None) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def chat_process() -> Iterator[Chat]:
    process = Chat()
    yield process
    process.close()


@pytest.fixture
def chat(chat_process: Chat) -> Chat:
    chat_process.forget()
    return chat_process


def start(url: str, chat: Chat, *, kill_at: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.entry", "tests.crash.small_bot", url, str(chat.port)]
    variables = {**os.environ, KILL_AT: kill_at}
    return subprocess.Popen(
        command, env=variables, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(url: str, chat: Chat, *, kill_at: str = "") -> int:
    """Run the bot to its end and return how it ended; fails with its output if it neither finished nor was killed."""
    process = start(url, chat, kill_at=kill_at)
    output, _ = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), output[-4000:]
    return process.returncode


async def check(url: str, chat: Chat) -> None:
    """Assert that chat and database hold the whole story, each thing once, each stream in order."""
    kept = chat.kept()
    assert {key: n for key, n in Counter(one["key"] for one in kept).items() if n > 1} == {}, "doubled"
    posted = Counter((one["what"], one["where"], one["notice"]) for one in kept if one["what"] not in EDITS)
    assert posted == EXPECTED
    for what, where in (("PostMessage", "room"), ("PostMessage", "summary")):
        places = [place(one["key"]) for one in kept if (one["what"], one["where"]) == (what, where)]
        assert places == sorted(places), f"{where} is out of order"
    await check_database(url, {one["key"] for one in kept})


async def check_database(url: str, keys: set[str]) -> None:
    engine = make_engine(database_url(url))
    ledger = SqlLedger(engine, "T1", FakeClock())
    verdict = await Audit(ledger, evolve.fold).verify(small_bot.INCIDENT)
    log = await SqlQueries(ledger).log(small_bot.INCIDENT)
    async with ledger.reading() as connection:
        rows = (await connection.execute(small_bot.effects.select())).all()
    await engine.dispose()
    assert verdict.problems == ()
    assert {row.status for row in rows} == {"done"}
    assert {row.id for row in rows if row.type != TellAudience.__name__} == keys, "lost"
    happened = Counter(type(item.event) for item in log)
    once = (e.IncidentDeclared, e.Followed, e.RoleAssigned, e.CommanderMissing, e.RoomOpened)
    assert [happened[kind] for kind in once] == [1] * len(once)
    assert happened[e.UpdatePosted] == 2


def place(key: str) -> tuple[int, int]:
    _, seq, n, *_ = key.split(":")
    return int(seq), int(n)


async def test_undisturbed_the_story_is_told_once(url: str, chat: Chat) -> None:
    assert run(url, chat) == 0
    await check(url, chat)


@pytest.mark.parametrize(("point", "number"), [*((point, 1) for point in faultpoints.ALL), *LATER])
async def test_killed_at_a_named_point_nothing_is_lost_and_nothing_doubled(
    url: str, chat: Chat, point: str, number: int
) -> None:
    assert run(url, chat, kill_at=f"{point}:{number}") == -signal.SIGKILL
    assert run(url, chat) == 0
    await check(url, chat)


async def test_killed_again_and_again_at_random_moments_nothing_is_lost_and_nothing_doubled(
    url: str, chat: Chat
) -> None:
    dice = random.Random(42)
    for _ in range(5):
        process = start(url, chat)
        time.sleep(1.0 + dice.random())
        process.kill()
        process.communicate(timeout=30)
    assert run(url, chat) == 0
    await check(url, chat)
