"""A secret for every place that takes one, each unlike anything else."""

from __future__ import annotations

from typing import Final

BOT: Final = "xoxb-1111111111-2222222222-PLANTEDbotTOKENabcdef"
APP: Final = "xapp-1-A0PLANTED-333333-plantedAPPtokenabcdef0123456789"
SIGNING: Final = "p1antedsigningsecret0123456789ab"
DATABASE: Final = "p1antedDatabasePw"
DATABASE_ENCODED: Final = "p1anted%2FDatabase%40Pw"
METRICS: Final = "p1antedMetricsPw"
API: Final = "p1antedApiPw"
PAGER: Final = "p1antedPagerToken00"
PAGER_ROUTING: Final = "p1antedRoutingKey0000000000000"
PAGER_WEBHOOK: Final = "p1antedWebhookSecret"
HEARTBEAT_PATH: Final = "ping/p1antedheartbeat-aaaa-bbbb"

_PAGER: Final = (PAGER, PAGER_ROUTING, PAGER_WEBHOOK)
ALL: Final = (
    BOT,
    APP,
    SIGNING,
    DATABASE,
    "p1anted/Database@Pw",
    DATABASE_ENCODED,
    METRICS,
    API,
    HEARTBEAT_PATH,
    *_PAGER,
)
MARKS: Final = ("p1anted", "PLANTED", "planted")
"""Every secret has one of these in it, so that a part of one is found as well."""

ENVIRONMENT: Final = {
    "SLACK_BOT_TOKEN": BOT,
    "SLACK_APP_TOKEN": APP,
    "SLACK_SIGNING_SECRET": SIGNING,
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "PROMETHEUS_URL": f"http://reader:{METRICS}@127.0.0.1:9",
    "FIREBELL_HEARTBEAT_URL": f"http://127.0.0.1:9/{HEARTBEAT_PATH}",
    "HOST": "127.0.0.1",
    "PORT": "0",
    "LOG_LEVEL": "debug",
}

PAGERDUTY: Final = {
    "PAGERDUTY_TOKEN": PAGER,
    "PAGERDUTY_ROUTING_KEYS": f"checkout={PAGER_ROUTING}",
    "PAGERDUTY_WEBHOOK_SECRET": f"p1antedOldWebhookSecret, {PAGER_WEBHOOK}",
}
"""Beside a firebell.yaml that has what these belong to."""


def leaks(text: str) -> list[str]:
    """Return the lines of a text in which something planted shows."""
    return [line for line in text.splitlines() if any(mark in line for mark in MARKS)]
