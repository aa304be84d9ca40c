"""The shape of firebell.yaml. Every key is known: a misspelt one is an error, not a silent default."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot.config.durations import parse_span
from bot.domain.policy import Allowed, CommanderRule, Gate

PERMISSION_ACTS = (
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
)


def _span(value: Any) -> Any:
    return parse_span(value) if isinstance(value, str) else value


def _clock_time(value: Any) -> Any:
    # YAML 1.1 reads an unquoted 22:00 as the sexagesimal number 1320.
    if isinstance(value, int) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    return value


Span = Annotated[timedelta, BeforeValidator(_span)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Unit = Literal["", "seconds", "ratio", "per_second", "count"]


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
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone `{value}`; write one like Europe/Madrid") from error
        return value


class QuietHoursFile(_Zoned):
    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")
    weekends: bool = True


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


class ConfigFile(_Part):
    """The whole file. What is left out keeps its built-in default."""

    command: str = Field(default="/incident", pattern=r"^/[a-z0-9_-]{1,31}$")
    summary_channel: str = Field(default="incidents", min_length=1)
    channel_name: str = "inc-{number}-{slug}"
    responders_group: str = ""
    severities: dict[Key, SeverityFile] = Field(default_factory=dict)
    roles: dict[Key, RoleFile] = Field(default_factory=dict)
    services: dict[Key, ServiceFile] = Field(default_factory=dict)
    permissions: dict[str, Allowed] = Field(default_factory=dict)
    quiet_hours: QuietHoursFile | None = None
    working_hours: WorkingHoursFile = Field(default_factory=WorkingHoursFile)
    durations: DurationsFile = Field(default_factory=DurationsFile)

    @field_validator("channel_name")
    @classmethod
    def _fills(cls, value: str) -> str:
        try:
            value.format(number=1, slug="a", severity="sev1", date="2026-01-01")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError("the name template knows {number}, {slug}, {severity} and {date} only") from error
        if "{number}" not in value:
            raise ValueError("the name template needs {number}, or two incidents would ask for the same channel")
        return value

    @field_validator("roles")
    @classmethod
    def _commander_stays(cls, value: dict[str, RoleFile]) -> dict[str, RoleFile]:
        if value and "commander" not in value:
            raise ValueError("there must be a role `commander`")
        return value

    @field_validator("permissions")
    @classmethod
    def _known_acts(cls, value: dict[str, Allowed]) -> dict[str, Allowed]:
        for act in value:
            if act not in PERMISSION_ACTS:
                raise ValueError(f"nothing is called `{act}`; choose from {', '.join(PERMISSION_ACTS)}")
        return value

    @field_validator("services")
    @classmethod
    def _known_dependencies(cls, value: dict[str, ServiceFile]) -> dict[str, ServiceFile]:
        for key, service in value.items():
            for other in service.depends_on:
                if other not in value:
                    raise ValueError(f"`{key}` depends on `{other}`, which is no service in this file")
        return value
