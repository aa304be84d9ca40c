"""A merge, its undoing and words for customers, each killed before and after what makes it true, on both databases.

Both logs say it or neither; the chat holds what they call for, each thing once; each text stands on the page once.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from bot import faultpoints
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import evolve
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from tests.chaos.promise import promises
from tests.chaos.ties import halves
from tests.crash import small_bot, two_logs
from tests.crash.entry import KILL_AT
from tests.crash.nursery import Nursery
from tests.crash.test_crash import EDITS, Chat
from tests.fakes import FakeClock
from tests.integrations.statuspage.double import Statuspage, statuspage

pytestmark = pytest.mark.slow

LIVES = (
    {KILL_AT: f"{faultpoints.BEFORE_COMMIT}:6"},  # the merge: two declarations, following, words and a link went before
    {KILL_AT: f"{faultpoints.AFTER_COMMIT}:1"},  # the merge; what was carried out before is no transaction any more
    {KILL_AT: f"{faultpoints.AFTER_SEND}:2"},
    {KILL_AT: f"{faultpoints.BEFORE_COMMIT}:1"},  # taking it apart
    {KILL_AT: f"{faultpoints.AFTER_COMMIT}:1"},
    {KILL_AT: f"{faultpoints.AFTER_SEND}:2"},
    {two_logs.AT_PAGE: "1"},
)
"""Where each life ends; the one after them goes on to the end."""

Logs = dict[str, Sequence[e.Recorded]]


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    process = Chat()
    yield process
    process.close()


@pytest.fixture
async def page() -> AsyncIterator[Statuspage]:
    async with statuspage() as served:
        yield served


async def test_two_logs_and_the_status_page_agree_after_the_bot_was_killed_at_each_step(
    url: str, chat: Chat, page: Statuspage, nursery: Nursery, tmp_path: Path
) -> None:
    chat.forget()
    output = tmp_path / "bot.log"
    for end in (*LIVES, {}):
        variables = {**os.environ, **end}
        arguments = ("tests.crash.two_logs", url, str(chat.port), page.url)
        child = nursery.start("tests.crash.entry", *arguments, variables=variables, output=output)
        status = await child.wait()
        assert status == (-signal.SIGKILL if end else 0), f"{end}: {output.read_text()[-4000:]}"

    logs = await look(url)
    assert halves(logs.values()) == []
    happened = Counter(type(one.event) for log in logs.values() for one in log)
    once = (e.IncidentLinked, e.IncidentMerged, e.IncidentAbsorbed, e.IncidentUnmerged, e.PartReleased)
    assert [happened[kind] for kind in once] == [2, 1, 1, 1, 1]
    assert page.updates() == [
        ("Payments fail", "investigating", two_logs.FIRST_WORDS),
        ("Payments fail", "resolved", two_logs.LAST_WORDS),
    ]
    assert len(page.incidents) == 1
    check_chat(chat, logs)


async def look(url: str) -> Logs:
    """Return both logs; asserts that chain, fold and rows are well and that everything was performed."""
    engine = make_engine(database_url(url))
    ledger = SqlLedger(engine, "T1", FakeClock())
    audit, queries = Audit(ledger, evolve.fold), SqlQueries(ledger)
    keys = (two_logs.WHOLE, two_logs.PART)
    verdicts = [await audit.verify(key) for key in keys]
    logs = {key: await queries.log(key) for key in keys}
    async with ledger.reading() as connection:
        rows = (await connection.execute(small_bot.effects.select())).all()
    await engine.dispose()
    assert [verdict.problems for verdict in verdicts] == [(), ()]
    assert {row.status for row in rows} == {"done"}
    return logs


def check_chat(chat: Chat, logs: Logs) -> None:
    """Assert that the chat holds each thing that the logs call for, once, and nothing else; of edits there may be
    fewer.
    """
    promised = [promises(log, two_logs.WITH_PAGE, lambda _: ()) for log in logs.values()]
    wanted = {
        promise.key
        for one in promised
        for promise in one.effects
        if f.route(promise.effect).integration == f.CHAT and type(promise.effect).__name__ not in EDITS
    }
    kept = Counter(one["key"] for one in chat.kept() if one["what"] not in EDITS)
    assert kept == Counter(wanted)
