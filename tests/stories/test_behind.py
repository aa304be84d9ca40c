"""The whole bot falls behind: its operators read it in their channel, and the monitor elsewhere hears nothing more."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import httpx
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from tests.stories.stage import ALERTS, ANA, ROOT, Stage, bot, empty_stage, whole_text

pytestmark = pytest.mark.slow

MINUTE = 60_000_000


def hold_up(scene: Stage) -> None:
    """Make one effect of the incident wait, as one does whose call failed again and again."""
    with sqlite3.connect(scene.database, timeout=5) as connection:
        now = int(time.time() * 1_000_000)
        values = ("pending", now - 10 * MINUTE, now + 4 * MINUTE)
        connection.execute(
            "UPDATE effects SET status = ?, created_at = ?, not_before = ? WHERE type = 'SetTopic'", values
        )


def settings_with_operators(folder: Path) -> Path:
    written = yaml.safe_load((ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8"))
    written["watchdog"] = {"late_after": "1m", "operators_channel": ALERTS}
    path = folder / "firebell.yaml"
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return path


async def test_falling_behind_is_told_in_the_channel_and_by_silence(tmp_path: Path) -> None:
    beats: list[float] = []

    async def take(_: web.Request) -> web.Response:
        beats.append(time.monotonic())
        return web.Response()

    application, port = web.Application(), unused_port()
    application.router.add_get("/ping", take)
    async with TestServer(application) as monitor, empty_stage(tmp_path, metrics=False) as scene:
        scene.environment |= {
            "FIREBELL_CONFIG": str(settings_with_operators(tmp_path)),
            "FIREBELL_HEARTBEAT_URL": str(monitor.make_url("/ping")),
            "PORT": str(port),
        }
        async with bot(scene), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as machine:
            await scene.types(ANA, ALERTS, "/incident declare sev2 checkout is slow")
            await scene.room()
            await scene.until(lambda _: beats, "no heartbeat came")

            hold_up(scene)

            async def told() -> list[str]:
                texts = [whole_text(one) for one in await scene.messages(ALERTS)]
                return [text for text in texts if "Firebell is behind" in text]

            async with asyncio.timeout(60):
                while not await told():
                    await asyncio.sleep(0.2)
            assert len(await told()) == 1
            assert "checkout" not in (await told())[0]
            assert "firebell_behind 1.0" in (await machine.get("/metrics")).text
            ready = await machine.get("/readyz")
            assert ready.status_code == 200, "a replica that is behind goes on"
            assert {"outbox", "scheduler", "ranking"} <= ready.json().keys(), "each loop is asked"
            assert len(beats) == 1
