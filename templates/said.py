"""The impact in figures as people read it: what was said, by whom, and what counts where nobody said anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import figures
from bot.domain.catalog import Range
from bot.domain.impact import Figure
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Estimates
from templates.mrkdwn import Mrkdwn, near
from templates.wording import say

DIGITS: Final = 2
"""Significant digits of an estimate: more would claim to know."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and whether they may see `amounts`. What somebody said themselves they always see."""

    user: str
    amounts: bool = False

    def sees(self, name: str, figure: Figure[Any]) -> bool:
        return self.amounts or name not in figures.AMOUNTS or figure.by == self.user


def known(incident: Incident) -> Iterator[tuple[str, Figure[Any]]]:
    """Yield each figure that was said, by name."""
    for name in figures.NAMES:
        figure = getattr(incident.figures, name)
        if figure is not None:
            yield name, figure


def rows(incident: Incident, policy: Policy, reader: Reader, *, now: datetime) -> list[Mrkdwn]:
    """One line for each figure that was said: the figure, who said it, when, and from where they have it.

    A source that belongs to an amount is told to nobody who may not see the amount, beside no other figure either.
    """
    told = dict(known(incident))
    hidden = {(one.source, one.at) for name, one in told.items() if not reader.sees(name, one)}
    return [
        say(
            "said.row",
            figure=figures.in_words(name, figure.value, currency=policy.currency, amounts=reader.sees(name, figure)),
            by=figure.by,
            at=near(figure.at, now),
            source="" if (figure.source, figure.at) in hidden else figure.source,
        )
        for name, figure in told.items()
    ]


def estimate(name: str, found: Estimates, *, amounts: bool) -> str:
    """Say in plain text what counts while a figure is unknown, marked as an estimate."""
    if name in figures.AMOUNTS and not amounts:
        return "the catalog's estimate"
    value = getattr(found, name, None)
    if isinstance(value, tuple):
        return f"estimate: {', '.join(value)}" if value else "estimate: none known"
    if not isinstance(value, Range):
        return "unknown: counts as none"
    unit = " %" if name == "degraded" else ""
    low, expected, high = (_about(end * (100 if unit else 1)) for end in (value.low, value.expected, value.high))
    return f"estimate: {expected}{unit}" + ("" if low == high else f" ({low} to {high}{unit})")


def _about(value: float) -> str:
    whole = len(str(int(value)))
    return figures.number(round(value, min(DIGITS - whole, 2)))
