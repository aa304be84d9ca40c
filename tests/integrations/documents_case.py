"""Documents for the contract suite; they need no outside system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from integrations.documents import DocumentSettings, DocumentsIntegration
from templates.studio import Studio
from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.paper import PaperDesk


class Register:
    """A directory in which everybody is called by their id."""

    async def members(self, group: str) -> Sequence[str]:
        return ()

    async def name(self, user: str) -> str:
        return user

    async def full_name(self, user: str) -> str:
        return user

    async def zone(self, user: str) -> str:
        return "UTC"


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Render from the log of an incident that was just declared."""
    world = World()
    world.declare()
    async with Studio() as studio:
        integration = DocumentsIntegration(DocumentSettings(), directory=Register(), studio=studio)
        async with integration.open() as performer:
            stage = Stage(performer, world, lambda: _kept(stage), desk=PaperDesk(entries=world.log))
            yield stage


async def _kept(stage: Stage) -> object:
    return frozenset(stage.desk.blobs)


DOCUMENTS: Final = Case(alive)
