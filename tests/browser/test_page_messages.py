"""Channels, threads, the composer, and everything people do with messages."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import FilePayload, Route, WebSocketRoute, expect

from tests.browser.conftest import OpenScreen, Screen
from tests.browser.workspace import BEA, ONE, OUTSIDE, SAM, TWO
from tests.sandbox.house import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_page_says_that_it_is_not_slack_and_opens_where_the_story_begins(screen: Screen) -> None:
    page = screen.page
    await expect(page.locator(".banner")).to_have_text("Local Slack: a stand-in on your machine, not Slack")
    await expect(page.locator(".act-as")).to_contain_text("Ana Ruiz")
    await expect(page.locator(".channel-name")).to_have_text("one")
    await expect(page.locator("#composer")).to_have_value("/incident form")
    await expect(page.locator("#composer")).to_be_focused()
    await expect(page.locator(".day-line")).to_have_count(2)
    await expect(page.locator(".app-badge").first).to_have_text("App")


async def test_another_persons_words_arrive_by_themselves_and_count_as_unread_elsewhere(
    open_screen: OpenScreen,
) -> None:
    ana = await open_screen()
    bea = await open_screen(address=f"#{BEA}/{TWO}")
    await bea.say("Hello @ana, this is from #two")
    entry = ana.page.locator(f'[data-side="{TWO}"]')
    await expect(entry.locator(".badge")).to_have_text("1")
    await expect(ana.page.locator(".toast")).to_contain_text("Bea Lind · #two")
    await entry.click()
    await expect(ana.page.locator(".message-content").last).to_have_text("Hello @Ana Ruiz, this is from #two")
    await expect(entry.locator(".badge")).to_have_count(0)


async def test_what_is_said_while_a_channel_is_being_read_is_not_lost(open_screen: OpenScreen) -> None:
    """The answer with a channel's messages may be overtaken by what happened after it was made."""
    ana = await open_screen()
    bea = await open_screen(address=f"#{BEA}/{TWO}")
    asked, overtaken = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await overtaken.wait()
        await route.fulfill(response=answer)

    entry = ana.page.locator(f'[data-side="{TWO}"]')
    await ana.page.route(f"**/channels/{TWO}/messages?**", slowly)
    await entry.click()
    await asked.wait()
    await bea.say("It is the cache")
    await expect(entry).to_have_class(re.compile("unread"))
    overtaken.set()
    await expect(ana.page.locator(".message-content").last).to_have_text("It is the cache")


async def test_a_reply_in_a_thread_may_be_shown_in_the_channel_too(screen: Screen) -> None:
    page = screen.page
    await page.locator(".thread-summary").click()
    pane = page.get_by_role("complementary", name="Thread")
    await expect(pane.locator(".message-content")).to_have_text(
        ["Is anybody else seeing slow answers?", "Yes, since ten o'clock"]
    )
    await pane.get_by_label("Also send to #one").check()
    await pane.get_by_role("combobox").fill("It is the cache")
    await pane.get_by_role("combobox").press("Enter")
    await expect(pane.locator(".message-content")).to_have_count(3)
    await expect(page.locator("#main .broadcast-line")).to_contain_text("replied to a thread: Is anybody else")
    await expect(page.locator(".thread-summary").first).to_contain_text("2 replies")
    await screen.shot("thread")
    await page.keyboard.press("Escape")
    await expect(pane).to_have_count(0)


async def test_a_command_in_a_thread_is_refused_and_handed_back(screen: Screen) -> None:
    await screen.page.locator(".thread-summary").click()
    field = screen.page.get_by_role("complementary").get_by_role("combobox")
    await field.fill("/incident status")
    await field.press("Enter")
    await expect(screen.page.locator(".pane .composer-error")).to_contain_text("not supported in threads")
    await expect(field).to_have_value("/incident status")


async def test_slash_completion_offers_the_command_and_then_its_words(screen: Screen) -> None:
    page, field = screen.page, screen.page.locator("#composer")
    await field.fill("")
    await field.press_sequentially("/in")
    await expect(page.get_by_role("option").first).to_contain_text("/incident declare sev1 checkout returns 500s")
    await screen.shot("completion")
    await field.press("Tab")
    await expect(field).to_have_value("/incident ")
    await field.press_sequentially("sta")
    await expect(page.get_by_role("option")).to_have_text(["/incident status"])
    await field.press("Enter")
    await expect(field).to_have_value("/incident status ")
    await field.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("You said status")
    await expect(page.locator(".message.ephemeral")).to_contain_text("Only visible to you")
    assert screen.app.sent("command")[0]["text"] == "status"


async def test_people_channels_and_emoji_are_completed(screen: Screen) -> None:
    field = screen.page.locator("#composer")
    await field.fill("")
    await field.press_sequentially("Ask @be")
    await field.press("Enter")
    await field.press_sequentially("in #tw")
    await field.press("Tab")
    await field.press_sequentially(":firee")
    await field.press("Backspace")
    await field.press("Enter")
    await expect(field).to_have_value("Ask @bea in #two :fire: ")
    await field.press("Enter")
    await expect(screen.page.locator(".message-content").last).to_have_text("Ask @Bea Lind in #two 🔥")


async def test_reactions_pins_edits_and_deletions_show_at_once(screen: Screen) -> None:
    page = screen.page
    await screen.say("A message with a typo")
    last = page.locator("#main .message", has_text="A message with")
    await last.hover()
    await page.get_by_role("button", name="React with pushpin").click()
    await expect(last.locator(".reaction")).to_have_text("📌1")
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Pin to this channel").click()
    await expect(last).to_contain_text("Pinned to this channel")
    await page.locator("#composer").press("ArrowUp")
    editor = page.get_by_label("Edit your message")
    await editor.fill("A message without one")
    await editor.press("Enter")
    await expect(last).to_contain_text("A message without one")
    await expect(last.locator(".edited")).to_be_visible()
    await last.hover()
    await last.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await expect(page.get_by_text("A message without one")).to_have_count(0)


async def test_what_is_typed_stays_with_its_channel_over_a_reload(screen: Screen) -> None:
    page, field = screen.page, screen.page.locator("#composer")
    await field.fill("half a sentence")
    await page.locator(f'[data-side="{TWO}"]').click()
    await expect(field).to_have_value("")
    await page.reload()
    await expect(page.locator(".channel-name")).to_have_text("two")
    await page.locator(f'[data-side="{ONE}"]').click()
    await expect(field).to_have_value("half a sentence")
    await field.fill("")
    await page.reload()
    await expect(page.locator(".channel-name")).to_have_text("one")
    await expect(field).to_have_value("")


async def test_a_message_that_could_not_be_sent_comes_back(screen: Screen) -> None:
    await screen.context.route("**/as/*/messages", lambda route: route.fulfill(status=500, body="The disk is full."))
    await screen.say("Words worth keeping")
    await expect(screen.page.locator(".composer-error")).to_contain_text("The disk is full.")
    await expect(screen.page.locator("#composer")).to_have_value("Words worth keeping")
    screen.expected_complaints.append("500")


async def test_acting_as_somebody_else_shows_their_workspace(screen: Screen) -> None:
    page = screen.page
    await expect(page.locator(".side-section summary")).to_have_text("More channels (1)")
    await page.locator(".act-as").click()
    await expect(page.get_by_role("menuitemradio")).to_have_count(3)
    await screen.shot("act-as")
    await page.get_by_role("menuitemradio", name="Bea Lind").click()
    await expect(page.locator(".act-as")).to_contain_text("Bea Lind")
    await expect(page.locator(f'[data-side="{OUTSIDE}"]')).to_be_visible()
    await screen.say("From Bea")
    await expect(page.locator(".message").last.locator(".author")).to_have_text("Bea Lind")
    assert f"#{BEA}/{ONE}" in page.url


async def test_a_channel_from_outside_offers_to_join(open_screen: OpenScreen) -> None:
    screen = await open_screen(address=f"#{SAM}/{ONE}")
    page = screen.page
    await page.locator("summary").click()
    await page.locator(f'[data-side="{OUTSIDE}"]').click()
    await page.get_by_role("button", name="Join channel").click()
    await expect(page.locator("#composer")).to_be_visible()
    await expect(page.locator(".message.note")).to_contain_text("has joined the channel")


async def test_a_link_to_a_message_opens_it_in_the_page(screen: Screen) -> None:
    page = screen.page
    target = page.locator("#main .message", has_text="I am looking")
    ts = await target.get_attribute("data-ts")
    assert ts is not None
    await page.locator(f'[data-side="{TWO}"]').click()
    await screen.say(f"See {screen.sandbox.url}/archives/{ONE}/p{ts.replace('.', '')}")
    await page.locator(".message-content a").last.click()
    await expect(page.locator(".channel-name")).to_have_text("one")
    await expect(target).to_be_focused()


async def test_files_are_uploaded_shown_and_opened_beside_the_channel(screen: Screen) -> None:
    page = screen.page
    await page.locator("#composer").fill("Two files")
    await page.locator(".composer input[type=file]").set_input_files(
        [
            FilePayload(
                name="report.html", mimeType="text/html", buffer=b"<h1>Report</h1><script>parent.hurt=1</script>"
            ),
            FilePayload(
                name="notes.md", mimeType="text/markdown", buffer=b"# Notes\n\n<script>window.hurt = 1</script>"
            ),
        ]
    )
    await page.locator("#composer").press("Enter")
    await page.get_by_role("button", name="report.html").first.click()
    await expect(page.frame_locator(".viewer-frame").locator("h1")).to_have_text("Report")
    await page.get_by_role("button", name="notes.md").first.click()
    await expect(page.locator(".viewer-document h1")).to_have_text("Notes")
    await expect(page.locator(".viewer-document")).to_contain_text("<script>window.hurt = 1</script>")
    assert await page.evaluate("window.hurt") is None
    screen.expected_complaints.append("Blocked a frame")


async def test_the_line_is_opened_again_and_what_was_missed_appears(screen: Screen) -> None:
    page = screen.page
    lines: list[WebSocketRoute] = []

    def relay(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    await page.route_web_socket(re.compile("/sandbox/ws"), relay)
    address = page.url
    await page.goto("about:blank")
    await eventually(lambda: screen.sandbox.open_pages == 0)
    await page.goto(address)
    # The relay tells the page that its line is open before its own to the server is.
    await eventually(lambda: screen.sandbox.open_pages == 1)
    await expect(page.locator(".app-state")).to_contain_text("Firebell")
    await screen.app.call("conversations.join", channel=ONE)
    await expect(page.locator(".message.note")).to_be_visible()
    await lines[0].close()
    await screen.app.call("chat.postMessage", channel=ONE, text="Said meanwhile")
    await expect(page.locator("#main .message").last).to_contain_text("Said meanwhile")
    await expect(page.locator(".app-state")).not_to_contain_text("Reconnecting")
    assert len(lines) == 2


async def test_a_channel_is_up_to_date_when_one_comes_back_from_the_home_tab(screen: Screen) -> None:
    page = screen.page
    await screen.app.call("conversations.join", channel=ONE)
    await page.locator('[data-side="home"]').click()
    await expect(page.locator(".home-blocks")).to_be_visible()
    await screen.app.call("chat.postMessage", channel=ONE, text="Said meanwhile")
    await expect(page.locator(f'[data-side="{ONE}"]')).to_have_class(re.compile("unread"))
    await page.locator(f'[data-side="{ONE}"]').click()
    await expect(page.locator("#main .message").last).to_contain_text("Said meanwhile")
    await expect(page.locator(".new-line")).to_be_visible()
