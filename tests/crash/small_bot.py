"""The durable core before a real chat of another process: `small_bot <database url> <chat port>`.

It gives the same commands with the same request ids each time it starts, as a chat system delivers again what was not
acknowledged, and ends once everything is performed and every timer of the story has fired.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from sqlalchemy import func, select

from bot import faultpoints
from bot.clock import SystemClock
from bot.domain import commands as c
from bot.domain import decide, evolve, react
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.domain.policy import Durations, Policy, RolePolicy, SeverityPolicy
from bot.errors import IntegrationError, Reason
from bot.outbox import Habits, Outbox
from bot.ports import Desk, Performer, View, Viewer
from bot.scheduler import Rhythm, Scheduler
from bot.service import Core, Service
from bot.store.ledger import SqlLedger
from bot.store.opening import open_ledger
from bot.store.queries import SqlQueries
from bot.store.tables import UNSETTLED, effects, timers

ANA, SAM = Actor("UANA", responder=False), Actor("USAM")
INCIDENT = "inc-crash"
HABITS = Habits(backoff=0.02, backoff_most=0.1, grace=0.1, heartbeat=0.05)
PERFORMED = (
    f.OpenRoom,
    f.InviteToRoom,
    f.PostCard,
    f.RefreshCard,
    f.SetTopic,
    f.PinCard,
    f.AddBookmark,
    f.PostMessage,
    f.DirectMessage,
    f.EditMessage,
)

POLICY = Policy(
    severities=(
        SeverityPolicy("sev1", "SEV1", 1, "", timedelta(hours=1), commander="none", announce_updates=True),
        SeverityPolicy("sev2", "SEV2", 2, "", timedelta(hours=2), commander="none"),
    ),
    roles=(RolePolicy("commander", "Commander", ("Decides.",)), RolePolicy("scribe", "Scribe", ("Writes.",))),
    durations=Durations(no_commander=timedelta(seconds=0.3)),
)

STORY: tuple[tuple[str, Actor, c.Command], ...] = (
    ("declare", ANA, c.Declare("Checkout returns 500s", severity="sev1")),
    ("follow", SAM, c.Follow()),
    ("role", SAM, c.AssignRole("scribe", "USAM")),
    ("update 1", SAM, c.PostUpdate("We are looking", impact="Half of all orders")),
    ("update 2", SAM, c.PostUpdate("Rolled back", impact="Falling")),
)


class HttpChat:
    """The integration: sends each effect under its key, and looks keys up."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        del desk
        notice = getattr(effect, "notice", None)
        body = {
            "key": view.key,
            "what": type(effect).__name__,
            "notice": type(notice).__name__ if notice else "",
            "where": getattr(effect, "place", "") or getattr(effect, "slot", "") or getattr(effect, "user", ""),
        }
        try:
            async with self._session.post("/send", json=body) as response:
                return facts(effect, await response.json(), view.incident.number)
        except aiohttp.ClientConnectionError as error:
            raise IntegrationError(Reason.UNKNOWN_OUTCOME, type(error).__name__) from error

    async def reconcile(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts | None:
        del desk
        async with self._session.get("/find", params={"key": view.key}) as response:
            found = await response.json()
        return facts(effect, found[0], view.incident.number) if found else None

    def performer(self) -> Performer:
        """Return it as the integration "chat"."""
        names = [kind.__name__ for kind in PERFORMED]
        return Performer(
            "chat", dict.fromkeys(names, self.send), dict.fromkeys(names, self.reconcile), call_timeout=0.5
        )


def facts(effect: f.Effect, kept: Mapping[str, str], number: int) -> f.Facts:
    if isinstance(effect, f.OpenRoom):
        return f.RoomFacts(f"C{number}", f"inc-{number}")
    if isinstance(effect, f.PostCard | f.PostMessage | f.DirectMessage):
        return f.Placed(f"C{number}", kept["ts"])
    return f.Done()


@asynccontextmanager
async def chatting(port: int) -> AsyncIterator[Performer]:
    """Reach the chat."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield HttpChat(session).performer()


@asynccontextmanager
async def working(
    ledger: SqlLedger, service: Service, *performers: Performer, policy: Policy = POLICY
) -> AsyncIterator[None]:
    """Run outbox and scheduler."""
    queries, clock = SqlQueries(ledger), SystemClock()
    by_name = {one.name: one for one in performers}
    outbox = Outbox(ledger, queries, service, by_name, policy=policy, clock=clock, habits=HABITS)
    rhythm = Rhythm(heartbeat=0.05, watch=0.1)
    scheduler = Scheduler(ledger, queries, service, clock=clock, rhythm=rhythm, leases=outbox.leases)
    tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(scheduler.run())]
    yield
    outbox.stop(within=5)
    scheduler.stop()
    await asyncio.gather(*tasks)


async def settled(ledger: SqlLedger) -> bool:
    """Whether nothing is left to perform."""
    unsettled = select(func.count()).select_from(effects).where(effects.c.status.in_(UNSETTLED))
    async with ledger.reading() as connection:
        return (await connection.execute(unsettled)).scalar_one() == 0


async def finished(ledger: SqlLedger, *, incidents: int = 1) -> bool:
    """Whether nothing is left to perform and the only timers left are those of the next updates."""
    kinds = select(timers.c.kind).order_by(timers.c.kind)
    # In this order: a timer that fires between the two looks has its effects counted by the second.
    async with ledger.reading() as connection:
        armed = (await connection.execute(kinds)).scalars().all()
    return list(armed) == ["update"] * incidents and await settled(ledger)


async def main(url: str, port: int) -> None:
    async with open_ledger(url, "T1", SystemClock()) as ledger:
        core = Core(decide.decide, evolve.apply, react.react)
        service = Service(ledger, core, clock=SystemClock(), policy=POLICY, new_id=lambda: INCIDENT, workspace="T1")
        async with chatting(port) as chat, working(ledger, service, chat):
            for request_id, actor, command in STORY:
                faultpoints.reach(faultpoints.EVENT_RECEIVED)
                known = None if isinstance(command, c.Declare) else INCIDENT
                await service.execute(command, actor, request_id, incident_id=known)
            while not await finished(ledger):
                await asyncio.sleep(0.02)
        assert len(await SqlQueries(ledger).recent(Viewer("UANA"))) == 1


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
