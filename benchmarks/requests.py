"""Signed requests as Slack sends them: a declaration, an update by form, a button; and two ways of sending many."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from benchmarks.servers import SIGNING_SECRET
from bot.domain.model import Incident
from bot.domain.policy import Policy
from sandbox.seed import ALERTS, ANA
from templates import modals
from templates.actions import Action, value_for

TEAM: Final = "T0LARKSPUR"
CLIENT_SECONDS: Final = 10.0

Body = dict[str, str]
Make = Callable[[], Body]


@dataclass
class Tally:
    """Answers and how long each took, in seconds; `failed` counts every status but 200 and every lost connection."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def figures(self) -> dict[str, float]:
        """Return count, failures and percentiles in milliseconds."""
        ordered = sorted(self.seconds) or [0.0]
        return {
            "answered": len(self.seconds),
            "failed": self.failed,
            "p50_ms": round(statistics.median(ordered) * 1000, 1),
            "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000, 1),
            "max_ms": round(ordered[-1] * 1000, 1),
        }


class Mix:
    """Makes requests about some open incidents; no two are the same request."""

    def __init__(self, incidents: list[Incident], policy: Policy, seconds: float) -> None:
        self._incidents = itertools.cycle(incidents)
        self._policy = policy
        self._numbers = itertools.count(1)
        self._start = seconds

    def declare(self) -> Body:
        number = next(self._numbers)
        text = f"declare sev3 checkout answers slowly in region {number}"
        return self._command(text, number)

    def note(self) -> Body:
        number, incident = next(self._numbers), next(self._incidents)
        return self._command(f"note #{incident.number} looked at replica {number}", number)

    def listing(self) -> Body:
        return self._command("list", next(self._numbers))

    def update(self) -> Body:
        number, incident = next(self._numbers), next(self._incidents)
        form = modals.UpdateForm(after_update=number)
        view = modals.update_view(incident, self._policy, form, now=incident.declared_at)
        state = _filled(view, headline=f"Update {number}: half of the requests succeed again")
        shown = {**view, "id": f"V{self._start}-{number}", "hash": f"{number}", "state": {"values": state}}
        return _packed({"type": "view_submission", **_sender(number), "view": shown})

    def button(self) -> Body:
        number, incident = next(self._numbers), next(self._incidents)
        action = Action.FOLLOW if number % 2 else Action.UNFOLLOW
        pressed = {"type": "button", "action_id": action.value, "block_id": "b", "value": value_for(incident).pack()}
        place = {"channel_id": ALERTS, "message_ts": f"{self._start}.{number:06}"}
        body = {"type": "block_actions", **_sender(number), "actions": [pressed]}
        container = {"container": {"type": "message", **place}, "channel": {"id": ALERTS, "name": "alerts"}}
        return _packed({**body, **container, "message": {"ts": place["message_ts"], "text": ""}})

    def in_turn(self) -> Iterator[Body]:
        """Yield declaration, update and button over and over."""
        for make in itertools.cycle((self.declare, self.update, self.button)):
            yield make()

    def _command(self, text: str, number: int) -> Body:
        return {
            "command": "/incident",
            "text": text,
            "user_id": ANA,
            "team_id": TEAM,
            "channel_id": ALERTS,
            "trigger_id": f"{self._start}.{number}",
            "response_url": "http://127.0.0.1:9/none",
        }


def _sender(number: int) -> dict[str, Any]:
    team = {"id": TEAM, "domain": "larkspur"}
    return {"team": team, "user": {"id": ANA, "team_id": TEAM}, "trigger_id": f"1.{number}", "api_app_id": "A0"}


def _packed(payload: Mapping[str, Any]) -> Body:
    return {"payload": json.dumps(payload)}


def _filled(view: Mapping[str, Any], **typed: str) -> dict[str, Any]:
    """Return a form's state: what it opened with, and what somebody typed into some of its blocks."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = {key.removeprefix("initial_"): value for key, value in element.items() if key.startswith("initial_")}
        if "option" in given:
            given["selected_option"] = given.pop("option")
        if block["block_id"] in typed:
            given["value"] = typed[block["block_id"]]
        state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given}}
    return state


class Sender:
    """Signs and posts to one door."""

    def __init__(self, session: aiohttp.ClientSession, door: str) -> None:
        self._session = session
        self._door = door
        self._verifier = SignatureVerifier(SIGNING_SECRET)

    async def send(self, body: Body, tally: Tally) -> None:
        data = urlencode(body)
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": self._verifier.generate_signature(timestamp=stamp, body=data) or "",
        }
        started = time.perf_counter()
        try:
            async with self._session.post(self._door, data=data.encode(), headers=headers) as answer:
                await answer.read()
                well = answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            well = False
        if well:
            tally.seconds.append(time.perf_counter() - started)
        else:
            tally.failed += 1


async def at_a_rate(door: str, bodies: Iterator[Body], *, a_second: float, seconds: float) -> Tally:
    """Send at a fixed rate whatever the answers do, so that a slow answer cannot hide the wait of those behind it."""
    tally = Tally()
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(CLIENT_SECONDS)) as session,
        asyncio.TaskGroup() as group,
    ):
        sender = Sender(session, door)
        started = time.perf_counter()
        for number in range(round(a_second * seconds)):
            await asyncio.sleep(max(0.0, started + number / a_second - time.perf_counter()))
            group.create_task(sender.send(next(bodies), tally))
    return tally


async def as_fast_as_it_goes(door: str, make: Make, *, at_once: int, seconds: float) -> float:
    """Keep `at_once` requests under way; returns answered requests a second."""
    tally = Tally()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(CLIENT_SECONDS)) as session:
        sender = Sender(session, door)
        started = time.perf_counter()

        async def one_after_another() -> None:
            while time.perf_counter() - started < seconds:
                await sender.send(make(), tally)

        await asyncio.gather(*(one_after_another() for _ in range(at_once)))
        elapsed = time.perf_counter() - started
    if tally.failed:
        raise RuntimeError(f"{tally.failed} of {tally.failed + len(tally.seconds)} requests failed")
    return len(tally.seconds) / elapsed
