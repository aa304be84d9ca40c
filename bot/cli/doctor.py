"""`firebell doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import os

from bot import doctor
from bot.cli.start import settings_and_clock
from bot.telemetry import redact


def run(_: argparse.Namespace) -> int:
    return asyncio.run(_examine())


async def _examine() -> int:
    settings, clock = settings_and_clock(os.environ)
    print("ok    Settings         firebell.yaml and the environment are well")
    wrong = 0
    async for check in doctor.examine(settings, clock):
        wrong += not check.ok
        print(redact(f"{'ok   ' if check.ok else 'WRONG'} {check.name:<16} {check.detail}"))
        if check.mend and not check.ok:
            print(f"      {'':<16} mend: {check.mend}")
    print("All is well." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0
