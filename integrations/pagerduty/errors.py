"""What went wrong at PagerDuty, by its documents' statuses and its own `error.message` and `error.errors`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx2

from bot.errors import Reason
from bot.http_errors import Api, HttpError, in_words

PAGERDUTY: Final = Api(
    name="PagerDuty",
    # The statuses that its documents name, and 408 and 409, which ask for another try.
    reasons=MappingProxyType(
        {
            401: Reason.AUTH,
            403: Reason.AUTH,
            408: Reason.SERVER,
            409: Reason.SERVER,
            429: Reason.RATE_LIMITED,
        }
    ),
    advice=MappingProxyType(
        {
            401: "Check PAGERDUTY_TOKEN.",
            402: "The PagerDuty plan does not include this.",
            403: "The token may not do this; make one that can write.",
            404: "Check the ids in firebell.yaml.",
        }
    ),
    wait=15.0,  # its limits are by the minute
)


def refused(what: str, status: int, headers: Mapping[str, str], body: Any) -> HttpError:
    """Say what an answer that is no success means."""
    return PAGERDUTY.refused(what, status, said=words(body), wait=wait_of(headers))


def reason_of(cause: BaseException | None) -> Reason:
    """Map an exception of httpx2, the library's client; before a connection stands, nothing can have been done."""
    match cause:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return Reason.UNREACHABLE
        case httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            return Reason.UNREACHABLE
        case httpx2.TimeoutException():
            return Reason.TIMEOUT
    return Reason.UNKNOWN_OUTCOME


def wait_of(headers: Mapping[str, str]) -> str:
    """Return the seconds to wait as they are written in Retry-After or PagerDuty's `ratelimit-reset`."""
    lowered = {name.lower(): str(value).strip() for name, value in headers.items()}
    return next((lowered[name] for name in ("retry-after", "ratelimit-reset") if lowered.get(name, "").isdigit()), "")


def words(body: Any) -> str:
    """Return PagerDuty's own words: `error.message` and `error.errors`, or the Events API's at the top."""
    found = body.get("error", body) if isinstance(body, Mapping) else None
    if not isinstance(found, Mapping):
        return ""
    listed = found.get("errors")
    return in_words([found.get("message"), *(listed if isinstance(listed, list) else [])])
