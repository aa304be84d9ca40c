"""PagerDuty and an incident to try pages on."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.decisions.paging import service_target
from bot.domain.model import Actor
from bot.domain.policy import PagerPolicy
from bot.ports import Performer, View
from integrations.pagerduty.integration import PagerDutyIntegration
from integrations.pagerduty.settings import PagerDutySettings
from tests.domain.world import ANA, POLICY, World
from tests.integrations.pagerduty.double import ROUTING_KEY, SENDER, TOKEN, PagerDuty, pagerduty
from tests.integrations.paper import PaperDesk

PAGER: Final = PagerPolicy(asks=True, keyed=frozenset({"payments"}), default_service="PCHECKO")
WITH_PAGER: Final = replace(
    POLICY,
    pager=PAGER,
    services=(
        replace(POLICY.services[0], pagerduty_service="PCHECKO"),
        replace(POLICY.services[1]),
        replace(POLICY.services[1], key="payments", name="Payments", tier=2),
    ),
)
SERVICES: Final = {"PCHECKO": "services.checkout.pagerduty_service"}


@dataclass
class AddressBook:
    """Whose e-mail is whose in the chat."""

    addresses: Mapping[str, str] = field(
        default_factory=lambda: {"UANA": "ana@test.example", "UBEA": "bea@test.example", "USAM": "sam@test.example"}
    )

    async def email(self, user: str) -> str:
        return self.addresses.get(user, "")

    async def user(self, email: str) -> str:
        return next((user for user, address in self.addresses.items() if address == email), "")


def settings(url: str, **more: Any) -> PagerDutySettings:
    """Return settings for a PagerDuty at `url`."""
    given = {
        "token": TOKEN,
        "sender": SENDER,
        "routing_keys": {"payments": ROUTING_KEY},
        "api_url": url,
        "events_url": url,
        "call_seconds": 2.0,
        **more,
    }
    return PagerDutySettings.model_validate(given)


@dataclass
class Shift:
    """An incident under way, with PagerDuty connected. `performer` is what the outbox would use."""

    pd: PagerDuty
    pager: PagerDutyIntegration
    performer: Performer
    world: World
    desk: PaperDesk = field(default_factory=PaperDesk)

    def page(self, *words: str, actor: Actor = ANA) -> None:
        """Ask for a page of the usual target, or of one of our services."""
        target = service_target(words[0], self.world.policy) if words else None
        self.world.do(c.Page(target, "It is down"), actor)

    def view(self, attempt: int = 1) -> View:
        return View(self.world.it, self.world.policy, "key", attempt, self.world.now if attempt > 1 else None)

    async def perform(self, effect: f.Effect) -> f.Facts:
        """Perform one effect, and let the incident know."""
        facts = await self.performer.handlers[type(effect).__name__](effect, self.view(), self.desk)
        self.world.settle(effect, facts)
        return facts

    async def find(self, effect: f.Effect) -> f.Facts | None:
        return await self.performer.reconcile[type(effect).__name__](effect, self.view(2), self.desk)


@asynccontextmanager
async def on_shift(**more: Any) -> AsyncIterator[Shift]:
    """Declare an incident on Checkout beside a running PagerDuty."""
    async with pagerduty() as double, _against(settings(double.url, **more)) as (pager, performer):
        world = World(policy=WITH_PAGER)
        world.declare(services=("checkout",))
        yield Shift(double, pager, performer, world)


@asynccontextmanager
async def unreachable() -> AsyncIterator[tuple[PagerDutyIntegration, Performer]]:
    """Run with an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with _against(settings(f"https://127.0.0.1:{taken.getsockname()[1]}")) as found:
            yield found


@asynccontextmanager
async def _against(given: PagerDutySettings) -> AsyncIterator[tuple[PagerDutyIntegration, Performer]]:
    pager = PagerDutyIntegration(given, emails=AddressBook(), services=SERVICES)
    async with pager.open() as performer:
        yield pager, performer
