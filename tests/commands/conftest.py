"""A front desk as a fixture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.kit import FrontDesk, front_desk


@pytest.fixture
async def desk(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[FrontDesk]:
    async with front_desk(tmp_path, sqlite_template) as made:
        yield made
