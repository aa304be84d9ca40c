"""What tests of documents need: a directory, a desk that knows a log, and the case for the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bot.domain.events import Recorded
from bot.ports import Performer
from integrations.documents import DocumentSettings, DocumentsIntegration
from templates.studio import Studio
from tests.builders import NAMES, night, panel_document
from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.paper import PaperDesk


class PaperDirectory:
    """People by name; who is unknown keeps the id."""

    async def members(self, group: str) -> Sequence[str]:
        return ()

    async def name(self, user: str) -> str:
        return NAMES.get(user, user)

    async def zone(self, user: str) -> str:
        return "UTC"


@dataclass
class LoggedDesk(PaperDesk):
    """A desk that reads the log of a world as it then is."""

    world: World = field(default_factory=night)

    async def log(self) -> Sequence[Recorded]:
        return tuple(self.world.log)


async def desk_of(world: World) -> LoggedDesk:
    """A desk that holds the panel data of every moment of the night."""
    desk = LoggedDesk(world=world)
    for panels in world.it.panels:
        await desk.store_blob(panel_document(panels.start, panels.end, services=world.it.services), "application/json")
    return desk


@asynccontextmanager
async def writing(studio: Studio) -> AsyncIterator[Performer]:
    integration = DocumentsIntegration(DocumentSettings(), directory=PaperDirectory(), studio=studio)
    async with integration.open() as performer:
        yield performer


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    world = night("resolved")
    desk = await desk_of(world)

    async def footprint() -> object:
        return dict(desk.blobs)

    async with Studio() as studio, writing(studio) as performer:
        yield Stage(performer, world, footprint, (), desk)


DOCUMENTS: Final = Case(_stage, _stage)
"""There is no outside system that could be away."""
