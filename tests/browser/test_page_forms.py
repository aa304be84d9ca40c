"""Modals, the Home tab, the inspector and the demo's buttons."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.conftest import OpenScreen, Screen
from tests.browser.gallery import MODAL

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _open_form(screen: Screen) -> Locator:
    await screen.say("/incident form")
    dialog = screen.page.get_by_role("dialog", name="Everything")
    await expect(dialog.get_by_label("Title", exact=True)).to_be_focused()
    return dialog


async def test_a_form_draws_every_input_and_sends_what_they_hold(screen: Screen) -> None:
    dialog = await _open_form(screen)
    page = screen.page
    await expect(dialog.locator(".block-input")).to_have_count(len(MODAL["blocks"]))
    await dialog.get_by_label("Title", exact=True).fill("All is well")
    await dialog.get_by_label("A line").fill("one line")
    await dialog.get_by_label("Lines").fill("first\nsecond")
    await dialog.get_by_label("Mail").fill("ana@example.com")
    await dialog.get_by_label("Address").fill("https://example.com")
    await dialog.get_by_label("Count").fill("7")
    await dialog.get_by_label("Rich").fill("some words")
    await dialog.locator("input[type=file]").set_input_files(
        [FilePayload(name="a.txt", mimeType="text/plain", buffer=b"a")]
    )
    await expect(dialog.locator(".file-input-list")).to_contain_text("a.txt")
    await dialog.get_by_role("combobox", name="Who").click()
    await page.get_by_role("option", name="Sam Okafor").click()
    await dialog.get_by_role("checkbox", name="Large").check()
    await dialog.get_by_role("radio", name="Small").check()
    await dialog.get_by_label("Day").fill("2025-11-21")
    await dialog.get_by_label("Hour").fill("09:30")
    await dialog.get_by_label("Moment").fill("2025-11-21T09:00")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    (payload,) = screen.app.sent("view_submission")
    values = {block: state["v"] for block, state in payload["view"]["state"]["values"].items()}
    assert [values[key]["value"] for key in ("title", "line", "lines", "mail", "web", "count")] == [
        "All is well",
        "one line",
        "first\nsecond",
        "ana@example.com",
        "https://example.com",
        "7",
    ]
    assert values["one"]["selected_option"]["value"] == "s"
    assert values["who"]["selected_user"] == "USAM"
    assert [option["value"] for option in values["ticks"]["selected_options"]] == ["l"]
    assert values["radio"]["selected_option"]["value"] == "s"
    assert (values["day"]["selected_date"], values["hour"]["selected_time"]) == ("2025-11-21", "09:30")
    moment = datetime(2025, 11, 21, 9, tzinfo=ZoneInfo("Europe/Madrid"))
    assert values["moment"]["selected_date_time"] == int(moment.timestamp())
    assert values["rich"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "some words"
    assert values["file"]["files"][0]["name"] == "a.txt"


async def test_a_field_error_keeps_every_input_and_takes_the_focus(screen: Screen) -> None:
    dialog = await _open_form(screen)
    title = dialog.get_by_label("Title", exact=True)
    await title.fill("taken")
    await dialog.get_by_label("A line").fill("kept")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".has-error")).to_contain_text("Somebody has taken this already.")
    await screen.shot("field-error")
    await expect(title).to_be_focused()
    await expect(title).to_have_attribute("aria-invalid", "true")
    await expect(title).to_have_value("taken")
    await expect(dialog.get_by_label("A line")).to_have_value("kept")


async def test_empty_and_malformed_fields_are_named_before_the_app_is_asked(screen: Screen) -> None:
    dialog = await _open_form(screen)
    await dialog.get_by_label("Mail").fill("nobody")
    await dialog.get_by_label("Count").fill("12")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".has-error .field-error")).to_have_text(
        ["Please enter an e-mail address.", "Please enter 9 or less."]
    )
    await dialog.get_by_label("Mail").fill("")
    await dialog.get_by_label("Count").fill("")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".has-error .field-error")).to_have_text(["Please complete this required field."] * 2)
    assert screen.app.sent("view_submission") == []


async def test_an_app_that_does_not_answer_loses_nothing_that_was_typed(screen: Screen) -> None:
    dialog = await _open_form(screen)
    await dialog.get_by_label("Title", exact=True).fill("Long thought")
    await dialog.get_by_label("A line").fill("kept")
    screen.app.refuse = True
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".dialog-error")).to_contain_text("Nothing you typed is lost")
    await expect(dialog.get_by_label("Title", exact=True)).to_have_value("Long thought")
    await screen.page.reload()
    await expect(dialog.get_by_label("Title", exact=True)).to_have_value("Long thought")
    await expect(dialog.get_by_label("A line")).to_have_value("kept")


async def test_escape_closes_a_form_and_asks_first_if_something_was_typed(screen: Screen) -> None:
    dialog = await _open_form(screen)
    await screen.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    dialog = await _open_form(screen)
    await screen.page.keyboard.type("half")
    await screen.page.keyboard.press("Escape")
    await expect(dialog.locator(".dialog-error")).to_contain_text("Press Escape again")
    await screen.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_the_focus_stays_inside_a_form(screen: Screen) -> None:
    dialog = await _open_form(screen)
    for _ in range(40):
        await screen.page.keyboard.press("Tab")
        outside = await screen.page.evaluate("document.activeElement.closest('dialog, body > iframe') === null")
        at_browser = await screen.page.evaluate("document.activeElement === document.body")
        assert not outside or at_browser
    await expect(dialog).to_be_visible()


async def test_a_second_form_lies_on_the_first_and_goes_back_to_it(screen: Screen) -> None:
    dialog = await _open_form(screen)
    await dialog.get_by_label("Title", exact=True).fill("next please")
    await dialog.get_by_label("A line").fill("kept")
    await dialog.get_by_role("button", name="Send").click()
    second = screen.page.get_by_role("dialog", name="The next one")
    await expect(second).to_contain_text("After next please")
    await second.get_by_role("button", name="Back to Everything").click()
    await expect(dialog.get_by_label("A line")).to_have_value("kept")


async def test_the_home_tab_shows_what_the_app_published(screen: Screen) -> None:
    page = screen.page
    await page.locator('[data-side="home"]').click()
    await expect(page.locator(".home-blocks")).to_contain_text("Nothing is burning.")
    await expect(page.locator(".home-blocks")).to_contain_text("Good day, @Ana Ruiz.")
    await screen.shot("home")
    await page.get_by_role("button", name="Messages").click()
    await expect(page.locator("#composer")).to_have_attribute("placeholder", "Message Firebell")


async def test_the_inspector_shows_both_sides_of_an_exchange(screen: Screen) -> None:
    page = screen.page
    await screen.say("/incident status")
    await expect(page.locator(".message.ephemeral")).to_be_visible()
    await page.get_by_role("button", name="Traffic between Slack and the app").click()
    await page.get_by_label("Filter").fill("/incident")
    await page.locator(".traffic-row").first.click()
    detail = page.get_by_role("region", name="The chosen exchange")
    await expect(detail).to_contain_text("Slack sent")
    await expect(detail).to_contain_text('text: "status"')
    await expect(detail).to_contain_text('text: "You said status"')
    await screen.shot("inspector")
    await page.keyboard.press("Escape")
    await expect(page.locator("#inspector")).to_be_hidden()


async def test_a_message_shortcut_opens_its_form(screen: Screen) -> None:
    await screen.page.locator(".message", has_text="I am looking").hover()
    await screen.page.get_by_role("button", name="More actions").click()
    await screen.page.get_by_role("menuitem", name="Declare from message").click()
    await expect(screen.page.get_by_role("dialog", name="Everything")).to_be_visible()
    (payload,) = screen.app.sent("message_action")
    assert payload["message"]["text"] == "I am looking"


async def test_a_demo_button_does_its_work_and_says_what_happened(open_screen: OpenScreen) -> None:
    screen = await open_screen()
    pressed: list[str] = []

    async def skip() -> str:
        pressed.append("skip")
        return "Nine minutes later."

    screen.sandbox.add_control(id="skip", label="Skip to the next event", hint="Moves the clock on", callback=skip)
    await screen.page.get_by_role("button", name="Skip to the next event").click()
    await expect(screen.page.locator(".toast")).to_contain_text("Nine minutes later.")
    assert pressed == ["skip"]
