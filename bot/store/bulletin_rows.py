"""Bulletins in the workspace's log, inside one transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.bulletins import Issued, Kind
from bot.domain.model import FIREBELL
from bot.store import workspace_log
from bot.store.codec import micros
from bot.store.workspace_log import DigestIssued, RollUpIssued


class SqlBulletinRows:
    """Implements `rows.BulletinRows`."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self._head: int | None = None

    async def newest(self, kind: Kind) -> Issued | None:
        # First where the log ends: what another replica writes after this look is a conflict, not a second bulletin.
        self._head = await workspace_log.head(self._connection, self._workspace)
        return await workspace_log.newest_bulletin(self._connection, self._workspace, kind)

    async def issue(self, issued: Issued) -> int:
        event = RollUpIssued if issued.kind is Kind.ROLL_UP else DigestIssued
        said = event(issued.period, micros(issued.at), issued.open, issued.face)
        head = self._head
        if head is None:
            head = await workspace_log.head(self._connection, self._workspace)
        await workspace_log.append(self._connection, self._workspace, said, by=FIREBELL.id, at=issued.at, head=head)
        return head + 1
