"""The page draws every block and element, and never more than text out of text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenScreen, Screen
from tests.browser.gallery import BLOCKS, HOSTILE, MOMENT
from tests.browser.workspace import ANA, BEA, GALLERY, HOSTILE_ROOM

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_every_block_type_is_drawn_and_an_unknown_one_says_so(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{GALLERY}")
    blocks = screen.page.locator(".message .blocks > .block")
    await expect(blocks).to_have_count(len(BLOCKS) + 1)
    for block in BLOCKS:
        drawn = screen.page.locator(f".block-type-{block['type']}").first
        assert await drawn.evaluate("node => node.children.length") > 0
    await expect(screen.page.locator(".unknown-block summary")).to_have_text(
        ["This page cannot draw “hologram” blocks"]
    )
    await screen.page.locator(".message-scroll").evaluate("node => node.scrollTo(0, 0)")
    await screen.shot("blocks")


async def test_mrkdwn_becomes_emphasis_links_mentions_and_lists(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{GALLERY}")
    text = screen.page.locator(".section-text").first
    for tag, words in (("strong", "bold"), ("em", "italic"), ("s", "gone"), ("code", "code"), ("blockquote", "quoted")):
        await expect(text.locator(tag).first).to_contain_text(words)
    assert await text.locator("a").evaluate_all("links => links.map(link => link.href)") == [
        "https://example.com/a?b=1&c=2",
        "https://example.org/",
    ]
    assert await text.locator(".mention").all_inner_texts() == ["@Ana Ruiz", "#one", "@ops", "@here"]
    assert await text.locator("li").all_inner_texts() == ["one", "two", "first", "second"]
    await expect(text.locator("pre")).to_have_text("let x = *not bold*;")
    await expect(text).to_contain_text("2 < 3 && snake_case_stays")
    await expect(text).to_contain_text("🔥 :no_such_emoji:")


@pytest.mark.parametrize(("person", "zone"), [(ANA, "Europe/Madrid"), (BEA, "Asia/Tokyo")])
async def test_a_date_is_written_in_the_acting_persons_zone(open_screen: OpenScreen, person: str, zone: str) -> None:
    screen = await open_screen(address=f"#{person}/{GALLERY}")
    wanted = datetime.fromtimestamp(MOMENT, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    await expect(screen.page.locator(".section-text .mk-date").first).to_have_text(wanted)


async def test_hostile_text_stays_text(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{HOSTILE_ROOM}")
    messages = screen.page.locator(".message-content")
    await expect(messages).to_have_count(len(HOSTILE))
    await expect(messages.first).to_have_text("<script>window.hurt = 1</script>")
    await expect(messages.nth(1)).to_contain_text("<img src=x onerror=window.hurt=1>")
    dangerous = (
        "script, iframe, svg:not(.icon), img:not(.avatar), a[href^='javascript'], a[href^='data'], [onload], [onerror]"
    )
    await expect(messages.locator(dangerous)).to_have_count(0)
    assert await screen.page.evaluate("window.hurt") is None


async def test_what_a_person_types_is_shown_as_it_was_typed(screen: Screen) -> None:
    typed = "<b>5 > 4</b> & {{ config }} <!channel> שלום 🙂"
    await screen.say(typed)
    await expect(screen.page.locator(".message-content").last).to_have_text(typed)


async def test_a_button_reaches_the_app_and_its_question_is_asked_first(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{GALLERY}")
    page = screen.page
    await page.get_by_role("button", name="Restart").click()
    dialog = page.get_by_role("dialog", name="Restart it?")
    await dialog.get_by_role("button", name="Leave it").click()
    await expect(dialog).to_have_count(0)
    assert screen.app.sent("block_actions") == []
    await page.get_by_role("button", name="Restart").click()
    await dialog.get_by_role("button", name="Restart", exact=True).click()
    await expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    (payload,) = screen.app.sent("block_actions")
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("restart", "restart")
    assert payload["container"]["type"] == "message"


async def test_selects_report_the_choice_they_show(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{ANA}/{GALLERY}")
    page = screen.page
    await page.locator('[data-action="size"]').click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-action="size"]')).to_have_text("Large")
    await page.locator('[data-action="city"]').click()
    await page.keyboard.type("Old")
    await page.get_by_role("option", name="Old city").click()
    await expect(page.locator('[data-action="city"]')).to_have_text("Old city")
    await page.locator('[data-action="people"]').click()
    await page.get_by_role("option", name="Bea Lind").click()
    await page.keyboard.press("Escape")
    await expect(page.locator('[data-action="people"]')).to_have_text("Ana Ruiz, Bea Lind")
    await page.locator('[data-action="day"]').fill("2025-12-24")
    await page.locator('[data-action="day"]').press("Enter")
    await page.locator('[data-action="more"]').click()
    await page.get_by_role("menuitem", name="Timeline").click()
    actions = {
        payload["actions"][0]["action_id"]: payload["actions"][0] for payload in screen.app.sent("block_actions")
    }
    assert actions["size"]["selected_option"]["value"] == "l"
    assert actions["city"]["selected_option"]["value"] == "city"
    assert actions["day"]["selected_date"] == "2025-12-24"
    assert actions["people"]["selected_users"] == [ANA, BEA]
