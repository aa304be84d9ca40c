"""What tests of documents need: a directory, and a desk with a night's log and panels on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.ports import Performer
from integrations.documents import DocumentSettings, DocumentsIntegration
from templates.studio import Studio
from tests.builders import NAMES, panel_document
from tests.domain.world import World
from tests.integrations.paper import PaperDesk


class PaperDirectory:
    """People by name; who is unknown keeps the id."""

    async def members(self, group: str) -> Sequence[str]:
        return ()

    async def name(self, user: str) -> str:
        return user

    async def full_name(self, user: str) -> str:
        return NAMES.get(user, user)

    async def zone(self, user: str) -> str:
        return "UTC"


async def desk_of(world: World) -> PaperDesk:
    """A desk that holds the world's log, as it then is, and the panel data of every moment of the night."""
    desk = PaperDesk(entries=world.log)
    for panels in world.it.panels:
        await desk.store_blob(panel_document(panels.start, panels.end, services=world.it.services), "application/json")
    return desk


@asynccontextmanager
async def writing(studio: Studio) -> AsyncIterator[Performer]:
    integration = DocumentsIntegration(DocumentSettings(), directory=PaperDirectory(), studio=studio)
    async with integration.open() as performer:
        yield performer
