"""Slack for the contract suite."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from integrations.slack.integration import SlackIntegration
from integrations.slack.settings import SlackSettings
from tests.domain.world import World
from tests.fakes import FakeClock
from tests.integrations.case import Case, Stage
from tests.integrations.paper import PaperDesk
from tests.integrations.slack.kit import NOW, draw, on_shift

_SECRETS: Final = ("xoxb-1-secret", "xapp-1-secret", "5ecret")
_BLOBS: Final = {"charts": b'["latency"]', "document": b"# Postmortem"}


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Run on the local Slack."""
    async with on_shift() as shift:

        async def footprint() -> object:
            seen = await shift.see()
            return {
                name: (
                    row["topic"],
                    row["members"],
                    row["bookmarks"],
                    row["pins"],
                    row["is_archived"],
                    len(row["messages"]),
                )
                for name, row in seen["channels"].items()
            }

        secrets = (shift.slack.bot_token, shift.slack.app_token, shift.slack.signing_secret)
        shift.world.declare(services=("checkout",))
        yield Stage(shift.performer, shift.world, footprint, secrets, PaperDesk(blobs=dict(_BLOBS)))


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Run with an address at which nobody listens, on an incident that was set up before."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bot, app, signing = _SECRETS
        settings = SlackSettings.model_validate(
            {
                "bot_token": bot,
                "app_token": app,
                "signing_secret": signing,
                "api_url": f"http://127.0.0.1:{taken.getsockname()[1]}/api/",
            }
        )
        integration = SlackIntegration(settings, summary_channel="incidents", clock=FakeClock(NOW), draw=draw)
        async with integration.open() as performer:
            stage = Stage(performer, _set_up(), _nothing, _SECRETS, PaperDesk(blobs=dict(_BLOBS)))
            yield stage


def _set_up() -> World:
    world = World(now=NOW)
    world.declare(services=("checkout",))
    world.open_room()
    return world


async def _nothing() -> object:
    return None


SLACK: Final = Case(alive, dead)
