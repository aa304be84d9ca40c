"""`make demo-story`: the day is played and told; with `--pictures FOLDER` it is photographed as well."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.day.cast import cast
from tests.day.pictures import photographer
from tests.day.story import nobody_looks, play


async def main(folder: Path, pictures: Path | None) -> None:
    """Play it once."""
    async with cast(folder, tell) as day:
        if pictures is None:
            await play(day, nobody_looks)
            return
        async with photographer(day, pictures) as look:
            await play(day, look)


def tell(line: str) -> None:
    print(line, flush=True)


def run() -> int:
    parser = argparse.ArgumentParser(prog="demo-story", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="a folder for screenshots; without it no browser is needed")
    chosen = parser.parse_args()
    # What the bot logs is not the story; what it cannot do is.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(main(Path(folder), chosen.pictures))
        except AssertionError as error:
            print(f"That did not happen: {error}", file=sys.stderr)
            return 1
    print(f"Told in {time.monotonic() - began:.0f} seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(run())
