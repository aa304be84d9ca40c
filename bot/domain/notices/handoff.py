"""What is said about handoffs: facts only."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.handoffs import News


@dataclass(frozen=True, slots=True)
class HandoffOffer:
    """To the receiver: handoff `number` with its note (read from the fold), Accept and Decline while it is open."""

    number: int


@dataclass(frozen=True, slots=True)
class HandoffNews:
    """To the giver: what became of handoff `number`, after `minutes` where nobody answered."""

    number: int
    what: News
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class HandoffDone:
    """To the room, one line: handoff `number` was accepted."""

    number: int


HandoffNotice = HandoffOffer | HandoffNews | HandoffDone
