"""What every word that touches data begins with."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import OffsetClock, SystemClock
from bot.config import Settings, load
from bot.config.secrets import secrets_in
from bot.errors import ConfigError
from bot.telemetry import configure_logging, keep_secret
from templates.wording import WordingError, use_folder


def checked(variables: Mapping[str, str]) -> Settings:
    """Read the settings and put the operator's wordings in force; raises ConfigError."""
    keep_secret(secrets_in(variables))
    settings = load(variables)
    try:
        use_folder(settings.environment.templates_path)
    except WordingError as error:
        raise ConfigError(f"FIREBELL_TEMPLATES: {error}") from error
    return settings


def settings_and_clock(variables: Mapping[str, str]) -> tuple[Settings, SystemClock | OffsetClock]:
    """Read the settings, set logging up, and choose the clock: moved by a file only against a local Slack."""
    settings = checked(variables)
    configure_logging(settings.environment.log_level, settings.environment.log_format)
    path = settings.environment.clock_offset_file
    return settings, OffsetClock(path) if path else SystemClock()
