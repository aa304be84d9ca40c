"""The example file shows every key, and where it repeats a default it repeats it rightly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.config.catalog import (
    DependencyFile,
    HoursFile,
    PanelFile,
    PersonFile,
    PriorityFile,
    ServiceFile,
    ToolFile,
)
from bot.config.defaults import ROLES, SEVERITIES
from bot.config.file import parse, policy_of, read_file
from bot.config.ladders import StepFile
from bot.config.parts import WorkingHoursFile
from bot.config.schema import ConfigFile, DurationsFile, QuietHoursFile, RoleFile, SeverityFile, WatchdogFile

EXAMPLE = Path(__file__).parents[2] / "deploy" / "firebell.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
PARTS: tuple[type[BaseModel], ...] = (
    ConfigFile,
    SeverityFile,
    StepFile,
    RoleFile,
    ServiceFile,
    PanelFile,
    DependencyFile,
    ToolFile,
    HoursFile,
    PersonFile,
    PriorityFile,
    QuietHoursFile,
    WorkingHoursFile,
    DurationsFile,
    WatchdogFile,
)


def keys() -> Iterator[Any]:
    for part in PARTS:
        for name, field in part.model_fields.items():
            yield pytest.param(field.alias or name, id=f"{part.__name__.removesuffix('File')}.{field.alias or name}")


@pytest.mark.parametrize("key", list(keys()))
def test_every_key_is_shown_or_explained(key: str) -> None:
    assert re.search(rf"^[ #-]*{key}(:| {{2,}}\S)", TEXT, re.MULTILINE) or f"`{key}`" in TEXT


def test_the_defaults_it_repeats_are_the_defaults() -> None:
    shown, default = read_file(EXAMPLE), ConfigFile()
    same = ("command", "summary_channel", "channel_name", "durations", "watchdog", "currency", "priority")
    assert {key: getattr(shown, key) for key in same} == {key: getattr(default, key) for key in same}
    assert {act for act, allowed in shown.permissions.items() if allowed != "everyone"} == {"staff"}


def test_its_roles_are_the_built_in_ones() -> None:
    assert policy_of(read_file(EXAMPLE)).roles == ROLES


def test_its_severities_are_the_built_in_ones_but_for_who_is_called() -> None:
    shown = policy_of(read_file(EXAMPLE)).severities
    assert tuple(replace(one, commander="declarer", invite_groups=()) for one in shown) == SEVERITIES


def test_the_ladder_it_shows_is_the_built_in_one() -> None:
    lines = TEXT.splitlines()
    start = lines.index("    # ladder:")
    shown = "\n".join(line.replace("# ", "", 1) for line in lines[start : start + 7])
    text = f"severities:\n  sev1:\n    cadence: 15m\n{shown}\n"
    (severity,) = policy_of(parse(text, "firebell.yaml")).severities
    assert severity.ladder is not None
    assert len(severity.ladder) == 6
    assert severity.ladder == SEVERITIES[0].steps


def test_an_empty_file_is_the_defaults() -> None:
    for text in ("", "# only a comment\n", "---\n", "{}"):
        assert parse(text, "firebell.yaml") == ConfigFile()
    policy = policy_of(ConfigFile())
    assert policy.severities == SEVERITIES
    assert policy.roles == ROLES


def test_unquoted_times_of_day_mean_what_they_say() -> None:
    file = parse("quiet_hours:\n  from: 22:30\n  to: 7:05\nworking_hours:\n  from: 08:15\n  to: '18:00'\n", "f")
    assert file.quiet_hours is not None
    times = (file.quiet_hours.start, file.quiet_hours.end, file.working_hours.start, file.working_hours.end)
    assert [time.strftime("%H:%M") for time in times] == ["22:30", "07:05", "08:15", "18:00"]


def test_groups_and_channels_lose_their_marks() -> None:
    policy = policy_of(parse("summary_channel: '#incidents'\nresponders_group: '@oncall'\n", "f"))
    assert (policy.summary_channel, policy.responders_group) == ("incidents", "oncall")


def test_speed_divides_what_the_policy_owns() -> None:
    policy = policy_of(ConfigFile(), speed=60)
    assert policy.span(policy.severity("sev1").cadence).total_seconds() == 15
