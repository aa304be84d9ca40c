"""The environment: every variable, its default, its limits, and what is kept out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Environment, load
from bot.errors import ConfigError

TAKEN = [
    ("SLACK_API_URL", "http://127.0.0.1:8787/api/", "slack_api_url", "http://127.0.0.1:8787/api/"),
    ("SLACK_API_URL", "http://127.0.0.1:8787/api", "slack_api_url", "http://127.0.0.1:8787/api/"),
    ("DATABASE_URL", "postgresql://db/firebell", "database_url", "postgresql://db/firebell"),
    ("FIREBELL_TEMPLATES", "/etc/firebell/templates", "templates_path", Path("/etc/firebell/templates")),
    ("PROMETHEUS_URL", "http://prometheus:9090", "prometheus_url", "http://prometheus:9090"),
    ("HOST", "0.0.0.0", "host", "0.0.0.0"),
    ("PORT", "8080", "port", 8080),
    ("PORT", " 8080\n", "port", 8080),
    ("PORT", "0", "port", 0),
    ("FIREBELL_WORKSPACE", "acme", "workspace", "acme"),
    ("LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
    ("LOG_FORMAT", "json", "log_format", "json"),
]

DEFAULTS = {
    "slack_bot_token": None,
    "slack_app_token": None,
    "slack_signing_secret": None,
    "slack_api_url": "https://slack.com/api/",
    "database_url": "sqlite:///firebell.db",
    "config_path": None,
    "templates_path": None,
    "prometheus_url": "",
    "pagerduty_token": None,
    "pagerduty_routing_keys": None,
    "pagerduty_webhook_secret": None,
    "pagerduty_api_url": "https://api.pagerduty.com",
    "pagerduty_events_url": "https://events.pagerduty.com",
    "zoom_account_id": "",
    "zoom_client_id": "",
    "zoom_client_secret": None,
    "zoom_api_url": "https://api.zoom.us",
    "zoom_sign_in_url": "https://zoom.us",
    "host": "127.0.0.1",
    "port": 3000,
    "workspace": "default",
    "log_level": "info",
    "log_format": "text",
    "demo_speed": 1,
    "clock_offset_file": None,
    "heartbeat_url": None,
    "smtp_url": None,
    "statuspage_api_key": None,
    "statuspage_api_url": "https://api.statuspage.io/v1",
    "smtp_from": "",
    "smtp_ca_file": "",
    "public_url": "",
}

REFUSED = [
    ("SLACK_API_URL", "slack.com/api", "an address like https://slack.com/api/"),
    ("SLACK_API_URL", "https://", "an address like https://slack.com/api/"),
    ("SLACK_API_URL", "http://[::1", "an address like https://slack.com/api/"),
    ("FIREBELL_HEARTBEAT_URL", "hc.example.com/x", "an address that your monitor gave you, beginning with https://"),
    ("PROMETHEUS_URL", "prometheus:9090", "an address like http://prometheus.example.com:9090"),
    ("PORT", "http", "a number from 0 (any free port) to 65535"),
    ("PORT", "65536", "a number from 0 (any free port) to 65535"),
    ("PORT", "-1", "a number from 0 (any free port) to 65535"),
    ("PAGERDUTY_API_URL", "http://api.pagerduty.com", "an address like https://api.pagerduty.com"),
    ("PAGERDUTY_EVENTS_URL", "events", "an address like https://events.pagerduty.com"),
    ("ZOOM_API_URL", "http://api.zoom.us", "an address like https://api.zoom.us"),
    ("ZOOM_SIGN_IN_URL", "zoom.us", "an address like https://zoom.us"),
    ("STATUSPAGE_API_URL", "http://status.example.com/v1", "an address like https://api.statuspage.io/v1"),
    ("LOG_LEVEL", "loud", "debug, info, warning or error"),
    ("LOG_FORMAT", "xml", "text or json"),
    ("DEMO_SPEED", "0", "a whole number from 1 to 100000"),
    ("DEMO_SPEED", "fast", "a whole number from 1 to 100000"),
]

ELSEWHERE = [
    "https://slack.com/api/",
    "http://slack.example.com/api/",
    "http://127.0.0.1.example.com/api/",
    "http://localhost.example.com/api/",
    "http://127.0.0.1@slack.example.com/api/",
    "http://slack.example.com/127.0.0.1/",
    "http://slack.example.com/?http://localhost",
]
HERE = ["http://127.0.0.1:8787/api/", "http://localhost:8787/api/", "http://LOCALHOST/api/", "http://[::1]:8787/api/"]


def test_without_variables_the_defaults_apply() -> None:
    environment = load({}).environment
    assert {name: getattr(environment, name) for name in Environment.model_fields} == DEFAULTS


@pytest.mark.parametrize(("variable", "value", "field", "meaning"), TAKEN)
def test_a_variable_is_taken(variable: str, value: str, field: str, meaning: object) -> None:
    assert getattr(load({variable: value}).environment, field) == meaning


@pytest.mark.parametrize("variable", [str(field.alias) for field in Environment.model_fields.values()])
def test_a_blank_variable_counts_as_unset(variable: str) -> None:
    assert load({variable: "  "}) == load({})


@pytest.mark.parametrize(("variable", "value", "mend"), REFUSED)
def test_a_wrong_variable_is_named_with_its_mend(variable: str, value: str, mend: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({variable: value})
    assert str(caught.value) == f"Environment variable {variable}: write {mend}, or unset it to keep the default."


def test_several_wrong_variables_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"PORT": "x", "LOG_FORMAT": "x"})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "Environment variable PORT",
        "Environment variable LOG_FORMAT",
    ]


def test_a_token_read_from_a_file_loses_its_newline() -> None:
    token = load({"SLACK_BOT_TOKEN": "xoxb-1-2-secret\n"}).environment.slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-1-2-secret"


def test_settings_can_be_printed_without_giving_a_secret_away() -> None:
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    settings = load(dict.fromkeys(names, "hunter2") | {"DATABASE_URL": "postgresql://me:hunter2@db/firebell"})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


def test_the_file_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    path = tmp_path / "firebell.yaml"
    path.write_text("command: /fire\nsummary_channel: '#war-room'\n", encoding="utf-8")
    settings = load({"FIREBELL_CONFIG": str(path)})
    assert settings.file.command == "/fire"
    assert settings.policy.summary_channel == "war-room"


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("extra", [{"DEMO_SPEED": "60"}, {"FIREBELL_CLOCK_OFFSET_FILE": "/tmp/offset"}], ids=str)
def test_time_is_not_moved_away_from_this_machine(url: str, extra: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="for a local Slack only"):
        load({"SLACK_API_URL": url, **extra})


@pytest.mark.parametrize("url", HERE)
def test_time_may_be_moved_on_a_local_slack(url: str) -> None:
    settings = load({"SLACK_API_URL": url, "DEMO_SPEED": "60", "FIREBELL_CLOCK_OFFSET_FILE": "/tmp/offset"})
    assert settings.is_local
    assert settings.policy.speed == 60
    assert settings.environment.clock_offset_file == Path("/tmp/offset")
