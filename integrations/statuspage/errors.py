"""What went wrong at Statuspage, by its documents' statuses and its own `error`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx

from bot.errors import Reason
from bot.http_errors import Api, HttpError, in_words

STATUSPAGE: Final = Api(
    name="Statuspage",
    # The statuses that its documents name, and 408 and 409, which ask for another try.
    reasons=MappingProxyType(
        {
            401: Reason.AUTH,
            403: Reason.AUTH,
            408: Reason.SERVER,
            409: Reason.SERVER,
            420: Reason.RATE_LIMITED,
            429: Reason.RATE_LIMITED,
        }
    ),
    advice=MappingProxyType(
        {
            401: "Check STATUSPAGE_API_KEY.",
            403: "The key may not do this; its user needs the role of an incident manager on the page.",
            404: "Check `status_page.statuspage`, and whether somebody removed the incident there.",
            422: "Check the component ids in `status_page.services`.",
        }
    ),
    wait=15.0,  # its limit is measured over 60 seconds
)


def refused(what: str, answer: httpx.Response) -> HttpError:
    """Say what an answer that is no success means."""
    return STATUSPAGE.refused(what, answer.status_code, said=_words(answer), wait=answer.headers.get("Retry-After", ""))


def _words(answer: httpx.Response) -> str:
    try:
        body: Any = answer.json()
    except (ValueError, RecursionError):
        return ""
    said = body.get("error") or body.get("message") if isinstance(body, Mapping) else None
    return in_words(said if isinstance(said, list) else [said])
