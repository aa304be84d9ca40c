"""`firebell doctor` on Slack: what is well, what is not, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.ports import Check
from integrations.slack.doctor import skew
from integrations.slack.scopes import SCOPES
from tests.fakes import FakeClock
from tests.integrations.slack.kit import INCIDENTS, NOW, integration_for, local_slack, manifest, seed


async def examine(slack_config: Mapping[str, Any] | None = None, **integration: Any) -> dict[str, Check]:
    async with local_slack(**(slack_config or {})) as slack:
        built = integration_for(slack, FakeClock(NOW), **integration)
        async with built.open() as performer:
            assert performer.check is not None
            return {check.name: check for check in await performer.check()}


def bad(checks: Mapping[str, Check]) -> Sequence[str]:
    return [name for name, check in checks.items() if not check.ok]


@pytest.mark.parametrize("socket", [True, False])
async def test_a_workspace_that_was_set_up_right_is_well(socket: bool):
    checks = await examine(socket=socket)
    assert bad(checks) == []
    assert list(checks)[:4] == ["Slack token", "Slack scopes", "Clock", "Summary channel"]
    assert list(checks)[4] == ("Socket Mode" if socket else "Signing secret")


def test_the_scopes_we_want_are_those_of_both_manifests():
    for kind in ("socket", "http"):
        assert set(manifest(kind)["oauth_config"]["scopes"]["bot"]) == set(SCOPES)


async def test_a_missing_scope_says_what_stops_working():
    checks = await examine({"manifest": manifest(without=["pins:write"])})
    assert bad(checks) == ["Slack scopes"]
    assert checks["Slack scopes"].detail == "pins:write (the card cannot be pinned)"
    assert "install it again" in checks["Slack scopes"].mend


async def test_a_wrong_token_says_which_one_to_take():
    checks = await examine(bot_token="xoxb-wrong")
    assert bad(checks) == ["Slack token"]
    assert "begins with xoxb-" in checks["Slack token"].mend
    assert "wrong" not in checks["Slack token"].detail


async def test_a_wrong_app_token_says_how_to_make_one():
    checks = await examine(app_token="xapp-wrong")
    assert bad(checks) == ["Socket Mode"]
    assert "connections:write" in checks["Socket Mode"].mend


async def test_a_slack_that_cannot_be_reached_asks_for_the_network(unused_tcp_port: int):
    checks = await examine(api_url=f"http://127.0.0.1:{unused_tcp_port}/api/")
    assert bad(checks) == ["Slack token"]
    assert "SLACK_API_URL" in checks["Slack token"].mend


@pytest.mark.parametrize(("seconds", "well"), [(30, True), (90, False), (-90, False)])
async def test_a_clock_that_is_off_is_noticed_before_requests_are_refused(seconds: int, well: bool):
    sent = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    check = skew({"Date": sent})
    assert check.ok is well
    assert "NTP" in check.mend


async def test_a_summary_channel_that_is_not_there_says_how_to_mend_it():
    checks = await examine(summary="nowhere")
    assert bad(checks) == ["Summary channel"]
    assert "create the channel first" in checks["Summary channel"].mend


@pytest.mark.parametrize("summary", ["incidents", INCIDENTS])
async def test_examining_changes_nothing_in_the_workspace(summary: str):
    async with local_slack(seed=seed(bot_in_summary=False)) as slack:
        built = integration_for(slack, FakeClock(NOW), summary=summary)
        async with built.open() as performer:
            assert performer.check is not None
            checks = {check.name: check for check in await performer.check()}
            assert "/invite @firebell" in checks["Summary channel"].mend
            assert {"chat.postMessage", "conversations.join"}.isdisjoint(slack._traffic.calls)


async def test_without_a_signing_secret_http_is_said_not_to_work():
    checks = await examine(socket=False, signing_secret="")
    assert bad(checks) == ["Signing secret"]
    assert "SLACK_SIGNING_SECRET" in checks["Signing secret"].mend
