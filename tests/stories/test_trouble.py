"""What people see when Slack refuses: it is said, nothing is lost, and Retry works."""

from __future__ import annotations

import pytest

from sandbox.faults import Rule
from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, JSON, Stage, messages_in, whole_text

pytestmark = pytest.mark.slow


async def test_an_update_to_an_archived_channel_is_kept_and_reaches_the_stakeholders(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    await scene._post(f"as/{ANA}/archive", channel=room, archived=True)
    await scene.types(BEA, ALERTS, "/incident update #1 Half of all payments fail")
    await scene.settled()
    assert scene.rows("SELECT count(*) FROM events WHERE type = 'UpdatePosted'") == [(1,)]
    told = [whole_text(one) for one in await scene.messages(INCIDENTS)]
    assert any("Half of all payments fail" in text for text in told)
    await scene.types(BEA, ALERTS, "/incident status #1")
    assert "Retry" in await scene.last_whisper(BEA)


async def test_without_the_scope_to_open_channels_the_card_says_so_and_retry_mends_it(scene: Stage) -> None:
    scene.local.faults.rules.append(Rule("conversations.create", "missing_scope", count=1))
    await scene.types(ANA, ALERTS, "/incident declare sev2 search is slow")
    assert "is declared" in await scene.last_whisper(ANA)
    card = await scene.until(_troubled, "the card does not say what failed")
    await scene.presses(BEA, card, "retry_effect")
    room = await scene.room()
    assert any("search is slow" in whole_text(one) for one in await scene.messages(room))


def _troubled(world: JSON) -> JSON | None:
    """The summary card that shows a failed step with its Retry."""
    cards = (one for one in messages_in(world, INCIDENTS) if "missing_scope" in whole_text(one))
    return next((card for card in cards if "retry_effect" in str(card["blocks"])), None)
