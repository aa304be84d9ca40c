"""The canvas follows what is said, and a call is opened once for the severities that get one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config.file import parse, policy_of
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.call import CallService, CallTemplate
from bot.domain.calls import call_url
from bot.domain.model import Status
from bot.domain.venue import CHANNEL, WORKSPACE, Venue, denied_before
from bot.errors import ConfigError
from tests.domain.world import POLICY, START, World

CANVAS = replace(POLICY, canvas=True)
CALLED = replace(POLICY, call=CallService(("sev1", "sev2")))
URL = "https://zoom.example/j/42?pwd=x"


def written(world: World) -> int:
    return world.effects.count(f.WriteCanvas())


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: world.do(c.AddNote("Decided: we roll back")),
        lambda world: world.do(c.PostUpdate("Half of all payments fail")),
        lambda world: world.do(c.AssignRole("deputy", "UBEA")),
        lambda world: world.do(c.ChangeStatus(Status.MITIGATING)),
        lambda world: world.do(c.ChangeSeverity("sev2", "calmer")),
        lambda world: world.do(c.Resolve("Rolled back")),
    ],
)
def test_it_is_written_when_what_it_says_changes(happens: Callable[[World], object]) -> None:
    world = World(policy=CANVAS)
    world.declare()
    assert written(world) == 1, "there is one from the beginning"
    world.open_room()
    happens(world)
    assert written(world) >= 1
    off = World()
    off.declare()
    off.open_room()
    happens(off)
    assert written(off) == 0, "the setting turns it off"


def test_where_it_stands_is_kept_and_writing_it_again_says_nothing() -> None:
    world = World(policy=CANVAS)
    world.declare()
    world.open_room()
    world.settle(f.WriteCanvas(), f.CanvasFacts("F1"))
    assert world.it.venue.canvas == "F1"
    assert written(world) == 0, "what it says of itself is not worth writing it again"
    before = len(world.log)
    world.settle(f.WriteCanvas(), f.CanvasFacts("F1"))
    world.settle(f.WriteCanvas(), f.Done())
    assert len(world.log) == before


def test_a_refusal_is_recorded_once_and_ends_it_without_a_word_to_people() -> None:
    world = World(policy=CANVAS)
    world.declare()
    world.open_room()
    world.settle(f.WriteCanvas(), f.CanvasDenied("team_tier_cannot_create_channel_canvases", WORKSPACE))
    assert world.effects == []
    assert (world.it.venue.refused, world.it.venue.extent) == ("team_tier_cannot_create_channel_canvases", WORKSPACE)
    world.do(c.AddNote("Tried a restart"))
    assert written(world) == 0
    before = len(world.log)
    world.settle(f.WriteCanvas(), f.CanvasDenied("again", WORKSPACE))
    assert len(world.log) == before


def test_one_that_is_given_up_tells_nobody() -> None:
    world = World(policy=CANVAS)
    world.declare()
    world.open_room()
    world.do(c.RecordFailure("e1", f.WriteCanvas(), "timeout", "Slack did not answer"))
    assert not [one for one in world.effects if isinstance(one, f.PostMessage | f.DirectMessage)]


def test_a_thread_that_stands_in_for_a_channel_has_none() -> None:
    world = World(policy=CANVAS)
    world.declare()
    world.settle(f.OpenRoom(), f.RoomFacts("CSUM", "incidents", "1.2"))
    world.do(c.PostUpdate("Half of all payments fail"))
    assert written(world) == 0


def test_the_workspaces_refusal_holds_for_a_day_and_a_canvas_ends_it() -> None:
    refused = Venue(refused="missing_scope", extent=WORKSPACE, refused_at=START)
    later = START + timedelta(hours=23)
    assert denied_before([Venue(), refused], later) == "missing_scope"
    assert denied_before([refused], START + timedelta(hours=24)) == ""
    assert denied_before([Venue(canvas="F1"), refused], later) == ""
    assert denied_before([replace(refused, extent=CHANNEL)], later) == ""
    assert denied_before([], later) == ""


def test_a_call_is_opened_for_the_severities_that_get_one() -> None:
    world = World(policy=CALLED)
    world.declare(severity="sev2")
    assert world.effects.count(f.OpenCall()) == 1
    assert call_url(world.it, CALLED) == "", "there is no address before there is a call"
    world.do(c.ChangeSeverity("sev1", "worse"))
    assert f.OpenCall() not in world.effects, "it was asked for already"
    world.settle(f.OpenCall(), f.CallFacts(URL))
    assert call_url(world.it, CALLED) == URL
    assert f.AddBookmark("call") in world.effects
    before = len(world.log)
    world.settle(f.OpenCall(), f.CallFacts("https://zoom.example/j/43"))
    assert (len(world.log), call_url(world.it, CALLED)) == (before, URL)


def test_a_milder_incident_gets_one_when_it_gets_worse() -> None:
    world = World(policy=CALLED)
    world.declare(severity="sev3")
    assert f.OpenCall() not in world.effects
    world.open_room()
    world.do(c.ChangeSeverity("sev1", "worse"))
    assert world.effects.count(f.OpenCall()) == 1


def test_a_call_that_cannot_be_opened_is_said_in_the_channel_with_a_way_to_try_again() -> None:
    world = World(policy=CALLED)
    world.declare()
    world.open_room()
    world.do(c.RecordFailure("e1", f.OpenCall(), "auth", "Zoom answered with HTTP 401."))
    assert f.PostMessage("room", n.DeliveryTrouble("OpenCall", "Zoom answered with HTTP 401.", "e1")) in world.effects
    world.do(c.RetryEffect("e1"))
    assert world.retried == ["e1"]


def test_a_template_opens_nothing() -> None:
    world = World(policy=replace(POLICY, call=CallTemplate("https://meet.example/{number}")))
    world.declare()
    assert f.OpenCall() not in world.effects
    assert call_url(world.it, world.policy) == "https://meet.example/42"
    assert [type(one.event) for one in world.log].count(e.CallOpened) == 0


def test_settings_choose_zoom_or_a_template_and_the_worst_two_severities() -> None:
    zoom = policy_of(parse("zoom: {host: bridge@example.com}", "firebell.yaml")).call
    assert zoom == CallService(("sev1", "sev2"))
    chosen = policy_of(parse("zoom: {host: me, severities: [sev3]}", "firebell.yaml")).call
    assert chosen == CallService(("sev3",))
    assert policy_of(parse("", "firebell.yaml")).canvas
    assert not policy_of(parse("canvas: 'off'", "firebell.yaml")).canvas


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zoom: {host: me}\ncall_link: https://meet.example/{number}", "keep one of the two"),
        ("zoom: {host: me, severities: [sev9]}", "`sev9` is no severity"),
        ("zoom: {host: https://zoom.us/me}", "the e-mail of one of Zoom's users"),
        ("canvas: sometimes", "canvas"),
    ],
)
def test_settings_that_do_not_fit_are_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "firebell.yaml")
    assert said in str(caught.value)
