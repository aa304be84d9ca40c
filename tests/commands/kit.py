"""The whole way of a request without the outbox: a local Slack, signed HTTP, the real Bolt app, SQLite.

Nothing is performed, so nothing has to be waited for: an incident's channel is one that a person made, told to the
service as if it had been opened.
"""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.app import slack_settings
from bot.clock import OffsetClock
from bot.config import load
from bot.domain import commands as c
from bot.domain.effects import CollectPanels, OpenRoom, PanelFacts, RoomFacts
from bot.domain.events import Recorded
from bot.domain.model import FIREBELL, Actor, Incident
from bot.domain.policy import Allowed, Policy
from bot.opening import CORE
from bot.ranking import Ranking
from bot.relating import Relating
from bot.service import Service
from bot.staffing import Staffing
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from bot.store.roster import SqlRoster
from bot.subscribing import Subscribing
from commands.context import CommandContext
from commands.slack import register
from integrations.slack.integration import SlackIntegration
from integrations.slack.transport import EVENTS_PATH
from sandbox.delivery import sign
from sandbox.faults import Rule
from sandbox.seed import ALERTS, ANA, BEA, DEV, INCIDENTS, JONAS, SAM, TOMAS, demo_seed
from sandbox.server import Sandbox, SandboxConfig
from templates.studio import Studio
from tests.conftest import PATIENT_SECONDS
from tests.fakes import numbered
from tests.local_http import local_client
from tests.stories.stage import ROOT, Stage, whole_text

__all__ = [
    "ALERTS",
    "ANA",
    "BEA",
    "DEV",
    "INCIDENTS",
    "JONAS",
    "JSON",
    "SAM",
    "TOMAS",
    "FrontDesk",
    "front_desk",
    "whole_text",
]

JSON = dict[str, Any]
PATIENT_ACK_SECONDS = 30.0
"""Slack waits three seconds; what is tested here is what is answered, on machines that may be busy."""
NO_PERMISSIONS: Mapping[str, Allowed] = MappingProxyType({})


@dataclass
class FrontDesk(Stage):
    """What a test can do and see: people through the page, requests at the door, the log behind it."""

    service: Service = field(kw_only=True)
    context: CommandContext = field(kw_only=True)
    ledger: SqlLedger = field(kw_only=True)
    door: str = field(kw_only=True)
    ids: Any = field(default_factory=lambda: numbered("setup"))

    @property
    def policy(self) -> Policy:
        return self.context.policy

    async def declared(self, title: str = "checkout returns 500s", *, by: str = ANA, **more: Any) -> Incident:
        """An open incident without a channel."""
        command = c.Declare(title, more.pop("severity", "sev1"), **more)
        return (await self.service.execute(command, Actor(by), next(self.ids))).incident

    async def room(self, number: int = 0, **more: Any) -> str:
        """An open incident with a channel in which everybody is; returns the channel."""
        incident = await self.declared(**more)
        private = incident.private
        made = await self._post(f"as/{ANA}/channels", name=f"inc-{incident.number}", is_private=private)
        channel = str(made["channel"]["id"])
        world = await self.world()
        bots = [user["id"] for user in world["users"] if user.get("is_bot")]
        await self._post(f"as/{ANA}/invite", channel=channel, users=[BEA, SAM, TOMAS, *bots])
        await self.do(incident, c.RecordOutcome("e1", OpenRoom(), RoomFacts(channel, f"inc-{incident.number}")))
        return channel

    async def do(self, incident: Incident, command: c.Command, by: Actor = FIREBELL) -> Incident:
        """Something that happened to an incident meanwhile."""
        return (await self.service.execute(command, by, next(self.ids), incident_id=incident.id)).incident

    async def measured(self, incident: Incident, document: bytes) -> Incident:
        """Panel data that was read and stored meanwhile."""
        now = self.context.now()
        async with self.ledger.transaction(seconds=5) as unit:
            digest = await unit.store_blob(document, "application/json", now)
            await unit.commit()
        collected = CollectPanels("asked", incident.declared_at, now)
        return await self.do(incident, c.RecordOutcome("e2", collected, PanelFacts(digest, 1)))

    async def it(self, number: int = 1) -> Incident:
        """An incident as it now stands."""
        [(incident_id,)] = self.rows(f"SELECT id FROM incidents WHERE number = {number}")
        found = await self.context.queries.by_id(incident_id)
        assert found is not None
        return found

    async def log(self, number: int = 1) -> list[Recorded]:
        return list(await self.context.queries.log((await self.it(number)).id))

    def count(self, *types: str) -> int:
        """How many events of these types (all, if none is named) were recorded."""
        rows = self.rows("SELECT type FROM events")
        return sum(not types or row[0] in types for row in rows)

    async def answers(self, user: str, channel: str, text: str) -> str:
        """Type a command and return what only the typist sees."""
        before = len(await self.whispers(user))
        sent = await self.types(user, channel, f"/incident {text}")
        assert sent["ok"], sent
        said = await self.whispers(user)
        return said[-1] if len(said) > before else ""

    async def last_answer(self, user: str) -> JSON:
        """The last message that only this person sees, to be pressed."""
        found = [one for one in (await self.world())["ephemerals"] if one["user_shown"] == user]
        last: JSON = found[-1]
        return {**last, "is_ephemeral": True}

    async def answered(self) -> None:
        """Wait until nothing is being said or drawn after an acknowledgement any more."""
        while self.context.background:
            await asyncio.wait(set(self.context.background), timeout=5)

    async def picks(self, user: str, view: JSON, person: str) -> JSON:
        """Send the form that asks whom a name means, with somebody chosen."""
        state = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                given = {"selected_user": person} if element["type"] == "users_select" else {}
                given = given or {"value": element.get("initial_value")}
                state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given}}
        return await self._post(f"as/{user}/views/{view['id']}/submit", state={"values": state})

    async def submission(self, user: str, view: JSON, **values: JSON) -> JSON:
        """Send a form past Slack's own checks, as a hostile or stale client would; returns the bot's answer."""
        state = {block: {"x": value} for block, value in values.items()}
        payload = {
            "type": "view_submission",
            "team": {"id": "T0LARKSPUR"},
            "user": {"id": user, "team_id": "T0LARKSPUR"},
            "trigger_id": "1.2.3",
            "view": {**view, "state": {"values": state}},
        }
        status, answer = await self.send(payload)
        assert status == 200, answer
        return answer

    async def send(self, payload: JSON, **headers: str) -> tuple[int, JSON]:
        """Put an interaction in front of the door, signed."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.knock(body, **(sign(self.local.signing_secret, body, None) | headers))

    async def event(self, event_id: str, **event: Any) -> int:
        """Put an event in front of the door, signed; returns the status."""
        envelope = {"type": "event_callback", "event_id": event_id, "team_id": "T0LARKSPUR", "event": event}
        body = json.dumps(envelope).encode()
        headers = {"Content-Type": "application/json", **sign(self.local.signing_secret, body, None)}
        return (await self.knock(body, **headers))[0]

    async def knock(self, body: bytes, **headers: str) -> tuple[int, JSON]:
        """Post anything to the door; returns status and parsed body."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self.http.post(self.door, content=io.BytesIO(body).read(), headers=kind | headers)
        parsed: JSON = json.loads(answer.text) if answer.text.startswith("{") else {}
        return answer.status_code, parsed

    def fail(self, method: str, kind: str, **more: Any) -> None:
        """Have the next call of a Web API method fail."""
        self.local.faults.rules.append(Rule(method, kind, **more))


@asynccontextmanager
async def front_desk(
    folder: Path, template: Path, permissions: Mapping[str, Allowed] = NO_PERMISSIONS
) -> AsyncIterator[FrontDesk]:
    """A seeded workspace and a bot that listens to it, on a migrated copy of a database."""
    database, offset = folder / "firebell.db", folder / "offset"
    shutil.copy(template, database)
    offset.write_text("0\n")
    manifest = json.loads((ROOT / "deploy/slack/manifest.http.json").read_text())
    config = SandboxConfig(
        manifest=manifest, seed=demo_seed(), clock_offset_file=offset, ack_seconds=PATIENT_ACK_SECONDS
    )
    async with Sandbox(config) as local:
        settings = load(
            {
                "SLACK_API_URL": local.api_url,
                "SLACK_BOT_TOKEN": local.bot_token,
                "SLACK_SIGNING_SECRET": local.signing_secret,
                "DATABASE_URL": f"sqlite:///{database}",
                "FIREBELL_CONFIG": str(ROOT / "deploy/firebell.example.yaml"),
                "FIREBELL_CLOCK_OFFSET_FILE": str(offset),
            }
        )
        clock = OffsetClock(offset)
        engine = make_engine(database_url(f"sqlite:///{database}"))
        ledger = SqlLedger(engine, "default", clock)
        ids = numbered("inc")
        policy = replace(settings.policy, permissions=permissions)
        service = Service(
            ledger,
            CORE,
            clock=clock,
            policy=policy,
            new_id=lambda: next(ids),
            workspace="default",
            deadline=PATIENT_SECONDS,
        )
        chat = SlackIntegration(slack_settings(settings), summary_channel="incidents", clock=clock, draw=_draws_nothing)
        sandbox = local_client(f"{local.url}/sandbox/api/")
        async with chat.open(), sandbox as http, Studio() as workshop:
            context = _context(ledger, service, chat, workshop, policy=policy, clock=clock)
            register(chat.app, context)
            async with chat.listen(), _door(chat) as door:
                local.delivery.request_url = door
                yield FrontDesk(
                    local, http, database, offset, {}, service=service, context=context, ledger=ledger, door=door
                )
        await engine.dispose()


def _context(
    ledger: SqlLedger, service: Service, chat: SlackIntegration, workshop: Studio, *, policy: Policy, clock: OffsetClock
) -> CommandContext:
    queries = SqlQueries(ledger)
    ranks = Ranking(ledger, queries, policy=policy, clock=clock)
    return CommandContext(
        service=service,
        queries=queries,
        ranks=ranks,
        staffing=Staffing(
            ledger, queries, SqlRoster(ledger), service, boards=ranks, workshop=workshop, policy=policy, clock=clock
        ),
        relating=Relating(service),
        subscribing=Subscribing(ledger, queries, clock),
        people=chat.directory,
        policy=policy,
        clock=clock,
        team=chat.team,
        links=chat.links,
    )


@asynccontextmanager
async def _door(chat: SlackIntegration) -> AsyncIterator[str]:
    server = web.Application()
    server.add_routes(chat.routes())
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}{EVENTS_PATH}"
    await runner.cleanup()


async def _draws_nothing(*_: object) -> Sequence[Any]:
    return ()
