"""The displayed order in the workspace's log, inside one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import FIREBELL
from bot.domain.priority import Shown
from bot.store import workspace_log
from bot.store.workspace_log import OrderShown


class SqlRankRows:
    """Implements `rows.RankRows`."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    async def show(self, shown: Shown, at: datetime, *, head: int) -> None:
        said = OrderShown(shown.order, dict(shown.faces))
        await workspace_log.append(self._connection, self._workspace, said, by=FIREBELL.id, at=at, head=head)
