"""What is said about what could not be done: facts only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PinGone:
    """To those who marked a message: it could not be read; `detail` says why."""

    detail: str


@dataclass(frozen=True, slots=True)
class SetupTrouble:
    """A set-up step failed where the card cannot show it."""

    step: str
    detail: str
    effect_id: str


@dataclass(frozen=True, slots=True)
class DeliveryTrouble:
    """An effect was given up; says what and offers Retry."""

    what: str
    detail: str
    effect_id: str


@dataclass(frozen=True, slots=True)
class ChartsUnavailable:
    """Metrics were asked for and none could be drawn; says why."""

    errors: tuple[str, ...]


TroubleNotice = PinGone | SetupTrouble | DeliveryTrouble | ChartsUnavailable
