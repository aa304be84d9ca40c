"""How well people were kept informed, measured from what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain.communication import Communication, Reach
from bot.domain.evolve import fold, steps
from bot.domain.missed import missed_updates
from bot.domain.model import Absence
from bot.domain.postmortem import assemble
from bot.domain.publishing import Post, PostState, PublicStatus
from bot.domain.quality import measure
from templates.communication import rows
from tests.domain.world import BEA, POLICY, START, World


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def declared(severity: str = "sev1") -> World:
    world = World()
    world.declare(severity=severity)
    world.open_room()
    return world


def measured(world: World) -> Communication:
    return measure(world.it, world.now)


def told(world: World) -> dict[str, str]:
    return dict(rows(measured(world)))


def test_updates_in_time_were_never_overdue() -> None:
    world = declared()
    for _ in range(3):
        world.wait(minutes=14)
        world.do(c.PostUpdate("Still looking"))
    world.wait(minutes=3)
    world.do(c.Resolve("Restarted"))
    found = measured(world)
    assert (found.on_time, found.late, found.overdue) == (4, 0, timedelta())
    assert told(world)["Overdue in all"] == "never"
    assert told(world)["Longest time without a word"] == "14 min"
    assert told(world)["Steps of the reminder ladder"] == "none was climbed"


def test_minutes_overdue_and_the_longest_silence_are_told_with_the_steps_climbed() -> None:
    world = declared()
    world.fire()
    world.fire()
    world.wait(minutes=8)
    world.do(c.PostUpdate("The pool was exhausted"))
    world.wait(minutes=10)
    world.do(c.ConfirmUnchanged(), BEA)
    world.wait(minutes=16)
    world.do(c.Resolve("Restarted"))
    found = measured(world)
    assert (found.on_time, found.late) == (1, 2)
    assert found.overdue == minutes(9)
    assert found.longest == minutes(26), "a “no change” is told to nobody"
    assert found.steps == (("owner", 1),)
    assert told(world)["Answers in time"] == "1 of 3, “No change” included"


def test_what_was_missed_while_firebell_was_down_counts_against_firebell() -> None:
    world = declared()
    world.wait(minutes=25)
    world.fire(away=Absence(START + minutes(5), START + minutes(25)))
    world.wait(minutes=2)
    world.do(c.PostUpdate("Rolling back"))
    found = measured(world)
    assert (found.overdue, found.away) == (minutes(12), minutes(10))
    assert told(world)["Overdue in all"] == "12 min, 10 min while Firebell was away, which counts against Firebell"


def test_quiet_hours_and_a_snooze_are_no_lateness() -> None:
    world = declared()
    world.fire()
    world.fire()
    world.do(c.SnoozeReminder())
    world.wait(minutes=9)
    world.do(c.PostUpdate("Looking"))
    assert measured(world).overdue == timedelta()


def test_an_open_incident_is_measured_up_to_now() -> None:
    world = declared()
    world.wait(minutes=40)
    assert (measured(world).overdue, measured(world).longest) == (minutes(25), minutes(40))
    world.do(c.PostUpdate("Looking"))
    world.do(c.Resolve("Restarted"))
    world.wait(hours=9)
    assert measured(world).longest == minutes(40), "nobody waits for a word once it is over"
    world.do(c.Reopen("It is back"))
    world.wait(minutes=5)
    assert measured(world).longest == minutes(40)


def test_reach_counts_places_and_people_and_never_guesses() -> None:
    world = declared()
    world.do(c.PostUpdate("Half of all payments fail"))
    assert told(world)["Reach of update 1"] == "one by one not recorded"
    everybody = next(one for one in world.effects if isinstance(one, f.TellAudience))
    post = f.PostMessage("room", n.UpdatePublished(1), "update:1:room")
    world.settle(post, f.Placed("CROOM", "2.1"))
    world.settle(everybody, f.Recipients(("UBEA", "USAM", "UMEI"), mailed=2))
    assert measured(world).reach == ((Reach(1, 3, 2), ("room",)),)
    assert told(world)["Reach of update 1"] == "the channel; 3 people one by one, 2 by e-mail"


def test_the_update_that_resolves_has_reached_the_channel_as_well() -> None:
    world = declared()
    world.do(c.Resolve("Restarted"))
    over = next(one for one in world.effects if isinstance(one, f.PostMessage) and one.place == "room")
    world.settle(over, f.Placed("CROOM", "2.1"))
    assert measured(world).reach == ((Reach(1), ("room",)),)


def test_texts_that_stood_on_the_status_page_are_counted() -> None:
    world = declared()
    post = Post(1, 1, "Slow", "We look into it.", PublicStatus.INVESTIGATING, (), "UANA", START)
    world.incident = replace(world.it, posts=(replace(post, state=PostState.PUBLISHED), replace(post, number=2)))
    assert told(world)["On the status page"] == "1 text"


def test_the_postmortem_measures_the_same_as_the_list_of_what_was_missed() -> None:
    world = declared("sev2")
    for wait in (12, 45, 70, 31):
        world.wait(minutes=wait)
        world.do(c.PostUpdate("Still looking"))
    world.do(c.Resolve("Restarted"))
    facts = assemble(world.log, POLICY)
    silences = missed_updates(steps(world.log), POLICY)
    spans = [one.ended_at - one.due_at for one in silences if one.ended_at is not None]
    assert facts.communication.overdue == sum(spans, timedelta())
    assert facts.communication.late == len(silences) == 3
    assert fold(world.log).told == world.it.told


@pytest.mark.parametrize(("updates", "tells"), [(0, False), (2, True)], ids=["over at once", "some updates"])
def test_whoever_commanded_reads_it_once_it_is_resolved(updates: int, tells: bool) -> None:
    world = declared()
    for _ in range(updates):
        world.do(c.PostUpdate("Looking"))
    world.do(c.Resolve("Restarted"), BEA)
    sent = [one for one in world.effects if isinstance(one, f.DirectMessage)]
    found = [one.user for one in sent if isinstance(one.notice, n.CommunicationMeasured)]
    assert found == (["UANA"] if tells else [])
