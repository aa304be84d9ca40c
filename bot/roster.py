"""What staffing asks of the store and of pagers: people's own words, earlier incidents, who is on call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.availability import Word
from bot.domain.model import Incident
from bot.domain.paging import OnCall, Target


class Rota(Protocol):
    """An outside system that knows who is on call, such as a pager."""

    async def on_call(self, target: Target) -> Sequence[OnCall]:
        """Return who is on call now, in the order in which they would be asked, within two seconds.

        Raises:
            IntegrationError: that could not be found out.
        """


class WordRows(Protocol):
    """People's own words in the workspace's log, and what they hold, inside one transaction."""

    async def say(self, word: Word) -> None: ...
    async def holders(self) -> Mapping[str, frozenset[str]]:
        """Return for each open incident, private ones too, who holds a role in it."""


class Roster(Protocol):
    """Read side."""

    async def words(self, now: datetime) -> Mapping[str, Word]:
        """Return each person's newest word, by user, among those that may still count at `now`."""

    async def holders(self) -> Mapping[str, frozenset[str]]:
        """Return for each open incident, private ones too, who holds a role in it."""

    async def busy_unseen(self, user: str) -> frozenset[str]:
        """Return who holds a role in an open incident that `user` may not know of."""

    async def mitigated(self, *, limit: int = 300) -> Sequence[Incident]:
        """Return the newest public incidents that are over."""
