"""A log of everything that passes between the workspace and the app, for the page's inspector."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, Literal

from sandbox.clock import Clock
from sandbox.model import JSON

KEPT = 2_000


class Traffic:
    """The last KEPT exchanges, oldest first; secrets are blanked before anything is kept."""

    def __init__(self, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._secrets = secrets
        self._entries: deque[JSON] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[JSON], None]] = []
        self._seq = 0
        self.calls: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many exchanges there have been."""
        return self._seq

    def listen(self, listener: Callable[[JSON], None]) -> None:
        """Call ``listener`` with every entry from now on."""
        self._listeners.append(listener)

    def record(
        self,
        direction: Literal["in", "out"],
        kind: str,
        name: str,
        *,
        ms: float,
        status: int = 200,
        error: str | None = None,
        request: Any = None,
        response: Any = None,
    ) -> None:
        """Log one exchange: ``in`` came from the app, ``out`` went to it; ``ms`` is how long it took."""
        self._seq += 1
        if kind == "web_api":
            self.calls[name] += 1
        entry: JSON = {
            "seq": self._seq,
            "at": self._clock.now(),
            "direction": direction,
            "kind": kind,
            "name": name,
            "status": status,
            "ms": round(ms, 1),
            "ok": error is None,
            "error": error,
            "request": self._blank(request),
            "response": self._blank(response),
        }
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)

    def after(self, seq: int) -> list[JSON]:
        """Return the kept entries later than ``seq``."""
        return [entry for entry in self._entries if entry["seq"] > seq]

    def _blank(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: "(hidden)" if key == "token" else self._blank(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._blank(inner) for inner in value]
        if isinstance(value, str) and any(secret in value for secret in self._secrets):
            return "(hidden)"
        return value
