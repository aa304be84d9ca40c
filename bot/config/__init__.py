"""Settings: firebell.yaml and the environment, read once and passed down. Secrets come from the environment only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from bot.config.file import policy_of, read_file
from bot.config.schema import ConfigFile
from bot.domain.policy import Policy
from bot.errors import ConfigError

SLACK_API: Final = "https://slack.com/api/"


def _blank_is_unset(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


_Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)]


class Environment(BaseModel):
    """What the environment says. Each field's alias is the variable's name; a blank variable counts as unset."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slack_bot_token: _Secret = Field(default=None, alias="SLACK_BOT_TOKEN")
    slack_app_token: _Secret = Field(default=None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: _Secret = Field(default=None, alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field(default=SLACK_API, alias="SLACK_API_URL", pattern=r"^https?://")
    database_url: str = Field(default="sqlite:///firebell.db", alias="DATABASE_URL")
    config_path: Path | None = Field(default=None, alias="FIREBELL_CONFIG")
    templates_path: Path | None = Field(default=None, alias="FIREBELL_TEMPLATES")
    prometheus_url: str = Field(default="", alias="PROMETHEUS_URL", pattern=r"^(https?://\S+)?$")
    host: str = Field(default="127.0.0.1", alias="HOST")
    port: int = Field(default=3000, alias="PORT", ge=0, le=65535)
    workspace: str = Field(default="default", alias="FIREBELL_WORKSPACE", min_length=1)
    log_level: str = Field(default="info", alias="LOG_LEVEL", pattern=r"(?i)^(debug|info|warning|error)$")
    log_format: str = Field(default="text", alias="LOG_FORMAT", pattern=r"^(text|json)$")
    demo_speed: int = Field(default=1, alias="DEMO_SPEED", ge=1, le=100_000)
    clock_offset_file: Path | None = Field(
        default=None, validation_alias=AliasChoices("FIREBELL_CLOCK_OFFSET_FILE"), repr=False
    )


class Settings(BaseModel):
    """Everything that was set, frozen."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    environment: Environment
    file: ConfigFile
    policy: Policy

    @property
    def is_local(self) -> bool:
        """Whether the Web API is one on this machine: only then may the clock be moved or time be sped up."""
        return self.environment.slack_api_url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))


def load(variables: Mapping[str, str]) -> Settings:
    """Read settings from these environment variables and the file they name; raises `ConfigError`."""
    given = {name: value for name, value in variables.items() if value.strip()}
    try:
        environment = Environment.model_validate(given)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(one["loc"], one["msg"]) for one in error.errors())) from error
    file = read_file(environment.config_path) if environment.config_path else ConfigFile()
    settings = Settings(environment=environment, file=file, policy=policy_of(file, speed=environment.demo_speed))
    moved = environment.clock_offset_file is not None or environment.demo_speed != 1
    if moved and not settings.is_local:
        raise ConfigError(
            "FIREBELL_CLOCK_OFFSET_FILE and DEMO_SPEED are for a local Slack only; unset them to run a real one."
        )
    return settings


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "the environment"
    return f"Environment variable {name}: {message}. Unset it or correct it."
