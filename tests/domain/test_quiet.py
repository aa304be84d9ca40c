"""Subscribers' quiet hours: who is told later, what ends the waiting, and that nothing is told twice or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import FIREBELL
from bot.domain.policy import QuietHours
from bot.domain.quiet import Waiting, merged
from bot.domain.reading_hours import observed, quiet_for
from bot.domain.subscriptions import WAITING, Kind, Subscription, Way
from bot.outbox import audience
from tests.domain.world import ANA, POLICY, START, World

HOURS = QuietHours(time(22), time(7), "Europe/Madrid", weekends=False)
QUIET = replace(POLICY, subscriber_hours=HOURS)
MORNING = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
MEI = Subscription("UMEI", Kind.EVERYTHING)


def burning(severity: str = "sev2") -> World:
    world = World(policy=QUIET)
    world.declare(severity=severity)
    world.open_room()
    return world


def owe(world: World, user: str = "UMEI", *, until: datetime = MORNING, since: datetime | None = None) -> None:
    """Let the outbox answer that somebody is to be told later."""
    later = (Waiting(user, since or world.now, until, (world.it.severity,)),)
    world.settle(f.TellAudience("subscribers", n.IncidentAnnounced()), f.Recipients((), 0, later))


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("", "2026-11-19T02:47", "2026-11-19T06:00"),
        ("Europe/Madrid", "2026-11-19T21:00", "2026-11-20T06:00"),
        ("Europe/Madrid", "2026-11-19T20:59", None),
        ("Europe/Madrid", "2026-11-19T06:00", None),
        ("Asia/Tokyo", "2026-11-19T02:47", None),
        ("Asia/Tokyo", "2026-11-19T14:00", "2026-11-19T22:00"),
        ("Mars/Olympus", "2026-11-19T02:47", "2026-11-19T06:00"),
        ("America/New_York", "2026-11-19T04:00", "2026-11-19T12:00"),
        ("Europe/Madrid", "2026-11-21T12:00", None),
    ],
)
def test_quiet_hours_are_by_the_readers_own_clock(zone: str, now: str, until: str | None) -> None:
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert quiet_for(QUIET, zone, datetime.fromisoformat(now).replace(tzinfo=UTC)) == expected


def test_without_the_setting_no_hour_is_quiet() -> None:
    assert quiet_for(POLICY, "Europe/Madrid", START) is None
    assert not observed(World().declare(severity="sev4"), POLICY)


@pytest.mark.parametrize(("severity", "keeps"), [("sev1", False), ("sev2", True), ("sev4", True)])
def test_the_worst_severity_keeps_to_nobodys_hours(severity: str, keeps: bool) -> None:
    assert observed(World().declare(severity=severity), QUIET) is keeps


def test_messages_are_parted_into_now_and_later_by_hours() -> None:
    world = burning()
    effect = f.TellAudience("subscribers", n.IncidentAnnounced())
    found = audience.by_subscription(
        world.it, effect, [MEI, Subscription("USAM", Kind.EVERYTHING, way=Way.EMAIL)], mail=True
    )
    zones = {"UMEI": "Asia/Tokyo", "USAM": "Europe/Madrid"}
    now, later = audience.by_hours(world.it, effect, found, audience.Hours(QUIET, zones, world.now))
    assert now == {"UMEI": found["UMEI"]}
    assert later == (Waiting("USAM", START, MORNING, ("sev2",)),)


def test_after_quiet_hours_one_message_is_owed_from_the_first_thing_missed() -> None:
    world = burning()
    owe(world)
    world.wait(minutes=20)
    world.do(c.PostUpdate("Cards fail in Spain"))
    owe(world)
    world.wait(minutes=20)
    world.do(c.PostUpdate("Cards work again"))
    owe(world)
    assert world.timers[reaction.QUIET] == reaction.Arm(reaction.QUIET, MORNING)
    assert world.fire(reaction.QUIET) == [e.QuietHoursOver((Waiting("UMEI", START, MORNING, ("sev2",)),))]
    assert world.effects == [
        f.TellAudience(WAITING, n.WhileQuiet(START), "update:2", severities=("sev2",), only=("UMEI",))
    ]
    assert world.it.waiting == ()
    assert reaction.QUIET not in world.timers


def test_the_same_person_is_noted_once_however_much_they_miss() -> None:
    world = burning()
    later = (Waiting("UMEI", START, MORNING, ("sev2",)),)
    answer = f.Recipients((), 0, later)
    assert world.settle(f.TellAudience("subscribers", n.IncidentAnnounced()), answer) == [e.SubscribersDeferred(later)]
    assert world.settle(f.TellAudience("subscribers", n.IncidentAnnounced()), answer) == []


def test_the_timer_serves_each_at_their_own_hour() -> None:
    world = burning()
    owe(world, "UMEI", until=MORNING + timedelta(hours=5))
    owe(world, "USAM")
    assert world.timers[reaction.QUIET].due_at == MORNING
    world.fire(reaction.QUIET)
    assert [one.user for one in world.it.waiting] == ["UMEI"]
    assert world.timers[reaction.QUIET].due_at == MORNING + timedelta(hours=5)


def test_a_timer_that_comes_too_early_waits() -> None:
    world = burning()
    owe(world)
    assert world.do(c.FireTimer(reaction.QUIET, world.now), FIREBELL) == [e.WaitExtended(reaction.QUIET, MORNING)]
    assert world.timers[reaction.QUIET].due_at == MORNING


def test_a_timer_without_anybody_waiting_does_nothing() -> None:
    assert burning().do(c.FireTimer(reaction.QUIET, START), FIREBELL) == []


def test_what_becomes_a_sev1_brings_all_who_wait_up_within_a_minute() -> None:
    world = burning()
    owe(world)
    world.do(c.ChangeSeverity("sev1", "all cards"))
    assert world.timers[reaction.QUIET].due_at == world.now + timedelta(minutes=1)
    assert [type(one) for one in world.fire(reaction.QUIET)] == [e.QuietHoursOver]


def test_whom_the_news_of_a_sev1_reaches_hears_in_it_what_they_missed_and_waits_no_longer() -> None:
    world = burning()
    owe(world)
    world.wait(minutes=5)
    world.do(c.ChangeSeverity("sev1", "all cards"))
    (effect,) = [one for one in world.effects if isinstance(one, f.TellAudience)]
    found = audience.by_subscription(world.it, effect, [MEI], mail=False)
    now, later = audience.by_hours(world.it, effect, found, audience.Hours(QUIET, {}, world.now))
    assert now == {"UMEI": f.DirectMessage("UMEI", n.WhileQuiet(START), because=MEI)}
    assert later == ()
    assert world.settle(effect, f.Recipients(tuple(now))) == [e.SubscribersCaughtUp(("UMEI",))]
    assert reaction.QUIET not in world.timers


def test_lowered_again_it_keeps_to_quiet_hours_again() -> None:
    world = burning()
    owe(world)
    world.do(c.ChangeSeverity("sev1", "all cards"))
    world.do(c.ChangeSeverity("sev3", "one card"))
    assert world.timers[reaction.QUIET].due_at == MORNING


def test_a_reminder_to_one_who_waits_is_not_what_they_wait_for() -> None:
    world = burning()
    owe(world)
    assert world.settle(f.TellAudience("oncall", n.CommandOffer(5, "room")), f.Recipients(("UMEI",))) == []
    assert [one.user for one in world.it.waiting] == ["UMEI"]


def test_after_a_long_downtime_that_ends_at_night_they_wait_for_the_next_morning() -> None:
    world = burning()
    owe(world)
    world.fire(reaction.QUIET)
    (effect,) = world.effects
    assert isinstance(effect, f.TellAudience)
    world.wait(hours=18)
    found = audience.by_subscription(world.it, effect, [MEI], mail=False)
    now, later = audience.by_hours(world.it, effect, found, audience.Hours(QUIET, {}, world.now))
    assert now == {}
    assert later == (Waiting("UMEI", START, MORNING + timedelta(days=1), ("sev2",)),)


@pytest.mark.parametrize("why", ["unsubscribed", "role", "left"])
def test_who_no_longer_subscribes_leads_or_has_left_is_owed_nothing(why: str) -> None:
    world = burning()
    owe(world)
    if why == "role":
        world.do(c.AssignRole("scribe", "UMEI"), ANA)
    incident = replace(world.it, left=("UMEI",)) if why == "left" else world.it
    effect = f.TellAudience(WAITING, n.WhileQuiet(START), only=("UMEI",))
    found = [] if why == "unsubscribed" else [MEI]
    assert audience.by_subscription(incident, effect, found, mail=False) == {}


def test_only_those_whose_hours_are_over_are_told() -> None:
    world = burning()
    effect = f.TellAudience(WAITING, n.WhileQuiet(START), only=("UMEI",))
    everybody = [MEI, Subscription("USAM", Kind.EVERYTHING)]
    assert audience.by_subscription(world.it, effect, everybody, mail=False).keys() == {"UMEI"}


def test_what_is_owed_twice_is_owed_from_the_earlier_at_the_later() -> None:
    old = Waiting("UMEI", START, MORNING, ("sev2",))
    new = Waiting("UMEI", START + timedelta(hours=1), MORNING + timedelta(days=1), ("sev3",))
    assert merged(old, new) == Waiting("UMEI", START, MORNING + timedelta(days=1), ("sev2", "sev3"))
    assert merged(None, new) is new


def test_a_drill_tells_no_subscriber_and_so_owes_none() -> None:
    world = World(policy=QUIET)
    world.declare(severity="sev2", drill=True)
    assert not [one for one in world.effects if isinstance(one, f.TellAudience) and one.audience == "subscribers"]
