"""Handoffs: roles offered to somebody else with a note, and what became of the offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Ended = Literal["taken_back", "superseded", "moved", "over", "receiver_left"]
"""Why an offer is no longer open: its giver took it back or made another, the roles went elsewhere, the incident ended,
or the receiver left (their account, or the room of a private incident).
"""

News = Literal["accepted", "declined", "unanswered", "receiver_left"]
"""What the giver of a role is told about an offer."""


class HandoffState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handoff:
    """One offer. `number` counts from 1 within the incident; `roles` are those offered, then those that moved.

    `chased`: its giver was told that nobody has answered.
    """

    number: int
    giver: str
    receiver: str
    roles: tuple[str, ...]
    note: str
    offered_at: datetime
    state: HandoffState = HandoffState.OFFERED
    ended: Literal["", "taken_back", "superseded", "moved", "over", "receiver_left"] = ""
    chased: bool = False

    @property
    def is_open(self) -> bool:
        return self.state is HandoffState.OFFERED
