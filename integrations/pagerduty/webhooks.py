"""What PagerDuty tells by itself: signed webhooks, version 3, at `/pagerduty/webhook`.

Nothing in a request is believed before its signature is checked. A delivery that comes again is harmless: its event's
id is the request's, which the inbox knows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from aiohttp import web
from pydantic import SecretStr

from bot import telemetry
from bot.domain.commands import RecordPageMove
from bot.domain.paging import page_of
from bot.doorway import read_body, refused
from bot.errors import Busy, OutcomeUnknown, UserError

PATH: Final = "/pagerduty/webhook"
MAX_BODY: Final = 1024 * 1024
"""Bytes of a request; an incident with all its references takes some kilobytes."""

BODY_SECONDS: Final = 5.0
"""For a whole body to arrive. PagerDuty gives up on us after five seconds and tries again later."""

_SIGNATURES: Final = "X-PagerDuty-Signature"
_MOST_SIGNATURES: Final = 10
_NAME_MAX: Final = 100
_MOVES: Final[Mapping[str, Literal["acknowledged", "resolved"]]] = MappingProxyType(
    {"incident.acknowledged": "acknowledged", "incident.resolved": "resolved"}
)
"""The events that mean something here; any other is taken and left at that."""


@dataclass(frozen=True, slots=True)
class Move:
    """A page was moved in PagerDuty: `request_id` is new with each event and the same with each delivery of it."""

    incident_id: str
    request_id: str
    command: RecordPageMove


Hear = Callable[[Move], Awaitable[None]]


class WebhookDoor:
    """Takes deliveries. `hear` carries a move out."""

    def __init__(self, secrets: Sequence[SecretStr], hear: Hear) -> None:
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]
        self._hear = hear

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount; none when no secret could tell whose a request is."""
        return [web.post(PATH, self.handle)] if self._secrets else []

    async def handle(self, request: web.Request) -> web.Response:
        """Answer 401 to what is not PagerDuty's, 413 to what is too long, 408 to what does not end, 400 to what is no
        event, 503 to what shall come again; 202 to everything else, whether it means something here or not.
        """
        signatures = _signatures(request.headers.getall(_SIGNATURES, []))
        if not signatures:
            return refused(401)
        body = await read_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
        if isinstance(body, web.Response):
            return body
        if not is_signed(body, signatures, self._secrets):
            return refused(401)
        event = _event(body)
        if event is None:
            telemetry.logger("pagerduty").warning("a signed delivery is no event", bytes=len(body))
            return web.Response(status=400)
        move = move_of(event)
        return web.Response(status=202) if move is None else await self._told(move)

    async def _told(self, move: Move) -> web.Response:
        try:
            await self._hear(move)
        except (Busy, OutcomeUnknown) as error:
            telemetry.logger("pagerduty").warning("a delivery must come again", error=str(error))
            return web.Response(status=503)
        except UserError as refusal:
            telemetry.logger("pagerduty").warning("a delivery means nothing here", refusal=str(refusal))
        return web.Response(status=202)


def is_signed(body: bytes, signatures: Sequence[str], secrets: Sequence[bytes]) -> bool:
    """Whether one of the secrets made one of the signatures (`v1=` and HMAC-SHA256 of the body, in hex).

    While a secret is being replaced, PagerDuty signs with both, and we may know both.
    """
    made = ["v1=" + hmac.new(secret, body, hashlib.sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(one, signature) for one in made for signature in signatures)


def move_of(event: Mapping[str, Any]) -> Move | None:
    """Read what an event means; None when it is about nothing of ours, or tells of nothing that is shown here."""
    data, status = event.get("data"), _MOVES.get(str(event.get("event_type")))
    ours = page_of(str(data.get("incident_key"))) if isinstance(data, Mapping) else None
    name = event.get("id")
    if ours is None or status is None or not isinstance(name, str) or not name:
        return None
    agent = event.get("agent")
    who: Mapping[str, Any] = agent if isinstance(agent, Mapping) else {}
    called = " ".join(str(who.get("summary") or "").split())[:_NAME_MAX]
    command = RecordPageMove(ours[1], status, str(who.get("id") or ""), called)
    return Move(ours[0], f"pagerduty:{name[:_NAME_MAX]}", command)


def _signatures(headers: Sequence[str]) -> list[str]:
    found = [one.strip() for header in headers for one in header.split(",")]
    # `compare_digest` takes ASCII only.
    return [one for one in found if one.startswith("v1=") and one.isascii()][:_MOST_SIGNATURES]


def _event(body: bytes) -> Mapping[str, Any] | None:
    try:
        event = json.loads(body)["event"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return event if isinstance(event, dict) else None
