"""Every error that Firebell raises on purpose, and which of them are worth another try."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.refusal import Refused


class Reason(StrEnum):
    """Why an outside call failed. The value is a metric label and a stable word in the log."""

    AUTH = "auth"
    RATE_LIMITED = "rate_limited"
    CLIENT = "client"
    SERVER = "server"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    UNKNOWN_OUTCOME = "unknown_outcome"


MAY_RETRY: Final[Mapping[Reason, bool]] = MappingProxyType(
    {
        Reason.AUTH: False,
        Reason.RATE_LIMITED: True,
        Reason.CLIENT: False,
        Reason.SERVER: True,
        Reason.TIMEOUT: True,
        Reason.UNREACHABLE: True,
        Reason.UNKNOWN_OUTCOME: True,
    }
)
"""The one table from reason to retry."""

OUTCOME_UNKNOWN: Final = frozenset({Reason.TIMEOUT, Reason.UNKNOWN_OUTCOME, Reason.SERVER})
"""After these the call may have been carried out all the same, so the next attempt reconciles first."""


class BotError(Exception):
    """The root of the tree."""


class UserError(BotError):
    """Somebody asked for what cannot be done; the text is shown as it is."""

    def __init__(self, text: str, *, code: str = "", field: str = "") -> None:
        self.code = code
        self.field = field
        super().__init__(text)

    @classmethod
    def of(cls, refusal: Refused) -> UserError:
        """Carry the domain's refusal to whoever asked."""
        return cls(str(refusal), code=refusal.code, field=refusal.field)


class NotFound(UserError):
    """There is no such incident, or the asker may not see it: the two are told apart nowhere."""


class Busy(BotError):
    """The database did not answer within the deadline and nothing was committed: safe to ask again."""


class OutcomeUnknown(BotError):
    """COMMIT was sent and its answer was lost, and the inbox could not be asked either."""


class Conflict(BotError):
    """Another writer was first; the whole transaction is decided again."""


class LeaseLost(BotError):
    """Another worker has taken this effect over: the attempt ends here and settles nothing."""


class ConfigError(BotError):
    """firebell.yaml or the environment is wrong. The text names file, line and key, and how to mend it."""


class IntegrationError(BotError):
    """An outside system refused or failed. `retry_after` is in seconds; `detail` carries no secret."""

    def __init__(self, reason: Reason, detail: str, *, retry_after: float | None = None) -> None:
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(f"{reason.value}: {detail}")
