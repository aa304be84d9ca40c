"""One row of the outbox to and from the effect that it holds."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from bot.domain.effects import Effect, route
from bot.domain.model import Incident
from bot.domain.needs import needs_met
from bot.rows import UNREADABLE, Claimed
from bot.store import codec


def may_go(incident: Incident, row: Any) -> bool | None:
    """Whether a row need not wait; None for one that cannot be read here."""
    try:
        return needs_met(incident, route(read_effect(row)))
    except codec.CodecError:
        return None


def claimed_as(row: Any) -> Claimed:
    """Read a row as the claim has left it."""
    tried = row.attempts > 1 or row.outcome_unknown
    return Claimed(
        key=row.id,
        incident_id=row.incident,
        effect=read_effect(row),
        token=row.lease_token,
        attempt=row.attempts,
        first_attempt_at=codec.moment(row.first_attempt_at) if tried else None,
        unknown=row.outcome_unknown,
        unread=row.last_reason == UNREADABLE,
        progress=MappingProxyType(codec.parsed(row.progress)),
    )


def payload(effect: Effect) -> dict[str, Any]:
    name, version, data = codec.EFFECTS.dump(effect)
    return {"type": name, "version": version, "data": data}


def read_effect(row: Any) -> Effect:
    effect: Effect = codec.EFFECTS.load(row.type, row.version, row.data)
    return effect
