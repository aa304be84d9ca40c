"""The integration named `call`: Zoom, opened by the composition root and closed when it drains.

Zoom takes no key that would make a repeat harmless. Each meeting therefore carries the incident's own mark in its
agenda, and after a lost answer the host's meetings are looked through for it before another is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from bot.domain import effects as f
from bot.domain.model import Incident
from bot.errors import IntegrationError
from bot.ports import Check, Clock, Desk, Performer, View
from integrations.zoom.client import Client
from integrations.zoom.errors import ZOOM
from integrations.zoom.settings import ZoomSettings

TOPIC_MAX: Final = 200
"""Characters in a meeting's topic (developers.zoom.us/docs/api, meetings, create)."""

_SCHEDULED: Final = 2
_PAGE: Final = "300"
_MAX_PAGES: Final = 20
_PACE: Final = 1.0

_SETTINGS: Final[Mapping[str, object]] = {
    "join_before_host": True,
    "jbh_time": 0,
    "waiting_room": False,
    "mute_upon_entry": True,
    "approval_type": 2,
}
"""Whoever comes first is in: nobody has to be awake to let others enter."""


class ZoomIntegration:
    """Zoom as what opens calls."""

    name = f.CALL

    def __init__(self, settings: ZoomSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Make the client; Zoom is asked nothing yet."""
        settings = self._settings
        async with httpx.AsyncClient(timeout=settings.call_seconds, trust_env=not settings.is_local) as http:
            meetings = _Meetings(settings, Client(settings, http, self._clock), self._clock)
            yield Performer(
                name=self.name,
                handlers={f.OpenCall.__name__: meetings.open_call},
                reconcile={f.OpenCall.__name__: meetings.find_call},
                check=meetings.check,
                call_timeout=settings.attempt_seconds,
            )


class _Meetings:
    """The host's meetings."""

    def __init__(self, settings: ZoomSettings, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._host = f"/users/{quote(settings.host, safe='@')}"
        self._named = settings.host

    async def open_call(self, _effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        """Make a meeting that anybody with its address can enter at once."""
        if view.incident.venue.call_url:
            return f.Done()
        await asyncio.sleep(await desk.pace("zoom", _PACE))
        started = self._clock.now().astimezone(UTC)
        meeting = {
            "topic": _topic(view.incident),
            "type": _SCHEDULED,
            "start_time": f"{started:%Y-%m-%dT%H:%M:%SZ}",
            "duration": 60,
            "timezone": "UTC",
            "agenda": mark_of(view.incident),
            "settings": dict(_SETTINGS),
        }
        what = "the making of a meeting"
        return f.CallFacts(_url(what, await self._client.call(what, "POST", f"{self._host}/meetings", body=meeting)))

    async def find_call(self, _effect: f.Effect, view: View, desk: Desk) -> f.Facts | None:
        """Look for the meeting that an earlier attempt may have made."""
        del desk
        what, mark, token = "the look through the meetings", mark_of(view.incident), ""
        for _ in range(_MAX_PAGES):
            asked = {"type": "scheduled", "page_size": _PAGE} | ({"next_page_token": token} if token else {})
            answer = await self._client.call(what, "GET", f"{self._host}/meetings", params=asked)
            for meeting in answer.get("meetings") or ():
                if mark in str(meeting.get("agenda") or ""):
                    return f.CallFacts(_url(what, meeting))
            token = str(answer.get("next_page_token") or "")
            if not token:
                break
        return None

    async def check(self) -> Sequence[Check]:
        """Sign in and look the host up; nothing is made."""
        name = "Zoom"
        try:
            await self._client.sign_in()
        except IntegrationError as error:
            mend = "Set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET; the app's page in Zoom has them."
            return (Check(f"{name} sign-in", False, error.detail, mend),)
        try:
            await self._client.call("the look at the host", "GET", f"{self._host}/meetings", params={"page_size": "1"})
        except IntegrationError as error:
            mend = "Set zoom.host to the e-mail of one of the account's users, and give the app its meeting scopes."
            return (Check(f"{name} sign-in", True, "accepted"), Check(f"{name} host", False, error.detail, mend))
        return (Check(f"{name} sign-in", True, "accepted"), Check(f"{name} host", True, f"meetings of {self._named}"))


def mark_of(incident: Incident) -> str:
    """What an incident's meeting is known by, whoever renames it."""
    return f"Firebell {incident.id}"


def _topic(incident: Incident) -> str:
    """A private incident's title is for those inside it; the host's list of meetings is not."""
    title = "" if incident.private else f" {' '.join(incident.title.split())}"
    return f"{incident.label}{title}"[:TOPIC_MAX]


def _url(what: str, meeting: Mapping[str, Any]) -> str:
    url = str(meeting.get("join_url") or "")
    if urlsplit(url).scheme not in ("http", "https"):
        raise ZOOM.strange(what)
    return url
