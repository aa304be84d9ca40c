"""The workspace's alarm: what its operators were last told, and whose turn it is to tell them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarm import Alarm
from bot.store import codec
from bot.store.effect_rows import SECOND
from bot.store.engine import db_now
from bot.store.sql import upsert
from bot.store.tables import alarms


class SqlAlarmRow:
    """Implements `ports.AlarmRow` within one transaction."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    async def lock(self) -> Alarm:
        """Return the alarm, made when it is asked for first; it is locked until the transaction ends."""
        first = upsert(self._connection, alarms).values(workspace=self._workspace)
        await self._connection.execute(first.on_conflict_do_nothing())
        query = select(alarms, db_now().label("now")).where(alarms.c.workspace == self._workspace).with_for_update()
        row = (await self._connection.execute(query)).one()
        return Alarm(
            late=row.late,
            since=codec.moment(row.since),
            episode=row.episode,
            place=(row.channel, row.ts) if row.ts else None,
            age=(row.now - row.posted_at) / SECOND,
            attempts=row.attempts,
            unknown=row.unknown,
            rest=max(0.0, (row.not_before - row.now) / SECOND),
        )

    async def claim(self, token: str, alarm: Alarm, *, lease: float) -> None:
        channel, ts = alarm.place or ("", "")
        await self._set(
            token=token,
            since=codec.micros(alarm.since),
            episode=alarm.episode,
            channel=channel,
            ts=ts,
            attempts=alarm.attempts,
            unknown=True,
            not_before=_after(lease),
        )

    async def told(self, token: str, *, late: bool, place: tuple[str, str] | None, new: bool, rest: float) -> None:
        channel, ts = place or ("", "")
        posted = {"posted_at": db_now()} if new else {}
        settled = {"late": late, "attempts": 0, "unknown": False, "not_before": _after(rest)}
        await self._set(alarms.c.token == token, channel=channel, ts=ts, **settled, **posted)

    async def failed(self, token: str, *, unknown: bool) -> None:
        await self._set(alarms.c.token == token, unknown=unknown)

    async def _set(self, *conditions: Any, **values: Any) -> None:
        query = update(alarms).where(alarms.c.workspace == self._workspace, *conditions)
        await self._connection.execute(query.values(**values))


def _after(seconds: float) -> Any:
    return db_now() + round(seconds * SECOND)
