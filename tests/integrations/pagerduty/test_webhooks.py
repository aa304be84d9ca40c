"""What PagerDuty tells by itself, over a real connection."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain.commands import RecordPageMove
from bot.domain.paging import dedup_key
from bot.doorway import serving
from bot.errors import Busy, NotFound
from integrations.pagerduty.webhooks import MAX_BODY, PATH, Move, WebhookDoor, is_signed

OLD, NEW = b"s3cret-of-last-year", b"s3cret-of-this-year"
KEY: Final = dedup_key("01", 2)


def event(kind: str = "incident.acknowledged", **more: Any) -> bytes:
    """Write an event as PagerDuty does (developer.pagerduty.com, Webhooks v3, payload)."""
    told = {
        "id": "01CAEVENT",
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": "2026-11-19T02:51:00.000Z",
        "agent": {"id": "PBEA", "type": "user_reference", "summary": "Bea Vogt", "self": None, "html_url": None},
        "client": None,
        "data": {"id": "Q00001", "type": "incident", "incident_key": KEY, "status": "acknowledged"},
        **more,
    }
    return json.dumps({"event": told}).encode()


def signed(body: bytes, *secrets: bytes) -> dict[str, str]:
    made = (hmac.new(secret, body, hashlib.sha256).hexdigest() for secret in secrets)
    return {"X-PagerDuty-Signature": ",".join(f"v1={one}" for one in made), "Content-Type": "application/json"}


class Door:
    """A door that is open, what came through it, and what it shall answer."""

    def __init__(self) -> None:
        self.heard: list[Move] = []
        self.error: Exception | None = None
        self.url = ""

    async def hear(self, move: Move) -> None:
        if self.error is not None:
            raise self.error
        self.heard.append(move)

    async def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status


@asynccontextmanager
async def opened(*secrets: bytes) -> AsyncIterator[Door]:
    door = Door()
    routes = WebhookDoor([SecretStr(one.decode()) for one in secrets], door.hear).routes()
    async with serving(routes, "127.0.0.1", 0, drain=1) as port:
        door.url = f"http://127.0.0.1:{port}{PATH}"
        yield door


async def test_an_acknowledgement_is_heard_with_who_did_it():
    async with opened(NEW) as door:
        assert await door.deliver(event(), signed(event(), NEW)) == 202
        assert door.heard == [Move("01", "pagerduty:01CAEVENT", RecordPageMove(2, "acknowledged", "PBEA", "Bea Vogt"))]


async def test_a_resolve_by_an_integration_has_no_name():
    body = event("incident.resolved", agent=None)
    async with opened(NEW) as door:
        assert await door.deliver(body, signed(body, NEW)) == 202
        assert [one.command for one in door.heard] == [RecordPageMove(2, "resolved")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-PagerDuty-Signature": ""},
        {"X-PagerDuty-Signature": "v1=" + "0" * 64},
        {"X-PagerDuty-Signature": "v2=abc"},
        {"X-PagerDuty-Signature": "v1=é"},
        signed(event(), OLD),
        signed(b"another body", NEW),
    ],
)
async def test_nothing_is_believed_without_a_signature_of_ours(headers: dict[str, str]):
    async with opened(NEW) as door:
        assert await door.deliver(event(), headers) == 401
        assert door.heard == []


async def test_while_a_secret_is_replaced_either_signature_will_do():
    async with opened(OLD, NEW) as door:
        assert await door.deliver(event(), signed(event(), NEW)) == 202
    async with opened(NEW) as door:
        assert await door.deliver(event(), signed(event(), OLD, NEW)) == 202
    assert is_signed(b"{}", [signed(b"{}", OLD)["X-PagerDuty-Signature"]], [NEW, OLD])


async def test_a_body_that_is_too_long_is_refused_before_it_is_read_to_its_end():
    async with opened(NEW) as door:
        assert await door.deliver(b" " * (MAX_BODY + 1), signed(b"", NEW)) == 413
        assert door.heard == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 1}', b"[" * 100_000, b"\xff"])
async def test_a_signed_body_that_is_no_event_is_refused(body: bytes):
    async with opened(NEW) as door:
        assert await door.deliver(body, signed(body, NEW)) == 400


@pytest.mark.parametrize(
    "body",
    [
        event("incident.escalated"),
        event("pagey.ping", data={"type": "ping", "message": "Hello from your friend Pagey!"}),
        event(data={"incident_key": "somebody else's"}),
        event(data=None),
        event(id=""),
        event(id=7),
    ],
)
async def test_what_means_nothing_here_is_taken_and_left_at_that(body: bytes):
    async with opened(NEW) as door:
        assert await door.deliver(body, signed(body, NEW)) == 202
        assert door.heard == []


async def test_with_a_busy_database_pagerduty_shall_come_again_and_of_an_unknown_incident_it_shall_not():
    async with opened(NEW) as door:
        door.error = Busy("the database did not answer")
        assert await door.deliver(event(), signed(event(), NEW)) == 503
        door.error = NotFound("There is no such incident.")
        assert await door.deliver(event(), signed(event(), NEW)) == 202


def test_without_a_secret_there_is_no_door():
    assert WebhookDoor([], Door().hear).routes() == []
