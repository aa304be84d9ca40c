"""Calls that a service opens, joined to the settings."""

from __future__ import annotations

from typing import Any

from bot.config import Settings
from bot.ports import Clock
from integrations import load


def calls_of(settings: Settings, clock: Clock) -> Any:
    """Return the integration, None where `zoom.host` is not set. Nothing of it is imported then.

    Raises:
        ConfigError: one of its variables is missing.
    """
    if not settings.file.zoom.host:
        return None
    from integrations.zoom.settings import read

    return load("call")(read(settings), clock=clock)
