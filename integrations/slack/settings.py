"""What the Slack integration must be told."""

from __future__ import annotations

from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

SLACK_API: Final = "https://slack.com/api/"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class SlackSettings(BaseModel):
    """Tokens and addresses. With `app_token` events arrive by Socket Mode, without it by signed HTTP.

    `call_seconds` limits one Web API call. `attempt_seconds` limits the calls of one effect between two looks at its
    lease; the outbox makes its leases more than twice as long. `haste` divides the time that Slack wants between calls;
    only a Slack on this machine can be told of it.
    """

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr = SecretStr("")
    api_url: str = SLACK_API
    command: str = Field(default="/incident", pattern=r"^/\S{1,31}$")
    call_seconds: float = Field(default=6.0, gt=0)
    attempt_seconds: float = Field(default=10.0, gt=0)
    haste: float = Field(default=1.0, ge=1)

    @field_validator("api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @model_validator(mode="after")
    def _no_haste_with_slack(self) -> Self:
        if self.haste != 1 and not self.is_local:
            raise ValueError("only a Slack on this machine may be called faster than Slack allows")
        return self

    @property
    def is_local(self) -> bool:
        """Whether the Web API is one on this machine, which no proxy may stand before."""
        return urlsplit(self.api_url).hostname in _LOOPBACK
