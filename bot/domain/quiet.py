"""What waits for the end of a subscriber's quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subscriber who is owed what happened from `since` on, at `until`, when their quiet hours end.

    `severities` are those it had by which a subscription may have reached them: it may have another one by then.
    """

    user: str
    since: datetime
    until: datetime
    severities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhileQuiet:
    """To a subscriber after their quiet hours: what happened from `since` on, as it then stands."""

    since: datetime


def merged(old: Waiting | None, new: Waiting) -> Waiting:
    """Return what somebody is owed who was owed something before: from the earlier on, at the later."""
    if old is None:
        return new
    severities = tuple(dict.fromkeys((*old.severities, *new.severities)))
    return Waiting(new.user, min(old.since, new.since), max(old.until, new.until), severities)
