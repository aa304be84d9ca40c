"""A reminder that was answered asks no more; a mark on a message stands as long as anybody's does."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.evolve import apply
from bot.domain.model import FIREBELL, Incident
from bot.domain.react import react
from bot.domain.timeline import entries
from tests.builders import ANA, BEA, POLICY
from tests.domain.world import START, World

ROOM, TS = "C9", "1793674920.000100"


def _after(incident: Incident, event: e.Event) -> Incident:
    return apply(incident, _recorded(incident, event))


def _recorded(incident: Incident, event: e.Event) -> e.Recorded:
    return e.Recorded(incident.seq + 1, event, FIREBELL, START + timedelta(minutes=20))


def _open() -> Incident:
    world = World()
    world.declare()
    world.open_room()
    return world.it


def _reminded() -> tuple[Incident, str]:
    """An incident whose channel was reminded, and the slot of that message."""
    incident = _open()
    sent = _recorded(incident, e.ReminderSent(3, START, "room", 10))
    after = apply(incident, sent)
    posted = [one for one in react(incident, after, sent, POLICY) if isinstance(one, f.PostMessage)]
    return _after(after, e.MessagePlaced(posted[0].slot, ROOM, TS)), posted[0].slot


def _edits(incident: Incident, event: e.Event) -> list[f.EditMessage]:
    recorded = _recorded(incident, event)
    follows = react(incident, apply(incident, recorded), recorded, POLICY)
    return [one for one in follows if isinstance(one, f.EditMessage)]


def _update(incident: Incident) -> e.UpdatePosted:
    world = World()
    world.declare()
    posted = [one for one in world.do(c.PostUpdate("Rolled back")) if isinstance(one, e.UpdatePosted)]
    assert not incident.updates
    return posted[0]


def test_an_update_edits_the_reminder_it_answers_once() -> None:
    incident, slot = _reminded()
    update = _update(incident)
    edits = _edits(incident, update)
    assert [(one.slot, one.notice) for one in edits] == [
        (slot, n.ReminderAnswered(1, START + timedelta(minutes=20))),
    ]
    assert _edits(_after(incident, update), e.UnchangedConfirmed(START, START)) == []


def test_no_change_edits_the_reminder_as_well() -> None:
    incident, slot = _reminded()
    edits = _edits(incident, e.UnchangedConfirmed(START, START + timedelta(minutes=30)))
    assert [(one.slot, one.notice) for one in edits] == [
        (slot, n.ReminderAnswered(0, START + timedelta(minutes=20))),
    ]


def test_a_reminder_that_arrives_after_its_answer_is_edited_when_it_stands() -> None:
    incident = _open()
    answered = _after(incident, _update(incident))
    edits = _edits(answered, e.MessagePlaced("reminder:0.0:7", ROOM, TS))
    assert [one.notice for one in edits] == [n.ReminderAnswered(1, START + timedelta(minutes=20))]


def test_a_message_stays_on_the_timeline_until_the_last_mark_is_off() -> None:
    world = World()
    world.declare()
    world.do(c.RequestPin(ROOM, TS), ANA)
    world.do(c.RequestPin(ROOM, TS), BEA)
    fetch = f.FetchMessage(ROOM, TS, None, ANA.id)
    world.settle(fetch, f.Fetched(ANA.id, "The cache was cold", "", START))
    assert world.do(c.Unpin(ROOM, TS), ANA)
    assert any("cache was cold" in line.text for line in entries(world.log, POLICY))
    assert world.do(c.Unpin(ROOM, TS), ANA) == []
    world.do(c.Unpin(ROOM, TS), BEA)
    assert not any("cache was cold" in line.text for line in entries(world.log, POLICY))
    assert world.it.pins == ()


def test_whoever_marked_a_message_that_is_gone_is_told() -> None:
    world = World()
    world.declare()
    world.do(c.RequestPin(ROOM, TS), ANA)
    world.do(c.RequestPin(ROOM, TS), BEA)
    marked = world.it
    failed = _recorded(marked, e.PinFailed(ROOM, TS, "The message was deleted."))
    told = react(marked, apply(marked, failed), failed, POLICY)
    gone = n.PinGone("The message was deleted.")
    assert told == (f.DirectMessage(ANA.id, gone), f.DirectMessage(BEA.id, gone))
