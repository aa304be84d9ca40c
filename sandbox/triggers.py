"""Trigger ids: the three seconds after a person's act in which the app may open a modal."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.state import State

LIFETIME_SECONDS = 3.0
_KEPT = 500


@dataclass(slots=True)
class Trigger:
    """One act: whose, when (seconds), on which modal if on one."""

    user: str
    issued: float
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Issues trigger ids and takes each back once, in time. Kept in memory: they outlive nothing."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """Return a new trigger id for something ``user`` just did."""
        team_number = int.from_bytes(self._state.team.id.encode()[-5:], "big")
        trigger_id = f"{self._state.next_ts().replace('.', '')}.{team_number}.{self._state.token(16)}"
        self._issued[trigger_id] = Trigger(user, self._state.clock.now(), view_id)
        if len(self._issued) > _KEPT:
            del self._issued[next(iter(self._issued))]
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use a trigger up; raises SlackError invalid_, exchanged_ or expired_trigger_id."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._state.clock.now() - trigger.issued > LIFETIME_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
