"""What people said of an incident for its priority: figures, danger to people, a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Figure(Generic[Value]):
    """One figure that a person set: who, when, and from where they have it."""

    value: Value
    by: str
    at: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What people said of an incident's actual impact; what is None comes from the catalog, as an estimate.

    `degraded` is a share (0..1), `revenue_per_hour` the loss itself, `exposed_per_hour` the records or people newly
    exposed, `backlog_per_hour` the items by which a backlog grows, counted from when that was said. An empty
    `data_classes` says that no data is touched.
    """

    degraded: Figure[float] | None = None
    customers: Figure[int] | None = None
    vips: Figure[tuple[str, ...]] | None = None
    revenue_per_hour: Figure[float] | None = None
    data_classes: Figure[tuple[str, ...]] | None = None
    exposed_per_hour: Figure[float] | None = None
    backlog_per_hour: Figure[float] | None = None


NO_IMPACT = Impact()


@dataclass(frozen=True, slots=True)
class Safety:
    """Somebody's word that people may come to harm, with the reason."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's word that an incident takes a place (from 1) until a time, with the reason."""

    place: int
    reason: str
    by: str
    at: datetime
    until: datetime
