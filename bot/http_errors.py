"""What went wrong in a call to an API over HTTP, told by one table for each API and without secrets.

The texts are made of what was attempted, HTTP numbers and the API's own words. What a library's exception says never
goes into them, since it may hold a request with its token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from bot.errors import IntegrationError, Reason

LONGEST_WAIT: Final = 3600.0
"""Seconds that a limit may hold us back, whatever it says."""

SAID_MAX: Final = 200
"""Characters of an API's own words."""


class HttpError(IntegrationError):
    """An API refused or failed. `status` is the HTTP status, 0 when there was no answer."""

    def __init__(self, reason: Reason, detail: str, *, status: int = 0, retry_after: float | None = None) -> None:
        self.status = status
        super().__init__(reason, detail, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Api:
    """An API as it is spoken of. `reasons` and `advice` (what to do about it) go by HTTP status."""

    name: str
    reasons: Mapping[int, Reason]
    advice: Mapping[int, str]
    wait: float
    """Seconds to wait after a limit that names no time."""

    def reason(self, status: int) -> Reason:
        """Map a status that is no success; what is not listed is the server's from 500 on and ours below."""
        return self.reasons.get(status, Reason.SERVER if status >= 500 else Reason.CLIENT)

    def refused(self, what: str, status: int, *, said: str = "", wait: str = "", ends: bool = True) -> HttpError:
        """Say what an answer that is no success means; `said` are the API's own words, `wait` the seconds it names.

        A limit that never `ends` by waiting is a refusal like others.
        """
        reason = self.reason(status)
        if reason is Reason.RATE_LIMITED and ends:
            seconds = self.seconds(wait)
            return HttpError(reason, f"{self.name} limits calls; {what} waits.", status=status, retry_after=seconds)
        reason = Reason.CLIENT if reason is Reason.RATE_LIMITED else reason
        answered = f"{self.name} answered {what} with HTTP {status}{': ' + said if said else ''}."
        return HttpError(reason, " ".join(filter(None, (answered, self.advice.get(status)))), status=status)

    def seconds(self, wait: str) -> float:
        """Read how many seconds to wait; what is no whole number of them becomes the usual wait."""
        text = wait.strip()
        number = float(text) if text.isascii() and text.isdigit() and len(text) < 10 else self.wait
        return min(number, LONGEST_WAIT)

    def strange(self, what: str) -> HttpError:
        """Say of a success whose body is not the API's that it leaves open what happened."""
        return HttpError(Reason.UNKNOWN_OUTCOME, f"What answered {what} does not speak like {self.name}.")

    def unanswered(self, what: str, reason: Reason) -> HttpError:
        """Say that no answer came: it could not be reached, was late, or its answer was lost."""
        texts = {
            Reason.UNREACHABLE: f"{self.name} could not be reached for {what}.",
            Reason.TIMEOUT: f"{self.name} did not answer {what} in time.",
        }
        return HttpError(reason, texts.get(reason, f"{self.name}'s answer to {what} was lost."))


def reason_of(error: httpx.HTTPError | httpx.InvalidURL) -> Reason:
    """Map an exception of httpx; before a connection stands, nothing can have been carried out."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return Reason.UNREACHABLE
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return Reason.UNREACHABLE
        case httpx.TimeoutException():
            return Reason.TIMEOUT
    return Reason.UNKNOWN_OUTCOME


def in_words(parts: Iterable[object]) -> str:
    """Return an API's own words as one line of at most `SAID_MAX` characters without a full stop."""
    text = "; ".join(" ".join(str(part).split()).rstrip(".") for part in parts if part)
    return text if len(text) <= SAID_MAX else text[: SAID_MAX - 1] + "…"
