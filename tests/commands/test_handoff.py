"""`handoff` as people type it, and what its form does with odd and late input."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.commands import AssignRole, Resolve
from bot.domain.model import Actor
from tests.commands.kit import ALERTS, ANA, BEA, JONAS, SAM, FrontDesk, whole_text

pytestmark = pytest.mark.slow


def blocks_of(view: dict[str, Any]) -> list[str]:
    return [str(one["block_id"]) for one in view["blocks"] if str(one.get("block_id")).startswith("note:")]


def filled(view: dict[str, Any], text: str = "Rolling back") -> dict[str, Any]:
    return {"receiver": {"selected_user": BEA}} | {block: {"value": text} for block in blocks_of(view)}


async def test_a_misspelt_role_is_guessed_and_nothing_opens(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "Did you mean commander?" in await desk.answers(ANA, room, "handoff comander @bea")
    await desk.presses(ANA, await desk.last_answer(ANA), "reopen_input")
    assert "comander" in str(await desk.form(ANA)), "what was typed is kept"


async def test_nobody_hands_over_what_somebody_else_holds(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "You are not commander of INC-1" in await desk.answers(BEA, room, "handoff commander @sam")
    assert "You hold no role in INC-1" in await desk.answers(BEA, room, "handoff @sam")
    assert "You hold no role in an open incident" in await desk.answers(BEA, ALERTS, "handoff all @sam")
    assert "There is no incident #7" in await desk.answers(BEA, ALERTS, "handoff #7 @sam")


async def test_anywhere_else_the_only_incident_of_mine_is_meant_and_of_several_i_choose(desk: FrontDesk) -> None:
    await desk.declared()
    await desk.types(ANA, ALERTS, "/incident handoff commander @bea")
    view = await desk.form(ANA)
    assert view["callback_id"] == "handoff"
    assert view["blocks"][1]["element"]["initial_user"] == BEA
    await desk.declared("search is slow")
    await desk.types(ANA, ALERTS, "/incident handoff commander @bea she knows redis")
    choice = await desk.form(ANA)
    assert choice["callback_id"] == "pick_incident"
    assert "she knows redis" in str(choice)


async def test_a_name_that_slack_did_not_resolve_is_asked_for_in_the_form(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident handoff commander @nobodyknown")
    view = await desk.form(ANA)
    assert "Who is meant by “nobodyknown”?" in whole_text(view)
    assert "initial_user" not in view["blocks"][1]["element"]


async def test_without_a_receiver_or_a_note_the_form_stays_and_says_so(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident handoff")
    view = await desk.form(ANA)
    answer = await desk.submission(ANA, view, **{blocks_of(view)[0]: {"value": "  "}})
    assert answer["errors"] == {"receiver": "Choose a person.", blocks_of(view)[0]: "The note is empty."}


async def test_the_same_form_sent_twice_is_one_offer(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident handoff")
    view = await desk.form(ANA)
    for _ in range(2):
        answer = await desk.submission(ANA, view, **filled(view))
        assert answer["response_action"] == "update"
    assert desk.count("HandoffOffered") == 1


async def test_what_ended_or_moved_while_the_form_was_open_is_said_beside_the_note(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident handoff")
    view = await desk.form(ANA)
    await desk.do(await desk.it(), AssignRole("commander", SAM, replace=True), Actor(SAM))
    answer = await desk.submission(ANA, view, **filled(view))
    assert "You are not commander" in answer["errors"][blocks_of(view)[0]]
    await desk.do(await desk.it(), Resolve("Rolled back"), Actor(SAM))
    answer = await desk.submission(ANA, view, **filled(view, "Rolling forward"))
    assert "is resolved" in answer["errors"][blocks_of(view)[0]]
    assert desk.count("HandoffOffered") == 0


async def test_a_form_that_lost_what_it_was_for_says_so(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident handoff")
    view = await desk.form(ANA)
    answer = await desk.submission(ANA, {**view, "private_metadata": "{}"}, **filled(view))
    assert "has lost what it was for" in answer["errors"]["receiver"]


async def test_of_two_incidents_the_one_that_was_refused_is_named_and_sending_again_repeats_nothing(
    desk: FrontDesk,
) -> None:
    await desk.declared()
    await desk.declared("search is slow")
    await desk.types(ANA, ALERTS, "/incident handoff all @bea")
    view = await desk.form(ANA)
    second = await desk.it(2)
    await desk.do(second, AssignRole("commander", JONAS, replace=True), Actor(JONAS))
    answer = await desk.submission(ANA, view, **filled(view))
    assert list(answer["errors"]) == [f"note:{second.id}"]
    await desk.submission(ANA, view, **filled(view))
    assert desk.count("HandoffOffered") == 1
