"""People's own words in the workspace's log, and what they hold, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.availability import Word
from bot.store import codec, workspace_log
from bot.store.holders import holders
from bot.store.workspace_log import WhereaboutsSaid


class SqlWordRows:
    """Implements `roster.WordRows`."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    async def say(self, word: Word) -> None:
        said = WhereaboutsSaid(word.where, codec.micros(word.until))
        await workspace_log.append(self._connection, self._workspace, said, by=word.user, at=word.at)

    async def holders(self) -> Mapping[str, frozenset[str]]:
        return await holders(self._connection, self._workspace)
