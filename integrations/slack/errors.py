"""What went wrong at Slack, told by one table and without secrets.

The texts are made of method names, error codes and HTTP numbers only. What a library's exception says never goes into
them, since it may hold a request with its token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from bot.errors import IntegrationError, Reason
from integrations.slack.codes import ADVICE, REASONS

_DEFAULT_WAIT: Final = 30.0
"""Seconds to wait after a 429 that does not say how long; Slack's own always do."""
_LONGEST_WAIT: Final = 3600.0
_HINT_CHARS: Final = 160


class SlackError(IntegrationError):
    """Slack refused or failed. `code` is its error code ("" when it sent none), `answer` its whole answer."""

    def __init__(
        self,
        reason: Reason,
        detail: str,
        *,
        code: str = "",
        answer: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = code
        self.answer: Mapping[str, Any] = answer or {}
        super().__init__(reason, detail, retry_after=retry_after)


def refused(method: str, answer: Mapping[str, Any], headers: Mapping[str, str]) -> SlackError:
    """Say what an answer with `ok: false` means."""
    code = str(answer.get("error") or "unknown_error")
    reason = REASONS.get(code, Reason.CLIENT)
    wait = retry_after(headers) if reason is Reason.RATE_LIMITED else None
    parts = [f"Slack refused {method}: {code}{_scope(answer)}.", ADVICE.get(code, ""), _hint(answer)]
    return SlackError(reason, " ".join(part for part in parts if part), code=code, answer=answer, retry_after=wait)


def http_failure(method: str, status: int, headers: Mapping[str, str]) -> SlackError:
    """Say what an answer that is no Web API answer means, by its HTTP status."""
    reason = reason_of_status(status)
    if reason is Reason.RATE_LIMITED:
        return SlackError(reason, f"Slack limits {method} for now.", retry_after=retry_after(headers))
    return SlackError(reason, f"Slack answered {method} with HTTP {status}.")


def reason_of_status(status: int) -> Reason:
    """Map an HTTP status; a 2xx that is no Web API answer leaves open what happened (a proxy may have answered)."""
    if status == 429:
        return Reason.RATE_LIMITED
    if status in (401, 403):
        return Reason.AUTH
    if status >= 500:
        return Reason.SERVER
    return Reason.CLIENT if status >= 300 else Reason.UNKNOWN_OUTCOME


def transport_failure(method: str, error: Exception) -> SlackError:
    """Say what an exception of the HTTP client means: was nothing sent, or is the answer lost?"""
    reason = reason_of_exception(error)
    words = {
        Reason.UNREACHABLE: f"Slack could not be reached for {method}.",
        Reason.TIMEOUT: f"Slack did not answer {method} in time.",
        Reason.CLIENT: f"The address of Slack's Web API is not valid ({method}).",
    }
    return SlackError(reason, words.get(reason, f"The answer to {method} was lost."))


def reason_of_exception(error: Exception) -> Reason:
    """Map an exception of aiohttp; before a connection stands, nothing can have been carried out."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Reason.UNREACHABLE
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    if isinstance(error, aiohttp.InvalidURL):
        return Reason.CLIENT
    return Reason.UNKNOWN_OUTCOME


def retry_after(headers: Mapping[str, str]) -> float:
    """Read Retry-After (whole seconds); absent or odd values become half a minute, and none is longer than an hour."""
    for name, value in headers.items():
        if name.lower() == "retry-after" and str(value).strip().isdigit():
            return min(float(value), _LONGEST_WAIT)
    return _DEFAULT_WAIT


def _scope(answer: Mapping[str, Any]) -> str:
    needed = answer.get("needed")
    return f" (needs {needed})" if needed else ""


def _hint(answer: Mapping[str, Any]) -> str:
    """Return Slack's first remark about the arguments, which names the field at fault."""
    details = answer.get("response_metadata")
    messages = details.get("messages") if isinstance(details, Mapping) else None
    if not isinstance(messages, list) or not messages:
        return ""
    return str(messages[0])[:_HINT_CHARS]
