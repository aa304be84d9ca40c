"""`firebell status-page`: our own status page as files, written once."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from bot import data
from bot.cli.start import settings_and_clock
from bot.errors import ConfigError
from bot.status_board import put


def run(chosen: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    files, folder = asyncio.run(data.status_page(settings, clock)), Path(chosen.out)
    try:
        put(folder, files)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written ({error.strerror}). Name another folder with --out.") from error
    print(f"Wrote {folder / 'index.html'} and its feed.")
    return 0
