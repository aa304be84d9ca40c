"""The reminder ladder: whom an overdue update is brought up with, when, and what stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import ladder as steps
from bot.domain import notices as n
from bot.domain.ladder import Step, Wait, default_ladder
from bot.domain.model import FIREBELL, Absence
from bot.domain.paging import PageStatus, Target, TargetKind
from bot.domain.policy import PagerPolicy, Policy
from bot.domain.reaction import UPDATE
from bot.domain.rungs import next_rung, rungs, timer_fits
from bot.domain.timeline import entries
from tests.domain.world import ANA, BEA, POLICY, START, World

PAGING = replace(POLICY, pager=PagerPolicy(asks=True, default_service="PDEFAULT"))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def declared(severity: str = "sev1", policy: Policy = PAGING, **fields: object) -> World:
    world = World(policy)
    world.declare(severity=severity, **fields)
    world.open_room()
    return world


def with_ladder(*ladder: Step, severity: str = "sev1") -> Policy:
    """The rules with another ladder."""
    changed = tuple(replace(one, ladder=ladder) if one.key == severity else one for one in PAGING.severities)
    return replace(PAGING, severities=changed)


def at_minute(world: World) -> float:
    return (world.now - START) / minutes(1)


def climb(world: World, until: float) -> list[tuple[float, str]]:
    """Let every reminder come until then; nobody says a word in the room. Returns when each step told whom."""
    seen = []
    while UPDATE in world.timers and world.timers[UPDATE].due_at <= START + minutes(until):
        events = world.fire()
        if any(isinstance(one, e.RoomLookWanted) for one in events):
            events = hear(world, None)
        seen.extend((at_minute(world), one.recipients) for one in events if isinstance(one, e.ReminderSent))
    return seen


def hear(world: World, spoken_at: datetime | None) -> list[e.Event]:
    """The chat system tells when somebody last wrote in the room."""
    (asked,) = [one for one in world.effects if isinstance(one, f.ReadRoom)]
    return world.settle(asked, f.RoomHeard(spoken_at))


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("sev1", [(12, "owner"), (15, "owner"), (20, "leaders"), (25, "room"), (30, "page"), (45, "room")]),
        ("sev2", [(24, "owner"), (30, "owner"), (35, "leaders"), (40, "room"), (60, "room")]),
        ("sev3", [(50, "owner"), (60, "owner"), (80, "leaders"), (100, "room"), (120, "room")]),
    ],
)
def test_unanswered_it_climbs_from_the_owner_to_the_leaders_to_the_channel_and_for_a_sev1_to_a_page(
    severity: str, expected: Sequence[tuple[float, str]]
) -> None:
    world = declared(severity)
    world.do(c.AssignRole("deputy", "UBEA"))
    world.incident = replace(world.it, human_at=START)
    assert climb(world, expected[-1][0]) == expected


def test_on_call_is_paged_through_the_pager_and_only_once() -> None:
    world = declared()
    climb(world, 29)
    climb(world, 30)
    assert [type(one).__name__ for one in world.effects if isinstance(one, f.PageOnCall)] == ["PageOnCall"]
    climb(world, 120)
    (page,) = world.it.pages
    assert page.reason.startswith("An update was due at 03:02 UTC and has not come, and nobody has written for 15")


def test_nobody_is_said_to_be_paged_before_the_pager_has_confirmed() -> None:
    world = declared()
    climb(world, 30)
    texts = [line.text for line in entries(world.log, world.policy)]
    assert "Update overdue by 15 min; asked for a page of whoever is on call" in texts
    assert not [text for text in texts if text.startswith("Paged")]


def test_somebody_at_work_puts_the_page_off() -> None:
    world = declared()
    climb(world, 25)
    world.wait(minutes=3)
    world.do(c.AddNote("Half of the pods are restarting"), BEA)
    assert climb(world, 42.9) == [(30, "room")]
    assert climb(world, 43) == [(43, "page")]


def test_whoever_only_talks_in_the_channel_puts_the_page_off_as_well() -> None:
    world = declared()
    climb(world, 29)
    (looking,) = world.fire()
    assert looking == e.RoomLookWanted(START + minutes(15))
    hear(world, START + minutes(27))
    assert world.it.pages == ()
    assert climb(world, 41.9) == [(30, "room")]
    assert climb(world, 42) == [(42, "page")]


@pytest.mark.parametrize("answer", [c.PostUpdate("Half of all payments fail"), c.ConfirmUnchanged()])
def test_the_page_for_a_missing_update_ends_with_the_update(answer: c.Command) -> None:
    world = declared()
    climb(world, 29)
    world.fire()
    world.fire()
    world.do(c.Page(Target(TargetKind.SERVICE, "PSEARCH"), "Come and see"), BEA)
    world.do(c.AddNote("I am on it"))
    assert all(one.is_open for one in world.it.pages), "a note is no update"
    world.do(answer)
    assert f.ResolvePage(1, ANA.id, "The update that was missing has come") in world.effects
    ended, asked = world.it.pages
    assert (ended.status, ended.resolution) == (PageStatus.RESOLVED, "The update that was missing has come")
    assert asked.is_open, "a page by a person stays"


def test_a_channel_that_cannot_be_read_holds_no_page_up() -> None:
    world = declared()
    climb(world, 29)
    world.fire()
    events = world.fire()
    assert at_minute(world) == 32
    assert [type(one) for one in events] == [e.ReminderSent, e.PageRequested]


def test_a_look_into_the_channel_that_fails_is_no_message_of_its_own() -> None:
    world = declared()
    climb(world, 29)
    world.fire()
    asked = next(one for one in world.effects if isinstance(one, f.ReadRoom))
    world.do(c.RecordFailure("e9", asked, "client", "not_in_channel"), FIREBELL)
    assert not [one for one in world.effects if isinstance(one, f.PostMessage | f.DirectMessage)]
    assert [type(one) for one in world.fire()] == [e.ReminderSent, e.PageRequested]


def test_an_update_that_arrives_while_the_channel_is_read_pages_nobody() -> None:
    world = declared()
    climb(world, 29)
    world.fire()
    asked = next(one for one in world.effects if isinstance(one, f.ReadRoom))
    world.do(c.PostUpdate("Rolling back"))
    assert world.settle(asked, f.RoomHeard(None)) == []


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, pager=PagerPolicy(asks=True))], ids=["no pager", "nobody"])
def test_without_anybody_who_can_be_paged_the_channel_reads_so(policy: Policy) -> None:
    world = declared(policy=policy)
    climb(world, 29)
    (sent,) = world.fire()
    assert isinstance(sent, e.ReminderSent)
    (post,) = [one for one in world.effects if isinstance(one, f.PostMessage)]
    assert isinstance(post.notice, n.UpdateDue)
    assert post.notice.unpaged == ("no_pager" if policy is POLICY else "nobody")
    assert "nobody was paged" in entries(world.log, policy)[-1].text
    assert climb(world, 60) == [(45, "room"), (60, "room")]
    assert world.it.pages == ()


def test_a_page_that_stands_already_is_not_doubled() -> None:
    world = declared()
    world.do(c.Page(reason="Payments fail"))
    climb(world, 30)
    assert len(world.it.pages) == 1
    assert "being paged already" in entries(world.log, world.policy)[-1].text


def test_a_drill_wakes_nobody() -> None:
    world = declared(drill=True)
    assert "page" not in [whom for _, whom in climb(world, 90)]


OTHER = replace(World().declare("Search is slow"), id="02", number=43)


@pytest.mark.parametrize(
    "ending",
    [c.Resolve("Restarted"), c.Cancel("A false alarm"), c.MergeInto(OTHER, "The same cause")],
    ids=["resolved", "cancelled", "merged"],
)
@pytest.mark.parametrize("after", [5, 16, 31])
def test_whatever_ends_the_incident_stops_every_step(ending: c.Command, after: float) -> None:
    world = declared()
    climb(world, after)
    late = world.timers[UPDATE]
    world.do(ending)
    assert UPDATE not in world.timers
    world.now = late.due_at
    assert world.do(c.FireTimer(UPDATE, late.due_at, late.step), FIREBELL) == []


def test_a_severity_that_moved_has_a_ladder_of_its_own() -> None:
    world = declared()
    climb(world, 25)
    world.do(c.ChangeSeverity("sev2", "A way around was found"))
    assert "page" not in [whom for _, whom in climb(world, 120)]


def test_after_downtime_one_message_stands_for_all_and_nobody_is_woken_for_what_firebell_missed() -> None:
    world = declared()
    world.wait(minutes=47)
    away = Absence(START + minutes(10), world.now)
    (sent,) = world.fire(away=away)
    assert isinstance(sent, e.ReminderSent)
    assert (sent.recipients, sent.away) == ("room", away)
    assert climb(world, 61.9) == [(60, "room")]
    assert climb(world, 62) == [(62, "page")]


def test_whoever_leads_and_owes_the_update_is_told_once() -> None:
    world = declared("sev2")
    for role in ("communications", "deputy"):
        world.do(c.AssignRole(role, "UANA"))
    assert [rung.recipients for rung in rungs(world.it, world.policy)][:3] == ["owner", "owner", "room"]


def test_an_operators_own_ladder_is_climbed() -> None:
    half = Step("scribe", Wait(Fraction(1, 2)))
    policy = with_ladder(Step(steps.OWNER), half, Step(steps.ON_CALL, Wait(span=minutes(9))))
    policy = replace(policy, services=(replace(policy.services[0], oncall_group="checkout-oncall"),))
    world = declared(policy=policy, services=("checkout",))
    world.do(c.AssignRole("scribe", "UBEA"))
    assert climb(world, 23) == [(15, "owner"), (22.5, "scribe")]
    assert [one.user for one in world.effects if isinstance(one, f.DirectMessage)] == ["UBEA"]
    assert climb(world, 90) == [(24, "oncall")]
    (told,) = [one for one in world.effects if isinstance(one, f.TellAudience)]
    assert (told.groups, told.leave_out) == (("checkout-oncall",), ("UANA",))


@pytest.mark.parametrize(
    "ladder",
    [
        (Step(steps.OWNER), Step(steps.ROOM), Step(steps.LEADERS, Wait(span=minutes(5)))),
        (Step(steps.ROOM), Step(steps.OWNER), Step(steps.LEADERS, Wait(span=minutes(5)))),
    ],
    ids=["owner first", "room first"],
)
def test_steps_of_one_time_are_all_taken(ladder: tuple[Step, ...]) -> None:
    world = declared(policy=with_ladder(*ladder))
    world.do(c.AssignRole("deputy", "UBEA"))
    sent = world.fire()
    assert {one.recipients for one in sent if isinstance(one, e.ReminderSent)} == {"owner", "room"}
    assert [type(one) for one in world.effects if isinstance(one, f.DirectMessage | f.PostMessage)].count(
        f.DirectMessage
    ) == 1
    assert climb(world, 60) == [(20, "leaders")]


def test_a_repeated_step_drops_none_that_falls_on_its_time() -> None:
    again = Step(steps.ROOM, Wait(), repeat=True)
    world = declared(policy=with_ladder(Step(steps.OWNER), again, Step(steps.LEADERS, Wait(span=minutes(15)))))
    world.do(c.AssignRole("deputy", "UBEA"))
    assert climb(world, 30) == [(15, "owner"), (15, "room"), (30, "room"), (30, "leaders")]


def test_the_timer_follows_whoever_leaves_a_private_room_and_comes_back() -> None:
    world = declared("sev2", private=True)
    world.do(c.EnterRoom(BEA.id))
    world.do(c.AssignRole("deputy", BEA.id))
    assert climb(world, 30) == [(24, "owner"), (30, "owner")]
    assert world.timers[UPDATE].due_at == START + minutes(35)
    world.do(c.LeaveRoom(BEA.id), BEA)
    assert world.timers[UPDATE].due_at == START + minutes(40)
    assert timer_fits(world.it, world.policy, world.timers[UPDATE].due_at)
    world.do(c.EnterRoom(BEA.id))
    assert world.timers[UPDATE].due_at == START + minutes(35)
    assert timer_fits(world.it, world.policy, world.timers[UPDATE].due_at)


def test_an_edited_ladder_moves_the_timer_once() -> None:
    world = declared()
    armed = world.timers[UPDATE].due_at
    assert timer_fits(world.it, world.policy, armed)
    world.policy = with_ladder(Step(steps.OWNER), Step(steps.ROOM, Wait(span=minutes(2))))
    assert not timer_fits(world.it, world.policy, armed)
    world.do(c.RescheduleReminders(), FIREBELL)
    assert world.timers[UPDATE].due_at == START + minutes(15)
    assert timer_fits(world.it, world.policy, world.timers[UPDATE].due_at)
    assert "New rules: the next reminder comes at 2026-11-19 03:02 UTC" in entries(world.log, world.policy)[-1].text


def test_what_was_told_already_is_not_told_again_by_an_edited_ladder() -> None:
    world = declared()
    climb(world, 25)
    world.policy = with_ladder(Step(steps.OWNER), Step(steps.ROOM, Wait(span=minutes(1))))
    world.do(c.RescheduleReminders(), FIREBELL)
    assert climb(world, 90) == []


def test_the_defaults_hold_their_times_between_the_bounds() -> None:
    waits = [one.wait.of(minutes(60)) for one in default_ladder(1, working_hours_only=False)]
    assert waits == [minutes(10), minutes(0), minutes(5), minutes(10), minutes(60), minutes(0)]
    assert default_ladder(4, working_hours_only=True) == (Step(steps.OWNER),)


@example(cadence=1, moves=[(15, "update"), (15, "note")], severity="sev1")
@given(
    cadence=st.integers(1, 2_000),
    moves=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(["note", "update", "snooze", "unchanged", ""])), max_size=8
    ),
    severity=st.sampled_from(["sev1", "sev2", "sev3"]),
)
def test_whatever_people_do_the_next_step_lies_ahead_of_the_last_and_each_silence_pages_once(
    cadence: int, moves: list[tuple[int, str]], severity: str
) -> None:
    changed = tuple(replace(one, cadence=minutes(cadence)) for one in PAGING.severities)
    world = declared(severity, replace(PAGING, severities=changed))
    does = {"note": c.AddNote("Looking"), "update": c.PostUpdate("Looking"), "": c.AddNote("Nothing new")}
    for wait, move in moves:
        world.wait(minutes=wait)
        climb(world, at_minute(world))
        if move in does:
            world.do(does[move], BEA)
        rung, sent = next_rung(world.it, world.policy), world.it.clock.reminded_at
        assert rung is not None
        assert rung.recipients == "page" or sent is None or rung.at > sent
        assert world.timers[UPDATE].due_at >= world.it.declared_at
        assert timer_fits(world.it, world.policy, world.timers[UPDATE].due_at)
    assert len([page for page in world.it.pages if page.by == FIREBELL.id]) <= 1 + len(world.it.updates)
    assert ANA.id == world.it.commander
