"""The shape of firebell.yaml. Every key is known: a misspelt one is an error, not a silent default."""

from __future__ import annotations

from datetime import time, timedelta
from string import Formatter
from typing import Final, Literal

from pydantic import Field, field_validator, model_validator

from bot.config.catalog import PersonFile, PriorityFile, ServiceFile
from bot.config.ladders import StepFile
from bot.config.parts import Age, ClockTime, Key, Part, Span, SpanOrNever, WorkingHoursFile, Zoned
from bot.config.status_page import StatusPageFile
from bot.domain.policy import Allowed, CommanderRule, Gate

PermissionAct = Literal[
    "declare",
    "edit",
    "status",
    "lower_severity",
    "override",
    "roles",
    "update",
    "note",
    "resolve",
    "reopen",
    "cancel",
    "close",
    "link",
    "merge",
    "postmortem",
    "page",
    "publish",
    "staff",
]
_PLACEHOLDERS: Final = frozenset(("number", "slug", "severity", "date"))


class SeverityFile(Part):
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
    commander_absent: Span | None = None
    ladder: tuple[StepFile, ...] | None = Field(default=None, min_length=1, max_length=12)


class RoleFile(Part):
    """One role. `first_acts` maps a button's label to the command word it runs."""

    label: str = Field(default="", max_length=40)
    duties: tuple[str, ...] = ()
    first_acts: dict[str, str] = Field(default_factory=dict, max_length=3)
    many: bool = False
    fill_from_group: str = ""


class QuietHoursFile(Zoned):
    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")
    weekends: bool = True

    @model_validator(mode="after")
    def _some_time(self) -> QuietHoursFile:
        if self.start == self.end:
            raise ValueError("quiet hours must end at another time than they begin")
        return self


class SubscriberHoursFile(QuietHoursFile):
    """Subscribers' quiet hours, each in their own zone; `zone` is for those whose own is not known."""

    weekends: bool = False


class SubscriptionsFile(Part):
    """How subscribers are told."""

    quiet_hours: SubscriberHoursFile | None = None


class DurationsFile(Part):
    no_commander: Span = timedelta(minutes=5)
    handoff: Span = timedelta(minutes=10)
    confirm_severity: Span = timedelta(minutes=10)
    undo_declare: Span = timedelta(minutes=10)
    snooze: Span = timedelta(minutes=10)
    panels_before: Span = timedelta(hours=1)
    panels_after: Span = timedelta(minutes=30)
    human_activity: Span = timedelta(hours=1)
    archive_after: SpanOrNever = timedelta(days=7)
    archive_notice: Span = timedelta(days=1)


class RetentionFile(Part):
    """How long things are kept; what is left out is kept for ever. The hash chains always are."""

    text: Age | None = None
    files: Age | None = None
    deliveries: Age | None = None


class BulletinsFile(Part):
    """What the summary channel is told of several incidents at once; times are in the zone of the working hours."""

    roll_up_from: int = Field(default=3, ge=0)
    digest: bool = True
    digest_at: ClockTime = time(9)


class WatchdogFile(Part):
    """When those who run Firebell want to be told that it is behind, and where."""

    late_after: Span = Field(default=timedelta(minutes=2), ge=timedelta(seconds=30))
    operators_channel: str = Field(default="", pattern=r"^(#?[^\s#@,]{1,80})?$")


class PagerDutyFile(Part):
    """PagerDuty: in whose name Firebell acts there, and what it pages when no affected service says."""

    sender: str = Field(default="", alias="from", pattern=r"^([^\s@]+@[^\s@]+)?$", max_length=100)
    default_service: str = Field(default="", pattern=r"^([A-Z0-9]{1,20})?$")


class ZoomFile(Part):
    """Zoom: whose meetings the calls are, and of which severities each incident gets one."""

    host: str = Field(default="", pattern=r"^(me|[^\s@/?#]+@[^\s@/?#]+)?$", max_length=128)
    severities: tuple[str, ...] = ()


class ConfigFile(Part):
    """The whole file. What is left out keeps its built-in default; `bot.config.checks` looks across keys."""

    command: str = Field(default="/incident", pattern=r"^/[a-z0-9_-]{1,31}$")
    summary_channel: str = Field(default="incidents", pattern=r"^#?[^\s#@,]{1,80}$")
    drill_channel: str = Field(default="", pattern=r"^(#?[^\s#@,]{1,80})?$")
    channel_name: str = Field(default="inc-{number}-{slug}", max_length=60)
    call_link: str = Field(default="", pattern=r"^(https?://\S+)?$", max_length=500)
    responders_group: str = ""
    severities: dict[Key, SeverityFile] = Field(default_factory=dict)
    roles: dict[Key, RoleFile] = Field(default_factory=dict)
    services: dict[Key, ServiceFile] = Field(default_factory=dict)
    catalog_files: tuple[str, ...] = ()
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    amounts_group: str = ""
    legal_group: str = ""
    regulations_file: str = ""
    priority: PriorityFile = Field(default_factory=PriorityFile)
    people: dict[str, PersonFile] = Field(default_factory=dict)
    permissions: dict[PermissionAct, Allowed] = Field(default_factory=dict)
    quiet_hours: QuietHoursFile | None = None
    working_hours: WorkingHoursFile = Field(default_factory=WorkingHoursFile)
    durations: DurationsFile = Field(default_factory=DurationsFile)
    retention: RetentionFile = Field(default_factory=RetentionFile)
    subscriptions: SubscriptionsFile = Field(default_factory=SubscriptionsFile)
    bulletins: BulletinsFile = Field(default_factory=BulletinsFile)
    watchdog: WatchdogFile = Field(default_factory=WatchdogFile)
    pagerduty: PagerDutyFile = Field(default_factory=PagerDutyFile)
    zoom: ZoomFile = Field(default_factory=ZoomFile)
    canvas: Literal["auto", "off"] = "auto"
    status_page: StatusPageFile = Field(default_factory=StatusPageFile)

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

    @field_validator("call_link")
    @classmethod
    def _one_call_each(cls, value: str) -> str:
        if value and (value.count("{number}") == 0 or "{" in value.replace("{number}", "")):
            raise ValueError("write {number} where the incident's number belongs, and no other braces")
        return value

    @field_validator("roles")
    @classmethod
    def _commander_stays(cls, value: dict[str, RoleFile]) -> dict[str, RoleFile]:
        if value and "commander" not in value:
            raise ValueError("there must be a role `commander`; add it")
        return value
