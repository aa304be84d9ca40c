"""What went wrong at Statuspage, told by one table and without secrets.

The texts are made of what was attempted, HTTP numbers and Statuspage's own `error`. What a library's exception says
never goes into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx

from bot.errors import IntegrationError, Reason

_DEFAULT_WAIT: Final = 15.0
"""Seconds to wait after a limit that names no time; it is measured over 60 seconds."""
_LONGEST_WAIT: Final = 3600.0
_WORDS_MAX: Final = 200

REASONS: Final[Mapping[int, Reason]] = MappingProxyType(
    {
        400: Reason.CLIENT,
        401: Reason.AUTH,
        403: Reason.AUTH,
        404: Reason.CLIENT,
        408: Reason.SERVER,
        409: Reason.SERVER,
        420: Reason.RATE_LIMITED,
        422: Reason.CLIENT,
        429: Reason.RATE_LIMITED,
    }
)
"""The statuses that Statuspage's documents name, and 408 and 409, which ask for another try."""

ADVICE: Final[Mapping[int, str]] = MappingProxyType(
    {
        401: "Check STATUSPAGE_API_KEY.",
        403: "The key may not do this; its user needs the role of an incident manager on the page.",
        404: "Check `status_page.statuspage`, and whether somebody removed the incident there.",
        422: "Check the component ids in `status_page.services`.",
    }
)


class StatuspageError(IntegrationError):
    """Statuspage refused or failed. `status` is the HTTP status, 0 when there was no answer."""

    def __init__(self, reason: Reason, detail: str, *, status: int = 0, retry_after: float | None = None) -> None:
        self.status = status
        super().__init__(reason, detail, retry_after=retry_after)


def refused(what: str, answer: httpx.Response) -> StatuspageError:
    """Say what an answer that is no success means."""
    status = answer.status_code
    reason = REASONS.get(status, Reason.SERVER if status >= 500 else Reason.CLIENT)
    if reason is Reason.RATE_LIMITED:
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        return StatuspageError(reason, f"Statuspage limits calls for now ({what}).", status=status, retry_after=wait)
    said = _words(answer)
    parts = [f"Statuspage answered {what} with HTTP {status}{': ' + said if said else ''}.", ADVICE.get(status, "")]
    return StatuspageError(reason, " ".join(part for part in parts if part), status=status)


def strange(what: str) -> StatuspageError:
    """Say of a success whose body is not Statuspage's that it leaves open what happened."""
    return StatuspageError(Reason.UNKNOWN_OUTCOME, f"What answered {what} does not speak like Statuspage.")


def transport_failure(what: str, error: httpx.HTTPError | httpx.InvalidURL) -> StatuspageError:
    """Say what an exception of the client means: before a connection stands, nothing can have been carried out."""
    if isinstance(
        error,
        httpx.ConnectError
        | httpx.ConnectTimeout
        | httpx.PoolTimeout
        | httpx.ProxyError
        | httpx.UnsupportedProtocol
        | httpx.InvalidURL,
    ):
        return StatuspageError(Reason.UNREACHABLE, f"Statuspage could not be reached ({what}).")
    if isinstance(error, httpx.TimeoutException):
        return StatuspageError(Reason.TIMEOUT, f"Statuspage did not answer in time ({what}).")
    return StatuspageError(Reason.UNKNOWN_OUTCOME, f"Statuspage's answer was lost ({what}).")


def _retry_after(written: str) -> float:
    text = written.strip()
    seconds = float(text) if text.isascii() and text.isdigit() and len(text) < 10 else _DEFAULT_WAIT
    return min(seconds, _LONGEST_WAIT)


def _words(answer: httpx.Response) -> str:
    try:
        body: Any = answer.json()
    except (ValueError, RecursionError):
        return ""
    said = body.get("error") or body.get("message") if isinstance(body, Mapping) else None
    parts = said if isinstance(said, list) else [said]
    text = "; ".join(" ".join(str(part).split()).rstrip(".") for part in parts if part)
    return text if len(text) <= _WORDS_MAX else text[: _WORDS_MAX - 1] + "…"
