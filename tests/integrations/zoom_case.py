"""Zoom for the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from integrations.zoom.integration import ZoomIntegration
from tests.domain.world import World
from tests.fakes import FakeClock
from tests.integrations.case import Case, Stage
from tests.integrations.zoom.double import SECRET, running, settings_for


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Run on the double."""
    world = World()
    world.declare()
    async with running() as zoom, ZoomIntegration(settings_for(zoom.url), clock=FakeClock()).open() as performer:

        async def footprint() -> object:
            return [one["agenda"] for one in zoom.meetings]

        yield Stage(performer, world, footprint, (SECRET,))


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Nobody listens where Zoom should be."""
    async with running() as zoom:
        url = zoom.url
    world = World()
    world.declare()
    async with ZoomIntegration(settings_for(url), clock=FakeClock()).open() as performer:

        async def footprint() -> object:
            return None

        yield Stage(performer, world, footprint, (SECRET,))


ZOOM: Final = Case(alive, dead)
