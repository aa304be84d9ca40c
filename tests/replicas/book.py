"""What the database says, and whether the world agrees: the reckoning after a story."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Row, select, text

from bot.domain import evolve
from bot.errors import Busy
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.tables import UNSETTLED, effects, events, incidents
from tests.fakes import FakeClock
from tests.replicas.town import JSON, rooms_of, sent

SPEAKING: Final = ("PostCard", "PostMessage", "DirectMessage")
"""Effects of which each leaves exactly one message that carries its key."""

PATIENCE: Final = 150
"""How often a database that is away is asked again."""


@dataclass(frozen=True)
class Reckoning:
    """`effects` counts rows, `fired` timers. `lost` and `doubled` name what is missing from the world or there twice;
    `disorder` names streams whose messages stand in another order than their effects; `problems` are the audit's.
    """

    incidents: int
    events: int
    effects: int
    sent: int
    fired: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    disorder: tuple[str, ...]
    problems: tuple[str, ...]

    def check(self, *, once_more: Iterable[str] = ()) -> None:
        """Assert that nothing is lost, doubled or out of order; `once_more`: what a paused process may send again."""
        assert self.lost == ()
        assert set(self.doubled) <= set(once_more)
        assert self.disorder == ()
        assert self.problems == ()


class Book:
    """A look into the bots' database from outside; on PostgreSQL and SQLite alike."""

    def __init__(self, url: str) -> None:
        self._ledger = SqlLedger(make_engine(database_url(url), pool_size=2), "default", FakeClock())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ledger.engine.dispose()

    async def rows(self, statement: str) -> list[Row[Any]]:
        """Ask the database, and again while it is away."""
        for _ in range(PATIENCE):
            with contextlib.suppress(Busy):
                async with self._ledger.reading() as connection:
                    return list((await connection.execute(text(statement))).all())
            await asyncio.sleep(0.2)
        raise AssertionError("the database stays away")

    async def settled(self) -> bool:
        """Whether the outbox has nothing left to do."""
        return not await self.rows(
            "SELECT id FROM effects WHERE status NOT IN ('done', 'dead') AND type != 'WriteCanvas' LIMIT 1"
        )

    async def number(self, title: str) -> int | None:
        """The number of the incident with this in its title."""
        found = await self.rows(f"SELECT number FROM incidents WHERE fold LIKE '%{title}%'")
        return found[0].number if found else None

    async def held(self) -> list[str]:
        """The keys of the effects that somebody has claimed and not settled."""
        return [row.id for row in await self.rows("SELECT id FROM effects WHERE status = 'sending'")]

    async def reckon(self, world: JSON) -> Reckoning:
        """Compare the world with what must be in it."""
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(select(effects).order_by(effects.c.seq, effects.c.n))).all()
            log = (await connection.execute(select(events).order_by(events.c.incident, events.c.seq))).all()
            numbers = (await connection.execute(select(incidents.c.number, incidents.c.id))).all()
        messages = sent(world)
        counts = Counter(one["key"] for one in messages)
        due = {row.id for row in rows if row.type in SPEAKING}
        hurried = [row for row in rows if row.type != "WriteCanvas"]
        unsettled = [f"{row.id} is {row.status}" for row in hurried if row.status in UNSETTLED or row.status == "dead"]
        fired, again = timers_in(log)
        rooms = {row.number: rooms_of(world, row.number) for row in numbers}
        marks = [f"{room}: {what}" for found in rooms.values() for room in found for what in doubled_in(world, room)]
        problems = [await self._problems(row.id) for row in numbers]
        return Reckoning(
            incidents=len(numbers),
            events=len(log),
            effects=len(rows),
            sent=len(messages),
            fired=fired,
            lost=(*unsettled, *sorted(due - set(counts)), *(f"room {n}" for n, found in rooms.items() if not found)),
            doubled=(
                *(key for key, n in counts.items() if n > 1),
                *(f"room {n}" for n, found in rooms.items() if len(found) > 1),
                *again,
                *marks,
                *doubled_files(world),
            ),
            disorder=tuple(disorder(rows, messages)),
            problems=tuple(one for found in problems for one in found),
        )

    async def _problems(self, incident_id: str) -> tuple[str, ...]:
        return (await Audit(self._ledger, evolve.fold).verify(incident_id)).problems


def timers_in(log: Iterable[Row[Any]]) -> tuple[int, list[str]]:
    """Return how many timers left their events in the log, and those that did so twice.

    One firing is one transaction: its events stand side by side under one request id that names the due time.
    """
    firings: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in log:
        if row.request_id.startswith("timer:"):
            firings[row.incident, row.request_id].append(row)
    twice = [
        request
        for (_, request), rows in firings.items()
        if len({row.type for row in rows}) < len(rows) or rows[-1].seq - rows[0].seq >= len(rows)
    ]
    return len(firings), twice


def doubled_in(world: JSON, room: str) -> list[str]:
    """Name what stands twice among a channel's pins and bookmarks."""
    channel = world["channels"][room]
    found = Counter(
        [*(f"pin {one['ts']}" for one in channel["pins"]), *(f"{one['link']}" for one in channel["bookmarks"])]
    )
    return [what for what, n in found.items() if n > 1]


def doubled_files(world: JSON) -> list[str]:
    """Name files that were shared twice under one name in one place."""
    found = Counter((one["name"], json.dumps(one.get("channels"))) for one in world["files"])
    return [f"file {name}" for (name, _), n in found.items() if n > 1]


def disorder(rows: Iterable[Row[Any]], messages: Iterable[Mapping[str, str]]) -> list[str]:
    """Name the streams whose first messages do not stand in the order of their effects."""
    streams: dict[tuple[str, str], list[str]] = defaultdict(list)
    first = {}
    for one in sorted(messages, key=lambda one: float(one["ts"])):
        first.setdefault(one["key"], float(one["ts"]))
    for row in rows:
        if row.id in first:
            streams[row.incident, row.stream].append(row.id)
    return [" ".join(stream) for stream, keys in streams.items() if [*keys] != sorted(keys, key=first.__getitem__)]
