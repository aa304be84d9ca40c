"""What `firebell doctor` looks at: the database and what is late in it, the way out, and each integration."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from bot import status_board
from bot.app import App
from bot.config import Settings
from bot.domain.venue import denied_before
from bot.errors import BotError
from bot.opening import opening
from bot.outbox.desk import LOOKED_BACK
from bot.ports import EVERYBODY, Check, Clock
from bot.rows import UNREADABLE, UNREADABLE_KEPT_HOURS
from bot.store.engine import database_url
from bot.store.health import GivenUp, Health, Oldest, Sighting
from bot.store.ledger import SqlLedger
from bot.store.opening import open_beside
from bot.store.queries import SqlQueries
from migrations import runner
from templates.studio import Studio

LEAST_FREE: Final = 1_000_000_000
"""Bytes. SQLite stops taking commands when the disk is full, and a day of incidents takes some megabytes."""

MOST_SKEW_SECONDS: Final = 60.0
MISSED_SECONDS: Final = 180.0
"""A replica signs in every minute; three missed in a row mean that it is gone."""

CONNECT_SECONDS: Final = 5.0
NTP: Final = "Set the clocks by NTP."


async def examine(settings: Settings, clock: Clock, *, least_free: int = LEAST_FREE) -> AsyncIterator[Check]:
    """Yield one check after another; none of them changes anything, in the chat or in the database."""
    async for check in _database(settings, clock, least_free):
        yield check
    yield await heartbeat(settings.environment.heartbeat_url)
    if settings.file.status_page.folder:
        yield status_board.check(Path(settings.file.status_page.folder))
    async with AsyncExitStack() as stack:
        try:
            _, performers = await App(settings, clock).integrations(stack, await stack.enter_async_context(Studio()))
        except BotError as error:
            yield Check("Chat", False, str(error), "Set the variable that is named.")
            return
        for performer in performers.values():
            if performer.check is not None:
                for check in await performer.check():
                    yield check


async def _database(settings: Settings, clock: Clock, least_free: int) -> AsyncIterator[Check]:
    environment = settings.environment
    try:
        address = database_url(environment.database_url)
        file = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
        if file is not None:
            yield disk(file, least_free)
            if not file.exists():
                yield Check("Database", True, "there is no file yet; `firebell run` makes it")
                return
        async with open_beside(environment.database_url, environment.workspace, clock) as ledger:
            with opening():
                revision = await runner.current(ledger.engine)
            yield _schema(ledger, revision)
            if not runner.serves(revision):
                return
            async for check in _contents(ledger, settings, clock):
                yield check
    except BotError as error:
        yield Check("Database", False, str(error), "Start the database, or mend DATABASE_URL.")


def disk(file: Path, least_free: int) -> Check:
    """Look at the disk under a SQLite file; a folder that does not exist yet is looked for further up."""
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    size = sum(part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists())
    mend = f"Make room on the disk of {folder}; a backup needs as much again as the file takes."
    return Check("Disk", free >= max(least_free, size), f"{_bytes(free)} free, the file takes {_bytes(size)}", mend)


def _schema(ledger: SqlLedger, revision: str | None) -> Check:
    kind, head = ledger.engine.dialect.name, runner.head()
    if revision == head:
        return Check("Database", True, f"{kind} at revision {head}")
    if runner.serves(revision):
        return Check("Database", True, f"{kind} at revision {revision}, a newer release's; this one serves it too")
    if ledger.alone:
        return Check("Database", True, f"{kind} at revision {revision or 'none'}; `firebell run` brings it to {head}")
    detail = f"{kind} at revision {revision or 'none'}; this release needs {head}"
    return Check("Database", False, detail, "Run `firebell migrate` with this release.")


async def _contents(ledger: SqlLedger, settings: Settings, clock: Clock) -> AsyncIterator[Check]:
    bound = settings.file.watchdog.late_after.total_seconds()
    async with ledger.reading() as connection:
        health = Health(connection, ledger.workspace)
        if not ledger.alone:
            yield Check("Disk", True, f"the database takes {_bytes(await health.size())}; watch the server's disk")
        yield _skew(await health.clock(), clock.now())
        for check in _replicas(await health.sightings()):
            yield check
        yield _oldest("Timers", await health.oldest_timer(clock.now()), bound, "no timer is set")
        yield _oldest("Effects", await health.oldest_effect(), bound, "none waits to be sent")
        yield _given_up(await health.given_up())
        yield _unreadable(await health.unreadable(), bound)
    if settings.policy.canvas:
        told = [one.venue for one in await SqlQueries(ledger).recent(EVERYBODY, limit=LOOKED_BACK)]
        yield _canvas(denied_before(told, clock.now()))


def _skew(theirs: datetime, ours: datetime) -> Check:
    apart = abs((theirs - ours).total_seconds())
    return Check("Database clock", apart < MOST_SKEW_SECONDS, f"{apart:.0f} s apart from this machine's", NTP)


def _replicas(seen: Sequence[Sighting]) -> Iterator[Check]:
    name = "Replicas"
    running = [one for one in seen if one.age < MISSED_SECONDS]
    if not seen:
        yield Check(name, True, "none has run here in the last week")
        return
    if not running:
        detail = f"none is running; {seen[0].host} was seen last, {_span(seen[0].age)} ago"
        yield Check(name, False, detail, "Start it with `firebell run`. If it is meant to be stopped, all is well.")
        return
    listed = ", ".join(f"{one.host} ({one.release}, seen {_span(one.age)} ago)" for one in running)
    one_release = len({one.release for one in running}) == 1
    mend = "Finish the upgrade: start all of them with the newer release."
    yield Check(name, one_release, listed, mend)
    worst = max(running, key=lambda one: abs(one.skew))
    if abs(worst.skew) >= MOST_SKEW_SECONDS:
        detail = f"that of {worst.host} is {_span(abs(worst.skew))} apart from the database's"
        yield Check("Replicas' clocks", False, detail, NTP)


def _oldest(name: str, oldest: Oldest | None, bound: float, none: str) -> Check:
    if oldest is None:
        return Check(name, True, none)
    if oldest.seconds <= 0:
        return Check(name, True, f"none is late; {oldest.kind} is next, in {_span(-oldest.seconds)}")
    tried = f", tried {oldest.tries} times" if oldest.tries else ""
    detail = f"{oldest.kind} is the oldest, {_span(oldest.seconds)}{tried}"
    detail += f" ({oldest.reason})" if oldest.reason else ""
    mend = "See whether Firebell runs (Replicas), whether Slack can be reached, and what the log says."
    return Check(name, oldest.seconds <= bound, detail, mend)


def _given_up(found: Sequence[GivenUp]) -> Check:
    total = sum(one.count for one in found)
    detail = "; ".join(f"{one.count} of {one.integration} ({one.reason or 'no reason kept'})" for one in found)
    mend = "Mend the reason that is named, then press Retry on the cards that show them."
    if any(one.reason == UNREADABLE for one in found):
        mend += " What is unreadable needs the release that wrote it, or a newer one, before Retry."
    return Check("Given up", not total, f"{total} effects: {detail}" if total else "nothing", mend)


def _unreadable(found: Sequence[Oldest], bound: float) -> Check:
    """Say what no running release could read; during an upgrade that is nothing for a moment."""
    listed = "; ".join(f"{one.tries} {one.kind}, the oldest {_span(one.seconds)}" for one in found)
    mend = (
        "A newer release wrote them: start it here. If there is none, their rows are damaged; see the log. Those of a "
        f"kind that this release knows are given up once one Firebell has met them for {UNREADABLE_KEPT_HOURS} hours."
    )
    well = all(one.seconds <= bound for one in found)
    return Check("Unreadable effects", well, listed or "none", mend)


async def heartbeat(url: SecretStr | None) -> Check:
    """See whether the monitor's host takes a connection. Nothing is sent: it would count as a sign of life."""
    name = "Heartbeat"
    if url is None:
        detail = "no FIREBELL_HEARTBEAT_URL is set; nobody elsewhere notices when Firebell stops"
        return Check(name, True, detail)
    parts = urlsplit(url.get_secret_value())
    host, secure = parts.hostname or "", parts.scheme == "https"
    if parts.scheme in getproxies() and not proxy_bypass(host):
        return Check(name, True, f"goes to {host} through a proxy, which is not looked at")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            context = ssl.create_default_context() if secure else None
            _, writer = await asyncio.open_connection(host, parts.port or (443 if secure else 80), ssl=context)
            writer.close()
    except (OSError, TimeoutError) as error:
        mend = "See whether this machine may call out, and whether FIREBELL_HEARTBEAT_URL is right."
        return Check(name, False, f"{host} takes no connection ({type(error).__name__})", mend)
    return Check(name, True, f"{host} takes connections")


def _canvas(denied: str) -> Check:
    """Say whether the workspace takes canvases; that it does not is no fault, as the cards stand without them."""
    if not denied:
        return Check("Canvas", True, "nothing speaks against it")
    detail = f"Slack refused one today ({denied}), so that incidents have their cards alone; it is asked again tomorrow"
    return Check("Canvas", True, f'{detail}. With `canvas: "off"` it is not asked')


def _bytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _span(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds:.0f} s"
