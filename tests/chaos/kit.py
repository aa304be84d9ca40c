"""The pieces of a chaos play: the local Slack and the bot as processes of their own, and a look into the database.

`slack` starts the one that survives; `Bot` is the one that is killed and started again; `Book` reads, from outside,
what the bot has written, and reckons.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

import httpx
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import SystemClock
from bot.config import load
from bot.domain import evolve
from bot.domain.effects import PostBulletin
from bot.domain.events import EffectFailed, Recorded
from bot.errors import BotError
from bot.ranking import FIRST_EFFECT
from bot.store import codec
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from bot.store.tables import DEAD, DONE, WAITING, effects, timers
from tests.chaos.promise import SPOKEN, promises
from tests.chaos.reckoning import Reckoning, World, reckon
from tests.crash.entry import HASTE, KILL_AT
from tests.crash.nursery import Child, Nursery
from tests.local_http import local_client
from tests.stories.stage import find_control, whole_text

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "deploy" / "firebell.example.yaml"
MANIFEST: Final = ROOT / "deploy" / "slack" / "manifest.socket.json"
READY: Final = b"mode=socket"
"""What the bot's log says once it serves."""

COMMAND: Final = ("tests.chaos.skew", "bot", "run")
PATIENCE_SECONDS: Final = 30.0
JSON = dict[str, Any]
Reader = TypeVar("Reader")
Given = ParamSpec("Given")
Found = TypeVar("Found")
Read = Callable[Concatenate[Reader, Given], Coroutine[Any, Any, Found]]


async def until(true: Callable[[], Awaitable[Any]], why: Callable[[], object], *, within: float = 60.0) -> Any:
    """Ask again and again until the answer is true, and return it; else fail with what `why` then says."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = await true()
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(why())


def write_offset(file: Path, seconds: float) -> None:
    """Set a clock's offset; readers never see half a number."""
    draft = file.with_suffix(".new")
    draft.write_text(f"{seconds}\n", encoding="ascii")
    draft.replace(file)


class Slack:
    """The local Slack from outside: what people do through its page, what it holds, how it misbehaves."""

    def __init__(self, ready: Mapping[str, Any], http: httpx.AsyncClient, clock: Path) -> None:
        self.ready = ready
        self.clock = clock
        self._http = http

    async def types(self, user: str, channel: str, line: str) -> bool:
        """Somebody types a slash command; False means that Slack told them it did not get through."""
        answer = (await self._http.post(f"as/{user}/commands", json={"channel": channel, "text": line})).json()
        return bool(answer["ok"])

    async def submits(self, user: str, *, within: float) -> bool:
        """Somebody sends the form that opens for them, as it stands; False if none opens or it gets lost."""
        with contextlib.suppress(AssertionError):
            view = await until(lambda: self._form(user), lambda: "no form opened", within=within)
            values = {
                one["block_id"]: {one["element"]["action_id"]: {"value": one["element"].get("initial_value")}}
                for one in view["blocks"]
                if one["type"] == "input"
            }
            answer = await self._http.post(f"as/{user}/views/{view['id']}/submit", json={"state": {"values": values}})
            return bool(answer.json()["ok"])
        return False

    async def _form(self, user: str) -> JSON | None:
        """The form on top of all that lie before somebody."""
        state = (await self.world()).state
        stack = state["stacks"].get(user) or [""]
        return next((one for one in state["views"] if one["id"] == stack[-1]), None)

    async def does(self, user: str, deed: str, **body: Any) -> JSON:
        """Somebody does something else: says, joins, reacts."""
        answer: JSON = (await self._http.post(f"as/{user}/{deed}", json=body)).json()
        assert answer["ok"], answer
        return answer

    async def world(self) -> World:
        return World((await self._http.get("world")).json())

    async def whispers(self, user: str) -> list[str]:
        """Answers that only this person sees, oldest first."""
        rows = (await self.world()).state["ephemerals"]
        return [whole_text(one) for one in rows if one["user_shown"] == user]

    async def retry_everywhere(self, user: str) -> None:
        """Press every Retry there is, as somebody does who reads that something could not be delivered."""
        state = (await self.world()).state
        for channel, one in state["channels"].items():
            for message in one["messages"]:
                with contextlib.suppress(AssertionError):
                    block, button = find_control(message, "retry_effect")
                    where = {"type": "message", "channel": channel, "ts": message["ts"], "is_ephemeral": False}
                    await self.does(user, "actions", container=where, block_id=block, action=button)

    async def was_acknowledged(self, ts: str) -> bool:
        """Whether the app acknowledged the mention that stands there, as far as the last exchanges tell."""
        entries = (await self._http.get("traffic")).json()["entries"]
        return any(
            one["kind"] == "event" and one["ok"] and one["request"]["event"].get("ts") == ts
            for one in entries
            if one["name"] == "app_mention"
        )

    async def switch(self, **faults: Any) -> None:
        """Set the switches of `sandbox.faults`; what is not named goes back to normal."""
        (await self._http.post("faults", json=faults)).raise_for_status()

    async def has_brought_all(self) -> bool:
        """Whether no event waits to be acknowledged. One that waits for its next try is let wait no longer, if the bot
        is there: Slack gives up after three more tries within six minutes, and so long no restart may take.
        """
        state = (await self.world()).state
        waits = [one["due"] - state["clock"]["now"] for one in state["pending_events"]]
        if waits and state["socket_connected"] and min(waits) > 0:
            write_offset(self.clock, state["clock"]["offset"] + min(waits) + 1)
            await asyncio.sleep(1)
        return not waits


@asynccontextmanager
async def slack(nursery: Nursery, folder: Path) -> AsyncIterator[Slack]:
    """Start a local Slack with the demo's people; leaving ends it."""
    clock, output = folder / "slack-clock", folder / "slack.log"
    write_offset(clock, 0.0)
    arguments = ["--manifest", str(MANIFEST), "--clock-offset-file", str(clock)]
    process = nursery.start("sandbox", *arguments, variables=os.environ, output=output)

    async def said() -> str:
        return output.read_text(encoding="utf-8").partition("\n")[0] if output.exists() else ""

    try:
        ready = json.loads(await until(said, lambda: "the local Slack did not start"))
        async with local_client(f"{ready['url']}/sandbox/api/") as http:
            yield Slack(ready, http, clock)
    finally:
        process.kill()


class Bot:
    """The whole bot, `firebell run`, which is started again whenever it dies, as a supervisor would.

    `faults` says where each life ends (FIREBELL_TEST_KILL_AT); after the last of them it lives on. `clock` is its
    clock's offset file.
    """

    def __init__(
        self, nursery: Nursery, local: Slack, database: str, *, clock: Path, faults: Iterable[str] = ()
    ) -> None:
        self.log = clock.with_name("bot.log")
        self.log.touch()
        self.lives = 0
        self.killed = 0
        self._begun = 0
        self._nursery = nursery
        self._faults = iter(faults)
        self._variables = {
            **os.environ,
            "SLACK_API_URL": local.ready["api_url"],
            "SLACK_BOT_TOKEN": local.ready["bot_token"],
            "SLACK_APP_TOKEN": local.ready["app_token"],
            "DATABASE_URL": database,
            "FIREBELL_CONFIG": str(EXAMPLE),
            "FIREBELL_CLOCK_OFFSET_FILE": str(clock),
            "PROMETHEUS_URL": "",
            "PORT": "0",
            HASTE: "1",
        }
        self._process: Child | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        self.kill()

    def kill(self) -> bool:
        """SIGKILL, now; False if it was not running."""
        return self._process is not None and self._process.kill()

    async def is_ready(self) -> None:
        """Wait until the life that began last serves."""

        async def said() -> bool:
            with self.log.open("rb") as log:
                log.seek(self._begun)
                return READY in log.read()

        await until(said, self.last_words)

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    async def _keep(self) -> None:
        while True:
            self.lives += 1
            self._begun = self.log.stat().st_size
            variables = {**self._variables, KILL_AT: next(self._faults, "")}
            self._process = self._nursery.start(*COMMAND, variables=variables, output=self.log)
            status = await self._process.wait()
            assert status == -signal.SIGKILL, f"it ended by itself:\n{self.last_words()}"
            self.killed += 1


def patient(read: Read[Reader, Given, Found]) -> Read[Reader, Given, Found]:
    """Read again when the database does not answer in time: it may be restarting, or the machine busy."""

    async def reading(self: Reader, *given: Given.args, **named: Given.kwargs) -> Found:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await read(self, *given, **named)
            except (SQLAlchemyError, BotError, OSError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)

    return reading


class Book:
    """The bot's database, read from outside."""

    def __init__(self, url: str) -> None:
        self._ledger = SqlLedger(make_engine(database_url(url), pool_size=2), "default", SystemClock())
        self._queries = SqlQueries(self._ledger)
        self._audit = Audit(self._ledger, evolve.fold)
        self.policy = load({"FIREBELL_CONFIG": str(EXAMPLE)}).policy

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ledger.engine.dispose()

    @patient
    async def incident_ids(self) -> list[str]:
        return await self._audit.incident_ids()

    @patient
    async def log(self, incident_id: str) -> Sequence[Recorded]:
        return await self._queries.log(incident_id)

    @patient
    async def number_of(self, title: str) -> int | None:
        """The number of the incident that was declared under this title, if there is one."""
        for incident_id in await self.incident_ids():
            incident = await self._queries.by_id(incident_id)
            if incident is not None and incident.title.casefold() == title.casefold():
                return incident.number
        return None

    @patient
    async def id_of(self, number: int) -> str:
        return await self._audit.incident_id(number)

    @patient
    async def unsettled(self) -> list[str]:
        """What the outbox has not done, each as a line; what was given up counts, too.

        A canvas is written once a minute, which nobody waits for.
        """
        query = select(effects).where(effects.c.status != DONE, effects.c.type != "WriteCanvas")
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [f"{row.id} {row.type} {row.status} {row.attempts} {row.last_reason} {row.last_detail}" for row in rows]

    async def settled(self) -> bool:
        """Whether nothing is left to send but what was given up, if anything was."""
        return all(line.split()[2] == DEAD for line in await self.unsettled())

    @patient
    async def at_rest(self) -> bool:
        """Whether nothing can be sent: all is done, given up, or behind something that waits for what was given up."""
        query = select(effects).where(effects.c.status != DONE, effects.c.type != "WriteCanvas")
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(query.order_by(effects.c.seq, effects.c.n))).all()
        blocked = set()
        for row in rows:
            stream = (row.incident, row.integration, row.stream)
            if row.status == WAITING:
                blocked.add(stream)
            elif row.status != DEAD and stream not in blocked:
                return False
        return True

    @patient
    async def given_up(self) -> int:
        """How many effects were given up at some time; each of them left an event."""
        logs = [await self._queries.log(one) for one in await self._audit.incident_ids()]
        return sum(isinstance(one.event, EffectFailed) for log in logs for one in log)

    @patient
    async def count_effects(self) -> int:
        async with self._ledger.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(effects))).scalar_one())

    @patient
    async def bulletins(self) -> list[str]:
        """The messages that the workspace's log called for, by key: moved ranks, roll-ups and digests."""
        query = select(effects.c.id).where(
            effects.c.n >= FIRST_EFFECT,
            effects.c.type.in_(one.__name__ for one in (*SPOKEN, PostBulletin)),
            effects.c.status == DONE,
        )
        async with self._ledger.reading() as connection:
            return list((await connection.execute(query)).scalars())

    @patient
    async def timers(self) -> dict[str, dict[str, datetime]]:
        """The timers that stand, by incident and kind."""
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(select(timers))).all()
        found: dict[str, dict[str, datetime]] = {}
        for row in rows:
            found.setdefault(row.incident, {})[row.kind] = codec.moment(row.due_at)
        return found

    @patient
    async def problems(self) -> list[str]:
        """What `firebell verify` would say: chain, fold and row of every incident."""
        verdicts = [await self._audit.verify(one) for one in await self.incident_ids()]
        return [f"INC-{one.number} {problem}" for one in verdicts for problem in one.problems]

    async def reckon(self, world: World, *, offset: float = 0.0) -> Reckoning:
        """Compare the world with what the logs call for; `offset` is how far the bot's clock is ahead, in seconds."""
        promised = [promises(await self.log(one), self.policy, world.group) for one in await self.incident_ids()]
        now = datetime.fromtimestamp(time.time() + offset, UTC)
        return reckon(
            promised, world, self.policy, timers=await self.timers(), now=now, bulletins=await self.bulletins()
        )
