"""Statuspage and an incident that customers are to read of."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.publishing import Component, ComponentState, PublicService, PublicStatus, StatusPagePolicy
from bot.ports import Performer, View
from integrations.statuspage.integration import StatuspageIntegration
from integrations.statuspage.settings import StatuspageSettings
from tests.domain.world import POLICY, World
from tests.integrations.paper import PaperDesk
from tests.integrations.statuspage.double import KEY, PAGE, Statuspage, statuspage

PUBLIC: Final = StatusPagePolicy(
    services=(PublicService("checkout", "Shop checkout"), PublicService("search", "Search")), hosted=True
)
WITH_PAGE: Final = replace(POLICY, status_page=PUBLIC)
MAJOR: Final = (Component("checkout", ComponentState.MAJOR),)


def settings(url: str, **more: Any) -> StatuspageSettings:
    """Return settings for a Statuspage at `url`; Search is a service that the page does not have."""
    given = {"key": KEY, "page": PAGE, "components": {"checkout": "c0checkout"}, "api_url": url, "call_seconds": 2.0}
    return StatuspageSettings.model_validate(given | more)


@dataclass
class Desk:
    """An incident under way, with Statuspage connected. `performer` is what the outbox would use."""

    page: Statuspage
    performer: Performer
    world: World
    paper: PaperDesk = field(default_factory=PaperDesk)

    def confirm(self, text: str, status: PublicStatus = PublicStatus.INVESTIGATING) -> f.Effect:
        """Confirm words for customers; returns the effect that follows."""
        self.world.do(c.PublishPost("Checkout fails", text, status, MAJOR))
        return next(one for one in self.world.effects if isinstance(one, f.PublishPost))

    def view(self, attempt: int = 1) -> View:
        return View(self.world.it, self.world.policy, "key", attempt, self.world.now if attempt > 1 else None)

    async def perform(self, effect: f.Effect) -> f.Facts:
        """Perform one effect, and let the incident know."""
        facts = await self.performer.handlers[type(effect).__name__](effect, self.view(), self.paper)
        self.world.settle(effect, facts)
        return facts

    async def find(self, effect: f.Effect) -> f.Facts | None:
        return await self.performer.reconcile[type(effect).__name__](effect, self.view(2), self.paper)


def told() -> World:
    """An incident on Checkout under a policy with a page."""
    world = World(policy=WITH_PAGE)
    world.declare(services=("checkout",))
    return world


@asynccontextmanager
async def desk(**more: Any) -> AsyncIterator[Desk]:
    """Declare an incident on Checkout beside a running Statuspage."""
    async with statuspage() as double, StatuspageIntegration(settings(double.url, **more)).open() as performer:
        yield Desk(double, performer, told())


@asynccontextmanager
async def unreachable() -> AsyncIterator[Performer]:
    """Run with an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        async with StatuspageIntegration(settings(url)).open() as performer:
            yield performer
