"""The rules an operator sets, as plain values: `bot.config` builds them from firebell.yaml, tests by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from types import MappingProxyType
from typing import Final, Literal

from bot.domain.call import CallLink
from bot.domain.catalog import Edge, Range, Tool
from bot.domain.ladder import Step, default_ladder
from bot.domain.publishing import StatusPagePolicy
from bot.domain.regulation import IsBusinessDay, Regulation, weekdays

CommanderRule = Literal["declarer", "oncall", "none"]
Gate = Literal["required", "optional", "none"]
Allowed = Literal["everyone", "responders", "leaders"]
ServiceKind = Literal["service", "model"]


@dataclass(frozen=True, slots=True)
class SeverityPolicy:
    """One severity.

    `rank` counts from 1 (worst). `announce_updates` broadcasts each update from the card's thread to the summary
    channel. `ladder` is how reminders climb, in order of time; None: as for every severity of its rank.
    """

    key: str
    label: str
    rank: int
    description: str
    cadence: timedelta
    commander: CommanderRule = "declarer"
    postmortem: Gate = "optional"
    announce_updates: bool = False
    quiet_hours: bool = False
    working_hours_only: bool = False
    unchanged_in_row: int | None = None
    invite_groups: tuple[str, ...] = ()
    commander_absent: timedelta | None = None
    ladder: tuple[Step, ...] | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The reminder ladder in force."""
        if self.ladder is not None:
            return self.ladder
        return default_ladder(self.rank, working_hours_only=self.working_hours_only)


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """One role. `duties` are sentences, `first_acts` pairs (label, command word) for the buttons of the role card."""

    key: str
    label: str
    duties: tuple[str, ...]
    first_acts: tuple[tuple[str, str], ...] = ()
    many: bool = False
    fill_from_group: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One PromQL query of a service. `unit` is "seconds", "ratio", "per_second", "count" or ""."""

    key: str
    title: str
    query: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """A row of the catalog. `tier` 1 is the most important; `oncall_group` is a user group id or handle.

    `revenue_per_hour` is what this service itself earns, in `Policy.currency`; `revenue_by_hour` has no or 168 factors
    for it, from Monday 00:00 in the zone of the working hours. `customers` use the service; each of `vips` counts as
    `vip_weight` of them (None: as the priority rules say). `error_budget` is the share of a month's requests that may
    fail. `safety` says that people may come to harm when it fails: whoever declares is asked. `regulations` are rows
    of `Policy.regulations` that it may fall under; `data_classes` and `regions` bring further ones up.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    owner: str = ""
    tier: int = 3
    panels: tuple[Panel, ...] = ()
    depends_on: tuple[Edge, ...] = ()
    oncall_group: str = ""
    pagerduty_service: str = ""
    dashboard: str = ""
    kind: ServiceKind = "service"
    revenue_per_hour: Range | None = None
    revenue_by_hour: tuple[float, ...] = ()
    customers: int | None = None
    vips: tuple[str, ...] = ()
    vip_weight: float | None = None
    regulations: tuple[str, ...] = ()
    data_classes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    operates_with: tuple[Tool, ...] = ()
    error_budget: float | None = None
    safety: bool = False
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When reminders of severities with `quiet_hours` wait. `zone` is an IANA name; an interval may pass midnight."""

    start: time
    end: time
    zone: str = "UTC"
    weekends: bool = True


@dataclass(frozen=True, slots=True)
class WorkingHours:
    start: time = time(9, 0)
    end: time = time(17, 0)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Durations:
    """Every span that a policy owns and that DEMO_SPEED divides. Leases and timeouts are not among them."""

    no_commander: timedelta = timedelta(minutes=5)
    handoff: timedelta = timedelta(minutes=10)
    confirm_severity: timedelta = timedelta(minutes=10)
    undo_declare: timedelta = timedelta(minutes=10)
    snooze: timedelta = timedelta(minutes=10)
    panels_before: timedelta = timedelta(hours=1)
    panels_after: timedelta = timedelta(minutes=30)
    human_activity: timedelta = timedelta(hours=1)
    archive_after: timedelta = timedelta(days=7)
    archive_notice: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PersonPolicy:
    """Someone who may be asked to help: `user` is the chat system's id, `hours` when they work."""

    user: str
    skills: tuple[str, ...] = ()
    may_command: bool = True
    hours: WorkingHours | None = None


@dataclass(frozen=True, slots=True)
class PagerPolicy:
    """The paging system that is connected.

    `asks`: its API may be asked, so that pages can name a service or a policy of its own. `keyed` are our services that
    are paged by a key of their own instead. `default_service` is its id of what to page when no affected service is
    known there ("" for none).
    """

    asks: bool = False
    keyed: frozenset[str] = frozenset()
    default_service: str = ""


_DEGRADED: Final = (Range(0.3, 0.7, 1.0), Range(0.1, 0.3, 0.7), Range(0.02, 0.1, 0.3), Range(0, 0.02, 0.1))
_REVENUE: Final = (Range(0, 2_000, 20_000), Range(0, 500, 5_000), Range(0, 100, 1_000), Range(0, 20, 200))
_CUSTOMERS: Final = Range(0, 50, 1_000)
_EXPOSED: Final = Range(1, 100, 10_000)
_LEAK: Final = Range(0, 0.01, 0.1)


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """The figures behind the rank where the catalog has none. Money is in `Policy.currency`.

    They are round numbers of ours, to be replaced by an operator's own; only `low` to `high` is meant to be right.
    `degraded` (share of a service that fails, by the severity's rank) and `revenue` (per hour, by tier) use their last
    entry for what lies beyond. `customer_hour` is what an hour of outage costs with one customer, `record` what one
    exposed record costs, `exposed` the records newly exposed per hour in a leak of unknown size, `leak` how likely an
    incident on a regulated service is one, `budget` what a month's error budget is worth, `waiting_item` what one item
    of a backlog costs per hour. A dependent that fails only `horizon` from now counts half. `bands` are the lowest
    costs per hour of moderate, high, severe and extreme. Shown orders change when the costs differ by more than
    `margin` (a share).
    """

    degraded: tuple[Range, ...] = _DEGRADED
    revenue: tuple[Range, ...] = _REVENUE
    customers: Range = _CUSTOMERS
    customer_hour: float = 1.0
    vip_weight: float = 50.0
    record: float = 10.0
    exposed: Range = _EXPOSED
    leak: Range = _LEAK
    budget: float = 10_000.0
    waiting_item: float = 1.0
    horizon: timedelta = timedelta(hours=1)
    bands: tuple[float, float, float, float] = (100.0, 1_000.0, 10_000.0, 100_000.0)
    margin: float = 0.15


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules in force. Tuples keep the operator's order; severities go from worst to mildest.

    `drill_channel` is where drills have their cards, "" for the summary channel. `subscriber_hours` are the quiet hours
    of subscribers, each in their own zone; its zone is for those whose own is not known.

    `legal_group` is the user group that regulatory matters are for, beside command and the legal liaison.
    `pager` is None where no paging system is connected, `status_page` where customers are told nowhere, `call` where
    incidents have no call of their own.
    """

    severities: tuple[SeverityPolicy, ...]
    roles: tuple[RolePolicy, ...]
    services: tuple[ServicePolicy, ...] = ()
    channel_template: str = "inc-{number}-{slug}"
    summary_channel: str = "incidents"
    drill_channel: str = ""
    responders_group: str = ""
    permissions: Mapping[str, Allowed] = field(default_factory=lambda: MappingProxyType({}))
    quiet_hours: QuietHours | None = None
    subscriber_hours: QuietHours | None = None
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    durations: Durations = field(default_factory=Durations)
    currency: str = "EUR"
    amounts_group: str = ""
    people: tuple[PersonPolicy, ...] = ()
    priority: PriorityPolicy = field(default_factory=PriorityPolicy)
    regulations: Mapping[str, Regulation] = field(default_factory=lambda: MappingProxyType({}))
    legal_group: str = ""
    pager: PagerPolicy | None = None
    status_page: StatusPagePolicy | None = None
    call: CallLink | None = None
    canvas: bool = False
    is_business_day: IsBusinessDay = weekdays
    speed: int = 1

    def severity(self, key: str) -> SeverityPolicy:
        """Return the severity `key`; one that was removed behaves like the mildest that is left, under its own name."""
        for severity in self.severities:
            if severity.key == key:
                return severity
        return replace(self.severities[-1], key=key, label=key.upper())

    def role(self, key: str) -> RolePolicy:
        """Return the role `key`; one that was removed keeps its key as its name and has no duties."""
        for role in self.roles:
            if role.key == key:
                return role
        return RolePolicy(key=key, label=key.replace("_", " ").capitalize(), duties=(), many=True)

    def service(self, key: str) -> ServicePolicy:
        """Return the service `key`; one that left the catalog keeps its key as its name."""
        for service in self.services:
            if service.key == key:
                return service
        return ServicePolicy(key=key, name=key)

    def span(self, value: timedelta) -> timedelta:
        """Scale a policy duration by the demo's speed."""
        return value / self.speed
