"""Who wants to hear of what, and by which way: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.model import Incident

MOST: Final = 40
"""Subscriptions of one person: their list still fits one answer."""

WAITING: Final = "waiting"
"""The audience of those who are told after their quiet hours."""

AUDIENCES: Final = frozenset({"stakeholders", "subscribers", "mailed", WAITING})
"""Audiences of which people are by subscription."""

_SEPARATOR: Final = "|"


class Kind(StrEnum):
    """What a subscription is to, the narrowest first."""

    INCIDENT = "incident"
    SERVICE = "service"
    SEVERITY = "severity"
    EVERYTHING = "everything"


class Way(StrEnum):
    """How somebody is told."""

    DIRECT = "dm"
    EMAIL = "email"


class Readers(StrEnum):
    """For whom a message is worded."""

    ENGINEERING = "engineering"
    SUPPORT = "support"
    EXECUTIVES = "executives"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person's wish. `name` is the incident's id, the service's or the severity's key; "" for everything."""

    user: str
    kind: Kind
    name: str = ""
    way: Way = Way.DIRECT
    readers: Readers = Readers.ENGINEERING

    @property
    def mark(self) -> str:
        """What a message keeps of it, so that the message can be drawn anew."""
        return _SEPARATOR.join((self.readers, self.kind, self.name))


def of_mark(user: str, mark: str) -> Subscription | None:
    """Read a mark back; None for what is none."""
    readers, _, rest = mark.partition(_SEPARATOR)
    kind, separator, name = rest.partition(_SEPARATOR)
    if not separator or kind not in set(Kind) or readers not in set(Readers):
        return None
    return Subscription(user, Kind(kind), name, readers=Readers(readers))


def topics(
    incident: Incident, severities: Iterable[str] = (), parts: Iterable[str] = ()
) -> Mapping[Kind, tuple[str, ...]]:
    """Return what a subscription may be to that reaches this incident.

    `severities` are those it had just before, `parts` the ids of what was merged into it.
    """
    return {
        Kind.INCIDENT: (incident.id, *parts),
        Kind.SERVICE: incident.services,
        Kind.SEVERITY: tuple(dict.fromkeys((incident.severity, *severities))),
        Kind.EVERYTHING: ("",),
    }


def concerned(incident: Incident, found: Iterable[Subscription]) -> Mapping[str, Subscription]:
    """Return who is to be told of an incident by subscription, each person once, by their narrowest one.

    Left out are those who hold a role: they are in the room, where all of it is said. Of a private incident only those
    inside hear. A wish for the incident itself goes before one for a part of it; then, of two equally narrow ones, a
    direct message goes first.
    """
    holders = {user for users in incident.roles.values() for user in users}
    kinds, ways = list(Kind), list(Way)
    chosen: dict[str, Subscription] = {}

    def place(one: Subscription) -> tuple[str, int, bool, int, str]:
        by_part = one.kind is Kind.INCIDENT and one.name != incident.id
        return one.user, kinds.index(one.kind), by_part, ways.index(one.way), one.name

    for one in sorted(found, key=place):
        if one.user not in holders and may_hear(incident, one.user):
            chosen.setdefault(one.user, one)
    return chosen


def may_hear(incident: Incident, user: str) -> bool:
    """Whether a subscriber may be told of an incident as it now stands."""
    return user in incident.inside if incident.private else user not in incident.left


def of_slot(slot: str) -> Subscription | None:
    """Return by which subscription a message was sent whose slot this is; None for others."""
    parts = slot.split(":", 3)
    return of_mark(parts[2], parts[3]) if len(parts) == 4 else None
