"""Switches that make this Slack misbehave the way the real one sometimes does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = frozenset({"429", "500", "503", "timeout", "lost_answer", "missing_scope"})


@dataclass(slots=True)
class Rule:
    """A fault of one Web API method (``*``: any): skip ``after`` calls, then hit ``count`` (-1: all).

    ``kind`` is one of KINDS or ``error:<code>``; ``lost_answer`` performs the call and drops the
    connection, ``timeout`` never answers. ``retry_after`` is in seconds, ``delay_ms`` is waited first.
    """

    method: str
    kind: str
    count: int = 1
    after: int = 0
    retry_after: int = 1
    delay_ms: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith("error:"):
            raise ValueError(f"there is no fault {self.kind!r}; known: {', '.join(sorted(KINDS))}, error:<code>")


@dataclass(slots=True)
class DeliveryFaults:
    """Faults on the way to the app: the counts say how many times each still happens."""

    duplicate: bool = False
    reorder: bool = False
    drop_ack: int = 0
    drop_socket: int = 0


@dataclass(slots=True)
class Faults:
    """All switches; ``latency_ms`` is added to every Web API call."""

    rules: list[Rule] = field(default_factory=list)
    delivery: DeliveryFaults = field(default_factory=DeliveryFaults)
    latency_ms: int = 0

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> Faults:
        """Read the switches from JSON; raises ValueError or TypeError with what is wrong."""
        return cls(
            rules=[Rule(**rule) for rule in body.get("rules", [])],
            delivery=DeliveryFaults(**body.get("delivery", {})),
            latency_ms=int(body.get("latency_ms", 0)),
        )

    def strike(self, method: str) -> Rule | None:
        """Return the fault this call meets, and count it."""
        for rule in self.rules:
            if rule.method not in ("*", method) or rule.count == 0:
                continue
            if rule.after > 0:
                rule.after -= 1
                continue
            if rule.count > 0:
                rule.count -= 1
            return rule
        return None

    def lose_ack(self) -> bool:
        """Say whether the next acknowledgement gets lost, and count it."""
        if self.delivery.drop_ack <= 0:
            return False
        self.delivery.drop_ack -= 1
        return True

    def lose_socket(self) -> bool:
        """Say whether the next delivery finds its socket gone, and count it."""
        if self.delivery.drop_socket <= 0:
            return False
        self.delivery.drop_socket -= 1
        return True

    def to_json(self) -> dict[str, Any]:
        """Return the switches as the page and tests read them."""
        return asdict(self)
