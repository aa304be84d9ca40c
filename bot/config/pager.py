"""The connection to PagerDuty, out of the environment's keys and the file's names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pydantic import SecretStr

from bot.config.schema import ConfigFile
from bot.domain.policy import PagerPolicy
from bot.errors import ConfigError

_KEYS: Final = "PAGERDUTY_ROUTING_KEYS"
_PAIR: Final = re.compile(r"\s*([a-z][a-z0-9_-]{0,39})\s*=\s*([!-+\--~]+)\s*")


def pager_of(token: SecretStr | None, keys: SecretStr | None, file: ConfigFile) -> PagerPolicy | None:
    """Return how pages are made; None when neither a token nor a routing key is set.

    Raises:
        ConfigError: what is set does not fit together.
    """
    routing = routing_keys(keys)
    unknown = sorted(set(routing) - set(file.services))
    if unknown:
        raise ConfigError(
            f"{_KEYS} names `{unknown[0]}`, which is no service of firebell.yaml; add it or remove the key."
        )
    if token is None and not routing:
        return None
    if token is not None and not file.pagerduty.sender:
        raise ConfigError(
            "PAGERDUTY_TOKEN is set, and nobody to act as: set `pagerduty.from` in firebell.yaml to the e-mail of one "
            "of PagerDuty's users."
        )
    return PagerPolicy(asks=token is not None, keyed=frozenset(routing), default_service=file.pagerduty.default_service)


def routing_keys(keys: SecretStr | None) -> Mapping[str, SecretStr]:
    """Read `checkout=R0..., payments=R1...`; raises `ConfigError`, which repeats nothing of what was written."""
    written = keys.get_secret_value() if keys else ""
    found: dict[str, SecretStr] = {}
    for number, part in enumerate(filter(str.strip, written.split(",")), start=1):
        pair = _PAIR.fullmatch(part)
        if pair is None:
            raise ConfigError(f"{_KEYS}: entry {number} is not like `checkout=KEY`; entries are parted by commas.")
        found[pair[1]] = SecretStr(pair[2])
    return MappingProxyType(found)


def secrets_of(written: SecretStr | None) -> Sequence[SecretStr]:
    """Split PAGERDUTY_WEBHOOK_SECRET at its commas: while a secret is being replaced there are two."""
    parts = written.get_secret_value().split(",") if written else ()
    return tuple(SecretStr(part.strip()) for part in parts if part.strip())
