"""Keeps every open page live: one WebSocket per page, told of what its person may see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox import changes as ch
from sandbox.model import JSON, Channel, Message
from sandbox.page_shapes import page_channel, page_message, page_user
from sandbox.responses import view_object
from sandbox.state import State


@dataclass(eq=False, slots=True)
class _Page:
    user: str
    queue: asyncio.Queue[JSON] = field(default_factory=asyncio.Queue)


class PageFeed:
    """Turns changes into what the open pages have to redraw."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pages: set[_Page] = set()
        self._sockets: set[web.WebSocketResponse] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it goes."""
        user = request.query.get("user", "")
        if user not in self._state.users:
            return web.Response(status=404, text="There is no such person here.")
        socket, page = web.WebSocketResponse(heartbeat=20.0), _Page(user)
        # Before the page knows that it is open: from then on it counts on being told.
        self._pages.add(page)
        try:
            await socket.prepare(request)
            await self._serve(page, socket)
        finally:
            self._pages.discard(page)
        return socket

    async def _serve(self, page: _Page, socket: web.WebSocketResponse) -> None:
        self._sockets.add(socket)
        writer = asyncio.get_running_loop().create_task(_write(page, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            writer.cancel()
            self._sockets.discard(socket)

    @property
    def open_pages(self) -> int:
        """How many pages are kept live."""
        return len(self._sockets)

    async def close(self) -> None:
        """Close every page's socket."""
        for socket in list(self._sockets):
            await socket.close(code=1001, message=b"the workspace shuts down")

    def broadcast(self, kind: str, **fields: object) -> None:
        """Tell every page something."""
        for page in self._pages:
            page.queue.put_nowait({"type": kind, **fields})

    def tell(self, user: str, kind: str, **fields: object) -> None:
        """Tell the pages of one person something."""
        for page in self._pages:
            if page.user == user:
                page.queue.put_nowait({"type": kind, **fields})

    def on_change(self, change: ch.Change) -> None:
        """Redraw what a change touches."""
        match change:
            case ch.MessagePosted(message) | ch.MessageChanged(message) | ch.MessageTouched(message):
                self._show_message(message)
            case ch.MessageDeleted(message):
                self._drop_message(message)
            case ch.ChannelChanged(channel) | ch.Pinned(channel):
                self.show_channel(channel)
            case ch.CanvasWritten(canvas):
                self.show_channel(self._state.channels[canvas.channel])
            case ch.Membership(channel, user, joined):
                self.show_channel(channel)
                if not joined and not self._state.may_see(user, channel):
                    self.tell(user, "channel_gone", id=channel.id)
            case ch.UserChanged(user=user_record):
                self.broadcast("user", user=page_user(self._state, user_record))
            case ch.ViewShown(view, how):
                shown = view_object(self._state, view)
                self.tell(view.user, "home" if how == "home" else f"view_{how}", view=shown)
            case ch.ViewsClosed(user, views, cleared):
                if cleared:
                    self.tell(user, "views_clear")
                for view in views if not cleared else []:
                    self.tell(user, "view_close", view_id=view.id)
            case _:
                return

    def show_channel(self, channel: Channel) -> None:
        """Send a channel's facts to everyone who may see it."""
        for user in {page.user for page in self._pages}:
            if self._state.may_see(user, channel):
                self.tell(user, "channel", channel=page_channel(self._state, channel, user))

    def _show_message(self, message: Message) -> None:
        shown = page_message(self._state, message)
        for user in self._readers(message):
            self.tell(user, "message", channel=message.channel, message=shown)

    def _drop_message(self, message: Message) -> None:
        if message.hidden_parent and message.ephemeral_to is None:
            self._show_message(message)
            return
        for user in self._readers(message):
            self.tell(user, "message_deleted", channel=message.channel, ts=message.ts)

    def _readers(self, message: Message) -> set[str]:
        if message.ephemeral_to is not None:
            return {message.ephemeral_to}
        channel = self._state.channels[message.channel]
        return {page.user for page in self._pages if self._state.may_see(page.user, channel)}


async def _write(page: _Page, socket: web.WebSocketResponse) -> None:
    while True:
        item = await page.queue.get()
        try:
            await socket.send_json(item)
        except ConnectionError:
            return
