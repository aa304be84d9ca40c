from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integrations.slack.kit import Shift, on_shift


@pytest.fixture
async def shift() -> AsyncIterator[Shift]:
    async with on_shift() as shift:
        yield shift
