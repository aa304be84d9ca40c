"""An incident, the real local Slack, and the Slack integration between them, without a database."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain import effects as f
from bot.domain.commands import Cancel, Command
from bot.domain.effects import Effect, Facts, route
from bot.domain.model import Incident
from bot.domain.reaction import ARCHIVE
from bot.errors import IntegrationError
from bot.ports import Clock, Performer, View
from integrations.slack.integration import SlackIntegration
from integrations.slack.settings import SlackSettings
from sandbox.clock import Clock as SlackClock
from sandbox.faults import Rule
from sandbox.server import Sandbox, SandboxConfig
from tests.domain.world import World
from tests.fakes import FakeClock
from tests.integrations.paper import PaperDesk

ROOT = Path(__file__).parents[3]
NOW = World().now
ANA, BEA, SAM, DAN = "UANA", "UBEA", "USAM", "UDAN"
INCIDENTS, GENERAL = "C0INCIDENTS", "C0GENERAL"
JSON = dict[str, Any]
_BY_MISTAKE = Cancel("A load test")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def manifest(kind: str = "socket", *, without: Sequence[str] = ()) -> JSON:
    """Return the shipped manifest, with scopes taken away."""
    parsed: JSON = json.loads((ROOT / "deploy" / "slack" / f"manifest.{kind}.json").read_text(encoding="utf-8"))
    scopes = parsed["oauth_config"]["scopes"]
    scopes["bot"] = [scope for scope in scopes["bot"] if scope not in without]
    return parsed


def seed(*, bot_in_summary: bool = True) -> JSON:
    """Return four people (one deactivated), a user group, and two public channels."""
    people = [(ANA, "ana", "Europe/Madrid"), (BEA, "bea", "Asia/Tokyo"), (SAM, "sam", "UTC"), (DAN, "dan", "UTC")]
    everyone = [ANA, BEA, SAM, *(["bot"] if bot_in_summary else [])]
    return {
        "team": {"id": "T0TEST", "name": "Test", "domain": "test"},
        "users": [
            {"id": user, "name": name, "real_name": name.title(), "tz": zone, "deleted": user == DAN}
            for user, name, zone in people
        ],
        "usergroups": [{"id": "S0ONCALL", "handle": "oncall", "name": "On call", "users": [ANA, BEA]}],
        "channels": [
            {"id": GENERAL, "name": "general", "members": [ANA, BEA, SAM], "creator": ANA},
            {"id": INCIDENTS, "name": "incidents", "members": everyone, "creator": ANA},
        ],
    }


@dataclass(frozen=True)
class Picture:
    name: str
    data: bytes
    alt: str


async def draw(panels: bytes, incident: Incident, moment: str) -> Sequence[Picture]:
    """Draw one picture for each panel named in the document."""
    return [Picture(f"{name}.png", PNG, f"{name} at {moment}") for name in json.loads(panels)]


class Shift:
    """Performs effects of one incident at the local Slack and records what came of them."""

    def __init__(self, slack: Sandbox, integration: SlackIntegration, performer: Performer, clock: FakeClock) -> None:
        self.slack = slack
        self.integration = integration
        self.performer = performer
        self.clock = clock
        self.world = World(now=clock.now())
        self.desk = PaperDesk()
        self._keys = (f"key{number}" for number in itertools.count(1))

    @property
    def incident(self) -> Incident:
        return self.world.it

    def view(self, **changes: Any) -> View:
        """Return what a handler sees on a first attempt."""
        return View(self.incident, self.world.policy, next(self._keys), **changes)

    async def perform(self, effect: Effect, view: View | None = None) -> Facts:
        """Perform without recording."""
        return await self.performer.handlers[type(effect).__name__](effect, view or self.view(), self.desk)

    async def find(self, effect: Effect, view: View) -> Facts | None:
        """Reconcile."""
        return await self.performer.reconcile[type(effect).__name__](effect, view, self.desk)

    async def do(self, effect: Effect, **changes: Any) -> Facts:
        """Perform and record."""
        facts = await self.perform(effect, self.view(**changes))
        self.world.settle(effect, facts)
        return facts

    async def lose(self, effect: Effect) -> tuple[View, IntegrationError]:
        """Perform with the answer lost on the way; returns the next attempt's view, and the error."""
        view = self.view()
        try:
            await self.perform(effect, view)
        except IntegrationError as error:
            again = replace(view, attempt=2, first_attempt_at=self.clock.now(), progress=dict(self.desk.progress))
            return again, error
        raise AssertionError("the answer was not lost")

    async def set_up(self, **declared: Any) -> list[Effect]:
        """Declare, then perform everything that follows and is Slack's to do; returns those effects."""
        self.world.declare(**declared)
        return await self.play()

    async def play(self) -> list[Effect]:
        """Perform what the last command asked for, each after what it needs."""
        asked = [effect for effect in self.world.effects if not isinstance(effect, f.TellAudience)]
        waiting = [effect for effect in asked if route(effect).integration == f.CHAT]
        played: list[Effect] = []
        while ready := [effect for effect in waiting if self._may(effect)]:
            waiting.remove(ready[0])
            await self.do(ready[0])
            played.append(ready[0])
        assert not waiting, waiting
        return played

    async def archive(self) -> Facts:
        """End the incident, let the channel's time come, and perform the archiving that is asked for then."""
        return await self.do(self.past_its_time())

    def past_its_time(self, end: Command = _BY_MISTAKE) -> Effect:
        """End the incident and let the channel's time come; returns the archiving that is asked for then."""
        self.world.do(end)
        for _ in ("announced", "wanted"):
            self.world.fire(ARCHIVE)
        (asked,) = self.world.effects
        return asked

    def _may(self, effect: Effect) -> bool:
        has = {*self.incident.messages, *([f.ROOM] if self.incident.room else [])}
        return all(need in has for need in route(effect).needs)

    async def see(self) -> JSON:
        """Return everything that the workspace holds."""
        return await page(self.integration, self.slack, "world")

    async def channel(self, name: str) -> JSON:
        """Return the one channel of that name or id, with its messages."""
        rows = [row for row in (await self.see())["channels"].values() if name in (row["name"], row["id"])]
        assert len(rows) == 1, rows
        found: JSON = rows[0]
        return found

    async def messages(self, name: str) -> list[JSON]:
        """Return a channel's messages, threads included, without those that Slack itself wrote."""
        rows = (await self.channel(name))["messages"]
        return [row for row in rows if not str(row.get("subtype") or "").startswith("channel_")]

    async def calls(self, method: str) -> int:
        """Return how often a Web API method was called."""
        return int((await self.see())["calls"].get(method, 0))

    async def as_bot(self, method: str, **arguments: Any) -> None:
        """Do something at Slack under the bot token, past the integration."""
        headers = {"Authorization": f"Bearer {self.slack.bot_token}"}
        await self.integration.app.client.api_call(method, headers=headers, json=arguments)

    def fail(self, method: str, kind: str, **more: Any) -> None:
        """Have the next call of a method fail."""
        self.slack.faults.rules.append(Rule(method, kind, **more))


async def page(integration: SlackIntegration, slack: Sandbox, path: str, **body: Any) -> JSON:
    """Ask the page's API; with a body, act."""
    session = integration.app.client.session
    assert session is not None
    url = f"{slack.url}/sandbox/api/{path}"
    async with session.request("POST" if body else "GET", url, json=body or None) as answer:
        answer.raise_for_status()
        parsed: JSON = await answer.json()
        return parsed


def settings(slack: Sandbox, *, socket: bool = True, **more: Any) -> SlackSettings:
    """Return settings for a local Slack."""
    values = {
        "bot_token": slack.bot_token,
        "app_token": slack.app_token if socket else None,
        "signing_secret": slack.signing_secret,
        "api_url": slack.api_url,
        "call_seconds": 4.0,
        "attempt_seconds": 5.0,
    }
    return SlackSettings.model_validate({**values, **more})


def integration_for(
    slack: Sandbox, clock: Clock, *, summary: str = "incidents", operators: str = "", **more: Any
) -> SlackIntegration:
    """Return the integration, not yet open."""
    return SlackIntegration(
        settings(slack, **more), summary_channel=summary, operators_channel=operators, clock=clock, draw=draw
    )


def local_slack(now: datetime = NOW, **config: Any) -> Sandbox:
    """Return a strict local Slack whose clock stands at `now`."""
    clock = SlackClock(base=now.timestamp)
    return Sandbox(SandboxConfig(**{"manifest": manifest(), "seed": seed(), "clock": clock, **config}))


@asynccontextmanager
async def on_shift(
    *, summary: str = "incidents", operators: str = "", haste: float = 1.0, **config: Any
) -> AsyncIterator[Shift]:
    """Run a local Slack with the integration open on it."""
    clock = FakeClock(NOW)
    async with local_slack(haste=haste, **config) as slack:
        integration = integration_for(slack, clock, summary=summary, operators=operators, haste=haste)
        async with integration.open() as performer:
            yield Shift(slack, integration, performer, clock)
