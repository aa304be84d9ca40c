"""Pages, as people live through them: the whole bot between a local Slack and a PagerDuty on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.integrations.pagerduty.double import SENDER, TOKEN, PagerDuty, pagerduty
from tests.stories.stage import ALERTS, ANA, BEA, JSON, ROOT, Stage, bot, empty_stage, messages_in, whole_text

pytestmark = pytest.mark.slow

SECRET = "s3cret-of-the-webhook"


@dataclass
class Connected:
    """A stage with PagerDuty connected; `door` is where PagerDuty tells."""

    scene: Stage
    pd: PagerDuty
    door: str
    minute: float = 0.0

    async def declared(self) -> str:
        await self.scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
        return await self.scene.room()

    async def clock(self, minute: float) -> None:
        """Move to so many minutes after the beginning, and wait until what fell due by then has been done."""
        self.scene.skip(minutes=minute + 0.1 - self.minute)
        self.minute = minute + 0.1
        now = int((time.time() + float(self.scene.offset.read_text())) * 1_000_000)
        late = f"SELECT kind FROM timers WHERE kind = 'update' AND due_at <= {now}"
        await self.scene.until(lambda _: not self.scene.rows(late), "a reminder is due and does not come")
        await self.scene.settled()

    async def says(self, room: str, words: str) -> JSON:
        """Wait for a message in the room that says this, as it then stands."""
        found: JSON = await self.scene.until(
            lambda world: next((one for one in messages_in(world, room) if words in whole_text(one)), None),
            f"nothing in the room says: {words}",
        )
        return found

    async def tells(self, kind: str, event_id: str = "E1") -> int:
        """PagerDuty delivers a webhook about its only incident, which Bea has moved."""
        (incident,) = self.pd.incidents.values()
        agent = {"id": "PBEA", "type": "user_reference", "summary": "Bea Lindqvist"}
        event = {"id": event_id, "event_type": f"incident.{kind}", "agent": agent, "data": incident}
        body = json.dumps({"event": event}).encode()
        signature = "v1=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.post(self.door, content=body, headers={"X-PagerDuty-Signature": signature})
            return answer.status_code


@asynccontextmanager
async def _connected(folder: Path) -> AsyncIterator[Connected]:
    settings = folder / "firebell.yaml"
    example = (ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8")
    settings.write_text(example.replace("firebell@larkspur.example", SENDER), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with pagerduty() as pd, empty_stage(folder, metrics=False) as scene:
        pd.users["PBEA"]["email"] = "bea@larkspur.example"
        pd.users["PANA"]["email"] = "ana@larkspur.example"
        scene.environment |= {
            "FIREBELL_CONFIG": str(settings),
            "PAGERDUTY_TOKEN": TOKEN,
            "PAGERDUTY_WEBHOOK_SECRET": f"an-older-one, {SECRET}",
            "PAGERDUTY_API_URL": pd.url,
            "PAGERDUTY_EVENTS_URL": pd.url,
            "PORT": str(port),
        }
        async with bot(scene):
            yield Connected(scene, pd, f"http://127.0.0.1:{port}/pagerduty/webhook")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Connected]:
    async with _connected(tmp_path) as made:
        yield made


async def test_paged_is_said_once_pagerduty_confirmed_and_bea_acknowledges_in_the_channel(house: Connected) -> None:
    room = await house.declared()
    await house.scene.types(BEA, room, "/incident page Half of all payments fail")
    told = await house.says(room, "was paged")
    assert f"<@{BEA}>" in whole_text(told)
    await house.scene.presses(BEA, told, "acknowledge_page")
    await house.says(room, "acknowledged the page of")
    await house.scene.settled()
    (incident,) = house.pd.incidents.values()
    assert incident["status"] == "acknowledged"
    assert house.pd.senders[-1] == "bea@larkspur.example"


async def test_what_is_done_in_pagerduty_shows_here_once_and_never_goes_back_there(house: Connected) -> None:
    room = await house.declared()
    await house.scene.types(ANA, room, "/incident page")
    await house.says(room, "was paged")
    assert [await house.tells("acknowledged"), await house.tells("acknowledged")] == [202, 202]
    assert f"<@{BEA}> acknowledged the page" in whole_text(await house.says(room, "acknowledged the page of"))
    assert await house.tells("resolved", "E2") == 202
    await house.says(room, "The page of *Checkout* has ended")
    await house.scene.settled()
    assert house.scene.rows("SELECT count(*) FROM events WHERE type = 'PageAcknowledged'") == [(1,)]
    assert [call for call in house.pd.calls if call.startswith("PUT")] == []


async def test_resolving_the_incident_ends_its_page_there(house: Connected) -> None:
    room = await house.declared()
    await house.scene.types(ANA, room, "/incident page")
    await house.says(room, "was paged")
    await house.scene.types(ANA, room, "/incident resolve The deploy was rolled back")
    await house.says(room, "has ended")
    await house.scene.settled()
    assert [one["status"] for one in house.pd.incidents.values()] == ["resolved"]
    assert await house.tells("resolved") == 202


async def test_a_page_that_pagerduty_refuses_is_said_plainly_and_retry_sends_it(house: Connected) -> None:
    room = await house.declared()
    house.pd.trouble["POST /incidents"] = [403]
    await house.scene.types(ANA, room, "/incident page")
    failed = await house.says(room, "was not paged")
    assert "HTTP 403" in whole_text(failed)
    await house.scene.presses(ANA, failed, "retry_effect")
    await house.says(room, "was paged")
    assert len(house.pd.incidents) == 1


async def test_a_lost_answer_makes_no_second_page(house: Connected) -> None:
    room = await house.declared()
    house.pd.trouble["POST /incidents"] = ["lost"]
    await house.scene.types(ANA, room, "/incident page")
    # The look-up waits until the first call's traces must be visible: its time limit and five seconds.
    await house.scene.until(lambda _: house.pd.calls.count("POST /incidents") == 1, "nothing was sent")
    await house.says(room, "was paged")
    assert house.pd.calls.count("POST /incidents") == 1
    assert len(house.pd.incidents) == 1


async def test_who_is_on_call_is_told_to_the_asker_alone(house: Connected) -> None:
    await house.scene.types(ANA, ALERTS, "/incident oncall checkout")
    answer = await house.scene.last_whisper(ANA)
    assert f"1. <@{BEA}>" in answer
    assert "2. Tom Berg" in answer
    await house.scene.types(ANA, ALERTS, "/incident oncall nothing")
    assert "There is no service `nothing`" in await house.scene.last_whisper(ANA)


async def test_more_people_are_asked_through_the_page_that_stands(house: Connected) -> None:
    room = await house.declared()
    await house.scene.types(BEA, room, f"/incident page <@{ANA}> Please look at the ledger")
    assert "none stands" in await house.scene.last_whisper(BEA)
    await house.scene.types(BEA, room, "/incident page")
    await house.says(room, "was paged")
    await house.scene.types(BEA, room, f"/incident page <@{ANA}> Please look at the ledger")
    await house.says(room, "PagerDuty asked")
    (asked,) = house.pd.requests
    assert (asked["message"], asked["requester"]["id"]) == ("Please look at the ledger", "PBEA")


async def test_without_pagerduty_the_word_says_so_calmly(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev2 search is slow")
    room = await scene.room()
    await scene.types(ANA, room, "/incident page")
    answer = await scene.last_whisper(ANA)
    assert "PagerDuty is not connected" in answer
    assert "docs/pagerduty.md" in answer
    assert scene.rows("SELECT count(*) FROM events WHERE type LIKE 'Page%'") == [(0,)]


async def test_an_update_that_nobody_posts_climbs_to_a_page_and_a_word_in_the_channel_holds_it_back(
    house: Connected,
) -> None:
    room = await house.declared()
    for minute in (15, 25):
        await house.clock(minute)
    await house.says(room, "The update was due")
    await house.scene.says(BEA, room, "I am looking at the payment logs")
    await house.clock(30)
    await house.says(room, "Still no update")
    assert house.pd.incidents == {}
    await house.clock(40.2)
    await house.says(room, "was paged")
    (incident,) = house.pd.incidents.values()
    assert incident["status"] == "triggered"
    texts = [whole_text(one) for one in await house.scene.messages(room)]
    assert not [text for text in texts if "<!here>" in text or "<!channel>" in text]
