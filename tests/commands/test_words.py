"""What each word does, typed by people."""

from __future__ import annotations

import json
import time

import pytest

from bot.domain.commands import PostUpdate, RecordOutcome, Resolve
from bot.domain.effects import OpenRoom, RoomFacts
from bot.domain.model import Actor, Status
from commands.words import COMMANDS, WORDS
from tests.commands.kit import ALERTS, ANA, BEA, DEV, JONAS, SAM, FrontDesk, whole_text

pytestmark = pytest.mark.slow


async def test_one_line_declares_and_names_what_looks_the_same(desk: FrontDesk) -> None:
    await desk.declared("checkout returns 500s", services=("checkout",))
    await desk.declared("search is slow", services=("search",))
    answer = await desk.answers(BEA, ALERTS, "declare SEV-2: checkout answers 500")
    incident = await desk.it(3)
    assert (incident.title, incident.severity, incident.severity_assumed) == ("checkout answers 500", "sev2", False)
    assert (incident.services, incident.services_guessed) == (("checkout",), True)
    assert "Affected: Checkout (guessed)" in answer
    assert "INC-1" in answer
    assert "INC-2" not in answer


async def test_the_answer_to_a_declaration_becomes_the_way_into_the_channel(desk: FrontDesk) -> None:
    answer = await desk.answers(BEA, ALERTS, "declare sev2 search is slow")
    assert "Its channel is being opened" in answer
    await desk.presses(BEA, await desk.last_answer(BEA), "show_room")
    await desk.answered()
    assert "Its channel is still being opened; try again in a moment." in await desk.last_whisper(BEA)
    await desk.do(await desk.it(), RecordOutcome("e1", OpenRoom(), RoomFacts(ALERTS, "inc-1-search-is-slow")))
    await desk.presses(BEA, await desk.last_answer(BEA), "show_room")
    await desk.answered()
    [said] = await desk.whispers(BEA)
    assert f"Its channel is <#{ALERTS}>." in said
    assert f"/archives/{ALERTS}" in json.dumps((await desk.last_answer(BEA))["blocks"])


async def test_without_a_severity_one_is_assumed_by_the_services_tier(desk: FrontDesk) -> None:
    await desk.answers(BEA, ALERTS, "declare payments are slow")
    incident = await desk.it()
    assert (incident.severity, incident.severity_assumed, incident.services) == ("sev1", True, ("payments",))


async def test_who_is_on_call_commands_where_the_policy_says_so(desk: FrontDesk) -> None:
    await desk.answers(SAM, ALERTS, "declare sev3 card payments are slow")
    assert (await desk.it()).commander == JONAS


async def test_the_declarer_commands_only_as_a_responder(desk: FrontDesk) -> None:
    await desk.answers(SAM, ALERTS, "declare sev1 odd prices")
    await desk.answers(BEA, ALERTS, "declare sev1 odd baskets")
    assert [(await desk.it(number)).commander for number in (1, 2)] == [None, BEA]


async def test_the_one_line_form_does_not_wait_for_a_slow_slack(desk: FrontDesk) -> None:
    desk.local.faults.latency_ms = 25_000
    started = time.monotonic()
    answer = await desk.answers(BEA, ALERTS, "declare sev3 card payments are slow")
    assert "is declared" in answer
    assert time.monotonic() - started < 20
    assert (await desk.it()).commander is None, "who is on call could not be asked in time"


async def test_bare_text_and_a_bare_severity_only_fill_the_form(desk: FrontDesk) -> None:
    await desk.types(BEA, ALERTS, "/incident sev1 the shop is down")
    view = await desk.form(BEA)
    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert fields["title"]["initial_value"] == "the shop is down"
    assert fields["severity"]["initial_option"]["value"] == "sev1"
    assert desk.count() == 0


async def test_status_shows_and_moves(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "INC-1 checkout returns 500s" in await desk.answers(SAM, room, "status")
    assert await desk.answers(SAM, ALERTS, "#1") == await desk.answers(SAM, ALERTS, "status inc-1")
    assert "INC-1 is mitigating." in await desk.answers(BEA, room, "status Mitigating we roll back")
    incident = await desk.it()
    assert (incident.status, incident.status_reason) == (Status.MITIGATING, "we roll back")
    assert "INC-1 is mitigating already." in await desk.answers(BEA, room, "status mitigating")


async def test_severity_moves_with_a_reason(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "INC-1 is SEV3." in await desk.answers(BEA, room, "sev p3 only Spain is affected")
    assert (await desk.it()).severity == "sev3"
    await desk.types(BEA, room, "/incident severity")
    assert (await desk.form(BEA))["callback_id"] == "severity"


async def test_an_update_in_one_line_is_posted_and_without_words_a_form_opens_with_a_draft(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "note The pool was full")
    await desk.types(BEA, room, "/incident up")
    view = await desk.form(BEA)
    assert "The pool was full" in json.dumps(view["blocks"][0])
    assert "Update 1 of INC-1 is saved and on its way." in await desk.answers(
        BEA, room, "update We roll back https://x.example/a"
    )
    latest = (await desk.it()).latest_update
    assert latest is not None
    assert latest.headline == "We roll back https://x.example/a"


async def test_a_correction_takes_the_last_update_or_the_numbered_one(desk: FrontDesk) -> None:
    room = await desk.room()
    for headline in ("Cards fail", "Vouchers fail"):
        await desk.do(await desk.it(), PostUpdate(headline), Actor(ANA))
    assert "now reads as you wrote" in await desk.answers(ANA, room, "correct Gift cards fail")
    await desk.answers(ANA, room, "correct 1 Cards fail in Spain")
    assert [one.headline for one in (await desk.it()).updates] == ["Cards fail in Spain", "Gift cards fail"]
    await desk.types(ANA, room, "/incident correct 1")
    assert "Cards fail in Spain" in json.dumps(await desk.form(ANA))


async def test_no_change_counts_once_and_snooze_needs_a_reminder_to_move(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "nothing changed in INC-1" in await desk.answers(BEA, room, "unchanged")
    assert "counts once in a row" in await desk.answers(BEA, room, "unchanged")
    assert "No reminder is waiting for an answer." in await desk.answers(BEA, room, "snooze")


async def test_roles_are_given_taken_and_released(desk: FrontDesk) -> None:
    room = await desk.room()
    assert f"<@{BEA}> is now scribe of INC-1." in await desk.answers(ANA, room, "assign scribe @bea")
    assert f"<@{BEA}> is scribe of INC-1 already." in await desk.answers(ANA, room, "assign scribe @bea")
    assert "You are now communications lead of INC-1." in await desk.answers(SAM, room, "take comms")
    several = await desk.answers(ANA, room, "assign @dev Operations lead @jonas")
    assert f"<@{DEV}> and <@{JONAS}> are now operations lead of INC-1." in several
    roles = (await desk.it()).roles
    assert (roles["scribe"], roles["communications"], roles["operations"]) == ((BEA,), (SAM,), (DEV, JONAS))
    left = await desk.answers(BEA, room, "release")
    assert left.startswith("You are no longer scribe of INC-1. Nobody holds that role now.")
    released = await desk.answers(ANA, room, "release operations @dev")
    assert released.startswith(f"<@{DEV}> is no longer operations lead of INC-1.\n")
    roles = (await desk.it()).roles
    assert (roles.get("scribe", ()), roles["operations"]) == ((), (JONAS,))


async def test_taking_over_asks_first_and_the_answer_takes_the_questions_place(desk: FrontDesk) -> None:
    room = await desk.room()
    question = await desk.answers(BEA, room, "take")
    assert f"<@{ANA}> is commander of" in question
    assert (await desk.it()).commander == ANA
    await desk.presses(BEA, await desk.last_answer(BEA), "take_role")
    await desk.answered()
    assert (await desk.it()).commander == BEA
    assert not any("is commander of" in one for one in await desk.whispers(BEA))


async def test_naming_another_commander_asks_unless_one_hands_over_oneself(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "somebody takes over" in await desk.answers(SAM, room, "commander @bea")
    assert (await desk.it()).commander == ANA
    await desk.answers(ANA, room, "ic @bea")
    assert (await desk.it()).commander == BEA


async def test_a_name_that_slack_did_not_resolve_is_asked_for_with_the_line_kept(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident assign scribe @nobody.here")
    view = await desk.form(ANA)
    assert "scribe @nobody.here" in json.dumps(view)
    assert (await desk.picks(ANA, view, BEA))["ok"]
    assert (await desk.it()).roles["scribe"] == (BEA,)


async def test_the_whole_way_to_the_end_and_back(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "is resolved" in await desk.answers(ANA, room, "fixed rolled back to v141")
    incident = await desk.it()
    assert (incident.status, incident.fixed_by) == (Status.RESOLVED, "rolled back to v141")
    assert "is open again" in await desk.answers(ANA, room, "reopen it is back")
    assert "is cancelled as a false alarm" in await desk.answers(ANA, room, "cancel a probe was wrong")


@pytest.mark.parametrize("word", ["resolve", "cancel", "note", "edit", "assign"])
async def test_without_words_a_form_asks(desk: FrontDesk, word: str) -> None:
    room = await desk.room()
    before = desk.count()
    await desk.types(BEA, room, f"/incident {word}")
    view = await desk.form(BEA)
    assert view["submit"]
    assert desk.count() == before


@pytest.mark.parametrize("word", ["reopen", "close"])
async def test_after_the_end_a_form_asks_why(desk: FrontDesk, word: str) -> None:
    room = await desk.room()
    await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    await desk.types(BEA, room, f"/incident {word}")
    assert (await desk.form(BEA))["callback_id"] == "reason"


async def test_the_timeline_shows_key_lines_and_everything_on_demand(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "note The pool was full")
    assert "The pool was full" in await desk.answers(SAM, room, "timeline")
    await desk.presses(SAM, await desk.last_answer(SAM), "show_level")
    await desk.answered()
    assert "Key lines only" in await desk.last_whisper(SAM)


async def test_metrics_are_drawn_or_it_is_said_why_not(desk: FrontDesk) -> None:
    room = await desk.room(services=("checkout",))
    assert "are being drawn" in await desk.answers(SAM, room, "metrics")
    await desk.declared("odd prices")
    assert "No affected service has metrics to draw." in await desk.answers(SAM, ALERTS, "metrics #2")


async def test_a_postmortem_is_written_on_demand(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "is being written" in await desk.answers(SAM, room, "pm")
    assert desk.count("PostmortemRequested") == 1


async def test_following_and_unfollowing(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "You follow INC-1" in await desk.answers(SAM, room, "follow")
    assert "You follow INC-1 already" in await desk.answers(SAM, room, "follow")
    assert "no longer follow" in await desk.answers(SAM, room, "unfollow")


async def test_list_help_and_menu_fit_the_place(desk: FrontDesk) -> None:
    assert "Nothing is burning." in await desk.answers(SAM, ALERTS, "list")
    assert "Declare an incident" in await desk.answers(SAM, ALERTS, "")
    room = await desk.room()
    assert "checkout returns 500s" in await desk.answers(SAM, ALERTS, "ls")
    here, elsewhere = await desk.answers(SAM, room, "help"), await desk.answers(SAM, ALERTS, "?")
    assert "resolve <what fixed it>" in here.replace("&lt;", "<").replace("&gt;", ">")
    assert "#42" in elsewhere
    assert "#42" not in here
    assert "Post update" in await desk.answers(SAM, room, "")


async def test_a_private_incident_is_found_by_its_own_and_by_nobody_else(desk: FrontDesk) -> None:
    await desk.declared("Leaked keys", private=True)
    for line in ("status #1", "note #1 x", "take #1"):
        assert "There is no incident #1." in await desk.answers(SAM, ALERTS, line)
    assert "Leaked" not in await desk.answers(SAM, ALERTS, "declare sev3 leaked keys again")
    assert "Leaked keys" in await desk.answers(ANA, ALERTS, "status #1")


async def test_whoever_is_in_a_private_room_works_there(desk: FrontDesk) -> None:
    room = await desk.room(private=True, title="Leaked keys")
    assert "It is on the timeline" in await desk.answers(SAM, room, "note keys are rotated")


async def test_a_resolved_incident_is_offered_only_for_words_that_fit_it(desk: FrontDesk) -> None:
    incident = await desk.declared()
    await desk.do(incident, Resolve("rolled back"), Actor(ANA))
    assert "there is none that `update` fits" in await desk.answers(BEA, ALERTS, "update all is well")
    await desk.types(BEA, ALERTS, "/incident reopen it is back")
    view = await desk.form(BEA)
    assert "it is back" in json.dumps(view)
    await desk.submits(BEA, view)
    assert desk.count("IncidentReopened") == 1
    assert "is open again" in whole_text(await desk.form(BEA))


def test_every_word_is_valid_somewhere_and_told_once() -> None:
    assert len(WORDS) == len(COMMANDS)
    assert all(word.open or word.over for word in COMMANDS)
    assert all(word.usage.split()[0] == word.name for word in COMMANDS)
