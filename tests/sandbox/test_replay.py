"""The demo's workspace as a whole: its seed, its outage, and the button that ends it."""

from __future__ import annotations

from pathlib import Path

from sandbox.seed import ALERTS, ANA, demo_seed
from tests.sandbox.house import Bench


async def test_the_demo_opens_on_the_alerts_with_a_command_waiting() -> None:
    async with Bench(seed=demo_seed(), outage=True) as bench:
        body = await bench.see(f"bootstrap?user={ANA}")
        assert body["composer"]["text"].startswith("/incident declare")
        assert (body["first_channel"], body["acting_as"]) == (ALERTS, ANA)
        messages = (await bench.see(f"channels/{ALERTS}/messages?user={ANA}"))["messages"]
        images = [block["image_url"] for m in messages for block in m.get("blocks", []) if block["type"] == "image"]
        assert images
        async with bench.http.get(bench.slack.url + images[0]) as answer:
            assert answer.content_type == "image/svg+xml"


async def test_rolling_back_ends_the_outage_for_good(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    async with Bench(seed=demo_seed(), outage=True, state_path=state) as bench:
        worse = await drawn(bench)
        async with bench.http.post(f"{bench.slack.url}/sandbox/api/controls/roll-back") as answer:
            assert (await answer.json())["ok"]
    async with Bench(outage=True, state_path=state) as bench:
        bench.clock.advance(1200)
        assert await drawn(bench) != worse
        async with bench.http.post(f"{bench.slack.url}/sandbox/api/controls/roll-back") as answer:
            assert "already" in (await answer.json())["text"]


async def drawn(bench: Bench) -> str:
    async with bench.http.get(f"{bench.slack.url}/sandbox/charts/checkout-errors.svg") as answer:
        return await answer.text()


async def test_without_the_outage_there_is_no_prometheus() -> None:
    async with Bench() as bench, bench.http.get(f"{bench.slack.url}/prometheus/-/ready") as answer:
        assert answer.status == 404
