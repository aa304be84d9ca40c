"""The beginning of the day in the life: what `make demo-story` tells did happen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.day.cast import cast
from tests.day.story import play

pytestmark = pytest.mark.slow


async def test_what_the_story_tells_did_happen(tmp_path: Path) -> None:
    told: list[str] = []
    async with cast(tmp_path, told.append) as day:
        await play(day, whole=False)
    assert told[-1] == "0:10  Bea accepts and commands. Until then Ana did."
