"""Text handed back comes again in the form of its word, wherever it was typed, and sending it again works."""

from __future__ import annotations

import json

import pytest

from bot.domain.commands import Resolve
from bot.domain.model import Actor
from tests.commands.kit import ALERTS, ANA, BEA, SAM, FrontDesk, whole_text

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("line", "form", "kept"),
    [
        ("assign scribee @sam", "line", "assign scribee @sam"),
        ("status mitigatng we roll back", "line", "status mitigatng we roll back"),
        ("stauts #1", "line", "stauts #1"),
        ("note #9 the cache was cold", "line", "note #9 the cache was cold"),
        ("severity sev4 hardly anybody", "severity", "hardly anybody"),
        ("reopen it is back", "reason", "it is back"),
        ("declare sev9 the shop is down", "declare", "the shop is down"),
    ],
)
async def test_a_refused_line_comes_back_with_its_words(desk: FrontDesk, line: str, form: str, kept: str) -> None:
    room = await desk.room(by=ANA)
    if form == "severity":
        await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    assert (await desk.answers(BEA, room, line)).startswith("Nothing changed.")
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    view = await desk.form(BEA)
    assert view["callback_id"] == form
    assert kept in json.dumps(view["blocks"])


async def test_a_mended_line_is_sent_as_if_typed_where_it_was(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "assign scribee @sam")
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    view = await desk.form(BEA)
    again = await desk.submits(BEA, view, line={"value": "assign scrib @sam"})
    assert "There is no role `scrib`." in again["errors"]["line"]
    assert (await desk.submits(BEA, view, line={"value": "assign scribe @sam"}))["ok"]
    assert (await desk.it()).roles["scribe"] == (SAM,)
    assert f"<@{SAM}> is now scribe of INC-1." in whole_text(await desk.form(BEA))


@pytest.mark.parametrize("line", ["snooze", "unchanged", "SNOOZE "])
async def test_a_word_in_which_nothing_can_be_mended_is_refused_without_an_offer_to_edit_it(
    desk: FrontDesk, line: str
) -> None:
    room = await desk.room()
    await desk.answers(ANA, room, "unchanged")
    answer = await desk.answers(BEA, room, line)
    assert answer.startswith("Nothing changed.")
    assert "Edit and send again" not in answer
    assert "What you typed" not in answer


async def test_a_number_can_be_mended_whatever_the_word(desk: FrontDesk) -> None:
    await desk.room()
    assert "Edit and send again" in await desk.answers(BEA, ALERTS, "snooze #99")


async def test_an_update_that_was_refused_reopens_in_its_own_form(desk: FrontDesk) -> None:
    room = await desk.room()
    headline = "All payments work again"
    await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    assert (await desk.answers(BEA, room, f"update {headline}")).startswith("Nothing changed.")
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    view = await desk.form(BEA)
    assert view["callback_id"] == "update"
    assert headline in json.dumps(view["blocks"])


async def test_a_text_too_long_for_a_button_is_shown_whole_to_be_copied(desk: FrontDesk) -> None:
    room = await desk.room()
    words = " ".join(f"word{number}" for number in range(420))
    answer = await desk.answers(BEA, room, f"note {words}")
    assert words in answer.replace("\n", "")
    assert "too long for a button to carry" in answer
    controls = json.dumps((await desk.last_answer(BEA))["blocks"])
    assert "reopen_input" not in controls


async def test_without_an_incident_the_picker_keeps_word_and_text(desk: FrontDesk) -> None:
    await desk.room()
    desk.fail("views.open", "500", count=1)
    await desk.answers(BEA, ALERTS, "update Half of all payments fail")
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    view = await desk.form(BEA)
    assert view["callback_id"] == "pick_incident"
    assert (await desk.submits(BEA, view))["ok"]
    assert desk.count("UpdatePosted") == 1
