"""When updates are due and who is reminded: the rules of the clock as stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain import cadence, rungs
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.model import FIREBELL, Absence
from bot.domain.policy import QuietHours, WorkingHours
from bot.domain.reaction import NO_COMMANDER, UPDATE
from bot.domain.refusal import Refused
from tests.domain.world import ANA, BEA, POLICY, START, World


def minutes(world: World) -> float:
    return (world.timers[UPDATE].due_at - START) / timedelta(minutes=1)


def declared(severity: str = "sev1") -> World:
    world = World()
    world.declare(severity=severity)
    world.open_room()
    return world


@pytest.mark.parametrize(("severity", "cadence_minutes", "lead"), [("sev1", 15, 3), ("sev2", 30, 6), ("sev3", 60, 10)])
def test_the_owner_gets_a_draft_before_it_is_due(severity: str, cadence_minutes: int, lead: int) -> None:
    world = declared(severity)
    assert minutes(world) == cadence_minutes - lead
    (sent,) = world.fire()
    assert isinstance(sent, e.ReminderSent)
    assert sent.draft
    assert [type(one).__name__ for one in world.effects if isinstance(one, f.DirectMessage)] == ["DirectMessage"]


def test_the_ladder_climbs_from_owner_to_leaders_to_the_channel() -> None:
    world = declared()
    world.do(c.AssignRole("deputy", "UBEA"))
    seen = []
    for _ in range(5):
        (sent,) = world.fire()
        assert isinstance(sent, e.ReminderSent)
        told = [one.user for one in world.effects if isinstance(one, f.DirectMessage)]
        room = any(isinstance(one, f.PostMessage) for one in world.effects)
        seen.append(((world.now - START) / timedelta(minutes=1), sent.step, told, room))
    assert seen == [
        (12, 0, ["UANA"], False),
        (15, 1, ["UANA"], False),
        (20, 2, ["UBEA"], False),
        (25, 3, [], True),
        (30, 5, [], True),
    ]


def test_nobody_is_told_twice_when_the_owner_is_the_only_leader() -> None:
    world = declared()
    steps = [rung.step for rung in rungs.rungs(world.it, world.policy)]
    assert 2 not in steps


def test_without_anyone_in_charge_the_channel_is_told_at_once() -> None:
    world = World()
    world.do(c.Declare("Odd", "sev2"), replace(ANA, responder=False))
    world.open_room()
    (sent,) = world.fire()
    assert isinstance(sent, e.ReminderSent)
    assert sent.recipients == "room"
    assert world.now == START + timedelta(minutes=30)


def test_an_update_restarts_the_clock() -> None:
    world = declared()
    world.wait(minutes=10)
    world.do(c.PostUpdate("Rolling back", status=None))
    assert world.it.clock.due_at == START + timedelta(minutes=25)
    assert minutes(world) == 22


def test_downtime_yields_one_honest_catch_up() -> None:
    world = declared()
    away = absence(10, 47)
    world.wait(minutes=47)
    (sent,) = world.fire(away=away)
    assert isinstance(sent, e.ReminderSent)
    assert sent.late_minutes == 32
    assert sent.missed == 3
    assert sent.away == away
    posts = [one for one in world.effects if isinstance(one, f.PostMessage | f.DirectMessage)]
    assert len(posts) == 1
    assert world.timers[UPDATE].due_at > world.now


def absence(since: float, until: float) -> Absence:
    """Firebell is away between these minutes after the declaration."""
    return Absence(START + timedelta(minutes=since), START + timedelta(minutes=until))


@pytest.mark.parametrize(
    ("away", "fires", "told"),
    [
        (absence(10, 20), 20, absence(10, 20)),
        (absence(14.9, 20), 20, absence(14.9, 20)),
        (None, 20, None),
        (absence(1, 5), 20, None),
        (absence(16, 20), 20, None),
        (absence(10, 15.9), 15.9, None),
    ],
    ids=[
        "it was away when the reminder was due",
        "it went just before",
        "it was there and is late for another reason",
        "it was back long before",
        "it went only afterwards",
        "it is late by less than anybody minds",
    ],
)
def test_only_a_reminder_that_an_absence_kept_back_says_so(
    away: Absence | None, fires: float, told: Absence | None
) -> None:
    world = declared()
    world.fire()
    world.now = START + timedelta(minutes=fires)
    (sent,) = world.fire(away=away)
    assert isinstance(sent, e.ReminderSent)
    assert sent.step == 1
    assert sent.away == told


def test_a_stretch_that_people_were_told_of_is_not_told_again_after_a_second_crash() -> None:
    world = declared()
    world.now = START + timedelta(minutes=16)
    (first,) = world.fire(away=absence(10, 16))
    assert isinstance(first, e.ReminderSent)
    assert first.away == absence(10, 16)
    following = world.timers[UPDATE].due_at
    world.now = following + timedelta(minutes=5)
    seen_last_before_both = Absence(START + timedelta(minutes=10), world.now)
    (second,) = world.fire(away=seen_last_before_both)
    assert isinstance(second, e.ReminderSent)
    assert second.away == Absence(START + timedelta(minutes=16), world.now)


def test_a_timer_that_moved_into_an_absence_afterwards_makes_no_second_catch_up() -> None:
    world = declared()
    world.now = START + timedelta(minutes=47)
    world.fire(away=absence(10, 47))
    world.now = world.timers[UPDATE].due_at
    (sent,) = world.do(c.FireTimer(UPDATE, START + timedelta(minutes=40), 3, absence(10, 47)), FIREBELL)
    assert isinstance(sent, e.ReminderSent)
    assert sent.away is None


def test_a_late_draft_before_the_update_is_due_needs_no_excuse() -> None:
    world = declared()
    world.now = START + timedelta(minutes=14)
    (sent,) = world.fire(away=absence(5, 14))
    assert isinstance(sent, e.ReminderSent)
    assert (sent.step, sent.away) == (0, None)


def test_lowering_severity_never_unmarks_what_is_overdue() -> None:
    world = declared()
    world.wait(minutes=20)
    world.do(c.ChangeSeverity("sev3", "one shop only"))
    assert world.it.clock.due_at == START + timedelta(minutes=15)
    assert cadence.overdue_since(world.it, world.now) == START + timedelta(minutes=15)


def test_raising_severity_moves_the_clock() -> None:
    world = declared("sev3")
    world.wait(minutes=10)
    world.do(c.ChangeSeverity("sev1"))
    assert world.it.clock.due_at == START + timedelta(minutes=25)


def test_snooze_moves_one_occurrence_and_only_once() -> None:
    world = declared()
    world.fire()
    world.do(c.SnoozeReminder())
    assert minutes(world) == 22
    with pytest.raises(Refused, match="snoozed once"):
        world.do(c.SnoozeReminder())
    world.do(c.ChangeSeverity("sev2", "calmer"))
    assert world.it.clock.snoozed_until is None


def test_there_is_nothing_to_snooze_before_a_reminder_was_sent() -> None:
    world = declared()
    with pytest.raises(Refused, match="No reminder is waiting"):
        world.do(c.SnoozeReminder())
    assert world.it.clock.snoozed_until is None


def test_no_change_is_one_click_and_counts_once_in_a_row_for_sev1() -> None:
    world = declared()
    world.do(c.PostUpdate("Looking"))
    world.wait(minutes=15)
    world.do(c.ConfirmUnchanged(), BEA)
    assert world.it.unchanged_since == START
    assert not any(isinstance(one, f.PostMessage) for one in world.effects)
    world.wait(minutes=15)
    with pytest.raises(Refused, match="once in a row"):
        world.do(c.ConfirmUnchanged())


def test_no_change_is_untrue_after_a_move() -> None:
    world = declared("sev2")
    world.do(c.ChangeSeverity("sev1"))
    with pytest.raises(Refused, match="moved since"):
        world.do(c.ConfirmUnchanged())


def test_quiet_hours_defer_a_calm_sev3_and_never_a_sev1() -> None:
    quiet = replace(POLICY, quiet_hours=QuietHours(time(22), time(7), "UTC", weekends=False))
    for severity, deferred in (("sev1", False), ("sev3", True)):
        world = World(policy=quiet)
        world.declare(severity=severity)
        world.wait(hours=2)
        (event,) = world.fire()
        assert isinstance(event, e.ReminderDeferred) is deferred
    assert world.timers[UPDATE].due_at == datetime(2026, 11, 19, 7, tzinfo=UTC)


def test_quiet_hours_never_silence_an_incident_people_work_on() -> None:
    quiet = replace(POLICY, quiet_hours=QuietHours(time(22), time(7), "UTC"))
    world = World(policy=quiet)
    world.declare(severity="sev3")
    world.wait(minutes=45)
    world.do(c.AddNote("still here"))
    (event,) = world.fire()
    assert isinstance(event, e.ReminderSent)


def test_sev4_is_one_message_in_working_hours() -> None:
    world = declared("sev4")
    assert [rung.step for rung in rungs.rungs(world.it, world.policy)] == [1]
    (event,) = world.fire()
    assert event == e.ReminderDeferred(datetime(2026, 11, 20, 9, tzinfo=UTC))
    (sent,) = world.fire()
    assert isinstance(sent, e.ReminderSent)
    assert UPDATE not in world.timers


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 7, tzinfo=UTC)),
        (datetime(2026, 11, 19, 6, 59, tzinfo=UTC), datetime(2026, 11, 19, 7, tzinfo=UTC)),
        (datetime(2026, 11, 19, 7, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
    ],
)
def test_quiet_hours_pass_midnight_and_hold_weekends(now: datetime, end: datetime | None) -> None:
    assert cadence.quiet_until(QuietHours(time(22), time(7)), now) == end


def test_working_hours_follow_the_zone() -> None:
    hours = WorkingHours(time(9), time(17), "America/New_York")
    friday_night = datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert cadence.working_from(hours, friday_night) == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_no_commander_for_five_minutes_is_said_once() -> None:
    world = World()
    world.do(c.Declare("Odd", "sev2"), replace(ANA, responder=False))
    world.open_room()
    assert world.fire(NO_COMMANDER) == [e.CommanderMissing(5)]
    assert NO_COMMANDER not in world.timers
    world.do(c.AssignRole("commander", "UBEA"), BEA)
    world.do(c.ReleaseRole("commander"), BEA)
    assert NO_COMMANDER in world.timers


def test_demo_speed_divides_policy_durations_only() -> None:
    world = World(policy=replace(POLICY, speed=60))
    world.declare(services=("checkout",))
    assert world.it.clock.due_at == START + timedelta(seconds=15)
    collect = next(one for one in world.effects if isinstance(one, f.CollectPanels))
    assert collect.end - collect.start == timedelta(hours=1)


def test_the_draft_tells_what_was_noted_since() -> None:
    world = declared()
    world.do(c.ChangeStatus(world.it.status.__class__("mitigating")))
    world.do(c.AddNote("Rolled back v142"))
    text = cadence.draft(world.it, world.policy)
    assert "A fix is under way" in text
    assert "Rolled back v142." in text
