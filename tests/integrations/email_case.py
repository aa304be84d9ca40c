"""E-mail for the contract suite: a real mail server, and one that is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.email.kit import PASSWORD, integration, mail_server, settings_for


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Mail on this machine. Two copies with one Message-ID are one mail to whoever receives them."""
    world = World()
    world.declare()
    async with mail_server() as box, integration(settings_for(box.port)).open() as performer:

        async def footprint() -> object:
            return frozenset(str(one["Message-ID"]) for one in box.received)

        yield Stage(performer, world, footprint)


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Nobody listens where the mail server should be."""
    async with mail_server() as box:
        port = box.port
    world = World()
    world.declare()
    url = f"smtp://firebell:{PASSWORD}@127.0.0.1:{port}"
    async with integration(settings_for(port, url=url, call_seconds=1.0)).open() as performer:

        async def footprint() -> object:
            return None

        yield Stage(performer, world, footprint, secrets=(PASSWORD, "bea@shop.example"))


EMAIL: Final = Case(alive, dead)
