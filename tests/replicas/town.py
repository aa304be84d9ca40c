"""A local Slack in its own process, the people who use it, and Firebells beside it, each a process too."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from sandbox.seed import ALERTS, ANA, BEA, INCIDENTS, SAM
from tests.crash.entry import HASTE
from tests.crash.nursery import Child, Nursery
from tests.local_http import local_client
from tests.stories.stage import messages_in, whole_text

__all__ = ["ALERTS", "ANA", "BEA", "INCIDENTS", "SAM", "Replica", "Site", "Town", "until"]

ROOT: Final = Path(__file__).parents[2]
MANIFEST: Final = ROOT / "deploy" / "slack" / "manifest.socket.json"
CALM: Final = ("Nothing changed.", "whether this was saved")
"""What an answer says when the database was away; anything else is no refusal of that kind."""

JSON = dict[str, Any]


async def until(true: Callable[[], Awaitable[Any]], why: str, *, within: float = 120.0) -> Any:
    """Ask again and again until the answer is true; returns it."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = await true()
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(why)


@dataclass(frozen=True)
class Site:
    """Where a play takes place: where its processes come from, a folder for what they write, and the database's URL."""

    nursery: Nursery
    folder: Path
    database: str


class Town:
    """The workspace: what people do in it and what it holds. `offset` moves the wall clock of everybody."""

    def __init__(self, ready: Mapping[str, Any], http: httpx.AsyncClient, offset: Path) -> None:
        self._ready = ready
        self._http = http
        self._offset = offset

    @property
    def environment(self) -> dict[str, str]:
        """What a Firebell must be told to serve this workspace."""
        return {
            "SLACK_API_URL": self._ready["api_url"],
            "SLACK_BOT_TOKEN": self._ready["bot_token"],
            "SLACK_APP_TOKEN": self._ready["app_token"],
            "FIREBELL_CONFIG": str(ROOT / "deploy" / "firebell.example.yaml"),
            "FIREBELL_CLOCK_OFFSET_FILE": str(self._offset),
            "PROMETHEUS_URL": "",
        }

    async def types(self, user: str, channel: str, line: str) -> bool:
        """Somebody types a slash command; false means that Slack told them the app did not answer."""
        answer = (await self._http.post(f"as/{user}/commands", json={"channel": channel, "text": line})).json()
        return bool(answer["ok"])

    async def says(self, user: str, channel: str, text: str) -> None:
        """Somebody says something; Slack brings that to the app, again and again until it is acknowledged."""
        for deed, body in (("join", {"channel": channel}), ("messages", {"channel": channel, "text": text})):
            answer = await self._http.post(f"as/{user}/{deed}", json=body)
            assert answer.json()["ok"], answer.text

    async def world(self) -> JSON:
        answer: JSON = (await self._http.get("world")).json()
        return answer

    async def room(self, number: int) -> str | None:
        """The id of an incident's channel, once there is one."""
        rooms = rooms_of(await self.world(), number)
        return rooms[0] if rooms else None

    async def bot_user(self) -> str:
        return str(next(user["id"] for user in (await self.world())["users"] if user.get("is_bot")))

    async def whispers(self, user: str) -> list[str]:
        """Answers that only this person saw, oldest first."""
        return [whole_text(one) for one in (await self.world())["ephemerals"] if one["user_shown"] == user]

    async def answers(self, mark: str) -> list[str]:
        """What Firebell said when it gave a message with this in it back, or could not say what became of it."""
        world = await self.world()
        messages = (one for channel in world["channels"] for one in messages_in(world, channel) if one.get("bot_id"))
        return [text for text in map(whole_text, messages) if mark in text and any(words in text for words in CALM)]

    async def misbehaves(self, **faults: Any) -> None:
        """Set the switches of `sandbox.faults`."""
        (await self._http.post("faults", json=faults)).raise_for_status()

    def skip(self, *, minutes: float) -> None:
        """Move everybody's wall clock on."""
        draft = self._offset.with_suffix(".new")
        draft.write_text(f"{float(self._offset.read_text()) + minutes * 60}\n")
        draft.replace(self._offset)


def rooms_of(world: JSON, number: int) -> list[str]:
    return [key for key, one in world["channels"].items() if str(one.get("name")).startswith(f"inc-{number}-")]


def sent(world: JSON) -> list[JSON]:
    """Every message that carries an effect's key, as {key, channel, ts, thread}; deleted ones are gone."""
    found = []
    for channel in world["channels"]:
        for message in messages_in(world, channel):
            key = ((message.get("metadata") or {}).get("event_payload") or {}).get("key")
            if key:
                found.append({"key": key, "channel": channel, "ts": message["ts"], "text": whole_text(message)})
    return found


@asynccontextmanager
async def town(site: Site) -> AsyncIterator[Town]:
    """Start the local Slack with the demo's people; leaving ends it."""
    offset, output = site.folder / "offset", site.folder / "slack.log"
    offset.write_text("0\n")
    arguments = ["--manifest", str(MANIFEST), "--clock-offset-file", str(offset)]
    process = site.nursery.start("sandbox", *arguments, variables=os.environ, output=output)

    async def said() -> str:
        line, ended, _ = output.read_text(encoding="utf-8").partition("\n") if output.exists() else ("", "", "")
        return line if ended else ""

    try:
        ready = json.loads(await until(said, "the local Slack did not start"))
        async with local_client(f"{ready['url']}/sandbox/api/") as http:
            yield Town(ready, http, offset)
    finally:
        process.kill()


class Replica:
    """One Firebell. Faults are variables of `tests.replicas.entry`."""

    def __init__(self, name: str, environment: Mapping[str, str], site: Site) -> None:
        self.name = name
        self.log = site.folder / f"{name}.log"
        self._nursery = site.nursery
        self._environment = dict(environment)
        self._process: Child | None = None
        self._port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.status is None

    async def is_stopped(self) -> bool:
        """Whether the kernel holds it, after SIGSTOP."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    async def start(self, **faults: str) -> None:
        """Start it and wait until it says that it is ready."""
        self._port = free_port()
        variables = {**os.environ, **self._environment, **faults, "PORT": str(self._port), "HOST": "127.0.0.1"}
        self._process = self._nursery.start("tests.replicas.entry", "run", variables=variables, output=self.log)
        await until(self.is_ready, f"{self.name} did not get ready; see {self.log}", within=120)

    async def is_ready(self) -> bool:
        """Whether `/readyz` says so; fails at once if the process has ended."""
        assert self.running, self.log.read_text()[-3000:]
        try:
            async with local_client(seconds=10) as http:
                return (await http.get(f"http://127.0.0.1:{self._port}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def count(self, metric: str, **labels: str) -> int:
        """Add up a counter of its `/metrics` over all labels that are not named."""
        async with local_client(seconds=10) as http:
            text = (await http.get(f"http://127.0.0.1:{self._port}/metrics")).text
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        lines = (line for line in text.splitlines() if line.startswith((f"{metric}{{", f"{metric} ")))
        return round(sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(one in line for one in wanted)))

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def end(self) -> None:
        """SIGKILL, if it still runs."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def replicas(site: Site, place: Town, number: int) -> AsyncIterator[list[Replica]]:
    """Name so many replicas, whose leases last seconds; none is started. Leaving kills those that run."""
    environment = {**place.environment, "DATABASE_URL": site.database, HASTE: "1"}
    made = [Replica(f"replica-{n + 1}", environment, site) for n in range(number)]
    try:
        yield made
    finally:
        for one in made:
            await one.end()
