"""docs/configuration.md tells of every setting, of none that does not exist, and of its true default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.config import Environment, catalog, ladders, parts, schema, status_page
from bot.config.defaults import SEVERITIES
from bot.config.durations import parse_span
from tests.architecture.tree import ROOT

PAPER = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[BaseModel]] = {
    "Environment": Environment,
    "The file": schema.ConfigFile,
    "`severities.<key>`": schema.SeverityFile,
    "`severities.<key>.ladder`": ladders.StepFile,
    "`roles.<key>`": schema.RoleFile,
    "`services.<key>`": catalog.ServiceFile,
    "`services.<key>.panels`": catalog.PanelFile,
    "`services.<key>.depends_on`": catalog.DependencyFile,
    "`services.<key>.operates_with`": catalog.ToolFile,
    "`services.<key>.revenue_by_hour`": catalog.HoursFile,
    "`people.<user id>`": catalog.PersonFile,
    "`priority`": catalog.PriorityFile,
    "`quiet_hours`": schema.QuietHoursFile,
    "`working_hours`": parts.WorkingHoursFile,
    "`durations`": schema.DurationsFile,
    "`retention`": schema.RetentionFile,
    "`subscriptions`": schema.SubscriptionsFile,
    "`subscriptions.quiet_hours`": schema.SubscriberHoursFile,
    "`bulletins`": schema.BulletinsFile,
    "`watchdog`": schema.WatchdogFile,
    "`pagerduty`": schema.PagerDutyFile,
    "`zoom`": schema.ZoomFile,
    "`status_page`": status_page.StatusPageFile,
    "`status_page.services.<key>`": status_page.PublicServiceFile,
}


def rows(section: str) -> dict[str, str]:
    """Return the first table under a heading: its first column (without backticks) to its second."""
    found = re.search(rf"^##+ {re.escape(section)}\n(.*?)(?=^##|\Z)", PAPER, re.MULTILINE | re.DOTALL)
    assert found, section
    table = found[1].split("\n\n| built in")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) \|", table, re.MULTILINE))


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((field.alias or name, field) for name, field in model.model_fields.items())


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_in_its_table_and_no_other(section: str) -> None:
    assert set(rows(section)) == {name for name, _ in fields(SECTIONS[section])}


def test_every_permission_is_in_its_table_and_no_other() -> None:
    assert tuple(rows("`permissions`")) == get_args(schema.PermissionAct)


def test_no_part_of_the_file_is_left_out() -> None:
    parts = {
        kind
        for module in (schema, catalog)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__.endswith("File")
    }
    assert parts <= set(SECTIONS.values())


def _meant(text: str, kind: type) -> Any:
    """Read a default as the table writes it: in backticks, as the file would have it."""
    if kind is timedelta:
        return parse_span(text)
    if kind is time:
        return time.fromisoformat(text)
    if kind is bool:
        return {"true": True, "false": False}[text]
    return kind(text)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_defaults_in_backticks_are_the_defaults(section: str) -> None:
    told = {name: cell.strip("`") for name, cell in rows(section).items() if cell.startswith("`")}
    defaults = {name: field.get_default(call_default_factory=True) for name, field in fields(SECTIONS[section])}
    assert {name: _meant(text, type(defaults[name])) for name, text in told.items()} == {
        name: defaults[name] for name in told
    }


@pytest.mark.parametrize("section", SECTIONS)
def test_what_is_required_or_has_no_default_is_said(section: str) -> None:
    for name, field in fields(SECTIONS[section]):
        cell = rows(section)[name]
        assert (cell == "required") == field.is_required(), name
        if cell == "none":
            assert field.get_default(call_default_factory=True) in (None, "", (), {}), name


def test_the_built_in_severities_are_as_told() -> None:
    told = re.findall(r"^\| `(sev\d)` \| (\w+) \| (\w+) \| (\w+) \| (.*) \|$", PAPER, re.MULTILINE)
    waits = {(False, False): "never", (True, False): "in quiet hours"}
    assert [(key, parse_span(cadence), gate, loud == "yes", wait) for key, cadence, gate, loud, wait in told] == [
        (
            one.key,
            one.cadence,
            one.postmortem,
            one.announce_updates,
            waits.get((one.quiet_hours, one.working_hours_only), "in quiet hours and outside working hours"),
        )
        for one in SEVERITIES
    ]
