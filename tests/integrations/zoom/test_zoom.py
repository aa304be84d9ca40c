"""A call for an incident: made once, found again after a lost answer, refused in words that help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from bot.ports import Performer, View
from integrations.zoom.integration import ZoomIntegration, mark_of
from tests.domain.world import World
from tests.fakes import FakeClock
from tests.integrations.paper import PaperDesk
from tests.integrations.zoom.double import HOST, SECRET, Zoom, running, settings_for

CREATE = f"POST /v2/users/{HOST}/meetings"


class Bridge:
    """An incident, and Zoom."""

    def __init__(self, zoom: Zoom, performer: Performer, **declared: Any) -> None:
        self.zoom = zoom
        self.performer = performer
        self.world = World()
        self.world.declare(**declared)
        self.desk = PaperDesk()
        self.view = View(self.world.it, self.world.policy, "key1")

    async def open(self) -> f.Facts:
        return await self.performer.handlers["OpenCall"](f.OpenCall(), self.view, self.desk)

    async def find(self) -> f.Facts | None:
        again = replace(self.view, attempt=2, first_attempt_at=self.world.now)
        return await self.performer.reconcile["OpenCall"](f.OpenCall(), again, self.desk)

    async def refused(self) -> IntegrationError:
        with pytest.raises(IntegrationError) as caught:
            await self.open()
        assert SECRET not in repr(caught.value)
        return caught.value


@asynccontextmanager
async def bridge(*, settings: dict[str, Any] | None = None, **declared: Any) -> AsyncIterator[Bridge]:
    async with running() as zoom:
        integration = ZoomIntegration(settings_for(zoom.url, **(settings or {})), clock=FakeClock())
        async with integration.open() as performer:
            yield Bridge(zoom, performer, **declared)


async def test_a_meeting_is_made_that_whoever_comes_first_opens():
    async with bridge() as at:
        assert await at.open() == f.CallFacts("https://zoom.example/j/80000000000?pwd=x")
        made = at.zoom.meetings[0]
        assert made["topic"] == "INC-42 Checkout returns 500s"
        assert made["agenda"] == mark_of(at.world.it)
        assert made["settings"]["join_before_host"] is True
        assert made["settings"]["waiting_room"] is False


async def test_a_private_incidents_title_stays_here():
    async with bridge(private=True) as at:
        await at.open()
        assert at.zoom.meetings[0]["topic"] == "INC-42"


async def test_after_a_lost_answer_the_meeting_is_found_on_whichever_page_it_is():
    async with bridge() as at:
        at.zoom.meetings = [
            {"id": n, "topic": "Weekly", "agenda": "", "join_url": "https://zoom.example/j/1"} for n in range(3)
        ]
        assert await at.find() is None
        at.zoom.trouble = {CREATE: ["lost"]}
        assert (await at.refused()).reason is Reason.UNKNOWN_OUTCOME
        assert await at.find() == f.CallFacts("https://zoom.example/j/80000000003?pwd=x")


async def test_a_token_is_used_until_zoom_takes_it_back():
    async with bridge() as at:
        await at.open()
        await at.find()
        assert at.zoom.calls.count("POST /oauth/token") == 1
        at.zoom.expire()
        await at.find()
        assert at.zoom.calls.count("POST /oauth/token") == 2


async def test_one_that_has_its_call_gets_no_other():
    async with bridge() as at:
        at.world.settle(f.OpenCall(), await at.open())
        at.view = replace(at.view, incident=at.world.it)
        assert await at.open() == f.Done()
        assert len(at.zoom.meetings) == 1


@pytest.mark.parametrize(
    ("status", "headers", "reason", "said"),
    [
        (400, {}, Reason.CLIENT, "the scopes of the app"),
        (401, {}, Reason.AUTH, "HTTP 401: As told. Check ZOOM_CLIENT_ID"),
        (404, {}, Reason.CLIENT, "Check zoom.host"),
        (429, {"Retry-After": "7"}, Reason.RATE_LIMITED, "limits calls; the making of a meeting waits"),
        (429, {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2026-11-20T00:00:00Z"}, Reason.CLIENT, "HTTP 429"),
        (503, {}, Reason.SERVER, "HTTP 503"),
    ],
)
async def test_what_zoom_refuses_is_told_with_how_to_mend_it(
    status: int, headers: dict[str, str], reason: Reason, said: str
):
    async with bridge() as at:
        at.zoom.trouble, at.zoom.headers = {CREATE: [status, status]}, headers
        error = await at.refused()
        assert (error.reason, said in error.detail) == (reason, True), error.detail
        assert error.retry_after == (7.0 if reason is Reason.RATE_LIMITED else None)


async def test_an_answer_that_is_not_zooms_leaves_open_what_happened():
    async with bridge() as at:
        at.zoom.trouble = {"POST /oauth/token": [204]}
        assert (await at.refused()).reason is Reason.UNKNOWN_OUTCOME


@pytest.mark.parametrize(
    ("settings", "well", "said"),
    [
        ({}, [True, True], f"meetings of {HOST}"),
        ({"host": "nobody@shop.example"}, [True, False], "User does not exist"),
        ({"client": "wrong"}, [False], "Invalid client_id or client_secret"),
    ],
)
async def test_the_doctor_signs_in_and_looks_without_making_anything(
    settings: dict[str, Any], well: list[bool], said: str
):
    async with bridge(settings=settings) as at:
        assert at.performer.check is not None
        checks = await at.performer.check()
        assert [one.ok for one in checks] == well
        assert said in checks[-1].detail
        assert all(one.ok or one.mend for one in checks)
        assert at.zoom.meetings == []
