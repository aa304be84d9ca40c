"""What a rank by hand came to: the place that the incident really has, and whose it took."""

from __future__ import annotations

from datetime import datetime

from bot.domain.lengths import span
from bot.domain.model import Incident
from bot.domain.priority import Board, Ranked
from templates.layout import message, section
from templates.message import Message
from templates.wording import say
from templates.words import kept_from, numbered


def place_set(incident: Incident, board: Board, *, now: datetime) -> Message:
    """Say so, given the incident after it and the board as the asker may see it; without one, only what was asked."""
    override, standing = incident.override, board.standing(incident.id)
    place = standing.place if standing else None
    mine = override is not None and (place is None or board[place - 1].overridden)
    asked = override.place if override else 0
    words = say(
        "answers.override_set",
        label=incident.label,
        asked=asked,
        place=place,
        why=kept_from(standing.held) if standing else "",
        displaced=numbered([one.scored.case.number for one in board.by_hand if _displaced(one, asked, place)]),
        lasting=span(override.until - now, up=True) if mine and override else None,
    )
    return message(words, section(words))


def _displaced(one: Ranked, asked: int, place: int | None) -> bool:
    """Whether an incident that was set to the same place by hand stands behind this one now."""
    override = one.scored.case.override
    return place is not None and override is not None and override.place == asked and one.place > place
