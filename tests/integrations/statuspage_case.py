"""Statuspage for the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.domain.commands import PublishPost
from bot.domain.publishing import PublicStatus
from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.statuspage.double import KEY
from tests.integrations.statuspage.kit import desk, told, unreachable


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Run on the double, with words that were confirmed."""
    async with desk() as made:

        async def footprint() -> object:
            return made.page.updates()

        yield Stage(made.performer, _confirmed(made.world), footprint, (KEY,), made.paper)


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Run with an address at which nobody listens."""
    async with unreachable() as performer:
        yield Stage(performer, _confirmed(told()), _nothing, (KEY,))


def _confirmed(world: World) -> World:
    world.do(PublishPost("Checkout fails", "We are looking into it.", PublicStatus.INVESTIGATING))
    return world


async def _nothing() -> object:
    return None


STATUSPAGE: Final = Case(alive, dead)
