"""A local Slack for each test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.house import Bench, SocketApp


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with Bench() as running:
        yield running


@pytest.fixture
async def app(bench: Bench) -> AsyncIterator[SocketApp]:
    async with SocketApp(bench) as connected:
        yield connected
