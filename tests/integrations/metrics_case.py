"""Prometheus for the contract suite: the local Slack's replay of an outage."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from integrations.metrics import MetricsIntegration, MetricsSettings
from sandbox.server import Sandbox, SandboxConfig
from tests.domain.world import World
from tests.integrations.case import Case, Stage
from tests.integrations.slack.kit import manifest

_SECRETS: Final = ("5ecret", "passw0rd")


@asynccontextmanager
async def alive() -> AsyncIterator[Stage]:
    """Run on the replay."""
    async with (
        Sandbox(SandboxConfig(manifest=manifest(), outage=True)) as sandbox,
        _at(f"{sandbox.url}/prometheus") as stage,
    ):
        yield stage


@asynccontextmanager
async def dead() -> AsyncIterator[Stage]:
    """Run with an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with _at(f"http://ana:{_SECRETS[1]}@127.0.0.1:{taken.getsockname()[1]}") as stage:
            yield stage


@asynccontextmanager
async def _at(url: str) -> AsyncIterator[Stage]:
    world = World()
    world.declare(services=("checkout",))
    settings = MetricsSettings.model_validate({"url": url, "token": _SECRETS[0]})
    async with MetricsIntegration(settings).open() as performer:
        stage = Stage(performer, world, lambda: _kept(stage), _SECRETS)
        yield stage


async def _kept(stage: Stage) -> object:
    return frozenset(stage.desk.blobs)


METRICS: Final = Case(alive, dead)
