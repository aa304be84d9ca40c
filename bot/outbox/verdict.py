"""What becomes of an attempt that failed: pure, so that the whole policy of retrying can be read and tested here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.errors import MAY_RETRY, OUTCOME_UNKNOWN, IntegrationError, Reason

DEFAULT_RETRY_AFTER: Final = 1.0
"""Seconds to wait after a rate limit that names no time."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the outbox works. Seconds throughout.

    `grace` is how long after a call's timeout its traces in the outside system may still be on their way. `patience`
    is how long an attempt waits for a shared bucket before it gives its lease back. With these numbers an effect that
    always fails is given up after about half an hour.
    """

    attempts: int = 15
    backoff: float = 1.0
    backoff_most: float = 300.0
    grace: float = 5.0
    patience: float = 5.0
    concurrency: int = 8
    heartbeat: float = 1.0

    def lease(self, call_timeout: float) -> float:
        """Return a lease of which the call timeout is less than half, with room to look into a lost answer."""
        return 2 * (call_timeout + self.grace)

    def delay(self, attempt: int, jitter: float) -> float:
        """Return the wait after the attempt-th failure; `jitter` is in [0, 1) and keeps replicas out of step."""
        doubled = self.backoff * 2.0 ** min(attempt - 1, 30)
        return min(doubled, self.backoff_most) * (0.5 + jitter / 2)


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `delay`. With `counts` false this attempt does not bring the end nearer."""

    delay: float
    unknown: bool
    counts: bool = True


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt can help."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt stood when it failed. `unknown`: an earlier one may have been carried out, and that was not
    settled.
    """

    number: int
    elapsed: float
    call_timeout: float
    unknown: bool


def judge(error: IntegrationError, attempt: Attempt, habits: Habits, jitter: float) -> Again | GiveUp:
    """Decide what follows from a failure.

    A rate limit is no fault of the effect and is not counted. After an unknown outcome the next attempt, which
    reconciles first, waits until the call's traces must be visible: the call timeout and the grace, counted from this
    attempt's start.
    """
    if error.reason is Reason.RATE_LIMITED:
        return Again(error.retry_after or DEFAULT_RETRY_AFTER, attempt.unknown, counts=False)
    if not MAY_RETRY[error.reason] or attempt.number >= habits.attempts:
        return GiveUp()
    unknown = attempt.unknown or error.reason in OUTCOME_UNKNOWN
    visible = attempt.call_timeout + habits.grace - attempt.elapsed if unknown else 0.0
    return Again(max(habits.delay(attempt.number, jitter), error.retry_after or 0.0, visible), unknown)
