"""A workspace whose services earn so much that one can say in one's head which fire is first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.catalog import Range
from bot.domain.model import FIREBELL, Actor, Incident
from bot.domain.policy import Policy, PriorityPolicy, ServicePolicy
from bot.ports import Viewer
from bot.ranking import Pace, Ranking
from bot.store import codec
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from bot.store.tables import effects
from tests.conftest import House

ANA, SAM = Actor("UANA"), Actor("USAM")


def service(key: str, earns: float) -> ServicePolicy:
    return ServicePolicy(key, key.capitalize(), revenue_per_hour=Range.exact(earns), customers=0)


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """All is lost of what a service earns, whatever the severity, and nothing else counts."""
    services = (service("small", 100), service("middle", 110), service("large", 1_000), service("huge", 5_000))
    return replace(policy, services=services, priority=PriorityPolicy(degraded=(Range.exact(1.0),)))


@dataclass
class Fires:
    """Incidents of a house, and its ranking."""

    house: House
    ranking: Ranking
    another: Callable[[], Ranking]

    async def declare(self, title: str, service: str, **extra: Any) -> Incident:
        command = c.Declare(title, severity="sev3", services=(service,), **extra)
        return (await self.house.service.execute(command, ANA, title)).incident

    async def placed(self, title: str, service: str, **extra: Any) -> Incident:
        """Declare, and let the chat post the cards."""
        incident = await self.declare(title, service, **extra)
        room = f"C{incident.number}"
        await self.tell(incident, f.OpenRoom(), f.RoomFacts(room, title))
        incident = await self.tell(incident, f.PostCard(f.CARD), f.Placed(room, "1.1"))
        if not incident.private:
            incident = await self.tell(incident, f.PostCard(f.SUMMARY_CARD), f.Placed("CSUM", f"{incident.number}.1"))
        await self.settle_all()
        return incident

    async def tell(self, incident: Incident, effect: f.Effect, facts: f.Facts) -> Incident:
        command = c.RecordOutcome("effect", effect, facts)
        request = f"{incident.id}:{facts}"
        return (await self.house.service.execute(command, FIREBELL, request, incident_id=incident.id)).incident

    async def hits(self, incident: Incident, *services: str) -> None:
        """Say that other services are affected than was thought."""
        request = f"{incident.id}:{services}:{self.house.clock.now()}"
        command = c.EditDetails(services=services)
        await self.house.service.execute(command, ANA, request, incident_id=incident.id)
        await self.settle_all()

    async def settle_all(self) -> None:
        """Perform everything that is queued, as far as the outbox is concerned."""
        async with self.house.ledger.writing(seconds=30) as connection:
            await connection.execute(effects.update().values(status="done"))

    async def queued(self) -> list[tuple[str, f.Effect]]:
        """What waits to be performed: the incident's id and the effect."""
        async with self.house.ledger.reading() as connection:
            rows = (await connection.execute(select(effects).where(effects.c.status != "done"))).all()
        return [(row.incident, codec.EFFECTS.load(row.type, row.version, row.data)) for row in rows]

    async def titles(self, user: str = "", also: str = "") -> list[str]:
        """Who sees what, in order."""
        board = await self.ranking.board(Viewer(user), also=also)
        known = await self.house.queries.by_ids([one.scored.case.id for one in board])
        return [known[one.scored.case.id].title for one in board]

    async def shown(self) -> list[str]:
        """The order that was written last."""
        shown, _ = await self.house.queries.shown()
        known = await self.house.queries.by_ids(shown.order)
        return [known[key].title for key in shown.order]


@pytest.fixture
def fires(house: House) -> Fires:
    def make(ledger: SqlLedger | None = None) -> Ranking:
        where = ledger or house.ledger
        pace = Pace(pause=0.01, idle=0.05)
        return Ranking(where, SqlQueries(where), policy=house.policy, clock=house.clock, pace=pace)

    return Fires(house, make(), make)
