"""Answers to whoever asked: what was not done and why, how things stand, what can be done here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from bot.domain.model import Clock, Failure, Incident, SetupStep, Status, StepState
from bot.domain.timeline import Entry
from templates import answers as a
from templates import sample_data as data
from templates.actions import Action, Value
from templates.message import Links, Message
from tests.templates.reading import control, labels, words


def test_an_error_has_the_one_form() -> None:
    reopen = Value("i", 3, {"word": "assign", "text": "scribee @bea"})
    message = a.error(
        "Nothing changed. There is no role `scribee`. Did you mean scribe?", "assign scribee @bea", reopen
    )
    assert words(message).splitlines()[:3] == [
        "Nothing changed. There is no role `scribee`. Did you mean scribe?",
        "*What you typed*",
        "assign scribee @bea",
    ]
    assert Value.unpack(control(message, "Edit and send again")["value"]) == reopen


def test_an_error_names_people_as_mentions() -> None:
    assert "<@U0ANA> is commander." in words(a.error("Nothing changed. @{U0ANA} is commander."))


def test_a_text_too_long_for_a_button_is_handed_back_whole() -> None:
    typed = "checkout is down " * 200
    message = a.error("Nothing changed.", typed, Value(extra={"text": typed}))
    assert labels(message) == []
    assert "Copy it and send it again." in words(message)
    assert typed.split() == words(message).split("*What you typed*")[1].split("That is too long")[0].split()


@pytest.mark.parametrize("said", get_args(a.Said))
def test_everything_that_can_be_done_is_said_in_a_sentence(said: a.Said) -> None:
    text = words(a.done(said, data.mitigating(), data.POLICY, now=data.NOW))
    assert text.endswith(".")
    assert "None" not in text


@pytest.mark.parametrize("said", get_args(a.Said))
def test_what_was_so_already_is_said_in_a_sentence_too(said: a.Said) -> None:
    text = words(a.done(said, data.mitigating(), data.POLICY, now=data.NOW, already=True))
    assert text.endswith(".")
    assert text != words(a.done(said, data.mitigating(), data.POLICY, now=data.NOW))


def test_roles_are_spoken_of_by_name_or_as_ones_own() -> None:
    def given(*users: str, already: bool = False) -> str:
        message = a.role_given(data.set_up(), data.POLICY, "scribe", users=users, asker=data.ANA, already=already)
        return words(message)

    assert given(data.ANA) == "You are now scribe of INC-42. A direct message tells you what that means."
    assert given(data.BEA) == "<@U0BEA> is now scribe of INC-42. A direct message tells them what that means."
    assert given(data.BEA, already=True) == "<@U0BEA> is scribe of INC-42 already."
    assert given(data.BEA, data.SAM).startswith("<@U0BEA> and <@U0SAM> are now scribe of INC-42.")


def test_an_answer_may_be_relative() -> None:
    message = a.done("update_posted", data.mitigating(), data.POLICY, now=data.NOW)
    assert words(message) == "Update 1 of INC-42 is saved and on its way. The next one is due in 13 min."


def test_a_status_offers_to_follow_or_to_stop() -> None:
    followed = replace(data.mitigating(), followers=(data.SAM,))

    def offered(asker: str, incident: Incident = followed) -> list[str]:
        message = a.status(incident, data.POLICY, links=Links(), now=data.NOW, asker=asker)
        return [label for label in labels(message) if "ollow" in label]

    assert (offered(data.SAM), offered(data.BEA), offered("")) == (["Stop following"], ["Follow"], ["Follow"])
    assert offered(data.SAM, replace(followed, status=Status.RESOLVED)) == []


def test_a_snooze_says_until_when() -> None:
    clock = Clock(data.at("03:00"), data.at("03:15"), snoozed_until=data.at("03:25"))
    message = a.done("snoozed", replace(data.overdue(), clock=clock), data.POLICY, now=data.at("03:15"))
    assert words(message) == "I will remind you of INC-42 again in 10 min."


def test_a_declaration_is_answered_with_guesses_and_matches() -> None:
    text = words(declared(data.just_declared(), similar=(data.earlier(),)))
    assert "INC-42 Checkout returns 500s is declared as SEV1. Its channel is being opened" in text
    assert "Affected: Checkout, Payments (guessed)." in text
    assert "SEV3 · INC-41 Search results are slow" in text


def declared(incident: Incident, *, links: Links | None = None, **more: Any) -> Message:
    return a.declared(incident, data.POLICY, links=links or Links(), now=data.NOW, **more)


def test_until_there_is_a_channel_a_button_asks_for_it() -> None:
    first, again = declared(data.just_declared()), declared(data.just_declared(), again=True)
    assert control(first, "Open channel")["action_id"] == Action.SHOW_ROOM
    assert control(again, "Open channel")["action_id"] == Action.SHOW_ROOM
    assert "Its channel is still being opened; try again in a moment." in words(again)


def test_once_there_is_a_channel_the_answer_leads_into_it() -> None:
    incident = data.declared()
    message = declared(incident, links=data.links(incident), again=True)
    assert "Its channel is <#C0INC42>." in words(message)
    assert control(message, "Open channel")["url"] == "https://example.slack.com/archives/C0INC42"


def test_a_channel_that_could_not_be_opened_is_owned_up_to_with_retry() -> None:
    broken = (SetupStep("channel", StepState.FAILED, "The app lacks the scope channels:manage.", "e1"),)
    message = declared(replace(data.just_declared(), setup=broken), again=True)
    assert "Its channel could not be opened: The app lacks the scope channels:manage." in words(message)
    assert labels(message) == ["Retry", "Edit details"]


def test_taking_over_asks_first() -> None:
    message = a.take_over(data.set_up(), data.POLICY, "commander", holder=data.ANA, user=data.BEA, asker=data.BEA)
    assert "<@U0ANA> is commander of INC-42 Checkout returns 500s. If you take over, they will be told." in words(
        message
    )
    assert Value.unpack(control(message, "Take over")["value"]).extra == {
        "role": "commander",
        "user": data.BEA,
        "replace": "1",
    }


def status(incident: Incident, now: str = "03:05") -> str:
    return words(a.status(incident, data.POLICY, links=data.links(incident), now=data.at(now)))


def test_status_says_who_what_and_when() -> None:
    text = status(data.mitigating())
    for part in ("Mitigating, started 18 min ago", "*Commander* <@U0ANA>", "*Deputy* <@U0BEA>", "*Next update* in 13"):
        assert part in text


def test_status_says_when_an_update_is_overdue() -> None:
    assert "*Next update* overdue since 5 min ago" not in status(data.overdue(), "03:20")
    assert "*Next update* overdue, it was due 5 min ago" in status(data.overdue(), "03:20")


def test_status_offers_retry_for_what_failed() -> None:
    failure = Failure("e9", "InviteToRoom", "server", "Slack did not answer.", data.NOW)
    incident = replace(data.set_up(), failures={"e9": failure})
    assert "*Inviting people* failed: Slack did not answer." in status(incident)
    message = a.status(incident, data.POLICY, links=data.links(incident), now=data.NOW)
    assert "Retry" in labels(message)


def test_the_list_has_the_worst_first() -> None:
    text = words(a.incident_list((data.earlier(), data.set_up()), data.POLICY, now=data.NOW))
    assert text.index("INC-42") < text.index("INC-41")


def test_a_long_list_counts_what_it_leaves_out() -> None:
    many = [replace(data.set_up(), id=str(i), number=i) for i in range(40)]
    assert "and 25 more" in words(a.incident_list(many, data.POLICY, now=data.NOW))


def test_an_empty_list_is_good_news() -> None:
    message = a.incident_list((), data.POLICY, now=data.NOW)
    assert "Nothing is burning." in words(message)
    assert labels(message) == ["Declare an incident"]


def lines(count: int) -> list[Entry]:
    at = data.at("03:00")
    return [Entry(i, at + timedelta(minutes=i), at, data.ANA, "note", f"line {i} by @{{U0ANA}}") for i in range(count)]


def test_the_timeline_opens_at_its_newest_page() -> None:
    message = a.timeline_page(lines(40), data.set_up(), now=data.NOW)
    assert "31 to 40 of 40" in words(message)
    assert "03:39  line 39 by <@U0ANA>" in words(message)
    assert labels(message) == ["Earlier", "Show everything"]


def test_the_timeline_pages_both_ways() -> None:
    message = a.timeline_page(lines(40), data.set_up(), now=data.NOW, page=2, everything=True)
    assert labels(message) == ["Earlier", "Later", "Key lines only"]
    assert Value.unpack(control(message, "Later")["value"]).extra == {"page": "3", "detail": "detail"}


@pytest.mark.parametrize("page", [-5, 0, 99])
def test_a_page_that_is_not_there_is_the_nearest(page: int) -> None:
    assert "of 40" in words(a.timeline_page(lines(40), data.set_up(), now=data.NOW, page=page))


def test_an_empty_timeline_says_so() -> None:
    assert "is empty" in words(a.timeline_page([], data.set_up(), now=data.NOW))


def test_help_tells_legal_and_command_alone_of_regulatory_matters() -> None:
    assert "regulatory" not in words(a.help_text(a.Place(data.set_up())))
    theirs = words(a.help_text(a.Place(data.set_up(), concerned=True)))
    assert "`/incident regulatory`" in theirs
    assert len(theirs.splitlines()) <= 10


MERGED = replace(data.cancelled(), status=Status.MERGED)
PLACES = (a.Place(), *(a.Place(one) for one in (data.set_up(), data.resolved(), data.cancelled(), MERGED)))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.incident.status if place.incident else "elsewhere")
@pytest.mark.parametrize("concerned", [False, True], ids=["", "concerned"])
@pytest.mark.parametrize("may_publish", [False, True], ids=["", "customers"])
def test_help_is_at_most_ten_lines_in_the_order_of_its_groups(
    place: a.Place, concerned: bool, may_publish: bool
) -> None:
    text = words(a.help_text(replace(place, concerned=concerned, may_publish=may_publish)))
    headings = [line.split("*")[1] for line in text.splitlines() if line.startswith("*")]
    assert headings == [group for group in ("Now", "People", "Tell", "After") if group in headings]
    assert 1 < len(text.splitlines()) <= 10


@pytest.mark.parametrize(
    ("place", "valid", "not_here"),
    [
        (PLACES[0], "drill link merge unmerge statuspage", ""),
        (PLACES[1], "link merge statuspage", "drill unmerge"),
        (PLACES[2], "link statuspage", "drill merge unmerge"),
        (PLACES[3], "", "drill link merge unmerge statuspage"),
        (PLACES[4], "unmerge", "drill link merge statuspage"),
    ],
    ids=["elsewhere", "open", "resolved", "cancelled", "merged"],
)
def test_help_names_links_merges_drills_and_the_status_page_where_they_are_valid(
    place: a.Place, valid: str, not_here: str
) -> None:
    text = words(a.help_text(replace(place, may_publish=True)))
    assert [word for word in valid.split() if f"`/incident {word}" not in text] == []
    assert [word for word in not_here.split() if f"`/incident {word}" in text] == []


def test_help_tells_of_the_status_page_only_those_who_may_publish() -> None:
    assert not [place for place in PLACES if "statuspage" in words(a.help_text(place))]


def test_help_in_an_open_incident_has_four_groups() -> None:
    text = words(a.help_text(a.Place(data.set_up())))
    headings = [line.split("*")[1] for line in text.splitlines() if line.startswith("*")]
    assert headings == ["Now", "People", "Tell", "After"]
    assert len(text.splitlines()) == 10


def test_help_shows_only_what_is_valid_here() -> None:
    assert "resolve" not in words(a.help_text(a.Place(data.resolved())))
    assert "reopen" not in words(a.help_text(a.Place(data.set_up())))
    assert "#42" not in words(a.help_text(a.Place(data.set_up())))


def test_help_uses_the_commands_own_name() -> None:
    assert "`@firebell status`" in words(a.help_text(a.Place(data.set_up(), command="@firebell")))


def test_the_menu_fits_the_place() -> None:
    here = a.menu(a.Place(data.assumed()), data.POLICY, now=data.NOW)
    elsewhere = a.menu(a.Place(), data.POLICY, now=data.NOW)
    over = a.menu(a.Place(data.resolved()), data.POLICY, now=data.NOW)
    assert labels(here)[0] == "Take command"
    assert labels(elsewhere) == ["Declare an incident", "Help"]
    assert "Reopen" in labels(over)
    assert "Resolve" not in labels(over)


def test_declaring_is_offered_to_those_who_may_only() -> None:
    place = a.Place(may_declare=False)
    shown = [
        a.menu(place, data.POLICY, now=data.NOW),
        a.incident_list((data.set_up(),), data.POLICY, now=data.NOW, may_declare=False),
        a.incident_list((), data.POLICY, now=data.NOW, may_declare=False),
    ]
    assert all("Declare an incident" not in labels(message) for message in shown)
    assert "declare" not in words(a.help_text(place))


def test_the_menu_elsewhere_shows_what_is_open() -> None:
    message = a.menu(a.Place(), data.POLICY, now=data.NOW, open_incidents=(data.set_up(),) * 8)
    assert "8 open incidents, worst first" in words(message)
    assert "and 3 more" in words(message)
    assert [one for one in labels(message) if one == "Status"] == ["Status"] * 5


def test_buttons_elsewhere_carry_no_incident() -> None:
    declare = control(a.menu(a.Place(), data.POLICY, now=data.NOW), "Declare an incident")
    assert declare["action_id"] == Action.OPEN_DECLARE
    assert Value.unpack(declare["value"]) == Value()
