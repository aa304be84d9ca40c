"""The integration named `statuspage`, opened by the composition root and closed when it drains."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain import effects as f
from bot.ports import Performer
from integrations.statuspage.client import Client
from integrations.statuspage.doctor import Doctor
from integrations.statuspage.posts import Posts
from integrations.statuspage.settings import StatuspageSettings


class StatuspageIntegration:
    """Atlassian Statuspage as the provider of a status page."""

    name = f.STATUSPAGE

    def __init__(self, settings: StatuspageSettings) -> None:
        self._settings = settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Nothing is asked of Statuspage yet."""
        client = Client(self._settings)
        posts = Posts(client, self._settings.components)
        try:
            yield Performer(
                name=self.name,
                handlers={f.PublishPost.__name__: posts.publish},
                reconcile={f.PublishPost.__name__: posts.find},
                check=Doctor(self._settings, client).examine,
                call_timeout=self._settings.attempt_seconds,
            )
        finally:
            await client.aclose()
