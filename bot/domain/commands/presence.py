"""Who is there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Somebody joined the room. Accepted with an event when they are to be told how things stand, else with none."""

    user: str


@dataclass(frozen=True, slots=True)
class ConfirmPresence:
    """The commander says that they are there."""


Presence = CatchUp | ConfirmPresence
