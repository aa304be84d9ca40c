"""The hash chain over an incident's events: what was written can be shown not to have been changed since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from bot.store.codec import canonical

GENESIS: Final = "0" * 64
"""The hash before an incident's first event."""


@dataclass(frozen=True, slots=True)
class Link:
    """What one event's hash covers beside its predecessor's. `at` is in microseconds."""

    incident: str
    seq: int
    type: str
    version: int
    actor_id: str
    at: int
    request_id: str
    digest: str

    def hash(self, previous: str) -> str:
        """Return SHA-256 over the previous hash and these parts; the digest stands for salt and data."""
        parts = (
            previous,
            self.incident,
            self.seq,
            self.type,
            self.version,
            self.actor_id,
            self.at,
            self.request_id,
            self.digest,
        )
        return sha256(canonical(parts).encode("ascii")).hexdigest()


def digest(salt: str, data: str) -> str:
    """Return SHA-256(salt + data). The salt keeps short data from being guessed from its digest after a redaction."""
    return sha256((salt + data).encode("ascii")).hexdigest()


def broken_links(incident_id: str, rows: Iterable[Any]) -> list[str]:
    """Return a sentence for each event at which the chain does not hold; `rows` are an incident's events in order."""
    problems: list[str] = []
    previous = GENESIS
    for expected, event in enumerate(rows, start=1):
        if event.seq != expected:
            return [*problems, f"event {expected} is missing"]
        if event.salt is not None and digest(event.salt, event.data or "") != event.digest:
            problems.append(f"event {event.seq}: its data was changed")
        link = Link(
            incident=incident_id,
            seq=event.seq,
            type=event.type,
            version=event.version,
            actor_id=event.actor_id,
            at=event.at,
            request_id=event.request_id,
            digest=event.digest,
        )
        if link.hash(previous) != event.hash:
            problems.append(f"event {event.seq}: the chain is broken here")
        previous = event.hash
    return problems
