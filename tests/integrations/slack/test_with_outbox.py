"""The real outbox on the real integration on the local Slack: whatever fails on the way, everything is there once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.outbox import Habits, Outbox
from sandbox.clock import Clock
from sandbox.faults import Rule
from tests.conftest import House
from tests.integrations.slack.kit import ANA, INCIDENTS, integration_for, local_slack, page
from tests.outbox.conftest import all_settled, rows, until

HABITS = Habits(attempts=6, backoff=0.01, backoff_most=0.05, grace=0.1, heartbeat=0.05)
WRITING = ("conversations.create", "conversations.invite", "chat.postMessage", "pins.add", "bookmarks.add")


@pytest.fixture
def engine_name() -> str:
    """One database is enough here: what differs between the two is tried with the outbox itself."""
    return "sqlite"


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [(), ("lost_answer", "500"), ("timeout", "429")], ids=["well", "lost", "slow"])
async def test_an_incident_is_set_up_once_whatever_slack_does(house: House, kinds: tuple[str, ...]):
    async with local_slack(clock=Clock()) as slack:
        integration = integration_for(slack, house.clock, call_seconds=0.3, attempt_seconds=0.6)
        async with integration.open() as performer:
            await integration.directory.name(ANA)
            slack.faults.rules += [Rule(method, kind) for method in WRITING for kind in kinds]
            outbox = Outbox(
                house.ledger,
                house.queries,
                house.service,
                {performer.name: performer},
                policy=house.policy,
                clock=house.clock,
                habits=HABITS,
            )
            accepted = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), Actor(ANA), "r1")
            running = asyncio.create_task(outbox.run())
            await until(lambda: all_settled(house), within=30)
            outbox.stop(within=5)
            await running
            world = await page(integration, slack, "world")
        incident = await house.check(accepted.incident.id)
        assert [(row.type, row.last_detail) for row in await rows(house) if row.status == "dead"] == []
    assert incident.setup_finished
    opened = [channel for channel in world["channels"].values() if channel["name"].startswith("inc-")]
    assert [channel["id"] for channel in opened] == [incident.room.channel if incident.room else None]
    sent = [row for channel in world["channels"].values() for row in channel["messages"] if row.get("metadata")]
    keys = Counter(row["metadata"]["event_payload"]["key"] for row in sent)
    assert set(keys.values()) == {1}, json.dumps(sent, indent=1)
    assert [row["ts"] for row in sent if row["channel"] == opened[0]["id"]] == [incident.messages[f.CARD].ts]
    assert [row["ts"] for row in sent if row["channel"] == INCIDENTS] == [incident.messages[f.SUMMARY_CARD].ts]
    assert [len(opened[0][what]) for what in ("pins", "bookmarks")] == [1, 1]
    assert ANA in opened[0]["members"]
