"""From Enter to a usable channel, with latency added to every Web API call, against two bare round trips.

Usable means: the channel exists, whoever declared is in it, and the card stands there. The floor is what two calls in a
row cost on the same machine in the same run, because the invite and the card can only follow the channel.

Run: python -m benchmarks.time_to_channel [--latency 100] [--runs 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from tests.stories.stage import ALERTS, ANA, Stage, stage

PATH_CALLS = ("conversations.create", "conversations.invite", "chat.postMessage")


async def measure(latency: int, runs: int) -> dict[str, Any]:
    """Return medians in milliseconds and the calls that lie on the path."""
    with tempfile.TemporaryDirectory() as folder:
        # The local Slack answers in this process: its own evaluation of queries must not be counted as ours.
        async with stage(Path(folder), metrics=False) as scene:
            await scene.settled()
            answer = await scene.http.post("faults", json={"latency_ms": latency})
            answer.raise_for_status()
            floors = [await _two_round_trips(scene) for _ in range(runs)]
            times = [await _declare(scene, number) for number in range(1, runs + 1)]
    return {
        "latency_ms": latency,
        "runs": runs,
        "usable_ms": round(statistics.median(times) * 1000),
        "floor_ms": round(statistics.median(floors) * 1000),
        "ratio": round(statistics.median(times) / statistics.median(floors), 2),
        "calls_on_the_path": len(PATH_CALLS),
        "round_trips_deep": 2,
    }


async def _two_round_trips(scene: Stage) -> float:
    headers = {"Authorization": f"Bearer {scene.local.bot_token}"}
    async with httpx.AsyncClient(base_url=scene.local.api_url, headers=headers) as client:
        await client.post("api.test")
        started = time.perf_counter()
        await client.post("auth.test")
        await client.post("auth.test")
        return time.perf_counter() - started


async def _declare(scene: Stage, number: int) -> float:
    started = time.perf_counter()
    await scene.types(ANA, ALERTS, f"/incident declare sev1 checkout returns 500s for region {number}")
    while True:
        world = await scene.world()
        for channel in world["channels"].values():
            if str(channel.get("name")).startswith(f"inc-{number}-") and _usable(channel, number):
                elapsed = time.perf_counter() - started
                await scene.settled()
                return elapsed
        await asyncio.sleep(0.005)


def _usable(channel: dict[str, Any], number: int) -> bool:
    found = channel.get("messages") or []
    rows = found.values() if isinstance(found, dict) else found
    return ANA in channel["members"] and any(f"INC-{number}" in str(one.get("text")) for one in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=int, default=100, help="milliseconds added to every Web API call")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps(asyncio.run(measure(chosen.latency, chosen.runs)), indent=2))


if __name__ == "__main__":
    main()
