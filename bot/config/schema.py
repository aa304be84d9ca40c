"""The shape of firebell.yaml. Every key is known: a misspelt one is an error, not a silent default."""

from __future__ import annotations

from datetime import time, timedelta
from string import Formatter
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot.config.durations import parse_age, parse_clock, parse_span
from bot.domain.policy import Allowed, CommanderRule, Gate

PermissionAct = Literal[
    "declare",
    "edit",
    "status",
    "lower_severity",
    "roles",
    "update",
    "note",
    "resolve",
    "reopen",
    "cancel",
    "close",
    "postmortem",
]
Span = Annotated[timedelta, BeforeValidator(parse_span)]
Age = Annotated[timedelta, BeforeValidator(parse_age)]
ClockTime = Annotated[time, BeforeValidator(parse_clock)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Unit = Literal["", "seconds", "ratio", "per_second", "count"]

_PLACEHOLDERS: Final = frozenset(("number", "slug", "severity", "date"))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeverityFile(_Part):
    """One severity; the order in the file is the order of badness, worst first."""

    label: str = Field(default="", max_length=20)
    description: str = Field(default="", max_length=75)
    cadence: Span
    commander: CommanderRule = "declarer"
    postmortem: Gate = "optional"
    announce_updates: bool = False
    quiet_hours: bool = False
    working_hours_only: bool = False
    no_change_in_a_row: int | None = Field(default=None, ge=0)
    invite_groups: tuple[str, ...] = ()


class RoleFile(_Part):
    """One role. `first_acts` maps a button's label to the command word it runs."""

    label: str = Field(default="", max_length=40)
    duties: tuple[str, ...] = ()
    first_acts: dict[str, str] = Field(default_factory=dict, max_length=3)
    many: bool = False
    fill_from_group: str = ""


class PanelFile(_Part):
    key: Key | None = None
    title: str = Field(min_length=1, max_length=80)
    query: str = Field(min_length=1)
    unit: Unit = ""


class ServiceFile(_Part):
    name: str = Field(default="", max_length=60)
    aliases: tuple[str, ...] = ()
    owner: str = ""
    tier: int = Field(default=3, ge=1, le=9)
    oncall_group: str = ""
    pagerduty_service: str = ""
    dashboard: str = Field(default="", pattern=r"^(https?://\S+)?$")
    depends_on: tuple[str, ...] = ()
    panels: tuple[PanelFile, ...] = ()


class _Zoned(_Part):
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone `{value}`; write one like Europe/Madrid") from error
        return value


class QuietHoursFile(_Zoned):
    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")
    weekends: bool = True

    @model_validator(mode="after")
    def _some_time(self) -> QuietHoursFile:
        if self.start == self.end:
            raise ValueError("quiet hours must end at another time than they begin")
        return self


class WorkingHoursFile(_Zoned):
    start: ClockTime = Field(default=time(9), alias="from")
    end: ClockTime = Field(default=time(17), alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHoursFile:
        if self.start >= self.end:
            raise ValueError("working hours must begin before they end")
        return self


class DurationsFile(_Part):
    no_commander: Span = timedelta(minutes=5)
    confirm_severity: Span = timedelta(minutes=10)
    undo_declare: Span = timedelta(minutes=10)
    snooze: Span = timedelta(minutes=10)
    panels_before: Span = timedelta(hours=1)
    panels_after: Span = timedelta(minutes=30)
    human_activity: Span = timedelta(hours=1)


class RetentionFile(_Part):
    """How long things are kept; what is left out is kept for ever. The hash chains always are."""

    text: Age | None = None
    files: Age | None = None
    deliveries: Age | None = None


class WatchdogFile(_Part):
    """When those who run Firebell want to be told that it is behind, and where."""

    late_after: Span = Field(default=timedelta(minutes=2), ge=timedelta(seconds=30))
    operators_channel: str = Field(default="", pattern=r"^(#?[^\s#@,]{1,80})?$")


class ConfigFile(_Part):
    """The whole file. What is left out keeps its built-in default; `bot.config.checks` looks across keys."""

    command: str = Field(default="/incident", pattern=r"^/[a-z0-9_-]{1,31}$")
    summary_channel: str = Field(default="incidents", pattern=r"^#?[^\s#@,]{1,80}$")
    channel_name: str = Field(default="inc-{number}-{slug}", max_length=60)
    responders_group: str = ""
    severities: dict[Key, SeverityFile] = Field(default_factory=dict)
    roles: dict[Key, RoleFile] = Field(default_factory=dict)
    services: dict[Key, ServiceFile] = Field(default_factory=dict)
    permissions: dict[PermissionAct, Allowed] = Field(default_factory=dict)
    quiet_hours: QuietHoursFile | None = None
    working_hours: WorkingHoursFile = Field(default_factory=WorkingHoursFile)
    durations: DurationsFile = Field(default_factory=DurationsFile)
    retention: RetentionFile = Field(default_factory=RetentionFile)
    watchdog: WatchdogFile = Field(default_factory=WatchdogFile)

    @field_validator("channel_name")
    @classmethod
    def _fills(cls, value: str) -> str:
        known = "it knows {number}, {slug}, {severity} and {date} only"
        try:
            parts = list(Formatter().parse(value))
        except ValueError as error:
            raise ValueError(f"this is no name template; {known}") from error
        names = [name for _, name, _, _ in parts if name is not None]
        if any(name not in _PLACEHOLDERS or form or convert for _, name, form, convert in parts if name is not None):
            raise ValueError(f"this is no name template; {known}")
        if "number" not in names:
            raise ValueError("the name template needs {number}, or two incidents would ask for the same channel")
        return value

    @field_validator("roles")
    @classmethod
    def _commander_stays(cls, value: dict[str, RoleFile]) -> dict[str, RoleFile]:
        if value and "commander" not in value:
            raise ValueError("there must be a role `commander`; add it")
        return value
