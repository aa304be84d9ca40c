"""The parts of a situation report beside its headline, in the order in which they are read."""

from __future__ import annotations

from typing import Protocol

from bot.domain.model import Confidence, Incident


class Report(Protocol):
    """An update, or a form that will be one."""

    @property
    def impact(self) -> str: ...
    @property
    def doing(self) -> str: ...
    @property
    def next(self) -> str: ...
    @property
    def estimate(self) -> str: ...
    @property
    def confidence(self) -> Confidence | None: ...


def parts_of(report: Report) -> list[tuple[str, str]]:
    """Return each part with its label; what was not said is left out."""
    parts = [
        ("Impact", report.impact),
        ("Doing", report.doing),
        ("Next", report.next),
        ("Estimate", estimate_of(report)),
    ]
    return [(label, text) for label, text in parts if text.strip()]


def estimate_of(report: Report) -> str:
    """Say the estimate with its confidence: `In about 40 minutes (medium confidence)`; "" when there is none."""
    if not report.estimate.strip() or report.confidence is None:
        return report.estimate
    return f"{report.estimate} ({report.confidence.value} confidence)"


def figures_of(incident: Incident) -> str:
    """Say what the figures of the impact hold for every reader: `40 % of the service`.

    The others are amounts, which are for few (`figures.AMOUNTS`); what an update says of them is what somebody typed
    into it.
    """
    degraded = incident.figures.degraded
    return "" if degraded is None else f"{degraded.value:.0%} of the service".replace("%", " %")
