"""What the PagerDuty integration must be told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config import Settings
from bot.config.pager import routing_keys, secrets_of

API: Final = "https://api.pagerduty.com"
EVENTS: Final = "https://events.pagerduty.com"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class PagerDutySettings(BaseModel):
    """Keys and addresses.

    `token` opens the REST API, in the name of the user whose e-mail is `sender`. `routing_keys` are integration keys of
    the Events API by our services' keys. A webhook is believed when any of `webhook_secrets` signed it, so that a
    secret can be replaced without a gap. `call_seconds` limits each step of one call (connecting, sending, waiting),
    `attempt_seconds` all calls of one effect.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    token: SecretStr | None = None
    sender: str = ""
    routing_keys: Mapping[str, SecretStr] = Field(default_factory=lambda: MappingProxyType({}))
    webhook_secrets: tuple[SecretStr, ...] = ()
    api_url: str = API
    events_url: str = EVENTS
    call_seconds: float = Field(default=4.0, gt=0)
    attempt_seconds: float = Field(default=12.0, gt=0)


def is_local(url: str) -> bool:
    """Whether an address is one on this machine, which no proxy may stand before."""
    return urlsplit(url).hostname in _LOOPBACK


def settings_of(settings: Settings) -> PagerDutySettings:
    """Return what the settings say about PagerDuty."""
    environment = settings.environment
    return PagerDutySettings(
        token=environment.pagerduty_token,
        sender=settings.file.pagerduty.sender,
        routing_keys=routing_keys(environment.pagerduty_routing_keys),
        webhook_secrets=tuple(secrets_of(environment.pagerduty_webhook_secret)),
        api_url=environment.pagerduty_api_url.rstrip("/"),
        events_url=environment.pagerduty_events_url.rstrip("/"),
    )


def services_of(settings: Settings) -> Mapping[str, str]:
    """Return PagerDuty's ids that the settings name, each with where."""
    named = {
        one.pagerduty_service: f"services.{one.key}.pagerduty_service"
        for one in settings.policy.services
        if one.pagerduty_service
    }
    default = settings.file.pagerduty.default_service
    return {default: "pagerduty.default_service", **named} if default else named
