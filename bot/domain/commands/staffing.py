"""Scarce responders: a commander's own figure, and a proposal that somebody accepted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.catalog import Range


@dataclass(frozen=True, slots=True)
class EstimateMitigation:
    """The commander's own figure: minutes from now until it is mitigated; None takes an earlier one back."""

    minutes: int | None


@dataclass(frozen=True, slots=True)
class AcceptStaffing:
    """Record what an accepted proposal says of this incident; the roles that it moves are commands of their own.

    See `events.StaffingAccepted` for what the fields mean.
    """

    proposal: str
    leader: str | None
    helpers: tuple[str, ...]
    waits: int | None
    price: Range
    keep: Range


Staffing = EstimateMitigation | AcceptStaffing
