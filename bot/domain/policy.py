"""The rules an operator sets, as plain values: `bot.config` builds them from firebell.yaml, tests by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from types import MappingProxyType
from typing import Literal

CommanderRule = Literal["declarer", "oncall", "none"]
Gate = Literal["required", "optional", "none"]
Allowed = Literal["everyone", "responders", "leaders"]


@dataclass(frozen=True, slots=True)
class SeverityPolicy:
    """One severity.

    `rank` counts from 1 (worst). `announce_updates` broadcasts each update from the card's thread to the summary
    channel.
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
    """A row of the catalog. `tier` 1 is the most important; `oncall_group` is a user group id or handle."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    owner: str = ""
    tier: int = 3
    panels: tuple[Panel, ...] = ()
    depends_on: tuple[str, ...] = ()
    oncall_group: str = ""
    pagerduty_service: str = ""
    dashboard: str = ""


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
    confirm_severity: timedelta = timedelta(minutes=10)
    undo_declare: timedelta = timedelta(minutes=10)
    snooze: timedelta = timedelta(minutes=10)
    panels_before: timedelta = timedelta(hours=1)
    panels_after: timedelta = timedelta(minutes=30)
    human_activity: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules in force. Tuples keep the operator's order; severities go from worst to mildest."""

    severities: tuple[SeverityPolicy, ...]
    roles: tuple[RolePolicy, ...]
    services: tuple[ServicePolicy, ...] = ()
    channel_template: str = "inc-{number}-{slug}"
    summary_channel: str = "incidents"
    responders_group: str = ""
    permissions: Mapping[str, Allowed] = field(default_factory=lambda: MappingProxyType({}))
    quiet_hours: QuietHours | None = None
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    durations: Durations = field(default_factory=Durations)
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
