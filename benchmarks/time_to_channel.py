"""From Enter to a usable channel, with latency added to every Web API call, against two bare round trips.

Usable means: the channel exists, whoever declared is in it, and the card stands there, as that person's own page is
told of it. The floor is what two calls in a row cost on the same machine in the same run, because the invite and the
card can only follow the channel. Firebell, the local Slack and the person are processes of their own.

Run: python -m benchmarks.time_to_channel [--latency 100] [--runs 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from benchmarks.requests import Mix, Sender, Tally
from benchmarks.servers import databases, firebell, local_slack
from bot.config import load
from sandbox.seed import ANA

PATH_CALLS: Final = ("conversations.create", "conversations.invite", "chat.postMessage")
PATIENCE_SECONDS: Final = 30.0
BETWEEN_SECONDS: Final = 4.0
"""Between two declarations, so that what follows a usable channel is over, and no pace of Slack's is met."""


async def measure(latency: int, runs: int) -> dict[str, Any]:
    """Return medians in milliseconds and the calls that lie on the path."""
    with databases("sqlite") as database, local_slack() as slack, firebell(database, slack) as served:
        mix = Mix([], load(served.environment).policy, time.time())
        async with aiohttp.ClientSession() as session:
            await _slow_down(session, slack, latency)
            floors = [await _two_round_trips(session, slack) for _ in range(runs + 1)]
            times = []
            for _ in range(runs + 1):
                times.append(await _declare(session, slack, Sender(session, served.door), mix))
                await asyncio.sleep(BETWEEN_SECONDS)
    # The first of each opens connections.
    usable, floor = statistics.median(times[1:]), statistics.median(floors[1:])
    return {
        "latency_ms": latency,
        "runs": runs,
        "usable_ms": round(usable * 1000),
        "floor_ms": round(floor * 1000),
        "ratio": round(usable / floor, 2),
        "calls_on_the_path": len(PATH_CALLS),
        "round_trips_deep": 2,
    }


async def _slow_down(session: aiohttp.ClientSession, slack: Mapping[str, Any], latency: int) -> None:
    async with session.post(f"{slack['url']}/sandbox/api/faults", json={"latency_ms": latency}) as answer:
        answer.raise_for_status()


async def _two_round_trips(session: aiohttp.ClientSession, slack: Mapping[str, Any]) -> float:
    headers = {"Authorization": f"Bearer {slack['bot_token']}"}
    started = time.perf_counter()
    for _ in range(2):
        async with session.post(f"{slack['api_url']}auth.test", headers=headers) as answer:
            await answer.read()
    return time.perf_counter() - started


async def _declare(session: aiohttp.ClientSession, slack: Mapping[str, Any], sender: Sender, mix: Mix) -> float:
    tally = Tally()
    async with session.ws_connect(f"{slack['url']}/sandbox/ws?user={ANA}") as page:
        started = time.perf_counter()
        asked = asyncio.create_task(sender.send(mix.declare(), tally))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _usable(page)
        elapsed = time.perf_counter() - started
        await asked
    if tally.failed:
        raise RuntimeError("the declaration failed")
    return elapsed


async def _usable(page: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the person's page was shown a channel that is new, with them in it, and a card in it."""
    inside: set[str] = set()
    carded: set[str] = set()
    while not inside & carded:
        told = await page.receive_json()
        if told["type"] == "channel" and told["channel"]["name"].startswith("inc-") and told["channel"]["is_member"]:
            inside.add(told["channel"]["id"])
        elif told["type"] == "message" and "INC-" in told["message"]["text"]:
            carded.add(told["channel"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=int, default=100, help="milliseconds added to every Web API call")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps(asyncio.run(measure(chosen.latency, chosen.runs)), indent=2))


if __name__ == "__main__":
    main()
