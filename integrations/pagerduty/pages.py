"""Pages: sent once, found again after a lost answer, acknowledged, resolved, and widened to further people.

A service with a routing key is paged through the Events API, which needs no token and takes a repeated event for the
same one. Any other is paged through the incidents API, whose incident keys are looked up before anything is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.paging import Call, OnCall, Page, PageStatus, Target, TargetKind, dedup_key, find
from bot.errors import IntegrationError, Reason
from bot.http_errors import HttpError
from bot.ports import Desk, View
from integrations.pagerduty.client import Client
from integrations.pagerduty.errors import PAGERDUTY
from integrations.pagerduty.people import People

BUCKET: Final = "pagerduty"
_NAMES_SECONDS: Final = 3.0
"""For finding out who was paged: nice to know, and never worth the page itself."""

_TITLE_MAX: Final = 250
_SUMMARY_MAX: Final = 1024
"""Characters of an event's summary (developer.pagerduty.com, Events API v2, payload); titles are cut by us."""

_SKEW: Final = timedelta(minutes=2)
_SEVERITIES: Final = ("critical", "error", "warning", "info")


class Pages:
    """Handlers of the effects for one page each."""

    def __init__(self, client: Client, people: People, keyed: frozenset[str]) -> None:
        self._client = client
        self._people = people
        self._keyed = keyed

    async def page(self, effect: f.PageOnCall, view: View, desk: Desk) -> f.Facts:
        """Send the page, unless it was ended before it could be sent."""
        await _turn(desk)
        page = _page(view, effect.number)
        if page.status is PageStatus.RESOLVED:
            return f.Gone("it was over before anybody was paged")
        if self._by_events(page.target):
            return await self._trigger(page, view)
        body = {"incident": _incident(page, view)}
        try:
            answer = await self._client.rest("the page", "POST", "/incidents", body=body)
        except HttpError as error:
            # PagerDuty refuses a second open incident with the same key: then an earlier attempt got through.
            found = await self._find(page, view) if error.status == 400 else None
            if found is None:
                raise
            return await self._facts(found)
        return await self._facts(_object(answer, "incident", "the page"))

    async def find_page(self, effect: f.PageOnCall, view: View, desk: Desk) -> f.Facts | None:
        """Look by its key for a page whose answer was lost; an event may simply be sent again."""
        await _turn(desk)
        page = _page(view, effect.number)
        if self._by_events(page.target):
            return None
        found = await self._find(page, view)
        return None if found is None else await self._facts(found)

    async def acknowledge(self, effect: f.AcknowledgePage, view: View, desk: Desk) -> f.Facts:
        await _turn(desk)
        return await self._move(effect.number, view, "acknowledged", effect.user, "")

    async def resolve(self, effect: f.ResolvePage, view: View, desk: Desk) -> f.Facts:
        await _turn(desk)
        return await self._move(effect.number, view, "resolved", effect.user, effect.reason)

    async def request(self, effect: f.RequestResponders, view: View, desk: Desk) -> f.Facts:
        """Ask the people whom PagerDuty knows by their e-mail; the others are named in the answer."""
        await _turn(desk)
        page = _page(view, effect.number)
        call = page.calls[effect.call]
        ids = await self._people.ids_of(call.users)
        if not ids:
            return f.ResponderFacts((), call.users)
        sender = await self._sender(call.by)
        requester = await self._people.id_of(sender)
        if not requester:
            raise HttpError(Reason.CLIENT, f"PagerDuty knows no user {sender}; set pagerduty.from to one it knows.")
        targets = [{"responder_request_target": {"id": one, "type": "user_reference"}} for one in ids.values()]
        body = {"requester_id": requester, "message": _words(call, view), "responder_request_targets": targets}
        path = f"/incidents/{await self._id(page, view)}/responder_requests"
        await self._client.rest("the request for responders", "POST", path, body=body, sender=sender)
        return _asked_for(call, ids)

    async def find_request(self, effect: f.RequestResponders, view: View, desk: Desk) -> f.Facts | None:
        """Look among the page's requests for one with these words and people."""
        await _turn(desk)
        page = _page(view, effect.number)
        call = page.calls[effect.call]
        what = "the look-up of a page"
        answer = await self._client.rest(what, "GET", f"/incidents/{await self._id(page, view)}")
        requests = _object(answer, "incident", what).get("responder_requests") or ()
        ids = await self._people.ids_of(call.users)
        wanted, words = set(ids.values()), _words(call, view)
        same = any(row.get("message") == words and wanted <= _asked(row) for row in requests)
        return _asked_for(call, ids) if same else None

    def _by_events(self, target: Target) -> bool:
        return target.kind is TargetKind.SERVICE and target.service in self._keyed

    async def _trigger(self, page: Page, view: View) -> f.Facts:
        incident, policy = view.incident, view.policy
        rank = policy.severity(incident.severity).rank
        event = {
            "event_action": "trigger",
            "dedup_key": dedup_key(incident.id, page.number),
            "client": "Firebell",
            "payload": {
                "summary": _title(view)[:_SUMMARY_MAX],
                "source": policy.service(page.target.service).name,
                "severity": _SEVERITIES[min(rank, len(_SEVERITIES)) - 1],
                "custom_details": _details(page, view),
            },
        }
        await self._client.event("the page", page.target.service, event)
        return f.PageFacts()

    async def _move(self, number: int, view: View, status: str, user: str, reason: str) -> f.Facts:
        """Put a page into a status; one that stands there or beyond already is left as it is."""
        page = _page(view, number)
        if self._by_events(page.target):
            action = "acknowledge" if status == "acknowledged" else "resolve"
            event = {"event_action": action, "dedup_key": dedup_key(view.incident.id, page.number)}
            await self._client.event(f"a page being {status}", page.target.service, event)
            return f.Done()
        found = await self._find(page, view)
        if found is None or found.get("status") in (status, "resolved"):
            return f.Done()
        wanted = {"type": "incident_reference", "status": status, **({"resolution": reason} if reason else {})}
        await self._client.rest(
            f"a page being {status}",
            "PUT",
            f"/incidents/{found['id']}",
            body={"incident": wanted},
            sender=await self._sender(user),
        )
        return f.Done()

    async def _sender(self, user: str) -> str:
        """Return the e-mail of who acts, where PagerDuty knows it; else that of the configured user."""
        return await self._people.acting(user) or self._client.sender

    async def _id(self, page: Page, view: View) -> str:
        if page.provider_id:
            return page.provider_id
        found = await self._find(page, view)
        if found is None:
            raise HttpError(Reason.CLIENT, "PagerDuty does not know the page that people were to be added to.")
        return str(found["id"])

    async def _find(self, page: Page, view: View) -> Mapping[str, Any] | None:
        """Return PagerDuty's incident with the page's key, whatever has become of it since."""
        what = "the look-up of a page"
        if page.provider_id:
            answer = await self._client.rest(what, "GET", f"/incidents/{page.provider_id}")
            return _object(answer, "incident", what)
        key = dedup_key(view.incident.id, page.number)
        since = (page.at - _SKEW).isoformat()
        answer = await self._client.rest(what, "GET", "/incidents", params={"incident_key": key, "since": since})
        rows = answer.get("incidents")
        if not isinstance(rows, list):
            raise PAGERDUTY.strange(what)
        return next((row for row in rows if isinstance(row, Mapping) and row.get("incident_key") == key), None)

    async def _facts(self, incident: Mapping[str, Any]) -> f.PageFacts:
        paged: tuple[OnCall, ...] = ()
        with suppress(IntegrationError, TimeoutError):
            async with asyncio.timeout(_NAMES_SECONDS):
                paged = await self._people.assigned(incident)
        return f.PageFacts(str(incident.get("id") or ""), str(incident.get("html_url") or ""), paged)


async def _turn(desk: Desk) -> None:
    """Wait while PagerDuty limits us: a 429 holds the one bucket back, for every replica."""
    wait = await desk.pace(BUCKET, 0.0)
    if wait > 0:
        await asyncio.sleep(wait)


def _page(view: View, number: int) -> Page:
    page = find(view.incident.pages, number)
    if page is None:
        raise HttpError(Reason.CLIENT, f"{view.incident.label} has no page {number}.")
    return page


def _incident(page: Page, view: View) -> Mapping[str, Any]:
    target = page.target
    service = target.via if target.kind is TargetKind.POLICY else target.id
    wanted: dict[str, Any] = {
        "type": "incident",
        "title": _title(view)[:_TITLE_MAX],
        "service": {"id": service, "type": "service_reference"},
        "incident_key": dedup_key(view.incident.id, page.number),
        "body": {
            "type": "incident_body",
            "details": dict(_details(page, view)),
        },
    }
    if target.kind is TargetKind.POLICY:
        wanted["escalation_policy"] = {"id": target.id, "type": "escalation_policy_reference"}
    return wanted


def _title(view: View) -> str:
    """A private incident's title stays in its room: whoever is paged finds out there."""
    incident = view.incident
    name = f"{view.policy.severity(incident.severity).label} {incident.label}"
    return f"{name}: a private incident" if incident.private else f"{name}: {incident.title}"


def _details(page: Page, view: View) -> Mapping[str, str]:
    incident = view.incident
    if incident.private:
        return {"incident": incident.label}
    said = {
        "incident": incident.label,
        "why": page.reason,
        "impact": incident.impact,
        "services": ", ".join(view.policy.service(key).name for key in incident.services),
        "channel": f"#{incident.room.name}" if incident.room else "",
    }
    return {name: text for name, text in said.items() if text}


def _object(answer: Mapping[str, Any], name: str, what: str) -> Mapping[str, Any]:
    found = answer.get(name)
    if not isinstance(found, Mapping) or not found.get("id"):
        raise PAGERDUTY.strange(what)
    return found


def _words(call: Call, view: View) -> str:
    return call.message or f"Please come to {view.incident.label}"


def _asked_for(call: Call, ids: Mapping[str, str]) -> f.ResponderFacts:
    return f.ResponderFacts(tuple(ids), tuple(user for user in call.users if user not in ids))


def _asked(request: Mapping[str, Any]) -> set[str]:
    """Return the ids in a responder request; PagerDuty wraps each target once more in what it answers."""
    rows = [row.get("responder_request_target") or row for row in request.get("responder_request_targets") or ()]
    return {str(row.get("id")) for row in rows}
