"""The integration named `chat`: Slack, opened by the composition root and closed when it drains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.domain.effects import CHAT
from bot.domain.model import Incident
from bot.ports import Clock, Performer
from integrations.slack.client import SlackClient
from integrations.slack.directory import SlackDirectory
from integrations.slack.doctor import Doctor
from integrations.slack.effects import handlers
from integrations.slack.files import Draw
from integrations.slack.identity import Whoami
from integrations.slack.operators import GREETING, OperatorsChannel
from integrations.slack.settings import SlackSettings
from integrations.slack.socket_mode import SocketMode, dispatch_to
from integrations.slack.summary import DRILLS, SummaryChannel
from integrations.slack.transport import HttpDoor, build_app
from integrations.slack.workspace import Gather, Standings, Workspace, nothing_gathered, unranked
from templates.message import Links


class SlackIntegration:
    """Slack as the chat.

    `open` gives the outbox its performer and makes `app`, `directory` and `routes` usable. Listeners are registered on
    `app` while it is open; `listen` then lets requests in.
    """

    name = CHAT

    def __init__(
        self,
        settings: SlackSettings,
        *,
        summary_channel: str,
        drill_channel: str = "",
        operators_channel: str = "",
        clock: Clock,
        draw: Draw,
        standing: Standings = unranked,
        gather: Gather = nothing_gathered,
    ) -> None:
        self._settings = settings
        self._summary_channel = summary_channel
        self._drill_channel = drill_channel
        self._operators_channel = operators_channel
        self._clock = clock
        self._draw = draw
        self._standing = standing
        self._gather = gather
        self._session: aiohttp.ClientSession | None = None
        self._workspace: Workspace | None = None
        self._app: AsyncApp | None = None

    @property
    def app(self) -> AsyncApp:
        """The Bolt app to register listeners on."""
        assert self._app is not None, "the integration is not open"
        return self._app

    @property
    def directory(self) -> SlackDirectory:
        """Who people are."""
        return self._open_workspace.directory

    @property
    def operators(self) -> OperatorsChannel | None:
        """Where those who run Firebell read; None when no channel was set."""
        channel = self._open_workspace.operators
        return OperatorsChannel(self._open_workspace.client, channel) if channel else None

    def team(self) -> str:
        """Return the workspace's id; "" until Slack has told it."""
        me = self._open_workspace.whoami.current
        return me.team if me else ""

    async def links(self, incident: Incident) -> Links:
        """Return the addresses that an answer may link to; nobody waits for Slack here."""
        return self._open_workspace.links_now(incident)

    @property
    def _open_workspace(self) -> Workspace:
        assert self._workspace is not None, "the integration is not open"
        return self._workspace

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of HTTP mode; none under Socket Mode."""
        if self._settings.app_token is not None:
            return ()
        return HttpDoor(self.app, self._settings.signing_secret.get_secret_value()).routes()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Make the client; Slack is asked nothing yet."""
        timeout = aiohttp.ClientTimeout(total=self._settings.call_seconds)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            self._session = session
            workspace = self._workspace = self._make_workspace(session)
            self._app = build_app(self._settings, workspace)
            performing, finding = handlers(workspace, self._draw)
            try:
                yield Performer(
                    name=self.name,
                    handlers=performing,
                    reconcile=finding,
                    check=Doctor(self._settings, workspace).examine,
                    call_timeout=self._settings.attempt_seconds,
                )
            finally:
                await workspace.directory.close()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[SocketMode | None]:
        """Let requests in, by Socket Mode if that is how; on leaving, running requests end first.

        In the background the bot learns who it is and enters the summary channel.
        """
        settling_in = asyncio.create_task(_settle_in(self._open_workspace))
        socket = self._make_socket()
        running = asyncio.create_task(socket.run()) if socket else None
        try:
            yield socket
        finally:
            if running is not None:
                await _end(running)
            await _end(settling_in)

    def _make_socket(self) -> SocketMode | None:
        if self._settings.app_token is None:
            return None
        assert self._session is not None, "the integration is not open"
        token = self._settings.app_token.get_secret_value()
        return SocketMode(self._open_workspace.client, self._session, token, dispatch_to(self.app))

    def _make_workspace(self, session: aiohttp.ClientSession) -> Workspace:
        client = SlackClient(self._settings, session)
        return Workspace(
            client=client,
            whoami=Whoami(client),
            summary=SummaryChannel(client, self._summary_channel),
            drills=SummaryChannel(client, self._drill_channel, DRILLS) if self._drill_channel else None,
            operators=SummaryChannel(client, self._operators_channel, GREETING) if self._operators_channel else None,
            directory=SlackDirectory(client, self._clock),
            clock=self._clock,
            command=self._settings.command,
            standing=self._standing,
            gather=self._gather,
        )


async def _settle_in(workspace: Workspace) -> None:
    await workspace.whoami.keep_asking()
    await workspace.summary.prepare()
    for channel in (workspace.operators, workspace.drills):
        if channel is not None:
            await channel.prepare()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
