"""What is told of several incidents at once: the roll-up of what burns, and the digest of a day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.model import Incident
from bot.domain.priority import Standing

WINDOW: Final = timedelta(minutes=5)
"""How long after its time a bulletin still goes out as if it were on time."""

LATE: Final = timedelta(hours=6)
"""How late a digest may be after downtime; one that is later is left to the next day."""


class Kind(StrEnum):
    ROLL_UP = "roll_up"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Issued:
    """A bulletin that was decided on: for which `period`, what was `open` then (ids), and a digest of what it says."""

    kind: Kind
    period: str
    at: datetime
    open: tuple[str, ...] = ()
    face: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident and where it stands among public ones; drills and what is over have no place."""

    incident: Incident
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bulletin tells: what is open, best place first, and what has ended since."""

    open: tuple[Entry, ...]
    ended: tuple[Incident, ...] = ()


def hour_of(now: datetime) -> str | None:
    """Return the hour whose roll-up is due now; None away from the full hour."""
    full = now.replace(minute=0, second=0, microsecond=0)
    return full.isoformat() if now - full < WINDOW else None


def day_of(now: datetime, at: time, zone: str, last: Issued | None) -> str | None:
    """Return the day (in the zone) whose digest is due now, None if none is.

    After downtime it comes late rather than not at all. Where there has never been one, it waits for its time.
    """
    local = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), at, local.tzinfo)
    late = now - due
    if late < timedelta() or (last is not None and last.period == local.date().isoformat()):
        return None
    return local.date().isoformat() if late < (LATE if last is not None else WINDOW) else None


def face_of(entries: Sequence[Entry]) -> str:
    """Return a digest of what a roll-up tells, without times: an hour in which nothing moved needs no other one."""
    said = [
        f"{one.incident.id}|{one.incident.severity}|{one.incident.status}|{len(one.incident.updates)}|"
        f"{one.incident.commander}|{one.standing.rough if one.standing else ''}"
        for one in entries
    ]
    return sha256("\n".join(said).encode()).hexdigest()[:16]
