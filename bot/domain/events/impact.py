"""What people said for an incident's priority: figures, danger to people, a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ImpactSet:
    """Figures as somebody gave them; what is None was not spoken of, and `cleared` ones are the catalog's again.

    `degraded` is a share (0..1), `revenue_per_hour` the loss in the policy's currency, `exposed_per_hour` records or
    people, `backlog_per_hour` items. `source` is from where they have it. `by` and `said_at` are whose word it was and
    when, where figures came with a merged incident.
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
    by: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SafetyDeclared:
    """People may come to harm. `by` and `said_at` are whose word it was and when, where it came with a merge."""

    reason: str
    by: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SafetyWithdrawn:
    reason: str


@dataclass(frozen=True, slots=True)
class OverrideSet:
    """It takes a place (from 1) by hand until a time, in place of any override before."""

    place: int
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class OverrideEnded:
    """`how` is "expired", "ended" (by somebody, perhaps with a reason) or "over" (with the incident)."""

    place: int
    how: str
    reason: str = ""


Weighing = ImpactSet | SafetyDeclared | SafetyWithdrawn | OverrideSet | OverrideEnded
