"""Roles on their way from one person to another."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.handoffs import Ended


@dataclass(frozen=True, slots=True)
class HandoffOffered:
    """The giver offers roles with a note, and holds them until they are accepted. `number` counts from 1."""

    number: int
    giver: str
    receiver: str
    roles: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class HandoffAccepted:
    """The receiver accepts; `roles` are those that the giver still held. A `RoleAssigned` for each follows."""

    number: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoffDeclined:
    number: int


@dataclass(frozen=True, slots=True)
class HandoffWithdrawn:
    """The offer ended without an answer."""

    number: int
    why: Ended


@dataclass(frozen=True, slots=True)
class HandoffUnanswered:
    """Nobody has answered for `minutes`; the offer stands."""

    number: int
    minutes: int


Handoffs = HandoffOffered | HandoffAccepted | HandoffDeclined | HandoffWithdrawn | HandoffUnanswered
