"""The end of an incident's channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeepRoom:
    """Keep the channel open for another grace period."""


Archiving = KeepRoom
