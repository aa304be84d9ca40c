"""What is said about possible duties to report: facts only."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.regulation import Reminder, Trigger


@dataclass(frozen=True, slots=True)
class DutiesArisen:
    """To legal: regulations that may ask for a report have come up."""

    regulations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutiesDue:
    """To whom the duties are for: so much of the time for each is gone."""

    reminders: tuple[Reminder, ...]


@dataclass(frozen=True, slots=True)
class DutiesOutstanding:
    """To whom the duties are for: what is left to do.

    `occasion` is "waiting" (nobody was told for a day), "assigned" (to a new holder of a role that they are for), or
    the status in which the incident has ended.
    """

    occasion: str


@dataclass(frozen=True, slots=True)
class DeciderWanted:
    """To somebody who was asked: has this happened, and when?"""

    regulation: str
    trigger: Trigger


RegulatoryNotice = DutiesArisen | DutiesDue | DutiesOutstanding | DeciderWanted
