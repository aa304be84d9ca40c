"""Scarce responders: a commander's own figure, and a proposal that somebody accepted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.catalog import Range


@dataclass(frozen=True, slots=True)
class MitigationEstimated:
    """The commander's own figure: minutes from now until it is mitigated; None takes an earlier one back."""

    minutes: int | None


@dataclass(frozen=True, slots=True)
class StaffingAccepted:
    """Somebody accepted a proposal for several incidents; this is what it said of this one.

    `proposal` is the same for all incidents of a proposal. `leader` None with `waits` says that it is left for later
    on purpose, for so many expected minutes (`waits` None: nobody will be free for it within the horizon).
    `price` and `keep` are what this incident was expected to cost by the proposal, and with everyone kept; nothing
    where people may come to harm.
    """

    proposal: str
    leader: str | None
    helpers: tuple[str, ...]
    waits: int | None
    price: Range
    keep: Range


Staffing = MitigationEstimated | StaffingAccepted
