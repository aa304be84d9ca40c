"""The workspace's own switches on the page: controls, faults, the clock."""

from __future__ import annotations

import dataclasses

from aiohttp import web

from sandbox.clock import Clock
from sandbox.controls import Controls
from sandbox.faults import Faults
from sandbox.page_feed import PageFeed


class PageSwitches:
    """Routes that change how the workspace behaves, not what is in it."""

    def __init__(self, clock: Clock, faults: Faults, controls: Controls, feed: PageFeed) -> None:
        self._clock = clock
        self._faults = faults
        self._controls = controls
        self._feed = feed

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /sandbox/api."""
        return [
            web.post("/sandbox/api/controls/{control}", self.press),
            web.get("/sandbox/api/faults", self.show_faults),
            web.post("/sandbox/api/faults", self.set_faults),
            web.get("/sandbox/api/clock", self.show_clock),
            web.post("/sandbox/api/clock", self.move_clock),
        ]

    async def press(self, request: web.Request) -> web.Response:
        """Press a button of the process around the workspace."""
        try:
            text = await self._controls.press(request.match_info["control"])
        except KeyError:
            raise web.HTTPNotFound(text="There is no such control.") from None
        return web.json_response({"ok": True, "text": text})

    async def show_faults(self, _: web.Request) -> web.Response:
        """Show the switches."""
        return web.json_response(self._faults.to_json())

    async def set_faults(self, request: web.Request) -> web.Response:
        """Set the switches; what is not named goes back to normal."""
        try:
            parsed = Faults.parse(await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        for field in dataclasses.fields(parsed):
            setattr(self._faults, field.name, getattr(parsed, field.name))
        return web.json_response(self._faults.to_json())

    async def show_clock(self, _: web.Request) -> web.Response:
        """Show the time here."""
        return web.json_response({"now": self._clock.now(), "offset": self._clock.offset})

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the clock on."""
        seconds = float((await request.json()).get("advance", 0))
        if seconds < 0:
            return web.json_response({"ok": False, "error": "the clock moves only forward"}, status=400)
        self._clock.advance(seconds)
        clock = {"now": self._clock.now(), "offset": self._clock.offset}
        self._feed.broadcast("clock", **clock)
        return web.json_response({"ok": True, **clock})
