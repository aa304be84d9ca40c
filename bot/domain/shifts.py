"""Who has been on an incident since when, for how long it has been led, and its commander's own figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

LEADING_ROLE: Final = "commander"


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """Minutes until it is mitigated, as a commander or deputy put it at `at`."""

    minutes: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shifts:
    """`since` says when each holder took a role, by (role, person) as `role:person`.

    `led` is for how long the incident had a commander before the present one; `figure` is the present command's own;
    `vacant_since` is when the last commander left.
    """

    since: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    led: timedelta = timedelta()
    figure: OwnFigure | None = None
    vacant_since: datetime | None = None

    def held_since(self, role: str, user: str) -> datetime | None:
        """Return when a person took a role that they hold."""
        return self.since.get(f"{role}:{user}")

    def taken(self, role: str, user: str, replaced: str | None, at: datetime) -> Shifts:
        """Return the shifts after a person took a role, maybe from somebody."""
        gone = self.left(role, replaced, at) if replaced else self
        return replace(gone, since=MappingProxyType({**gone.since, f"{role}:{user}": at}))

    def left(self, role: str, user: str, at: datetime) -> Shifts:
        """Return the shifts after a person left a role; a figure goes with the command that gave it."""
        since = self.held_since(role, user)
        if since is None:
            return self
        rest = MappingProxyType({key: one for key, one in self.since.items() if key != f"{role}:{user}"})
        if role != LEADING_ROLE:
            return replace(self, since=rest)
        return Shifts(rest, self.led + max(at - since, timedelta()), vacant_since=at)

    def anew(self, at: datetime) -> Shifts:
        """Return the shifts of an incident that begins again with those who are there."""
        return Shifts(MappingProxyType(dict.fromkeys(self.since, at)))

    def worked(self, now: datetime) -> timedelta:
        """For how long the incident has been led altogether."""
        present = [now - at for key, at in self.since.items() if key.startswith(f"{LEADING_ROLE}:")]
        return self.led + max([*present, timedelta()])


NO_SHIFTS: Final = Shifts()
