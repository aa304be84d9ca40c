"""The catalog in firebell.yaml: services and models, people, and the figures that rank incidents."""

from __future__ import annotations

import math
from datetime import time, timedelta
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from bot.config.parts import ClockTime, Key, Label, Part, Span, WorkingHoursFile
from bot.domain.catalog import UNKNOWN_SHARE, Edge, Range, Tool
from bot.domain.policy import Panel, PersonPolicy, PriorityPolicy, ServiceKind, ServicePolicy, WorkingHours
from bot.domain.slug import slug

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = time(0)

_RANGE_KEYS: Final = ("low", "expected", "high")


def parse_range(value: object) -> Range:
    """Read a figure: a number, or low, expected and high; raises ValueError, with an example of what would be right."""
    if isinstance(value, Range):
        return value
    example = "write a number, or {low: 100, expected: 200, high: 500}"
    if isinstance(value, dict):
        if set(value) != set(_RANGE_KEYS):
            raise ValueError(f"a range has low, expected and high, and nothing else; {example}")
        low, expected, high = (_number(value[key], example) for key in _RANGE_KEYS)
        if not low <= expected <= high:
            raise ValueError("low may not be above expected, nor expected above high; put them in order")
        return Range(low, expected, high)
    return Range.exact(_number(value, example))


def parse_share(value: object) -> Range:
    """Read a share of failures as `parse_range` does; raises ValueError for what is not within 0 and 1."""
    share = parse_range(value)
    if share.high > 1:
        raise ValueError(f"a share is from 0 to 1 and not {share.high:g}; 80 % is 0.8")
    return share


def _number(value: object, example: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"`{value}` is no number; {example}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not 0 <= number < math.inf:
        raise ValueError("a figure may be neither below zero nor endless")
    return number


def _named(value: object) -> object:
    """Let a service be written by its key alone."""
    return {"service": value} if isinstance(value, str) else value


Figure = Annotated[Range, PlainValidator(parse_range)]
Share = Annotated[Range, PlainValidator(parse_share)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PanelFile(Part):
    """One PromQL query of a service."""

    key: Key | None = None
    title: str = Field(min_length=1, max_length=80)
    query: str = Field(min_length=1)
    unit: Literal["", "seconds", "ratio", "per_second", "count"] = ""


class DependencyFile(Part):
    """A service that this one needs; the key alone leaves `share` unknown."""

    service: str
    share: Share | None = None
    after: Span | None = None


class ToolFile(Part):
    """A service that responders work with."""

    service: str
    slows: float = Field(default=1.5, ge=1, le=10)


class HoursFile(Part):
    """Hours of the week in which a service earns `times` its revenue; `to: 00:00` is the end of the day."""

    days: tuple[Day, ...] = DAYS
    start: ClockTime = Field(default=MIDNIGHT, alias="from")
    end: ClockTime = Field(default=MIDNIGHT, alias="to")
    times: Amount

    @model_validator(mode="after")
    def _whole_hours(self) -> HoursFile:
        if self.start.minute or self.end.minute:
            raise ValueError("revenue goes by whole hours; write from and to like 08:00")
        if self.end != MIDNIGHT and self.start >= self.end:
            raise ValueError("hours must begin before they end; write what passes midnight as two rows")
        return self


class ServiceFile(Part):
    """A row of the catalog."""

    name: str = Field(default="", max_length=60)
    aliases: tuple[str, ...] = ()
    owner: str = ""
    tier: int = Field(default=3, ge=1, le=9)
    oncall_group: str = ""
    pagerduty_service: str = ""
    dashboard: str = Field(default="", pattern=r"^(https?://\S+)?$")
    kind: ServiceKind = "service"
    revenue_per_hour: Figure | None = None
    revenue_by_hour: tuple[HoursFile, ...] = ()
    customers: int | None = Field(default=None, ge=0)
    vips: tuple[str, ...] = ()
    vip_weight: Amount | None = None
    regulations: tuple[str, ...] = ()
    data_classes: tuple[Label, ...] = ()
    regions: tuple[Label, ...] = ()
    depends_on: tuple[Annotated[DependencyFile, BeforeValidator(_named)], ...] = ()
    operates_with: tuple[Annotated[ToolFile, BeforeValidator(_named)], ...] = ()
    error_budget: float | None = Field(default=None, gt=0, le=1)
    safety: bool = False
    skills: tuple[str, ...] = ()
    panels: tuple[PanelFile, ...] = ()


class PersonFile(Part):
    """Someone who may be asked to help."""

    skills: tuple[str, ...] = ()
    may_command: bool = True
    hours: WorkingHoursFile | None = None


_RULES: Final = PriorityPolicy()


class PriorityFile(Part):
    """The figures that rank incidents where the catalog has none."""

    degraded: tuple[Share, ...] = Field(default=_RULES.degraded, min_length=1)
    revenue: tuple[Figure, ...] = Field(default=_RULES.revenue, min_length=1)
    customers: Figure = _RULES.customers
    customer_hour: Amount = _RULES.customer_hour
    vip_weight: Amount = _RULES.vip_weight
    record: Amount = _RULES.record
    exposed: Figure = _RULES.exposed
    leak: Share = _RULES.leak
    budget: Amount = _RULES.budget
    waiting_item: Amount = _RULES.waiting_item
    horizon: Span = _RULES.horizon
    bands: tuple[Amount, Amount, Amount, Amount] = _RULES.bands
    margin: float = Field(default=_RULES.margin, ge=0, le=1)

    @model_validator(mode="after")
    def _bands_rise(self) -> PriorityFile:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("`bands` must rise: where moderate, high, severe and extreme begin, per hour")
        return self


def service_of(key: str, service: ServiceFile) -> ServicePolicy:
    """Turn a checked row into the domain's."""
    return ServicePolicy(
        key=key,
        name=service.name or key,
        aliases=service.aliases,
        owner=service.owner,
        tier=service.tier,
        panels=_panels(service),
        depends_on=tuple(_edge(one) for one in service.depends_on),
        oncall_group=service.oncall_group.removeprefix("@"),
        pagerduty_service=service.pagerduty_service,
        dashboard=service.dashboard,
        kind=service.kind,
        revenue_per_hour=service.revenue_per_hour,
        revenue_by_hour=_hours_of_week(service.revenue_by_hour),
        customers=service.customers,
        vips=service.vips,
        vip_weight=service.vip_weight,
        regulations=service.regulations,
        data_classes=service.data_classes,
        regions=service.regions,
        operates_with=tuple(Tool(one.service, one.slows) for one in service.operates_with),
        error_budget=service.error_budget,
        safety=service.safety,
        skills=service.skills,
    )


def _panels(service: ServiceFile) -> tuple[Panel, ...]:
    return tuple(
        Panel(
            key=panel.key or slug(panel.title) or f"panel-{number}",
            title=panel.title,
            query=panel.query,
            unit=panel.unit,
        )
        for number, panel in enumerate(service.panels, start=1)
    )


def _edge(one: DependencyFile) -> Edge:
    return Edge(one.service, one.share or UNKNOWN_SHARE, one.after or timedelta())


def _hours_of_week(rows: tuple[HoursFile, ...]) -> tuple[float, ...]:
    """Return 168 factors from Monday 00:00; what no row names earns as usual, and a later row wins."""
    if not rows:
        return ()
    factors = [1.0] * (24 * len(DAYS))
    for row in rows:
        end = row.end.hour or 24
        for day in row.days:
            begin = DAYS.index(day) * 24
            factors[begin + row.start.hour : begin + end] = [row.times] * (end - row.start.hour)
    return tuple(factors)


def people_of(people: dict[str, PersonFile]) -> tuple[PersonPolicy, ...]:
    """Turn checked people into the domain's."""
    return tuple(
        PersonPolicy(
            user,
            one.skills,
            one.may_command,
            WorkingHours(one.hours.start, one.hours.end, one.hours.zone) if one.hours else None,
        )
        for user, one in people.items()
    )


def priority_of(file: PriorityFile) -> PriorityPolicy:
    """Turn checked figures into the domain's."""
    return PriorityPolicy(**{name: getattr(file, name) for name in type(file).model_fields})
