"""What messages become that asked something of somebody, once they ask it no more: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.model import Status
from bot.domain.relations import Other

OfferEnd = Literal["acted", "moved", "taken", "over"]


@dataclass(frozen=True, slots=True)
class OfferEnded:
    """What offers of command become, and the question to the commander: they "acted", or it "moved".

    "taken": the incident had no commander, and has one. "over": it ended; what is said of that now is `AskOver`, but
    edits that were recorded with this word may wait in the outbox.
    """

    how: OfferEnd
    at: datetime


@dataclass(frozen=True, slots=True)
class AskOver:
    """What a reminder or an offer becomes when its incident ends `at` a time; `into` is where work goes on."""

    status: Status
    at: datetime
    into: Other | None = None


AskingNotice = OfferEnded | AskOver
