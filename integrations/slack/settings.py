"""What the Slack integration must be told."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

SLACK_API: Final = "https://slack.com/api/"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class SlackSettings(BaseModel):
    """Tokens and addresses. With `app_token` events arrive by Socket Mode, without it by signed HTTP.

    `call_seconds` limits one Web API call. `attempt_seconds` limits the calls of one effect between two looks at its
    lease; the outbox makes its leases more than twice as long.
    """

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr = SecretStr("")
    api_url: str = SLACK_API
    command: str = Field(default="/incident", pattern=r"^/\S{1,31}$")
    call_seconds: float = Field(default=6.0, gt=0)
    attempt_seconds: float = Field(default=10.0, gt=0)

    @field_validator("api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @property
    def is_local(self) -> bool:
        """Whether the Web API is one on this machine, which no proxy may stand before."""
        return urlsplit(self.api_url).hostname in _LOOPBACK
