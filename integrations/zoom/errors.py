"""What went wrong at Zoom, told by one table and without secrets.

The texts are made of what was attempted, HTTP numbers and Zoom's own `message`, which names no token.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx

from bot.errors import IntegrationError, Reason

_WORDS_MAX: Final = 200
_DEFAULT_WAIT: Final = 10.0
_LONGEST_WAIT: Final = 3600.0

ADVICE: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "Check ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, and the scopes of the app.",
        401: "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, and that the app is activated.",
        403: "The app may not do this; give it the scopes that docs/responders.md names.",
        404: "Check zoom.host in firebell.yaml: it must be a user of the account.",
    }
)


class ZoomError(IntegrationError):
    """Zoom refused or failed. `status` is the HTTP status, 0 when there was no answer."""

    def __init__(self, reason: Reason, detail: str, *, status: int = 0, retry_after: float | None = None) -> None:
        self.status = status
        super().__init__(reason, detail, retry_after=retry_after)


def refused(what: str, response: httpx.Response, body: Any) -> ZoomError:
    """Say what an answer that is no success means.

    A limit by the day says so in a header of its own, and is no matter of waiting: somebody has to choose another host.
    """
    status, said = response.status_code, _words(body)
    if status == 429 and "daily" not in response.headers.get("x-ratelimit-type", "").lower():
        wait = _wait(response.headers)
        return ZoomError(Reason.RATE_LIMITED, f"Zoom limits {what} for now.", status=status, retry_after=wait)
    parts = [f"Zoom answered {what} with HTTP {status}{': ' + said if said else ''}.", ADVICE.get(status, "")]
    return ZoomError(reason_of_status(status), " ".join(part for part in parts if part), status=status)


def reason_of_status(status: int) -> Reason:
    """Map an HTTP status that is no success."""
    if status in (401, 403):
        return Reason.AUTH
    return Reason.SERVER if status >= 500 else Reason.CLIENT


def strange(what: str) -> ZoomError:
    """Say of a success whose body is not Zoom's that it leaves open what happened."""
    return ZoomError(Reason.UNKNOWN_OUTCOME, f"What answered {what} does not speak like Zoom.")


def transport_failure(what: str, error: httpx.HTTPError) -> ZoomError:
    """Say what an exception of the HTTP client means: was nothing sent, or is the answer lost?"""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        return ZoomError(Reason.UNREACHABLE, f"Zoom could not be reached for {what}.")
    if isinstance(error, httpx.TimeoutException):
        return ZoomError(Reason.TIMEOUT, f"Zoom did not answer {what} in time.")
    return ZoomError(Reason.UNKNOWN_OUTCOME, f"The answer to {what} was lost.")


def _wait(headers: Mapping[str, str]) -> float:
    said = headers.get("retry-after", "")
    return min(float(said), _LONGEST_WAIT) if said.isdigit() else _DEFAULT_WAIT


def _words(body: Any) -> str:
    said = body.get("message") or body.get("reason") if isinstance(body, dict) else ""
    return " ".join(str(said or "").split())[:_WORDS_MAX].rstrip(".")
