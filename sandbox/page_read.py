"""What the page reads: people, channels, messages, views, files, traffic, and the whole world for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.controls import Controls
from sandbox.model import JSON, Channel
from sandbox.page_shapes import page_channel, page_message, page_user
from sandbox.responses import view_object
from sandbox.sockets import SocketHub
from sandbox.state import State, dump, micros
from sandbox.traffic import Traffic

_MAX_MESSAGES = 500
# Uploaded HTML may run its own scripts (a postmortem has none, a demo may), but as nobody:
# a sandboxed document has an origin of its own and cannot reach the page beside it.
_ISOLATED = "sandbox allow-scripts allow-popups; default-src 'self' data: 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class PageRead:
    """The page's GET routes."""

    state: State
    hub: SocketHub
    traffic: Traffic
    controls: Controls

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /sandbox/api."""
        return [
            web.get("/sandbox/api/bootstrap", self.bootstrap),
            web.get("/sandbox/api/channels/{channel}", self.channel),
            web.get("/sandbox/api/channels/{channel}/canvas", self.canvas),
            web.get("/sandbox/api/channels/{channel}/messages", self.messages),
            web.get("/sandbox/api/channels/{channel}/threads/{ts}", self.thread),
            web.get("/sandbox/api/home", self.home),
            web.get("/sandbox/api/views", self.views),
            web.get("/sandbox/api/files/{file}/{name}", self.file),
            web.get("/sandbox/api/traffic", self.entries),
            web.get("/sandbox/api/world", self.world),
        ]

    async def bootstrap(self, request: web.Request) -> web.Response:
        """Everything the page needs to draw itself for one person."""
        state = self.state
        user = self._user(request) if request.query.get("user") else self._first_user()
        first = state.store.get("meta", "first_channel")
        visible = [c for c in state.channels.values() if state.may_see(user, c)]
        return web.json_response(
            {
                "team": dump(state.team),
                "me": page_user(state, state.users[user]),
                "users": [page_user(state, other) for other in state.users.values()],
                "usergroups": [
                    {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users}
                    for g in state.usergroups.values()
                ],
                "channels": [page_channel(state, channel, user) for channel in visible],
                "commands": [
                    {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                    for c in state.app.commands
                ],
                "shortcuts": [
                    {
                        "name": s.name,
                        "callback_id": s.callback_id,
                        "type": s.type,
                        "description": s.description,
                    }
                    for s in state.app.shortcuts
                ],
                "app": {
                    "id": state.identity.app_id,
                    "name": state.app.name,
                    "bot_user_id": state.identity.bot_user_id,
                    "bot_id": state.identity.bot_id,
                },
                "controls": self.controls.to_json(),
                "clock": {"now": state.clock.now(), "offset": state.clock.offset},
                "composer": state.store.get("meta", "composer"),
                "first_channel": first or (visible[0].id if visible else None),
                "acting_as": state.store.get("meta", "acting_as"),
                "socket_connected": self.hub.connected,
            }
        )

    async def channel(self, request: web.Request) -> web.Response:
        """A channel with its pinned messages and members."""
        channel, user = self._channel(request)
        pinned = [self.state.message(channel.id, pin.ts) for pin in channel.pins]
        return web.json_response(
            {
                "channel": page_channel(self.state, channel, user),
                "pins": [page_message(self.state, message) for message in pinned if message],
                "members": [page_user(self.state, self.state.users[m]) for m in channel.members],
            }
        )

    async def canvas(self, request: web.Request) -> web.Response:
        """A channel's canvas; null if it has none."""
        channel, _ = self._channel(request)
        canvas = self.state.canvas_of(channel.id)
        return web.json_response({"canvas": None if canvas is None else dump(canvas)})

    async def messages(self, request: web.Request) -> web.Response:
        """A channel's messages, oldest first, with what only this person sees."""
        channel, user = self._channel(request)
        limit = max(1, min(int(request.query.get("limit", "100")), _MAX_MESSAGES))
        before = request.query.get("before")
        found = [m for m in self.state.messages(channel.id) if m.in_channel_view]
        found += self._ephemerals(user, channel.id, None)
        found.sort(key=lambda message: micros(message.ts))
        if before:
            found = [m for m in found if micros(m.ts) < micros(before)]
        shown = [page_message(self.state, message) for message in found[-limit:]]
        return web.json_response({"messages": shown, "has_more": len(found) > limit})

    async def thread(self, request: web.Request) -> web.Response:
        """A thread, oldest first, with what only this person sees in it."""
        channel, user = self._channel(request)
        ts = request.match_info["ts"]
        found = [*self.state.thread(channel.id, ts), *self._ephemerals(user, channel.id, ts)]
        found.sort(key=lambda message: micros(message.ts))
        return web.json_response({"messages": [page_message(self.state, m) for m in found]})

    async def home(self, request: web.Request) -> web.Response:
        """What the app shows on this person's Home tab."""
        view = self.state.home(self._user(request))
        return web.json_response({"view": None if view is None else view_object(self.state, view)})

    async def views(self, request: web.Request) -> web.Response:
        """This person's open modals, the visible one last."""
        stack = self.state.stack(self._user(request))
        return web.json_response({"stack": [view_object(self.state, view) for view in stack]})

    async def file(self, request: web.Request) -> web.Response:
        """A file's bytes; text and HTML are kept away from the page's origin."""
        file = self.state.files.get(request.match_info["file"])
        content = None if file is None else self.state.store.content(file.id)
        if file is None or content is None:
            raise web.HTTPNotFound(text="This file is gone.")
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=60"}
        if not file.mimetype.startswith("image/") or file.mimetype == "image/svg+xml":
            headers["Content-Security-Policy"] = _ISOLATED
        text = file.mimetype.startswith("text/")
        return web.Response(
            body=content,
            content_type="text/plain" if file.mimetype == "text/markdown" else file.mimetype,
            charset="utf-8" if text else None,
            headers=headers,
        )

    async def entries(self, request: web.Request) -> web.Response:
        """The traffic after a sequence number."""
        return web.json_response({"entries": self.traffic.after(int(request.query.get("after", "0")))})

    async def world(self, _: web.Request) -> web.Response:
        """Everything there is, for tests."""
        state = self.state
        channels: JSON = {}
        for channel in state.channels.values():
            shown = [page_message(state, m) for m in state.messages(channel.id)]
            channels[channel.id] = {**dump(channel), "messages": shown}
        stacks = {user: [v.id for v in state.stack(user)] for user in state.stacks}
        return web.json_response(
            {
                "team": dump(state.team),
                "users": [dump(user) for user in state.users.values()],
                "usergroups": [dump(group) for group in state.usergroups.values()],
                "channels": channels,
                "deleted_messages": state.deleted_count,
                "files": [dump(file) for file in state.files.values()],
                "canvases": [dump(canvas) for canvas in state.canvases.values()],
                "views": [{**view_object(state, v), "user": v.user} for v in state.views.values()],
                "stacks": stacks,
                "homes": dict(state.homes),
                "ephemerals": [{**page_message(state, m), "user_shown": m.ephemeral_to} for m in state.ephemerals],
                "scheduled": [dump(row) for row in state.scheduled.values()],
                "pending_events": [{"id": p.id, "attempt": p.attempt, "due": p.due} for p in state.pending.values()],
                "calls": dict(self.traffic.calls),
                "socket_connected": self.hub.connected,
                "clock": {"now": state.clock.now(), "offset": state.clock.offset},
            }
        )

    def _user(self, request: web.Request) -> str:
        user = request.query.get("user", "")
        if user not in self.state.users:
            raise web.HTTPNotFound(text="There is no such person here.")
        return user

    def _first_user(self) -> str:
        """Who a page acts as that names nobody: whom the seed says, else the first person there is."""
        chosen = self.state.store.get("meta", "acting_as")
        people = (u.id for u in self.state.users.values() if not (u.is_bot or u.deleted))
        user = str(chosen) if chosen in self.state.users else next(people, None)
        if user is None:
            raise web.HTTPNotFound(text="There is nobody in this workspace yet.")
        return user

    def _channel(self, request: web.Request) -> tuple[Channel, str]:
        user = self._user(request)
        channel = self.state.channels.get(request.match_info["channel"])
        if channel is None or not self.state.may_see(user, channel):
            raise web.HTTPNotFound(text="There is no such channel here.")
        return channel, user

    def _ephemerals(self, user: str, channel: str, thread_ts: str | None) -> list[Any]:
        return [
            m
            for m in self.state.ephemerals
            if m.ephemeral_to == user
            and m.channel == channel
            and not m.hidden_parent
            and (m.thread_ts == thread_ts if thread_ts else not m.is_reply)
        ]
