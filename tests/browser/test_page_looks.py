"""Themes, contrast, keyboard and small screens."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, OpenScreen, Screen
from tests.browser.workspace import ANA, GALLERY, TWO

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Measures the contrast of every text that can be seen against what is painted behind it, as WCAG 2 defines it,
# and returns those below AA. Texts over pictures and disabled controls are exempt there, and so they are here.
_CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const style = getComputedStyle(node);
    const words = texts.currentNode.data.trim();
    if (!words || !node.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    if (node.closest('.emoji, .visually-hidden, script, style, :disabled, [aria-busy=true]')) continue;
    const under = behind(node);
    const [a, b] = [light(over(rgba(style.color), under)), light(under)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${node.className}: ${words.slice(0, 30)}`);
  }
  return found;
}"""


# Returns the controls that a screen reader could not name, and references to ids that are not there.
_NAMELESS = """() => {
  const words = (ids) => ids.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('').trim();
  const name = (node) => node.getAttribute('aria-label') || words(node.getAttribute('aria-labelledby') ?? '')
    || [...(node.labels ?? [])].map((label) => label.textContent).join('').trim()
    || node.textContent.trim() || node.querySelector('img')?.alt;
  const controls = [...document.querySelectorAll('button, a[href], input, textarea, dialog, iframe, [role]')];
  const nameless = controls.filter((node) => !/^(presentation|status|alert)$/.test(node.getAttribute('role') ?? '')
    && !node.closest('[aria-hidden=true], [hidden]') && !name(node));
  const named = [...document.querySelectorAll('[aria-labelledby], [aria-controls], [aria-activedescendant]')];
  const ids = named.flatMap((node) => ['aria-labelledby', 'aria-controls', 'aria-activedescendant']
    .flatMap((key) => (node.getAttribute(key) ?? '').split(' ').filter(Boolean)));
  const elsewhere = ids.filter((id) => !document.getElementById(id) && !id.startsWith('list-'));
  return [...nameless.map((node) => node.outerHTML.slice(0, 120)), ...elsewhere];
}"""


async def test_every_control_has_a_name_to_be_read_out(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{GALLERY}")
    page = screen.page
    await page.locator(".message").first.hover()
    assert await page.evaluate(_NAMELESS) == []
    await page.locator(".count-button").last.click()
    await page.locator(".inspect-button").click()
    await screen.say("/incident form")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_role("combobox", name="Who").click()
    assert await page.evaluate(_NAMELESS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read_in_either_theme(open_screen: OpenScreen, scheme: Any) -> None:
    screen = await open_screen(scheme=scheme, address=f"#{ANA}/{GALLERY}")
    page = screen.page
    assert await page.evaluate(_CONTRAST) == []
    await screen.say("/incident status")
    await expect(page.locator(".message.ephemeral")).to_be_visible()
    await page.locator(".inspect-button").click()
    await page.locator(".traffic-row").first.click()
    await screen.page.mouse.move(700, 300)
    assert await page.evaluate(_CONTRAST) == []
    await screen.shot(f"gallery-{scheme}")
    await page.locator(".inspect-button").click()
    await screen.say("/incident form")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Mail").fill("nobody")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".has-error")).to_have_count(1)
    await page.evaluate("Promise.all(document.getAnimations().map(motion => motion.finished))")
    assert await page.evaluate(_CONTRAST) == []


async def test_the_theme_follows_the_system_until_one_is_chosen(open_screen: OpenScreen) -> None:
    screen = await open_screen(scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await screen.page.evaluate(background)
    await screen.page.get_by_role("button", name="Use the light theme").click()
    light = await screen.page.evaluate(background)
    assert light != dark
    await screen.page.reload()
    assert await screen.page.evaluate(background) == light


async def test_a_phone_has_no_sideways_scroll_and_a_sidebar_that_slides_in(open_screen: OpenScreen) -> None:
    screen = await open_screen(size=PHONE, address=f"#{ANA}/{GALLERY}")
    page = screen.page
    for wide in ("html", ".message-scroll"):
        assert await page.locator(wide).evaluate("node => node.scrollWidth <= innerWidth"), wide
    await expect(page.locator("#sidebar")).to_be_hidden()
    await page.get_by_role("button", name="Channels").first.click()
    await expect(page.locator(f'[data-side="{TWO}"]')).to_be_visible()
    await screen.shot("phone-sidebar")
    await page.locator(f'[data-side="{TWO}"]').click()
    await expect(page.locator("#sidebar")).to_be_hidden()
    await screen.say("/incident form")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await page.evaluate("document.querySelector('dialog').getBoundingClientRect().right <= innerWidth")
    await screen.shot("phone-form")


async def test_a_message_is_reached_and_reacted_to_by_keyboard_alone(screen: Screen) -> None:
    page = screen.page
    await page.locator("#composer").fill("")
    await page.locator(".message-scroll").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    focused = page.locator(".message:focus")
    await expect(focused).to_contain_text("I am looking")
    outline = await focused.evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"
    for _ in range(2):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message", has_text="I am looking").locator(".reaction")).to_have_count(1)


async def test_control_k_goes_anywhere(screen: Screen) -> None:
    page = screen.page
    await page.keyboard.press("Control+k")
    await page.keyboard.type("tw")
    await screen.shot("switcher")
    await page.keyboard.press("Enter")
    await expect(page.locator(".channel-name")).to_have_text("two")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("act as sam")
    await page.keyboard.press("Enter")
    await expect(page.locator(".act-as")).to_contain_text("Sam Okafor")
