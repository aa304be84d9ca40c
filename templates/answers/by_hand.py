"""What a rank by hand came to: the place that the incident really has, and whose it took."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.model import Incident
from bot.domain.priority import Board, Ranked
from templates.layout import message, section
from templates.message import Message
from templates.wording import say
from templates.words import listed, span

NAMED: Final = 3
"""Incidents that a sentence names; of more it tells how many."""


def place_set(incident: Incident, board: Board, *, now: datetime) -> Message:
    """Say so, given the incident after it and the board as the asker may see it; without one, only what was asked."""
    override, place = incident.override, board.place_of(incident.id)
    held = override is not None and (place is None or board[place - 1].overridden)
    asked = override.place if override else 0
    others = [one for one in board if one.scored.case.id != incident.id]
    words = say(
        "answers.override_set",
        label=incident.label,
        asked=asked,
        place=place,
        why=_why(board[place - 1], asked, others) if place else "",
        displaced=_names([one for one in others if _displaced(one, asked, place)]),
        lasting=span(override.until - now, up=True) if held and override else None,
    )
    return message(words, section(words))


def _why(mine: Ranked, asked: int, others: list[Ranked]) -> str:
    """Why it is not at the place that was asked for; empty where it is."""
    if mine.place == asked:
        return ""
    if mine.place < asked:
        worse = mine.scored.score.safety and any(not one.scored.score.safety for one in others)
        return "it is safety first itself" if worse else "no more are open"
    before = [one for one in others if one.place < mine.place]
    safe = [] if mine.scored.score.safety else [one for one in before if one.scored.score.safety]
    if safe:
        return f"{_names(safe)} {'is' if len(safe) == 1 else 'are'} safety first"
    return f"{_names([one for one in before if one.overridden])} stands before it by hand"


def _displaced(one: Ranked, asked: int, place: int | None) -> bool:
    """Whether an incident that was set to the same place by hand stands behind this one now."""
    override = one.scored.case.override
    return one.overridden and override is not None and override.place == asked and one.place > (place or one.place)


def _names(some: list[Ranked]) -> str:
    if len(some) > NAMED:
        return f"{len(some)} others"
    return listed([f"INC-{one.scored.case.number}" for one in some])
