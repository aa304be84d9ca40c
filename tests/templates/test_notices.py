"""What Firebell says of its own accord."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import get_args

import pytest

from bot.domain import notices as n
from bot.domain.handoffs import Handoff
from bot.domain.model import Absence, Clock, Incident, Status
from bot.domain.priority import Band, Cause, Held, Standing
from templates import sample_data as data
from templates.actions import Action, Value
from templates.message import Message
from templates.notices import draft_of, render
from tests.templates.hostile import incident_of, notices_of
from tests.templates.reading import control, controls, labels, menu, phone, words


def said(notice: n.Notice, incident: Incident, now: datetime = data.NOW) -> Message:
    offered = Handoff(1, data.BEA, data.SAM, ("commander",), "Rolling back", data.NOW)
    handed = incident if incident.handoffs else replace(incident, handoffs=(offered,))
    return render(notice, handed, data.POLICY, links=data.links(handed), now=now)


def eventful(incident: Incident) -> Incident:
    """The incident, with everything that some notice speaks of."""
    happened = incident_of("The pool was too small")
    return replace(incident, pages=happened.pages, handoffs=happened.handoffs, posts=happened.posts)


def test_every_notice_has_a_message() -> None:
    written = {type(notice) for notice in notices_of("x")}
    assert written == set(get_args(n.Notice))


def test_an_update_names_its_parts_author_and_time() -> None:
    text = words(said(n.UpdatePublished(1), data.mitigating()))
    for part in ("Update 1", "Mitigating", "one customer in five", "*Impact*", "*Doing*", "*Next*", "<@U0ANA>, 03:03"):
        assert part in text


def test_an_update_shows_what_it_moved() -> None:
    second = replace(data.FIRST_UPDATE, number=2, severity="sev2", status=Status.MONITORING)
    text = words(said(n.UpdatePublished(2), replace(data.mitigating(), updates=(data.FIRST_UPDATE, second))))
    assert "SEV2 (was SEV1)" in text
    assert "Monitoring (was Mitigating)" in text


def test_a_corrected_update_says_when() -> None:
    corrected = replace(data.FIRST_UPDATE, headline="Checkout fails for one in ten", corrected_at=data.at("03:14"))
    message = said(n.UpdatePublished(1), replace(data.mitigating(), updates=(corrected,)), data.at("03:14"))
    assert "corrected 03:14" in words(message)
    assert "one in ten" in words(message)


def test_an_update_can_be_corrected_and_followed() -> None:
    message = said(n.UpdatePublished(1), data.mitigating())
    assert menu(message) == ["Correct this update", "Follow by direct message", "Stop following"]
    choice = next(one for one in controls(message) if one["type"] == "overflow")["options"][0]
    assert Value.unpack(choice["value"]).extra == {"do": Action.OPEN_CORRECT, "update": "1"}


def test_the_heads_up_posts_its_draft_with_one_click() -> None:
    message = said(n.UpdateHeadsUp(data.at("03:18"), "A fix is under way."), data.mitigating(), data.at("03:15"))
    assert phone(message) == "SEV1 INC-42: update due 03:18 · Checkout returns 500s"
    assert labels(message) == ["Post this", "Edit first", "No change", "Snooze 10 min"]
    assert draft_of({"blocks": message.blocks}) == "A fix is under way."


@pytest.mark.parametrize(
    "draft", ["a < b & c", "@{U0BEA} found https://x.example/?a=1&b=2.", "<!channel>", "*x* {{ y }}"]
)
def test_a_draft_reads_back_as_it_was_written(draft: str) -> None:
    message = said(n.UpdateHeadsUp(data.at("03:18"), draft), data.mitigating())
    assert draft_of({"blocks": message.blocks}) == draft


@pytest.mark.parametrize("sent", [{}, {"blocks": None}, {"blocks": [1, {"block_id": "draft"}]}, {"blocks": [{}]}])
def test_a_message_without_a_draft_has_none(sent: dict[str, object]) -> None:
    assert draft_of(sent) == ""


def test_no_change_is_left_out_where_it_would_be_refused() -> None:
    once = replace(data.overdue(), clock=replace(data.overdue().clock, unchanged_in_row=1))
    assert "No change" not in labels(said(n.UpdateDue(data.at("03:15"), 0, 1), once))


def test_a_reminder_is_snoozed_once() -> None:
    clock = Clock(data.at("03:00"), data.at("03:15"), snoozed_until=data.at("03:25"), step=1)
    snoozed = replace(data.overdue(), clock=clock)
    assert "Snooze 10 min" not in labels(said(n.UpdateDue(data.at("03:15"), 10, 1), snoozed))


@pytest.mark.parametrize(
    ("notice", "sentence"),
    [
        (n.UpdateDue(data.at("03:15"), 0, 1), "is due now."),
        (n.UpdateDue(data.at("03:15"), 5, 1, to="owner"), "was due 03:15 and is 5 min late."),
        (n.UpdateDue(data.at("03:15"), 5, 2, to="leaders"), "<@U0ANA> was reminded. Could one of you post it?"),
        (n.UpdateDue(data.at("03:15"), 10, 3, to="room"), "Anyone here can post it, or say “No change”."),
        (
            n.UpdateDue(data.at("03:15"), 15, 5, to="room", again=True, unpaged="no_pager"),
            "nobody was paged: no pager is connected. Call somebody who can help.",
        ),
        (n.UpdateDue(data.at("03:15"), 15, 5, to="room", unpaged="nobody"), "names one of the pager’s."),
        (n.UpdateDue(data.at("03:15"), 15, 5, to="room", unpaged="standing"), "was paged before and is being called."),
    ],
)
def test_each_rung_of_the_ladder_says_what_it_wants(notice: n.UpdateDue, sentence: str) -> None:
    assert sentence in words(said(notice, data.overdue(), data.at("03:25")))


def test_the_channel_hears_of_one_overdue_update_in_other_words_each_time() -> None:
    said_at = {late: said(_told_room(late, step), data.overdue()) for late, step in LATE}
    assert "The update was due 03:15 and is not there yet." in words(said_at[10])
    assert "*Still no update* at 03:30: it was due 03:15." in words(said_at[15])
    assert "*Still no update* at 04:30: it was due 03:15. Stakeholders have heard nothing since 03:00." in words(
        said_at[75]
    )
    assert phone(said_at[75]) == "SEV1 INC-42: still no update, it was due 03:15 · Checkout returns 500s"
    assert len({words(message) for message in said_at.values()}) == len(LATE)


def _told_room(late: int, step: int) -> n.UpdateDue:
    return n.UpdateDue(data.at("03:15"), late, step, to="room", again=step > 3)


LATE = ((10, 3), (15, 4), (30, 5), (75, 7))


def test_nobody_is_called_with_at_here() -> None:
    for notice in notices_of("x"):
        message = said(notice, eventful(data.mitigating()), data.at("03:25"))
        assert "<!here" not in message.text + words(message)


def test_a_catch_up_is_honest_about_the_absence() -> None:
    away = Absence(data.at("03:13"), data.at("03:20"))
    text = words(said(n.UpdateDue(data.at("03:15"), 5, 1, away=away), data.overdue(), data.at("03:20")))
    assert text.startswith("Firebell was away between 03:13 and 03:20 and could not remind you in time.")
    assert "was due 03:15. This one message stands for the reminders you missed." in text


def test_raising_and_lowering_are_told_apart() -> None:
    assert "Raised by" in words(said(n.SeverityRaisedOrLowered("sev2", "sev1", "", data.ANA), data.set_up()))
    assert "Lowered by" in words(said(n.SeverityRaisedOrLowered("sev1", "sev3", "ok", data.ANA), data.set_up()))


def test_after_resolve_people_are_sent_to_sleep() -> None:
    message = said(n.IncidentOver(Status.RESOLVED, "Rollback", data.BEA), data.resolved(), data.at("04:11"))
    assert "Sleep. The postmortem draft is waiting; I will ask <@U0ANA> at 10:00 on their next working day." in words(
        message
    )
    assert "Reopen" in labels(message)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"severity": "sev3"}, "A postmortem is optional for SEV3"),
        ({"severity": "sev4"}, "No postmortem is owed."),
        ({"drill": True}, "No postmortem is owed for a drill."),
    ],
)
def test_no_postmortem_is_promised_that_is_not_owed(change: dict[str, object], sentence: str) -> None:
    notice = n.IncidentOver(Status.RESOLVED, "Rollback", data.BEA)
    assert sentence in words(said(notice, replace(data.resolved(), **change), data.at("04:11")))  # type: ignore[arg-type]


def test_times_that_nobody_recorded_are_not_invented() -> None:
    bare = replace(data.resolved(), started_at=None, impact_ended_at=None)
    text = words(said(n.IncidentOver(Status.RESOLVED, "Rollback", data.BEA), bare))
    assert "Start not recorded · impact ended not recorded" in text


def test_a_new_holder_gets_the_duties_and_three_first_acts() -> None:
    message = said(n.RoleDuties("commander", data.BEA), data.set_up())
    assert "You are commander of INC-42" in words(message)
    assert "• You do not type fixes; ask others to." in words(message)
    assert labels(message)[:3] == ["Post update", "Assign roles", "Change severity"]


def test_an_experienced_holder_gets_one_line() -> None:
    message = said(n.RoleDuties("commander", data.ANA, short=True), data.set_up())
    assert len(message.blocks) == 1
    assert Value.unpack(control(message, "Show duties")["value"]).extra == {"role": "commander"}


def test_whoever_took_a_role_is_not_told_that_they_asked_themselves() -> None:
    assert "asked you" not in words(said(n.RoleDuties("commander", data.ANA), data.set_up()))


def test_a_vacant_role_can_be_taken() -> None:
    vacant = replace(data.set_up(), roles=MappingProxyType({}))
    assert labels(said(n.RoleMoved("commander", None, data.BEA, data.BEA), vacant)) == ["Take command"]
    assert labels(said(n.RoleMoved("scribe", None, data.BEA, data.BEA), vacant)) == ["Become scribe"]


def test_the_receipt_takes_a_mistake_back_only_in_time() -> None:
    notice = n.DeclaredReceipt(data.at("03:10"))
    assert "Declared by mistake" in labels(said(notice, data.declared()))
    assert "Declared by mistake" not in labels(said(notice, data.declared(), data.at("03:11")))


def test_the_severity_question_is_answered_with_one_tap() -> None:
    message = said(n.SeverityQuestion("sev2"), data.assumed())
    assert [one["action_id"] for one in controls(message)] == [Action.CONFIRM_SEVERITY, Action.PICK_SEVERITY]


def test_trouble_says_what_why_and_offers_retry() -> None:
    message = said(n.DeliveryTrouble("InviteToRoom", "Slack did not answer.", "e9"), data.set_up())
    assert "Firebell gave up inviting people for INC-42 Checkout returns 500s. Slack did not answer." in words(message)
    assert Value.unpack(control(message, "Retry")["value"]) == Value("01JBZ3R8K4Q2", 14, {"effect": "e9"})


def test_the_postmortem_has_an_edit_button_for_each_section() -> None:
    message = said(n.PostmortemReady(1), data.resolved())
    assert labels(message).count("Edit") == 3
    assert "2 sections need somebody who was there." in words(message)
    assert "☑ Alert on pool exhaustion" in words(message)


def test_the_nudge_asks_only_for_what_is_open() -> None:
    message = said(n.PostmortemNudge(("root_cause",)), data.resolved())
    assert labels(message) == ["Edit", "Open postmortem"]
    assert "What went well" not in words(message)


@pytest.mark.parametrize("notice", notices_of("The pool was too small"), ids=lambda notice: type(notice).__name__)
def test_a_phone_sees_severity_and_number_first(notice: n.Notice) -> None:
    assert phone(said(notice, eventful(data.mitigating()))).startswith("SEV1 INC-42: ")


@pytest.mark.parametrize("notice", notices_of("The pool was too small"), ids=lambda notice: type(notice).__name__)
def test_messages_are_calm(notice: n.Notice) -> None:
    text = words(said(notice, eventful(data.resolved())))
    assert "!" not in text.replace("<!date", "")
    assert not any(word in text.lower() for word in ("fault", "blame", "failed to", "urgent", "asap"))


@pytest.mark.parametrize(
    ("place", "held", "told", "pushed"),
    [
        (1, None, " by hand until 05:00.\n", "rank 1 by hand ·"),
        (2, Held(Cause.SAFETY, (7,)), "; INC-7 is safety first and stays before it.", "by hand, but INC-7 is safety"),
        (3, Held(Cause.BY_HAND, (7, 9)), "; INC-7 and INC-9 stand before it by hand.", "by hand, but INC-7 and INC-9"),
        (2, Held(Cause.FEW), "; fewer are open.", "by hand, but fewer are open"),
    ],
)
def test_a_rank_by_hand_is_announced_with_what_stays_before_it_and_no_place_that_some_see_otherwise(
    place: int, held: Held | None, told: str, pushed: str
) -> None:
    incident = data.mitigating()
    notice = n.PlaceOverridden(1, "The regulator is on the line.", data.BEA, data.at("05:00"))
    standing = Standing(place, Band.HIGH, f"Rank {place}, set by hand: The regulator is on the line.", held)
    drawn = render(notice, incident, data.POLICY, links=data.links(incident), now=data.NOW, standing=standing)
    assert words(drawn).startswith("<@U0BEA> set *rank 1* by hand until")
    assert told in words(drawn)
    assert pushed in drawn.text
    assert place == 1 or f"ank {place}" not in words(drawn)
