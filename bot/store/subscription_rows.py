"""Subscriptions, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Incident
from bot.domain.subscriptions import Kind, Readers, Subscription, Way, topics
from bot.store.codec import micros
from bot.store.sql import upsert
from bot.store.tables import subscriptions


class SqlSubscriptionRows:
    """Implements `subscriptions.SubscriptionRows`."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    async def put(self, wanted: Subscription, at: datetime) -> None:
        key = {"workspace": self._workspace, "user": wanted.user, "kind": wanted.kind.value, "name": wanted.name}
        said = {"way": wanted.way.value, "readers": wanted.readers.value, "at": micros(at)}
        query = upsert(self._connection, subscriptions).values(**key, **said)
        await self._connection.execute(query.on_conflict_do_update(index_elements=list(key), set_=said))

    async def drop(self, user: str, kind: Kind | None = None, name: str = "") -> int:
        query = delete(subscriptions).where(subscriptions.c.workspace == self._workspace, subscriptions.c.user == user)
        if kind is not None:
            query = query.where(subscriptions.c.kind == kind.value, subscriptions.c.name == name)
        return (await self._connection.execute(query)).rowcount

    async def of(self, user: str) -> Sequence[Subscription]:
        query = select(subscriptions).where(subscriptions.c.workspace == self._workspace, subscriptions.c.user == user)
        kinds = list(Kind)
        found = map(_subscription, (await self._connection.execute(query)).all())
        return sorted(found, key=lambda one: (kinds.index(one.kind), one.name))

    async def reaching(
        self, incident: Incident, severities: Sequence[str] = (), parts: Sequence[str] = ()
    ) -> Sequence[Subscription]:
        wanted = topics(incident, severities, parts)
        fits = [
            and_(subscriptions.c.kind == kind.value, subscriptions.c.name.in_(names)) for kind, names in wanted.items()
        ]
        query = select(subscriptions).where(subscriptions.c.workspace == self._workspace, or_(*fits))
        return [_subscription(row) for row in (await self._connection.execute(query)).all()]


def _subscription(row: Any) -> Subscription:
    return Subscription(row.user, Kind(row.kind), row.name, Way(row.way), Readers(row.readers))
