"""What three fires at once look like: the ranked board, cards in the summary channel, App Home, and who goes where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox.seed import ALERTS, ANA, INCIDENTS, SAM
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.browser.demo import Demo
from tests.browser.test_demo_story import open_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRES = (
    "p2 Recommendations are wrong for key accounts",
    "p1 Internal dashboards are down",
    "p3 Training jobs queue up",
)
RANKED = (("board", f"{ANA}/{ALERTS}"), ("cards", f"{SAM}/{INCIDENTS}"), ("home", f"{ANA}/home"))
STAFFED_IN: Final[tuple[tuple[str, Literal["light", "dark"]], ...]] = (("desk", "light"), ("phone", "dark"))
STAFFED = (("staff", f"{ANA}/{ALERTS}"),)
PATIENCE: Any = {"timeout": 30_000}
SIZES = {"desk": DESKTOP, "phone": PHONE}
SHOWN = "SELECT seq FROM workspace_events WHERE type = 'OrderShown'"


@pytest.mark.asyncio(loop_scope="session")
async def test_three_fires_are_ranked_and_staffed_before_ones_eyes(browser: Browser, tmp_path: Path) -> None:
    with Demo(tmp_path / "demo") as demo:
        async for player in open_page(browser, demo):
            for line in FIRES:
                await player.say(f"/incident declare {line}")
                await expect(player.page.get_by_text(f"{line[3:]} is declared").first).to_be_visible(**PATIENCE)
            await player.until(lambda: demo.rows(SHOWN), "the order was not shown")
            await player.settled()
            await player.say("/incident priorities")
            await expect(player.page.get_by_text("SEV2, rank 1").first).to_be_visible(**PATIENCE)
        for name, size in SIZES.items():
            for scheme in ("light", "dark"):
                await looks(browser, demo, RANKED, size=size, scheme=scheme, name=name)
        async for player in open_page(browser, demo):
            await player.say("/incident staff")
            await expect(player.page.get_by_role("button", name="Accept").last).to_be_visible(**PATIENCE)
        for name, scheme in STAFFED_IN:
            await looks(browser, demo, STAFFED, size=SIZES[name], scheme=scheme, name=name)


async def looks(
    browser: Browser,
    demo: Demo,
    pages: Sequence[tuple[str, str]],
    *,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
    name: str,
) -> None:
    """Leave a picture of each page; nothing may stick out to the side."""
    viewport: Any = {"width": size[0], "height": size[1]}
    context = await browser.new_context(
        viewport=viewport, color_scheme=scheme, is_mobile=size == PHONE, has_touch=size == PHONE
    )
    page = await context.new_page()
    for what, address in pages:
        await page.goto(f"{demo.url}/#{address}")
        await page.reload()
        await expect(page.get_by_text("SEV2, rank 1").last).to_be_visible(**PATIENCE)
        await shot(page, f"ranks-{what}-{name}-{scheme}")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await context.close()


async def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.evaluate("Promise.all(document.getAnimations().map(motion => motion.finished))")
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")
