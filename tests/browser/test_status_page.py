"""Our own status page as customers see it: on a desk and on a phone, by day and by night."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from bot.domain.public_page import gather
from bot.status_board import put
from templates.status_page import write
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.status_page.facts import INVESTIGATING, NOW, PAGE, at, going_on, long_ago, over, post, told

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

Light = Literal["light", "dark"]


@pytest.fixture(params=[(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")], ids=str)
def seen(request: pytest.FixtureRequest) -> tuple[tuple[int, int], Light]:
    """A size of screen, and what the reader's system prefers."""
    chosen: tuple[tuple[int, int], Light] = request.param
    return chosen


async def test_it_fits_its_screen_is_styled_under_its_own_policy_and_asks_the_network_nothing(
    browser: Browser, tmp_path: Path, seen: tuple[tuple[int, int], Light]
) -> None:
    (width, height), light = seen
    long = told(post(1, at(19, 8), INVESTIGATING, f"{'x' * 300} {'W' * 90}", title="y" * 200), key="01LONG")
    put(tmp_path, write(gather([going_on(), over(), long_ago(), long], PAGE, NOW), "Larkspur status"))
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=light)
    page = await context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto((tmp_path / "index.html").as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 246, 244)", "dark": "rgb(19, 21, 24)"}[light]
    assert await page.locator("[role=status]").inner_text() == "Partial outage: Shop checkout and Card payments"
    assert await page.locator("h2").all_inner_texts() == ["Going on now", "Services", "The last 14 days"]
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"status-page-{width}-{light}.png", full_page=True)
    await context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("file:")] == []
