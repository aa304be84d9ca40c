"""Subscriptions: what the store must offer, and the one way to change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.model import Incident
from bot.domain.subscriptions import Kind, Subscription


class SubscriptionRows(Protocol):
    """Subscriptions inside one transaction."""

    async def put(self, wanted: Subscription, at: datetime) -> None:
        """Add one, or change way and readers of the one that is there."""

    async def drop(self, user: str, kind: Kind | None = None, name: str = "") -> int:
        """Remove one, or without a kind all of a person; returns how many there were."""

    async def of(self, user: str) -> Sequence[Subscription]:
        """A person's own, the narrowest kind first."""

    async def reaching(
        self, incident: Incident, severities: Sequence[str] = (), parts: Sequence[str] = ()
    ) -> Sequence[Subscription]:
        """Those that an incident concerns, found by index.

        `severities` are others that count beside its own, `parts` the ids of what was merged into it.
        """
