"""The postmortem's page as people see it: on a desk and on a phone, by day and by night."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from templates.document import write
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.templates.test_document import charted, edition, hostile_night

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

WIDE = f"https://a.example/{'x' * 60} {'W' * 60}\n\n| a | b |\n|---|---|\n| {'q' * 60} | 2 |\n\n```\n{'z' * 60}\n```"
Light = Literal["light", "dark"]


@pytest.fixture(params=[(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")], ids=str)
def seen(request: pytest.FixtureRequest) -> tuple[tuple[int, int], Light]:
    """A size of screen, and what the reader's system prefers."""
    chosen: tuple[tuple[int, int], Light] = request.param
    return chosen


async def test_the_page_fits_its_screen_and_asks_the_network_nothing(
    browser: Browser, tmp_path: Path, seen: tuple[tuple[int, int], Light]
) -> None:
    (width, height), light = seen
    file = tmp_path / "postmortem.html"
    file.write_text(charted().html, encoding="utf-8")
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=light)
    page = await context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(file.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert await page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 1000)")
    chosen = await page.evaluate("document.images[0].currentSrc === document.images[0].src")
    assert chosen == (light == "light"), "each light has its own chart"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"postmortem-{width}-{light}.png", full_page=True)
    await context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


async def test_long_words_and_wide_tables_stay_on_a_phones_screen(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(write(edition(hostile_night(WIDE), panels=True)).html, encoding="utf-8")
    page = await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.goto(file.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    await page.close()


async def test_printed_it_is_black_on_white_with_the_light_charts(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "postmortem.html"
    file.write_text(charted().html, encoding="utf-8")
    context = await browser.new_context(color_scheme="dark")
    page = await context.new_page()
    await page.goto(file.as_uri())
    await page.emulate_media(media="print")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    await page.wait_for_function("document.images[0].currentSrc === document.images[0].src")
    await context.close()
