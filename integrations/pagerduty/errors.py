"""What went wrong at PagerDuty, told by one table and without secrets.

The texts are made of what was attempted, HTTP numbers and PagerDuty's own `error.message` and `error.errors`. What a
library's exception says never goes into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx2

from bot.errors import IntegrationError, Reason

_DEFAULT_WAIT: Final = 15.0
"""Seconds to wait after a 429 that does not say how long; limits are per minute."""
_LONGEST_WAIT: Final = 3600.0
_WORDS_MAX: Final = 200

REASONS: Final[Mapping[int, Reason]] = MappingProxyType(
    {
        400: Reason.CLIENT,
        401: Reason.AUTH,
        402: Reason.CLIENT,
        403: Reason.AUTH,
        404: Reason.CLIENT,
        408: Reason.SERVER,
        409: Reason.SERVER,
        413: Reason.CLIENT,
        429: Reason.RATE_LIMITED,
    }
)
"""The statuses that PagerDuty's documents name, and 408 and 409, which ask for another try."""

ADVICE: Final[Mapping[int, str]] = MappingProxyType(
    {
        401: "Check PAGERDUTY_TOKEN.",
        402: "The PagerDuty plan does not include this.",
        403: "The token may not do this; make one that can write.",
        404: "Check the ids in firebell.yaml.",
    }
)


class PagerDutyError(IntegrationError):
    """PagerDuty refused or failed. `status` is the HTTP status, 0 when there was no answer."""

    def __init__(self, reason: Reason, detail: str, *, status: int = 0, retry_after: float | None = None) -> None:
        self.status = status
        super().__init__(reason, detail, retry_after=retry_after)


def refused(what: str, status: int, headers: Mapping[str, str], body: Any) -> PagerDutyError:
    """Say what an answer that is no success means."""
    reason = reason_of_status(status)
    if reason is Reason.RATE_LIMITED:
        wait = retry_after(headers)
        return PagerDutyError(reason, f"PagerDuty limits calls for now ({what}).", status=status, retry_after=wait)
    said = words(body)
    parts = [f"PagerDuty answered {what} with HTTP {status}{': ' + said if said else ''}.", ADVICE.get(status, "")]
    return PagerDutyError(reason, " ".join(part for part in parts if part), status=status)


def reason_of_status(status: int) -> Reason:
    """Map an HTTP status; a redirect is none of PagerDuty's, so something between us and it has answered."""
    if status >= 500:
        return Reason.SERVER
    return REASONS.get(status, Reason.CLIENT)


def strange(what: str) -> PagerDutyError:
    """Say of a success whose body is not PagerDuty's that it leaves open what happened."""
    return PagerDutyError(Reason.UNKNOWN_OUTCOME, f"What answered {what} does not speak like PagerDuty.")


def transport_failure(what: str, cause: BaseException | None) -> PagerDutyError:
    """Say what an exception of the HTTP client means: was nothing sent, or is the answer lost?"""
    reason = reason_of_exception(cause)
    sentences = {
        Reason.UNREACHABLE: f"PagerDuty could not be reached ({what}).",
        Reason.TIMEOUT: f"PagerDuty did not answer in time ({what}).",
    }
    return PagerDutyError(reason, sentences.get(reason, f"PagerDuty's answer was lost ({what})."))


def reason_of_exception(cause: BaseException | None) -> Reason:
    """Map an exception of httpx2; before a connection stands, nothing can have been carried out."""
    if isinstance(
        cause,
        httpx2.ConnectError
        | httpx2.ConnectTimeout
        | httpx2.PoolTimeout
        | httpx2.ProxyError
        | httpx2.UnsupportedProtocol,
    ):
        return Reason.UNREACHABLE
    return Reason.TIMEOUT if isinstance(cause, httpx2.TimeoutException) else Reason.UNKNOWN_OUTCOME


def retry_after(headers: Mapping[str, str]) -> float:
    """Read how many seconds to wait, from Retry-After or PagerDuty's `ratelimit-reset`; an hour at most."""
    lowered = {name.lower(): str(value).strip() for name, value in headers.items()}
    for name in ("retry-after", "ratelimit-reset"):
        if lowered.get(name, "").isdigit():
            return min(float(lowered[name]), _LONGEST_WAIT)
    return _DEFAULT_WAIT


def words(body: Any) -> str:
    """Return PagerDuty's own words: `error.message` and `error.errors`, or the Events API's at the top."""
    found = body.get("error", body) if isinstance(body, Mapping) else None
    if not isinstance(found, Mapping):
        return ""
    listed = found.get("errors")
    parts = [found.get("message"), *(listed if isinstance(listed, list) else [])]
    text = "; ".join(" ".join(str(part).split()).rstrip(".") for part in parts if part)
    return text if len(text) <= _WORDS_MAX else text[: _WORDS_MAX - 1] + "…"
