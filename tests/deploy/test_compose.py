"""compose.yaml: fits the schema of compose files, and starts things in an order that works."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from bot.app import DRAIN_SECONDS
from bot.config import load
from bot.config.durations import parse_span
from tests.deploy.dockerfile import ROOT

DEPLOY = ROOT / "deploy"


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def validator() -> jsonschema.Draft201909Validator:
    schema = json.loads((ROOT / "tests/data/deploy/compose-spec.json").read_text(encoding="utf-8"))
    return jsonschema.Draft201909Validator(schema)


def variables(name: str) -> dict[str, str]:
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_it_is_a_compose_file(compose: Any, validator: jsonschema.Draft201909Validator) -> None:
    assert [error.message for error in validator.iter_errors(compose)] == []


@pytest.mark.parametrize(("key", "value"), [("restat", "always"), ("ports", "3000"), ("init", "perhaps")])
def test_the_schema_finds_a_mistake(
    compose: Any, validator: jsonschema.Draft201909Validator, key: str, value: str
) -> None:
    compose["services"]["firebell"][key] = value
    assert list(validator.iter_errors(compose)) != []


def test_the_schema_is_brought_up_to_date_once_before_firebell_runs(compose: Any) -> None:
    services = compose["services"]
    assert services["migrate"]["command"] == ["migrate"]
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["firebell"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert "healthcheck" in services["database"]


def test_there_is_time_to_drain(compose: Any) -> None:
    assert parse_span(compose["services"]["firebell"]["stop_grace_period"]).total_seconds() > DRAIN_SECONDS + 2


def test_firebell_has_no_rights_that_it_does_not_need(compose: Any) -> None:
    for name in ("migrate", "firebell"):
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
    assert [port.split(":")[0] for port in compose["services"]["firebell"]["ports"]] == ["127.0.0.1"]


def test_secrets_come_from_files_that_are_not_kept(compose: Any) -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert [word for word in ("PASSWORD", "TOKEN", "SIGNING") if word in text] == []
    assert compose["services"]["firebell"]["env_file"] == ["firebell.env"]
    assert compose["services"]["database"]["env_file"] == ["database.env"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "deploy/*.env" in ignored


def test_the_example_variables_are_ones_that_firebell_knows(compose: Any) -> None:
    ours, theirs = variables("firebell.env.example"), variables("database.env.example")
    environment = load(ours).environment
    database = compose["services"]["database"]["environment"]
    password = theirs["POSTGRES_PASSWORD"]
    assert environment.database_url == (
        f"postgresql://{database['POSTGRES_USER']}:{password}@database/{database['POSTGRES_DB']}"
    )
    known = {str(field.alias) for field in type(environment).model_fields.values()}
    assert set(ours) <= known
