"""The example settings: readable, complete, and true of the demo's workspace and metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config.file import policy_of, read_file
from bot.config.schema import ConfigFile
from bot.domain.policy import Policy
from sandbox.outage import Scenario
from sandbox.promql import Evaluator
from sandbox.promql_parser import parse
from sandbox.samples import Samples
from sandbox.seed import demo_seed

EXAMPLE = Path(__file__).parents[2] / "deploy" / "firebell.example.yaml"
NOW = 1_795_264_200.0


@pytest.fixture
def policy() -> Policy:
    return policy_of(read_file(EXAMPLE))


@pytest.fixture
def document() -> Any:
    return yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_shows_every_key_there_is(document: Any) -> None:
    assert set(document) == set(ConfigFile.model_fields)


def test_cadences_are_those_of_the_four_severities(policy: Policy) -> None:
    minutes = {severity.key: severity.cadence.total_seconds() / 60 for severity in policy.severities}
    assert minutes == {"sev1": 15, "sev2": 30, "sev3": 60, "sev4": 1440}
    assert [severity.postmortem for severity in policy.severities] == ["required", "required", "optional", "none"]


def test_what_the_shop_sells_through_has_three_panels_each(policy: Policy) -> None:
    drawn = [service for service in policy.services if service.panels]
    assert [service.key for service in drawn] == ["checkout", "payments", "search", "recommender"]
    assert all(len(service.panels) == 3 for service in drawn)
    assert all(len({panel.key for panel in service.panels}) == 3 for service in drawn)


def test_every_service_has_figures_for_its_priority(policy: Policy) -> None:
    named = [one for one in policy.services if one.revenue_per_hour is not None or one.error_budget is not None]
    assert named == list(policy.services)
    handles = {group["handle"]: group["users"] for group in demo_seed()["usergroups"]}
    assert handles[policy.amounts_group], "somebody in the demo sees amounts"


def test_every_panel_draws_one_line_from_the_demos_metrics(policy: Policy) -> None:
    evaluator = Evaluator(Samples(Scenario(NOW - 480)))
    for service in policy.services:
        for panel in service.panels:
            result = evaluator.evaluate(parse(panel.query), NOW)
            assert isinstance(result, list)
            assert len(result) == 1, (service.key, panel.title)


def test_every_group_exists_in_the_demos_workspace(policy: Policy) -> None:
    handles = {group["handle"] for group in demo_seed()["usergroups"]}
    named = {policy.responders_group, policy.amounts_group}
    named |= {service.oncall_group for service in policy.services if service.oncall_group}
    named |= {role.fill_from_group for role in policy.roles if role.fill_from_group}
    named |= {group for severity in policy.severities for group in severity.invite_groups}
    assert named <= handles


def test_the_summary_channel_exists_in_the_demos_workspace(policy: Policy) -> None:
    assert policy.summary_channel in {channel["name"] for channel in demo_seed()["channels"]}


def test_no_secret_stands_in_the_example() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "xoxb-" not in text
    assert "xapp-" not in text
