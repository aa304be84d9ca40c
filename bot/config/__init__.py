"""Settings: firebell.yaml and the environment, read once and passed down. Secrets come from the environment only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.config.file import policy_of, read_file
from bot.config.pager import pager_of
from bot.config.schema import ConfigFile
from bot.config.status_page import status_page_of
from bot.domain.policy import Policy
from bot.errors import ConfigError

SLACK_API: Final = "https://slack.com/api/"
PAGERDUTY_API: Final = "https://api.pagerduty.com"
PAGERDUTY_EVENTS: Final = "https://events.pagerduty.com"
ZOOM_API: Final = "https://api.zoom.us"
ZOOM_SIGN_IN: Final = "https://zoom.us"
ZOOM_PLACE: Final = r"^(https://[^\s/]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/?$"
"""Calls there carry a secret or a token, so only to this machine may they go without TLS."""
STATUSPAGE_API: Final = "https://api.statuspage.io/v1"
LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))


class Environment(BaseModel):
    """What the environment says. Each field's alias is the variable's name; a blank variable counts as unset."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr | None = Field(default=None, alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field(default=SLACK_API, alias="SLACK_API_URL", pattern=r"^https?://[^\s/]+")
    database_url: str = Field(default="sqlite:///firebell.db", alias="DATABASE_URL", repr=False)
    config_path: Path | None = Field(default=None, alias="FIREBELL_CONFIG")
    templates_path: Path | None = Field(default=None, alias="FIREBELL_TEMPLATES")
    prometheus_url: str = Field(default="", alias="PROMETHEUS_URL", pattern=r"^(https?://\S+)?$")
    pagerduty_token: SecretStr | None = Field(default=None, alias="PAGERDUTY_TOKEN")
    pagerduty_routing_keys: SecretStr | None = Field(default=None, alias="PAGERDUTY_ROUTING_KEYS")
    pagerduty_webhook_secret: SecretStr | None = Field(default=None, alias="PAGERDUTY_WEBHOOK_SECRET")
    pagerduty_api_url: str = Field(default=PAGERDUTY_API, alias="PAGERDUTY_API_URL", pattern=r"^https://[^\s/]+/?$")
    pagerduty_events_url: str = Field(
        default=PAGERDUTY_EVENTS, alias="PAGERDUTY_EVENTS_URL", pattern=r"^https://[^\s/]+/?$"
    )
    zoom_account_id: str = Field(default="", alias="ZOOM_ACCOUNT_ID")
    zoom_client_id: str = Field(default="", alias="ZOOM_CLIENT_ID")
    zoom_client_secret: SecretStr | None = Field(default=None, alias="ZOOM_CLIENT_SECRET")
    zoom_api_url: str = Field(default=ZOOM_API, alias="ZOOM_API_URL", pattern=ZOOM_PLACE)
    zoom_sign_in_url: str = Field(default=ZOOM_SIGN_IN, alias="ZOOM_SIGN_IN_URL", pattern=ZOOM_PLACE)
    statuspage_api_key: SecretStr | None = Field(default=None, alias="STATUSPAGE_API_KEY")
    statuspage_api_url: str = Field(default=STATUSPAGE_API, alias="STATUSPAGE_API_URL", pattern=r"^https?://[^\s/]+")
    smtp_url: SecretStr | None = Field(default=None, alias="SMTP_URL")
    smtp_from: str = Field(default="", alias="SMTP_FROM")
    smtp_ca_file: str = Field(default="", alias="SMTP_CA_FILE")
    public_url: str = Field(default="", alias="FIREBELL_PUBLIC_URL", pattern=r"^(https?://[^\s?#]+)?$")
    heartbeat_url: SecretStr | None = Field(default=None, alias="FIREBELL_HEARTBEAT_URL")
    host: str = Field(default="127.0.0.1", alias="HOST")
    port: int = Field(default=3000, alias="PORT", ge=0, le=65535)
    workspace: str = Field(default="default", alias="FIREBELL_WORKSPACE", min_length=1)
    log_level: str = Field(default="info", alias="LOG_LEVEL", pattern=r"(?i)^(debug|info|warning|error)$")
    log_format: str = Field(default="text", alias="LOG_FORMAT", pattern=r"^(text|json)$")
    demo_speed: int = Field(default=1, alias="DEMO_SPEED", ge=1, le=100_000)
    clock_offset_file: Path | None = Field(default=None, alias="FIREBELL_CLOCK_OFFSET_FILE")

    @field_validator("heartbeat_url")
    @classmethod
    def _can_be_called(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value else None
        if parts is not None and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("this is no address")
        return value

    @field_validator("statuspage_api_url")
    @classmethod
    def _is_private(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError("calls carry the key, so the address must begin with https://")
        return value.rstrip("/")

    @field_validator("slack_api_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not urlsplit(value).hostname:
            raise ValueError("there is no host in this address")
        if urlsplit(value).password is not None:
            raise ValueError("calls carry the token, so the address can carry no password")
        return value if value.endswith("/") else f"{value}/"


class Settings(BaseModel):
    """Everything that was set, frozen."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    environment: Environment
    file: ConfigFile
    policy: Policy

    @property
    def is_local(self) -> bool:
        """Whether the Web API is one on this machine: only then may the clock be moved or time be sped up."""
        return urlsplit(self.environment.slack_api_url).hostname in LOOPBACK


def load(variables: Mapping[str, str]) -> Settings:
    """Read settings from these environment variables and the file they name; raises `ConfigError`."""
    # A secret read from a file often ends in a newline, and no setting of ours begins or ends with a blank.
    given = {name: value.strip() for name, value in variables.items() if value.strip()}
    try:
        environment = Environment.model_validate(given)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(one["loc"], one["msg"]) for one in error.errors())) from error
    path = environment.config_path
    file = read_file(path) if path else ConfigFile()
    policy = policy_of(file, speed=environment.demo_speed, folder=path.parent if path else None)
    pager = pager_of(environment.pagerduty_token, environment.pagerduty_routing_keys, file)
    names = {service.key: service.name for service in policy.services}
    page = status_page_of(environment.statuspage_api_key, file.status_page, names, environment.public_url)
    policy = replace(policy, pager=pager, status_page=page)
    settings = Settings(environment=environment, file=file, policy=policy)
    moved = environment.clock_offset_file is not None or environment.demo_speed != 1
    if moved and not settings.is_local:
        raise ConfigError(
            "FIREBELL_CLOCK_OFFSET_FILE and DEMO_SPEED are for a local Slack only; unset them to run a real one."
        )
    return settings


_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SLACK_API_URL": "an address like https://slack.com/api/",
        "PROMETHEUS_URL": "an address like http://prometheus.example.com:9090",
        "FIREBELL_HEARTBEAT_URL": "an address that your monitor gave you, beginning with https://",
        "PAGERDUTY_API_URL": "an address like https://api.pagerduty.com",
        "PAGERDUTY_EVENTS_URL": "an address like https://events.pagerduty.com",
        "ZOOM_API_URL": "an address like https://api.zoom.us",
        "ZOOM_SIGN_IN_URL": "an address like https://zoom.us",
        "STATUSPAGE_API_URL": "an address like https://api.statuspage.io/v1",
        "FIREBELL_PUBLIC_URL": "the address at which people reach Firebell, like https://firebell.example.com",
        "HOST": "an address to listen at, like 127.0.0.1",
        "PORT": "a number from 0 (any free port) to 65535",
        "LOG_LEVEL": "debug, info, warning or error",
        "LOG_FORMAT": "text or json",
        "DEMO_SPEED": "a whole number from 1 to 100000",
    }
)


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "the environment"
    mend = f"write {_FORMS[name]}" if name in _FORMS else message
    return f"Environment variable {name}: {mend}, or unset it to keep the default."
