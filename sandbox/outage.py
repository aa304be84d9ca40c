"""The outage that the demo replays: what three services and one model measure at any moment.

A pure function of the scenario and the time. Asking twice, or with another step, gives the same value at the same time.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

# Breaks sharply, as a bad release does, and is still getting a little worse ten minutes later.
RISE_SECONDS = 600.0
RECOVERY_SECONDS = 240.0
DAY_SECONDS = 86_400.0


@dataclass(slots=True)
class Scenario:
    """When the fault began, when (if yet) it was fixed, in epoch seconds, and the seed of the noise."""

    fault_at: float
    fixed_at: float | None = None
    seed: int = 1

    def fix(self, at: float) -> None:
        """Mend the fault at ``at``; what was mended stays mended."""
        if self.fixed_at is None:
            self.fixed_at = max(at, self.fault_at)

    def intensity(self, at: float) -> float:
        """Return how bad it is, from 0 (well) to 1 (as bad as it gets)."""
        if self.fixed_at is None or at < self.fixed_at:
            return self._rise(at)
        left = 1.0 - (at - self.fixed_at) / RECOVERY_SECONDS
        return self._rise(self.fixed_at) * max(0.0, left) ** 2

    def _rise(self, at: float) -> float:
        progress = min(1.0, max(0.0, (at - self.fault_at) / RISE_SECONDS))
        return 1.0 - (1.0 - progress) ** 2


@dataclass(frozen=True, slots=True)
class Measure:
    """How one figure behaves: its usual value, its worst, and how much of load and noise it shows (as shares)."""

    usual: float
    worst: float
    load: float = 0.0
    noise: float = 0.05


@dataclass(frozen=True, slots=True)
class Workload:
    """A service or model: requests a second, the share that fails or falls back, and the 99th percentile in seconds."""

    rate: Measure
    bad: Measure
    latency: Measure


SERVICES: Mapping[str, Workload] = MappingProxyType(
    {
        "checkout": Workload(
            rate=Measure(140.0, 98.0, load=0.45, noise=0.04),
            bad=Measure(0.001, 0.34, noise=0.12),
            latency=Measure(0.180, 2.4, load=0.12, noise=0.07),
        ),
        # Payments is called by checkout: fewer calls arrive, and each waits for a checkout that retries.
        "payments": Workload(
            rate=Measure(52.0, 30.0, load=0.45, noise=0.05),
            bad=Measure(0.0006, 0.06, noise=0.15),
            latency=Measure(0.120, 0.78, load=0.08, noise=0.08),
        ),
        "search": Workload(
            rate=Measure(310.0, 310.0, load=0.5, noise=0.04),
            bad=Measure(0.0004, 0.0004, noise=0.2),
            latency=Measure(0.090, 0.090, load=0.15, noise=0.06),
        ),
    }
)

MODELS: Mapping[str, Workload] = MappingProxyType(
    {
        "recommender": Workload(
            rate=Measure(85.0, 74.0, load=0.5, noise=0.05),
            bad=Measure(0.012, 0.045, noise=0.1),
            latency=Measure(0.045, 0.058, load=0.1, noise=0.06),
        )
    }
)
ACCURACY: Mapping[str, Measure] = MappingProxyType({"recommender": Measure(0.913, 0.908, noise=0.004)})


def value(scenario: Scenario, name: str, measure: Measure, at: float) -> float:
    """Return one figure at ``at``; ``name`` sets its noise apart from all others."""
    level = measure.usual + (measure.worst - measure.usual) * scenario.intensity(at)
    return level * (1.0 + measure.load * _daily(at)) * (1.0 + measure.noise * _noise(f"{scenario.seed}/{name}", at))


def _daily(at: float) -> float:
    """Return the day's rhythm from -1 (04:00 UTC) to 1 (16:00 UTC)."""
    return -math.cos(2 * math.pi * ((at - 4 * 3600) % DAY_SECONDS) / DAY_SECONDS)


def _noise(name: str, at: float) -> float:
    """Return smooth noise between -1 and 1: a slow wander with a quick tremble on it."""
    return 0.6 * _lattice(f"{name}/slow", at / 97.0) + 0.4 * _lattice(f"{name}/quick", at / 23.0)


def _lattice(name: str, position: float) -> float:
    """Interpolate between random values at whole numbers, so that neighbours in time are neighbours in value."""
    left = math.floor(position)
    share = position - left
    weight = share * share * (3 - 2 * share)
    return _random(name, left) * (1 - weight) + _random(name, left + 1) * weight


@lru_cache(maxsize=65_536)
def _random(name: str, place: int) -> float:
    digest = hashlib.blake2b(f"{name}/{place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**63 - 1.0
