"""The one exception that becomes a Slack error answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Slack gives these on any method although its reference lists them on a few only:
# a token it does not know, arguments of the wrong shape, and a failure of its own.
PLATFORM_WIDE = frozenset({"invalid_auth", "invalid_arguments", "internal_error"})


class SlackError(Exception):
    """An answer with ``ok: false``; ``code`` is Slack's own word for what is wrong.

    ``messages`` become ``response_metadata.messages`` (the sentences Slack adds for developers);
    ``extra`` are further top-level fields, such as ``needed`` and ``provided`` of missing_scope.
    """

    def __init__(self, code: str, messages: Sequence[str] = (), **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class RateLimitError(Exception):
    """Too many calls: an HTTP 429 whose ``Retry-After`` header is ``retry_after`` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"ratelimited for {retry_after} s")
        self.retry_after = retry_after
