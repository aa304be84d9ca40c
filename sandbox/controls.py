"""Buttons of the page that belong to the process around the workspace, such as "Crash the bot now"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.model import JSON

Callback = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class _Control:
    label: str
    hint: str
    callback: Callback


class Controls:
    """Named buttons, in the order they were added."""

    def __init__(self) -> None:
        self._controls: dict[str, _Control] = {}

    def add(self, *, id: str, label: str, hint: str, callback: Callback) -> None:
        """Add a button, or replace the one with this id."""
        self._controls[id] = _Control(label, hint, callback)

    async def press(self, control_id: str) -> str | None:
        """Run a button's callback and return what it says; raises KeyError if there is none."""
        return await self._controls[control_id].callback()

    def to_json(self) -> list[JSON]:
        """Return the buttons as the page draws them."""
        return [{"id": key, "label": control.label, "hint": control.hint} for key, control in self._controls.items()]
