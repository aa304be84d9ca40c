"""What service, outbox, scheduler and watchdog see, as metrics."""

from __future__ import annotations

from dataclasses import dataclass

from bot.alarm import Lateness
from bot.telemetry import Metrics
from bot.watchdog import Watchdog


@dataclass(frozen=True, slots=True)
class Observations:
    """Implements `ports.Observer`."""

    metrics: Metrics
    watchdog: Watchdog

    def command(self, name: str, outcome: str, seconds: float) -> None:
        self.metrics.commands.labels(name, outcome).inc()
        self.metrics.command_seconds.observe(seconds)

    def effect(self, integration: str, what: str, outcome: str, seconds: float) -> None:
        del what, seconds
        self.metrics.effects.labels(integration, outcome).inc()

    def timer(self, kind: str, outcome: str, late_seconds: float) -> None:
        if outcome == "fired":
            self.metrics.timers.labels(kind).inc()
            self.metrics.timer_lateness.observe(max(0.0, late_seconds))

    def lateness(self, lateness: Lateness) -> None:
        self.metrics.late_timer.set(lateness.oldest_timer)
        self.metrics.late_effect.set(lateness.oldest_effect)
        self.metrics.dead_effects.set(lateness.dead_effects)
        self.watchdog.saw(lateness)
        self.metrics.behind.set(bool(self.watchdog.behind))
