"""Photographs of the day, for the documentation: each scene as the person sees it whom it is about."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.day.cast import Day
from tests.day.story import Look
from tests.stories.stage import ANA, BEA, INCIDENTS, SAM

DESKTOP, PHONE = (1280, 800), (390, 844)
MOST_BYTES = 250_000
COLOURS = 128

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
_WAIT = 20_000

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who looks at which place (a channel's name, "home", or "app" for the direct messages)."""

    name: str
    user: str
    place: str
    size: tuple[int, int] = DESKTOP
    scheme: Scheme = "light"
    then: str = ""
    """What is opened then: "canvas", "postmortem", or words of a message to scroll to."""


SHOTS = {
    "declared": (Shot("day-1-declared", ANA, "inc-1"),),
    "told": (
        Shot("day-2-support", SAM, "app", PHONE),
        Shot("day-2-incidents", SAM, "incidents", scheme="dark"),
    ),
    "merged": (Shot("day-3-merged", BEA, "inc-2"),),
    "handoff": (Shot("day-4-handoff", BEA, "app", then="asks you to take over"),),
    "paged": (Shot("day-5-paged", BEA, "inc-1", scheme="dark"), Shot("day-5-paged-phone", BEA, "inc-1", PHONE, "dark")),
    "canvas": (Shot("day-6-canvas", ANA, "inc-1", then="canvas"),),
    "resolved": (Shot("day-7-postmortem", BEA, "inc-1", then="postmortem"),),
}


@asynccontextmanager
async def photographer(day: Day, folder: Path) -> AsyncIterator[Look]:
    """Yield what takes the pictures of a scene; there must be a Chromium on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)

        async def look(scene: str) -> None:
            for shot in SHOTS.get(scene, ()):
                await _take(browser, day, shot, folder)
            if scene == "resolved":
                await _mail(browser, day, folder)

        yield look
        await browser.close()


async def _take(browser: Browser, day: Day, shot: Shot, folder: Path) -> None:
    viewport: Any = {"width": shot.size[0], "height": shot.size[1]}
    context = await browser.new_context(
        viewport=viewport, color_scheme=shot.scheme, is_mobile=shot.size == PHONE, has_touch=shot.size == PHONE
    )
    context.set_default_timeout(_WAIT)
    page = await context.new_page()
    place = await _place(day, shot)
    await page.goto(f"{day.scene.local.url}/#{shot.user}/{place}")
    await page.locator("#main .message").first.wait_for()
    await _open(page, shot.then)
    # Notices in the corner are about what the person just did, which a reader of the picture did not.
    await page.evaluate("document.querySelectorAll('.toast .icon-button').forEach(button => button.click())")
    if shot.size != PHONE:
        await page.mouse.move(0, 400)
    await page.wait_for_timeout(400)
    await page.evaluate("Promise.all(document.getAnimations().map(motion => motion.finished))")
    _keep(await page.screenshot(), folder / f"{shot.name}.png")
    await context.close()


async def _place(day: Day, shot: Shot) -> str:
    if shot.place == "incidents":
        return INCIDENTS
    if shot.place.startswith("inc-"):
        return day.rooms[int(shot.place.removeprefix("inc-"))]
    world = await day.scene.world()
    app = next(user["id"] for user in world["users"] if user["is_bot"] and user["name"] == "firebell")
    direct = {key: one for key, one in world["channels"].items() if one["kind"] == "im"}
    return next(str(key) for key, one in direct.items() if set(one["members"]) == {shot.user, app})


async def _open(page: Page, what: str) -> None:
    if what == "canvas":
        await page.get_by_role("button", name="Canvas").click()
        await page.locator(".canvas h2").first.wait_for()
    elif what == "postmortem":
        await page.locator(".file-card", has_text="Web page").locator(".file-open").click()
        document = page.frame_locator(".viewer-frame")
        await document.get_by_role("heading", name="Timeline").wait_for()
        await document.locator("img").first.scroll_into_view_if_needed()
    elif what:
        await page.locator("#main .message", has_text=what).last.scroll_into_view_if_needed()


async def _mail(browser: Browser, day: Day, folder: Path) -> None:
    """The first e-mail about an update, as a phone shows it."""
    found = next(one for one in day.mail.received if "update 1" in str(one["Subject"]))
    body = found.get_body(("html",))
    assert body is not None
    viewport: Any = {"width": PHONE[0], "height": 420}
    page = await browser.new_page(viewport=viewport)
    await page.set_content(body.get_content())
    _keep(await page.screenshot(), folder / "day-2-mail.png")
    await page.close()


def _keep(png: bytes, path: Path) -> None:
    """Write a picture with a palette, which is a third of the size and looks the same."""
    drawn = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    drawn.save(path, "PNG", optimize=True)
    assert path.stat().st_size < MOST_BYTES, f"{path.name} has {path.stat().st_size:,} bytes"
