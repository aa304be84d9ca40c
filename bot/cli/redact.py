"""`firebell redact`: say what would go, ask, take it out."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from typing import Final

from bot import data
from bot.cli.start import settings_and_clock
from bot.errors import ConfigError

USER_ID: Final = re.compile(r"[UW][A-Z0-9]{2,}")


def run(chosen: argparse.Namespace) -> int:
    return asyncio.run(_redact(chosen))


async def _redact(chosen: argparse.Namespace) -> int:
    wanted = _wanted(chosen)
    settings, clock = settings_and_clock(os.environ)
    decided = {"by": chosen.by, "reason": chosen.reason}
    planned = [one async for one in data.redact(settings, clock, wanted, **decided, dry=True)]
    for one in planned:
        print(_line(one))
    if chosen.dry_run:
        print("Nothing changed: this was a preview.")
        return 0
    if not chosen.yes and not _agreed():
        print("Nothing changed.")
        return 1
    done = [one async for one in data.redact(settings, clock, wanted, **decided, dry=False)]
    ended = sum(one.subscriptions for one in done)
    besides = f" {ended} subscriptions are gone." if ended else ""
    print(f"The text of {sum(len(one.seqs) for one in done)} events is gone; `firebell verify` still holds.{besides}")
    return 0


def _wanted(chosen: argparse.Namespace) -> data.Wanted:
    if chosen.user is not None and not USER_ID.fullmatch(chosen.user):
        raise ConfigError(
            "--user takes the user id, like U0ANA: it stands in the person's profile under Copy member ID."
        )
    if chosen.user is None and chosen.incident is None:
        raise ConfigError(
            "Say what is to be taken out: --incident NUMBER, with --event SEQ for one event, or --user ID."
        )
    if chosen.event is not None and (chosen.incident is None or chosen.user is not None):
        raise ConfigError("--event belongs to --incident, and goes without --user.")
    return data.Wanted(chosen.incident, chosen.event, chosen.user)


def _line(one: data.Taken) -> str:
    if one.subscriptions:
        return f"{one.subscriptions} subscriptions"
    events = ", ".join(map(str, one.seqs))
    named = " (what they wrote; the name stays until the incident is closed)" if one.named else ""
    return f"{one.log}: events {events}{named}"


def _agreed() -> bool:
    """Ask on a terminal. Elsewhere nobody can answer, and `--yes` must have been given."""
    if not sys.stdin.isatty():
        raise ConfigError("This cannot be undone. There is no terminal to ask on: add --yes, or look with --dry-run.")
    return input("This cannot be undone. Type yes to go on: ").strip().lower() == "yes"
