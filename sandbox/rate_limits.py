"""Slack's rate tiers as token buckets on the workspace's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.errors import RateLimitError
from sandbox.methods import METHODS
from sandbox.tiers import CALLS_PER_MINUTE

# Slack says "one per second per channel, short bursts allowed" and "several hundred a minute" for
# a workspace; the sizes of burst and hundred are ours.
POSTING_BURST = 5
POSTING_PER_MINUTE = 300
SPECIAL_PER_MINUTE = 600


@dataclass(slots=True)
class _Bucket:
    capacity: float
    per_second: float
    level: float
    at: float


class RateLimits:
    """Counts calls per method (and posts per channel); a full minute's worth may come at once.

    ``haste`` times as many calls are let through as Slack would in the same time.
    """

    def __init__(self, clock: Clock, *, haste: float = 1.0) -> None:
        self._clock = clock
        self._haste = haste
        self._buckets: dict[str, _Bucket] = {}

    def spend(self, method: str, channel: str) -> None:
        """Count one call; raises RateLimitError with the seconds until the next is allowed."""
        tier = METHODS[method].tier
        if tier == "posting":
            self._take(f"{method} {channel}", POSTING_BURST, 1.0)
            self._take(method, POSTING_PER_MINUTE, POSTING_PER_MINUTE / 60)
            return
        a_minute = SPECIAL_PER_MINUTE if tier == "special" else CALLS_PER_MINUTE[tier]
        self._take(method, a_minute, a_minute / 60)

    def _take(self, key: str, capacity: float, per_second: float) -> None:
        now, per_second = self._clock.now(), per_second * self._haste
        bucket = self._buckets.setdefault(key, _Bucket(capacity, per_second, capacity, now))
        bucket.level = min(capacity, bucket.level + max(0.0, now - bucket.at) * per_second)
        bucket.at = now
        if bucket.level < 1:
            raise RateLimitError(max(1, math.ceil((1 - bucket.level) / per_second)))
        bucket.level -= 1
