"""What went wrong at Zoom, by its documents' statuses and its own `message`, which names no token."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import httpx

from bot.errors import Reason
from bot.http_errors import Api, HttpError, in_words

ZOOM: Final = Api(
    name="Zoom",
    reasons=MappingProxyType({401: Reason.AUTH, 403: Reason.AUTH, 429: Reason.RATE_LIMITED}),
    advice=MappingProxyType(
        {
            400: "Check ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, and the scopes of the app.",
            401: "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, and that the app is activated.",
            403: "The app may not do this; give it the scopes that docs/responders.md names.",
            404: "Check zoom.host in firebell.yaml: it must be a user of the account.",
        }
    ),
    wait=10.0,
)


def refused(what: str, answer: httpx.Response, body: Any) -> HttpError:
    """Say what an answer that is no success means.

    A limit by the day says so in a header of its own, and is no matter of waiting: somebody has to choose another host.
    """
    said = in_words([body.get("message") or body.get("reason")]) if isinstance(body, dict) else ""
    daily = "daily" in answer.headers.get("x-ratelimit-type", "").lower()
    wait = answer.headers.get("retry-after", "")
    return ZOOM.refused(what, answer.status_code, said=said, wait=wait, ends=not daily)
