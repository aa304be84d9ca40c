"""What became of what the outside was asked to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomOpened:
    channel: str
    name: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class MessagePlaced:
    """A message that will be edited or linked later now stands there."""

    slot: str
    channel: str
    ts: str
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class SetupStepDone:
    step: str


@dataclass(frozen=True, slots=True)
class EffectFailed:
    """An effect was given up. `step` names the set-up step it stood for ("" for none)."""

    effect_id: str
    what: str
    reason: str
    detail: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class EffectRetried:
    effect_id: str
    what: str
    step: str = ""


Outside = RoomOpened | MessagePlaced | SetupStepDone | EffectFailed | EffectRetried
