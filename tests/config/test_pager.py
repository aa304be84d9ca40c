"""The connection to PagerDuty, as it is set: what fits together, and what is said of what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, load
from bot.config.secrets import secrets_in
from bot.domain.policy import PagerPolicy
from bot.errors import ConfigError
from integrations.pagerduty.settings import services_of, settings_of

FILE = """
pagerduty:
  from: firebell@test.example
  default_service: PDEFAUL
services:
  checkout:
    pagerduty_service: PCHECKO
  payments: {}
"""


def loaded(folder: Path, file: str = FILE, **variables: str) -> Settings:
    path = folder / "firebell.yaml"
    path.write_text(file, encoding="utf-8")
    return load({"FIREBELL_CONFIG": str(path), **variables})


def test_without_keys_there_is_no_pager(tmp_path: Path) -> None:
    assert loaded(tmp_path).policy.pager is None


def test_a_token_lets_pagerduty_be_asked(tmp_path: Path) -> None:
    settings = loaded(tmp_path, PAGERDUTY_TOKEN="t0ken", PAGERDUTY_API_URL="https://api.eu.pagerduty.com/")
    assert settings.policy.pager == PagerPolicy(asks=True, default_service="PDEFAUL")
    given = settings_of(settings)
    assert (given.sender, given.api_url) == ("firebell@test.example", "https://api.eu.pagerduty.com")
    assert services_of(settings) == {
        "PDEFAUL": "pagerduty.default_service",
        "PCHECKO": "services.checkout.pagerduty_service",
    }


def test_routing_keys_belong_to_services_and_need_no_token(tmp_path: Path) -> None:
    settings = loaded(tmp_path, PAGERDUTY_ROUTING_KEYS=" checkout=R0aa , payments=R1/b== ,")
    assert settings.policy.pager == PagerPolicy(
        asks=False, keyed=frozenset({"checkout", "payments"}), default_service="PDEFAUL"
    )
    keys = settings_of(settings).routing_keys
    assert {name: key.get_secret_value() for name, key in keys.items()} == {"checkout": "R0aa", "payments": "R1/b=="}


def test_two_webhook_secrets_may_stand_beside_each_other(tmp_path: Path) -> None:
    given = settings_of(loaded(tmp_path, PAGERDUTY_TOKEN="t0ken", PAGERDUTY_WEBHOOK_SECRET="old, new,"))
    assert [one.get_secret_value() for one in given.webhook_secrets] == ["old", "new"]


@pytest.mark.parametrize(
    ("file", "variables", "said"),
    [
        ("command: /incident", {"PAGERDUTY_TOKEN": "t0ken"}, "set `pagerduty.from`"),
        (FILE, {"PAGERDUTY_ROUTING_KEYS": "search=S3CRETKEY"}, "names `search`"),
        (FILE, {"PAGERDUTY_ROUTING_KEYS": "S3CRETKEY"}, "entry 1 is not like"),
        (FILE, {"PAGERDUTY_ROUTING_KEYS": "checkout=A, payments S3CRETKEY"}, "entry 2 is not like"),
        ("pagerduty:\n  from: nobody", {}, "write it like firebell@example.com"),
        ("pagerduty:\n  default_service: https://x", {}, "write it like PABCDEF"),
    ],
)
def test_what_does_not_fit_is_named_and_no_key_is_repeated(
    tmp_path: Path, file: str, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, file, **variables)
    assert said in str(caught.value)
    assert "S3CRETKEY" not in str(caught.value)


def test_every_key_is_blanked_wherever_it_shows() -> None:
    variables = {
        "PAGERDUTY_TOKEN": "t0ken-of-rest",
        "PAGERDUTY_ROUTING_KEYS": "checkout=r0uting-a, payments=r0uting-b",
        "PAGERDUTY_WEBHOOK_SECRET": "s3cret-old, s3cret-new",
    }
    assert set(secrets_in(variables)) == {"t0ken-of-rest", "r0uting-a", "r0uting-b", "s3cret-old", "s3cret-new"}
