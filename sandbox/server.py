"""The local Slack as one object: start it, talk to it over HTTP, stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import BodyPartReader, web

from sandbox.clock import Clock
from sandbox.controls import Callback, Controls
from sandbox.delivery import ACK_SECONDS, Delivery
from sandbox.errors import SlackError
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.hooks import Hooks
from sandbox.interactivity import Interactivity
from sandbox.loopback import guard, is_loopback
from sandbox.manifest import App
from sandbox.page_act import PageAct
from sandbox.page_feed import PageFeed
from sandbox.page_read import PageRead
from sandbox.page_switches import PageSwitches
from sandbox.replay import replay
from sandbox.seeding import add_bot, load_seed
from sandbox.sockets import SocketHub
from sandbox.state import State
from sandbox.store import Store
from sandbox.traffic import Traffic
from sandbox.web_api.arguments import Arguments
from sandbox.web_api.chat import post_scheduled
from sandbox.web_api.gate import Gate
from sandbox.workspace import Workspace

PAGE = Path(__file__).parent / "page"
_MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How to run a workspace.

    ``manifest`` is the Slack app manifest as JSON: scopes, commands, shortcuts, events. ``seed`` fills a
    new workspace (see ``seeding.load_seed``). ``state_path`` keeps it; without, it lives in memory.
    ``strict`` turns on limits, scopes, names, membership and rate tiers. ``ack_seconds`` is how long the
    app has to acknowledge, in real seconds. ``outage`` serves the demo's Prometheus and charts. ``haste``
    is how many times as fast as Slack's the rate tiers fill up again; an app that is tested on it must
    be told to call as much faster. ``clock`` replaces the real clock in tests.
    """

    manifest: dict[str, Any]
    host: str = "127.0.0.1"
    port: int = 0
    state_path: Path | None = None
    seed: dict[str, Any] | None = None
    strict: bool = True
    clock_offset_file: Path | None = None
    request_url: str | None = None
    ack_seconds: float = ACK_SECONDS
    outage: bool = False
    haste: float = 1.0
    clock: Clock | None = field(default=None, compare=False)


class Sandbox:
    """A running local Slack; use it as an async context manager."""

    def __init__(self, config: SandboxConfig) -> None:
        if not is_loopback(config.host):
            raise ValueError(f"The local Slack serves this machine only; {config.host} is not a loopback address.")
        self._config = config
        self._clock = config.clock or Clock(config.clock_offset_file)
        self._store = Store(config.state_path)
        self._state = State(self._store, self._clock, App.from_manifest(config.manifest))
        self._workspace = Workspace(self._state)
        self.faults = Faults()
        self._controls = Controls()
        identity = self._state.identity
        self._traffic = Traffic(self._clock, (identity.bot_token, identity.app_token, identity.signing_secret))
        self._feed = PageFeed(self._state)
        self.sockets = SocketHub(self._state, self._socket_changed)
        self.delivery = Delivery(
            state=self._state,
            hub=self.sockets,
            traffic=self._traffic,
            faults=self.faults,
            request_url=config.request_url,
            ack_seconds=config.ack_seconds,
        )
        self._events = Events(self._state, self.delivery, self.faults)
        self._hooks = Hooks(self._workspace, self._traffic, strict=config.strict)
        self._gate = Gate(
            workspace=self._workspace,
            hub=self.sockets,
            traffic=self._traffic,
            faults=self.faults,
            strict=config.strict,
            haste=config.haste,
        )
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """The page's address."""
        return self._state.base_url

    @property
    def api_url(self) -> str:
        """The base of the Web API, with the slash at its end."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The app's ``xoxb-`` token here."""
        return self._state.identity.bot_token

    @property
    def app_token(self) -> str:
        """The app's ``xapp-`` token here, for Socket Mode."""
        return self._state.identity.app_token

    @property
    def signing_secret(self) -> str:
        """What signs requests to the app."""
        return self._state.identity.signing_secret

    @property
    def open_pages(self) -> int:
        """How many pages are kept live just now."""
        return self._feed.open_pages

    @property
    def exchanges(self) -> int:
        """How many there have been with the app; while it stands still, nothing new has come from there."""
        return self._traffic.count

    def add_control(self, *, id: str, label: str, hint: str, callback: Callback) -> None:
        """Put a button on the page; ``callback`` may return a sentence to show."""
        self._controls.add(id=id, label=label, hint=hint, callback=callback)
        self._feed.broadcast("controls", controls=self._controls.to_json())

    async def __aenter__(self) -> Self:
        """Start serving; raises OSError if the port is taken."""
        add_bot(self._state)
        if self._config.seed is not None:
            load_seed(self._state, self._config.seed)
        self._runner = web.AppRunner(self._application(), shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._config.host, self._config.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            self._store.close()
            raise
        host, port = self._runner.addresses[0][:2]
        self._state.base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._workspace.changes.listen(self._feed.on_change)
        self._workspace.changes.listen(self._events.on_change)
        self._traffic.listen(lambda entry: self._feed.broadcast("traffic", entry=entry))
        self._start(self._clock.watch)
        self._start(self._post_scheduled)
        self._events.resume()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving; what is kept stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._events.close()
        await self._feed.close()
        await self.sockets.close()
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._store.close()

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work()))

    def _application(self) -> web.Application:
        interactivity = Interactivity(self._workspace, self.delivery, self._hooks, strict=self._config.strict)
        read = PageRead(self._state, self.sockets, self._traffic, self._controls)
        act = PageAct(
            workspace=self._workspace,
            interactivity=interactivity,
            feed=self._feed,
        )
        switches = PageSwitches(self._clock, self.faults, self._controls, self._feed)
        application = web.Application(middlewares=[guard], client_max_size=_MAX_BODY)
        application.on_response_prepare.append(_ask_again)
        application.add_routes(
            [
                web.get("/api/{method}", self._gate.handle),
                web.post("/api/{method}", self._gate.handle),
                web.get("/link/", self.sockets.handle),
                web.post("/upload/v1/{file}/{token}", self._upload),
                web.post("/commands/{team}/{hook}", self._hooks.handle),
                web.post("/actions/{team}/{hook}", self._hooks.handle),
                *read.routes(),
                *act.routes(),
                *switches.routes(),
                *(replay(self._state, self._controls) if self._config.outage else []),
                web.get("/sandbox/ws", self._feed.handle),
                web.get("/", self._index),
                web.get("/archives/{channel}/{message}", self._index),
                web.static("/static", PAGE),
            ]
        )
        return application

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    async def _upload(self, request: web.Request) -> web.Response:
        """Take a file's bytes, bare or as a form, at the address files.getUploadURLExternal gave."""
        file = self._state.files.get(request.match_info["file"])
        if file is None or file.complete:
            return web.Response(status=404, text="There is no such upload.")
        content = b""
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                if isinstance(part, BodyPartReader) and part.filename is not None:
                    content = bytes(await part.read())
        else:
            content = await request.read()
        if len(content) != file.size:
            return web.Response(status=400, text="The length is not the one announced.")
        self._workspace.uploads.receive(file, content)
        return web.Response(text=f"OK - {len(content)}")

    async def _post_scheduled(self) -> None:
        while True:
            now = self._clock.now()
            for scheduled in sorted(self._state.scheduled.values(), key=lambda row: row.post_at):
                if scheduled.post_at <= now:
                    with suppress(SlackError):
                        post_scheduled(self._gate.call("chat.postMessage", Arguments({})), scheduled)
            await self._clock.sleep_until(now + 1.0)

    def _socket_changed(self, what: str) -> None:
        self._traffic.record("in", "socket", what, ms=0.0)
        self._feed.broadcast("socket", connected=self.sockets.connected)


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers check the page's scripts and styles each time, so that an upgrade never mixes old with new."""
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-cache"
