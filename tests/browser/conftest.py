"""A browser for the whole session, and for each test a workspace with a small app behind it and a page on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from sandbox.manifest import load_manifest
from sandbox.server import Sandbox, SandboxConfig
from tests.browser.double import SmallApp
from tests.browser.workspace import seed

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
MANIFEST = ROOT / "deploy" / "slack" / "manifest.http.json"

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1280, 800), (390, 844)
PATIENCE = 30_000
"""Milliseconds that a page may take to show something; a busy machine takes seconds."""

expect.set_options(timeout=PATIENCE)


@dataclass(slots=True)
class Screen:
    """An open page with everything behind it; `expected_complaints` are parts of console errors a test provokes."""

    page: Page
    sandbox: Sandbox
    app: SmallApp
    context: BrowserContext
    expected_complaints: list[str]

    async def shot(self, name: str) -> None:
        """Leave a picture in build/screenshots for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.evaluate("Promise.all(document.getAnimations().map(motion => motion.finished))")
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    async def say(self, text: str) -> None:
        """Type into the channel's composer and send."""
        field = self.page.locator("#composer")
        await field.fill(text)
        await field.press("Enter")


OpenScreen = Callable[..., Awaitable[Screen]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if shutil.which(_CHROMIUM) is None:
        pytest.skip(f"there is no Chromium at {_CHROMIUM}; install Debian's package chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[tuple[Sandbox, SmallApp]]:
    """A seeded workspace with the small app behind it."""
    async with SmallApp() as app:
        config = SandboxConfig(manifest=load_manifest(MANIFEST), seed=seed(), request_url=app.url)
        async with Sandbox(config) as sandbox:
            app.api_url, app.token = sandbox.api_url, sandbox.bot_token
            yield sandbox, app


@pytest_asyncio.fixture(loop_scope="session")
async def open_screen(browser: Browser, workspace: tuple[Sandbox, SmallApp]) -> AsyncIterator[OpenScreen]:
    """Opens pages; a test fails if any of them logs an error or throws one."""
    sandbox, app = workspace
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    expected: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    async def opened(size: tuple[int, int] = DESKTOP, scheme: Any = "light", address: str = "", **more: Any) -> Screen:
        viewport: Any = {"width": size[0], "height": size[1]}
        context = await browser.new_context(
            viewport=viewport, color_scheme=scheme, has_touch=size == PHONE, is_mobile=size == PHONE, **more
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{sandbox.url}/{address}")
        await page.locator(".frame.ready").wait_for()
        await page.locator(".message").first.wait_for()
        return Screen(page, sandbox, app, context, expected)

    yield opened
    for context in contexts:
        await context.close()
    assert [text for text in complaints if not any(part in text for part in expected)] == []


@pytest_asyncio.fixture(loop_scope="session")
async def screen(open_screen: OpenScreen) -> Screen:
    """The page as a first visitor sees it at a desk."""
    return await open_screen()
