"""Which parts of the environment nobody may ever read again: what is kept out of logs, errors and the log of events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

WHOLE: Final = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "FIREBELL_HEARTBEAT_URL",
    "PAGERDUTY_TOKEN",
    "ZOOM_CLIENT_SECRET",
    "STATUSPAGE_API_KEY",
)
LISTS: Final = ("PAGERDUTY_ROUTING_KEYS", "PAGERDUTY_WEBHOOK_SECRET")
"""Several secrets, parted by commas, each perhaps behind a name and `=`."""

ADDRESSES: Final = ("DATABASE_URL", "PROMETHEUS_URL", "SLACK_API_URL", "SMTP_URL")

SHORTEST: Final = 6
"""Blanking a shorter word wherever it occurs would hide more than it protects."""

_LOGIN: Final = re.compile(r"://([^/?#]*)@")
_PARAMETER: Final = re.compile(r"[?&](?:\w*password|\w*token|\w*secret|sslkey)=([^&#]+)", re.IGNORECASE)
_PATH: Final = re.compile(r"^https?://[^/]+/(.+)$")


def secrets_in(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return every secret that these variables hold, as it is written and as it is meant.

    A password that repeats the user's name is none; neither is one of under `SHORTEST` characters. In addresses both
    are blanked by their place.
    """
    found = [value for name in WHOLE for value in _ways(variables.get(name, "").strip())]
    for part in (part for name in LISTS for part in variables.get(name, "").split(",")):
        found += _ways(part.rpartition("=")[2].strip())
    for value in (variables.get(name, "") for name in ADDRESSES):
        found += [way for part in _parts(value) for way in _ways(part)]
    path = _PATH.match(variables.get("FIREBELL_HEARTBEAT_URL", "").strip())
    if path:
        found += _ways(path[1])
    return tuple(dict.fromkeys(one for one in found if len(one) >= SHORTEST))


def _parts(address: str) -> Iterator[str]:
    for login in _LOGIN.findall(address):
        user, _, password = login.partition(":")
        if password != user:
            yield password
    yield from _PARAMETER.findall(address)


def _ways(text: str) -> tuple[str, ...]:
    return (text, unquote(text))
