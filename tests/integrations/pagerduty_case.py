"""PagerDuty for the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.domain.commands import Page, RequestResponders
from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.pagerduty.double import ROUTING_KEY, TOKEN
from tests.integrations.pagerduty.kit import WITH_PAGER, on_shift, unreachable

_SECRETS: Final = (TOKEN, ROUTING_KEY)


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Run on the double, with a page that is asked for."""
    async with on_shift() as shift:
        _asked(shift.world)

        async def footprint() -> object:
            rows = shift.pd.incidents.values()
            return [(one["incident_key"], one["status"], len(one["responder_requests"])) for one in rows]

        yield Stage(shift.performer, shift.world, footprint, _SECRETS, shift.desk)


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Run with an address at which nobody listens."""
    async with unreachable() as (_, performer):
        world = World(policy=WITH_PAGER)
        world.declare(services=("checkout",))
        yield Stage(performer, _asked(world), _nothing, _SECRETS)


def _asked(world: World) -> World:
    world.do(Page(None, "It is down"))
    world.do(RequestResponders(("UANA",), "Please come"))
    return world


async def _nothing() -> object:
    return None


PAGERDUTY: Final = Case(alive, dead)
