"""`firebell migrate`, `verify` and `export`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from bot import data
from bot.cli.start import settings_and_clock


def run(chosen: argparse.Namespace) -> int:
    work = {"migrate": _migrate, "verify": _verify, "export": _export}[chosen.word]
    return asyncio.run(work(chosen))


async def _migrate(_: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    revision = await data.migrate(settings, clock)
    print(f"The database is at revision {revision}.")
    return 0


async def _verify(chosen: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    wrong = 0
    async for finding in data.verify(settings, clock, kept_head=chosen.head):
        wrong += bool(finding.problems)
        print(said(finding))
    if wrong:
        print(f"{wrong} logs do not verify. Restore a backup, or keep the file as evidence.", file=sys.stderr)
    return 1 if wrong else 0


def said(finding: data.Finding) -> str:
    """One line about a log: how it stands, and its head, to be kept elsewhere."""
    state = "; ".join(finding.problems) or "well"
    redacted = f", {finding.redacted} events without their text" if finding.redacted else ""
    return f"{finding.log}  {state}{redacted}  head {finding.head}"


async def _export(chosen: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    async for line in data.export(settings, clock, chosen.incident):
        print(line)
    return 0
