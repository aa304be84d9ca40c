"""The stage as a fixture."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.stage import Stage, stage


@pytest.fixture
async def scene(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Stage]:
    shutil.copy(sqlite_template, tmp_path / "firebell.db")
    async with stage(tmp_path) as made:
        yield made
