"""Our own status page: rendered when something changed, served from memory, and kept in a folder.

The files follow from what is committed and from nothing else, so a loop that looks after each commit writes them, and
no effect: there is nothing that could be lost, a restart catches up by itself, and each replica keeps its own folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import structlog
from aiohttp import web

from bot.config import Settings
from bot.config.status_page import PATH
from bot.domain.model import Incident
from bot.domain.public_page import COUNTED_DAYS, Posted, PublicPage, gather
from bot.domain.publishing import StatusPagePolicy
from bot.errors import Busy
from bot.ports import READ_AT_ONCE, Check, Clock
from bot.tasks import outlived
from templates import status_page

SERVED_FEED: Final = f"{PATH.removeprefix('/')}/{status_page.FEED}"
"""The feed as a page at `/status` links it, whatever stands before that."""

LOOK_SECONDS: Final = 2.0
"""How old an answer may be, so that the database is asked no oftener however many ask for the page."""

BEAT_SECONDS: Final = 5.0
KEEP_BEATS: Final = 12
"""How often the folder's loop comes round before it looks where no commit woke it: for the day's end, and to try again.
"""

FRESH_SECONDS: Final = 15

log = structlog.get_logger(__name__)


class Told(Protocol):
    """The read side, as far as the page needs it."""

    async def told(self, since: datetime) -> Mapping[str, Posted]:
        """Incidents that customers were told of, those that are open or were told of `since` then, and how far each
        one's posts have come; never a private one.
        """

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """The page and what it was made of; its files, by where they link the feed, once somebody has asked for them."""

    face: tuple[date, tuple[tuple[str, Posted], ...]]
    page: PublicPage
    files: dict[str, status_page.Files]


class StatusBoard:
    """Renders the page: `title` heads it, `page` says what customers know.

    What was over before the counted days is never read. An incident is read again only when its posts have moved.
    """

    def __init__(self, told: Told, page: StatusPagePolicy, clock: Clock, *, title: str) -> None:
        self._told = told
        self._page = page
        self._clock = clock
        self._title = title
        self._kept: dict[str, tuple[Posted, Incident]] = {}
        self._shown: Shown | None = None
        self._looked: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def current(self, *, fresh: bool = False, feed: str = status_page.FEED) -> status_page.Files:
        """Return the page as of now, or of two seconds ago; with the database away as it last was.

        `feed` is where it links its feed.

        Raises:
            Busy: the database is away or was so within two seconds, and the page was never rendered.
        """
        async with self._one_at_a_time:
            young = self._looked is not None and self._clock.monotonic() - self._looked < LOOK_SECONDS
            if fresh or not young:
                try:
                    self._shown = await self._look()
                except (Busy, OSError) as error:
                    log.info("status_page_waits", error=type(error).__name__)
                finally:
                    # After a failure, too: those who waited here meanwhile do not each ask a database that is away.
                    self._looked = self._clock.monotonic()
            if self._shown is None:
                raise Busy("the status page could not be read")
            return await self._written(self._shown, feed)

    async def _look(self) -> Shown:
        now = self._clock.now()
        marks = await self._told.told(now - timedelta(days=COUNTED_DAYS))
        face = (now.date(), tuple(sorted(marks.items())))
        if self._shown is not None and self._shown.face == face:
            return self._shown
        await self._read(marks)
        found = [one for _, one in self._kept.values()]
        return Shown(face, await asyncio.to_thread(gather, found, self._page, now), {})

    async def _read(self, marks: Mapping[str, Posted]) -> None:
        """Read what has moved, and let go of what the page no longer shows."""
        self._kept = {key: (mark, one) for key, (mark, one) in self._kept.items() if marks.get(key) == mark}
        stale = sorted(marks.keys() - self._kept.keys())
        for first in range(0, len(stale), READ_AT_ONCE):
            found = await self._told.by_ids(stale[first : first + READ_AT_ONCE])
            self._kept |= {key: (marks[key], one) for key, one in found.items()}
            await asyncio.sleep(0)

    async def _written(self, shown: Shown, feed: str) -> status_page.Files:
        if feed not in shown.files:
            write = partial(status_page.write, shown.page, self._title, feed=feed, address=self._page.url)
            shown.files[feed] = await asyncio.to_thread(write)
        return shown.files[feed]

    def routes(self) -> list[web.RouteDef]:
        """Return the page and its feed."""

        async def page(request: web.Request) -> web.Response:
            files = await self._served()
            return _answer(request, files.html, "text/html", files.security)

        async def feed(request: web.Request) -> web.Response:
            files = await self._served()
            return _answer(request, files.feed, "application/atom+xml", files.security)

        return [web.get(PATH, page), web.get(f"{PATH}/{status_page.FEED}", feed)]

    async def _served(self) -> status_page.Files:
        try:
            return await self.current(feed=SERVED_FEED)
        except (Busy, OSError):
            raise web.HTTPServiceUnavailable(text="The status page cannot be read now. Try again.") from None


def _answer(request: web.Request, body: bytes, kind: str, security: str) -> web.Response:
    tag = sha256(body).hexdigest()[:32]
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "Content-Security-Policy": security,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    known = request.if_none_match or ()
    if any(one.value in (tag, "*") for one in known):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)


def board_of(settings: Settings, told: Told, clock: Clock) -> StatusBoard:
    """Return a board as the settings want it; one that nobody asked for shows what a provider's page would."""
    page = settings.policy.status_page or StatusPagePolicy()
    return StatusBoard(told, page, clock, title=settings.file.status_page.title)


def check(folder: Path) -> Check:
    """See whether the folder can be written; nothing is left in it."""
    name, mend = "Status page", f"Make {folder} and let Firebell write to it (`status_page.folder`)."
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check(name, True, f"{folder} can be written")
    except OSError as error:
        return Check(name, False, f"{folder} cannot be written ({error.strerror})", mend)


class Keeping:
    """Keeps the files in a folder, written anew after each commit that changes them; `woken` is set after a commit."""

    def __init__(self, board: StatusBoard, folder: Path, woken: asyncio.Event, clock: Clock) -> None:
        self._board = board
        self._folder = folder
        self._woken = woken
        self._clock = clock
        self._written: status_page.Files | None = None
        self._beat = clock.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last came round."""
        return self._clock.monotonic() - self._beat

    async def run(self) -> None:
        """Write, then wait for a commit, until it is cancelled."""
        while True:
            self._woken.clear()
            with outlived("status page", Busy, OSError):
                await self._write()
            await self._rest()

    async def _write(self) -> None:
        files = await self._board.current(fresh=True)
        if files != self._written:
            await asyncio.to_thread(put, self._folder, files)
            self._written = files

    async def _rest(self) -> None:
        for _ in range(KEEP_BEATS):
            self._beat = self._clock.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), BEAT_SECONDS)
                return


def put(folder: Path, files: status_page.Files) -> None:
    """Write both files, each replaced in one step; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in (("index.html", files.html), (status_page.FEED, files.feed)):
        handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            Path(path).chmod(0o644)
            Path(path).replace(folder / name)
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise
