"""What people say for an incident's priority: figures, danger to people, a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SetImpact:
    """Give figures; what is None stays as it is, and `cleared` names those that go back to the catalog's estimate.

    Units are those of `ImpactSet`. `based_on` is when the form was opened; None skips the check for others' edits.
    """

    degraded: float | None = None
    customers: int | None = None
    vips: tuple[str, ...] | None = None
    revenue_per_hour: float | None = None
    data_classes: tuple[str, ...] | None = None
    exposed_per_hour: float | None = None
    backlog_per_hour: float | None = None
    cleared: tuple[str, ...] = ()
    source: str = ""
    based_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeclareSafety:
    """Say that people may come to harm: the incident goes above any amount."""

    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawSafety:
    reason: str


@dataclass(frozen=True, slots=True)
class OverridePlace:
    """Give the incident a place (from 1) for a while, whatever its score."""

    place: int
    lasting: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class EndOverride:
    reason: str = ""


Weighing = SetImpact | DeclareSafety | WithdrawSafety | OverridePlace | EndOverride
