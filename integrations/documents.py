"""The postmortem, rendered from the log and kept; sharing it is the chat's business."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bot.domain import effects as f
from bot.domain.postmortem import assemble
from bot.ports import Desk, Directory, Performer, View
from templates.document import Edition, write
from templates.studio import Studio

MARKDOWN_TYPE: Final = "text/markdown; charset=utf-8"
HTML_TYPE: Final = "text/html; charset=utf-8"


class DocumentSettings(BaseModel):
    """`command` is the word people type; `attempt_seconds` limits one rendering, charts and a cold start included."""

    model_config = ConfigDict(frozen=True)

    command: str = Field(default="/incident", pattern=r"^/\S{1,31}$")
    attempt_seconds: float = Field(default=40.0, gt=0)


class DocumentsIntegration:
    """Renders documents in the studio's process. `directory` says what people are called."""

    name = f.DOCUMENTS

    def __init__(self, settings: DocumentSettings, *, directory: Directory, studio: Studio) -> None:
        self._settings = settings
        self._directory = directory
        self._studio = studio

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        yield Performer(
            name=self.name,
            handlers={f.RenderPostmortem.__name__: self._render},
            call_timeout=self._settings.attempt_seconds,
        )

    async def _render(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        """Render both files from the whole log, so that what people wrote is in every edition."""
        assert isinstance(effect, f.RenderPostmortem)
        facts = assemble(await desk.log(), view.policy, await desk.parts())
        edition = Edition(
            facts=facts,
            version=effect.version,
            names={user: await self._directory.full_name(user) for user in sorted(facts.people())},
            panels=await desk.blob(facts.panels.blob) if facts.panels and facts.panels.panels else None,
            command=self._settings.command,
        )
        written = await self._studio.run(write, edition)
        html = await desk.store_blob(written.html.encode(), HTML_TYPE)
        markdown = await desk.store_blob(written.markdown.encode(), MARKDOWN_TYPE)
        return f.DocumentFacts((("html", html), ("md", markdown)))
