"""Handing over: who may, what moves and when, and how an offer ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.briefing import brief, handoff_note
from bot.domain.handoffs import HandoffState
from bot.domain.model import FIREBELL, Status
from bot.domain.postmortem import assemble
from bot.domain.refusal import Refused
from bot.domain.timeline import entries
from tests.domain.world import ANA, BEA, GUEST, SAM, World


def offered(world: World, *roles: str, note: str = "Rollback runs") -> int:
    world.do(c.OfferHandoff(BEA.id, roles or ("commander",), note))
    return world.it.handoffs[-1].number


@pytest.fixture
def world() -> World:
    made = World()
    made.declare()
    made.open_room()
    return made


def told(world: World, user: str) -> list[n.Notice]:
    return [one.notice for one in world.effects if isinstance(one, f.DirectMessage) and one.user == user]


def in_room(world: World) -> list[n.Notice]:
    return [one.notice for one in world.effects if isinstance(one, f.PostMessage)]


def test_until_it_is_accepted_nothing_moves(world: World) -> None:
    number = offered(world)
    assert told(world, BEA.id) == [n.HandoffOffer(number)]
    assert in_room(world) == []
    assert world.it.commander == ANA.id


def test_accepting_moves_every_role_at_once_and_the_room_reads_one_line(world: World) -> None:
    world.do(c.AssignRole("scribe", ANA.id))
    number = offered(world, "commander", "scribe")
    events = world.do(c.AcceptHandoff(number), BEA)
    assert [type(one) for one in events] == [e.HandoffAccepted, e.RoleAssigned, e.RoleAssigned]
    assert world.it.roles["commander"] == world.it.roles["scribe"] == (BEA.id,)
    assert in_room(world) == [n.HandoffDone(number)]
    assert told(world, ANA.id) == [n.HandoffNews(number, "accepted")]
    assert f.EditMessage(f"handoff:{number}", n.HandoffOffer(number)) in world.effects


def test_a_second_click_changes_nothing(world: World) -> None:
    number = offered(world)
    world.do(c.AcceptHandoff(number), BEA)
    assert world.do(c.AcceptHandoff(number), BEA) == []
    with pytest.raises(Refused, match="accepted this handoff already"):
        world.do(c.DeclineHandoff(number), BEA)


def test_whoever_declines_leaves_the_role_where_it_is(world: World) -> None:
    number = offered(world)
    world.do(c.DeclineHandoff(number), BEA)
    assert world.it.commander == ANA.id
    assert told(world, ANA.id) == [n.HandoffNews(number, "declined")]
    assert world.do(c.DeclineHandoff(number), BEA) == []


@pytest.mark.parametrize("actor", [ANA, SAM, GUEST])
def test_only_the_receiver_answers(world: World, actor: object) -> None:
    number = offered(world)
    with pytest.raises(Refused):
        world.do(c.AcceptHandoff(number), actor)  # type: ignore[arg-type]
    assert world.it.handoffs[0].is_open


def test_only_the_giver_takes_it_back(world: World) -> None:
    number = offered(world)
    with pytest.raises(Refused, match="Only they can take it back"):
        world.do(c.WithdrawHandoff(number), BEA)
    assert world.do(c.WithdrawHandoff(number)) == [e.HandoffWithdrawn(number, "taken_back")]
    assert world.do(c.WithdrawHandoff(number)) == []
    with pytest.raises(Refused, match="no longer open"):
        world.do(c.AcceptHandoff(number), BEA)


def test_nobody_hands_over_what_they_do_not_hold_or_to_themselves(world: World) -> None:
    with pytest.raises(Refused, match="You are not scribe"):
        world.do(c.OfferHandoff(BEA.id, ("scribe",), "x"))
    with pytest.raises(Refused, match="yourself"):
        world.do(c.OfferHandoff(ANA.id, ("commander",), "x"))
    with pytest.raises(Refused, match="empty"):
        world.do(c.OfferHandoff(BEA.id, ("commander",), "  "))


def test_the_same_offer_twice_is_one_and_another_replaces_it(world: World) -> None:
    first = offered(world)
    assert world.do(c.OfferHandoff(BEA.id, ("commander",), "Rollback runs")) == []
    events = world.do(c.OfferHandoff(SAM.id, ("commander",), "Rollback runs"))
    assert events[0] == e.HandoffWithdrawn(first, "superseded")
    assert [one.state for one in world.it.handoffs] == [HandoffState.WITHDRAWN, HandoffState.OFFERED]


@pytest.mark.parametrize(
    ("command", "actor", "why"),
    [
        (c.AssignRole("commander", SAM.id, replace=True), SAM, "moved"),
        (c.ReleaseRole("commander"), ANA, "moved"),
        (c.VacatePerson(ANA.id), FIREBELL, "moved"),
        (c.VacatePerson(BEA.id), FIREBELL, "receiver_left"),
        (c.Resolve("Rolled back"), ANA, "over"),
        (c.Cancel("False alarm"), ANA, "over"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_an_offer_without_ground_ends_by_itself(world: World, command: c.Command, actor: object, why: str) -> None:
    number = offered(world)
    events = world.do(command, actor)  # type: ignore[arg-type]
    assert e.HandoffWithdrawn(number, why) in events  # type: ignore[arg-type]
    assert f.EditMessage(f"handoff:{number}", n.HandoffOffer(number)) in world.effects
    assert reaction.HANDOFF not in world.timers


def test_of_several_roles_those_that_are_still_held_move(world: World) -> None:
    world.do(c.AssignRole("scribe", ANA.id))
    number = offered(world, "commander", "scribe")
    world.do(c.AssignRole("scribe", SAM.id, replace=True), SAM)
    world.do(c.AcceptHandoff(number), BEA)
    assert world.it.roles["scribe"] == (SAM.id,)
    assert world.it.handoffs[0].roles == ("commander",)


def test_a_private_incident_is_handed_to_those_inside_only() -> None:
    world = World()
    world.declare(private=True)
    with pytest.raises(Refused, match="not in this private incident"):
        offered(world)
    world.do(c.EnterRoom(BEA.id), FIREBELL)
    number = offered(world)
    events = world.do(c.LeaveRoom(BEA.id), FIREBELL)
    assert events[-1] == e.HandoffWithdrawn(number, "receiver_left")
    assert told(world, BEA.id) == []
    assert told(world, ANA.id) == [n.HandoffNews(number, "receiver_left")]


def test_an_offer_that_nobody_answers_is_brought_up_once(world: World) -> None:
    number = offered(world)
    assert world.fire(reaction.HANDOFF) == [e.HandoffUnanswered(number, 10)]
    assert told(world, ANA.id) == [n.HandoffNews(number, "unanswered", 10)]
    assert reaction.HANDOFF not in world.timers
    assert world.it.handoffs[0].is_open


def test_an_offer_is_not_forgotten_when_the_rules_wait_longer_than_its_timer(world: World) -> None:
    number = offered(world)
    longer = replace(world.policy.durations, handoff=world.policy.durations.handoff * 2)
    world.policy = replace(world.policy, durations=longer)
    early = world.timers.pop(reaction.HANDOFF)
    world.now = early.due_at
    offered_at = world.it.handoffs[0].offered_at
    world.do(c.FireTimer(reaction.HANDOFF, early.due_at), FIREBELL)
    assert world.timers[reaction.HANDOFF].due_at == offered_at + longer.handoff
    assert world.fire(reaction.HANDOFF) == [e.HandoffUnanswered(number, 20)]
    assert reaction.HANDOFF not in world.timers


def test_the_note_is_on_the_timeline(world: World) -> None:
    offered(world, note="Rollback runs; ask Mei about the cache")
    texts = [one.text for one in entries(world.log, world.policy, level="key")]
    assert f"@{{{ANA.id}}} offered @{{{BEA.id}}} commander. Note: Rollback runs; ask Mei about the cache" in texts


def test_the_whole_note_is_in_the_postmortem(world: World) -> None:
    note = "\n".join(f"Line {number}: what to know" for number in range(100))
    number = offered(world, note=note)
    world.do(c.AcceptHandoff(number), BEA)
    facts = assemble(world.log, world.policy)
    assert any(note in entry.text for entry in facts.timeline)
    assert [(one.user, one.until is None) for one in facts.roles] == [(ANA.id, False), (BEA.id, True)]


def test_the_draft_is_written_from_the_log(world: World) -> None:
    world.do(c.EditDetails(impact="Half of all payments fail"))
    world.do(c.AddNote("Decided to roll back rather than forward"))
    world.do(c.AddNote("Tried a restart of the pods, no effect"))
    world.do(c.AddNote("Is the cache warm?"))
    world.do(c.AddNote("The vendor called"))
    world.do(c.ChangeStatus(Status.MITIGATING, "Rolling back"))
    note = handoff_note(world.it, world.log, world.policy)
    assert note.splitlines()[0] == "State: SEV1, mitigating since 02:47 UTC; declared 02:47 UTC"
    assert "Impact now: Half of all payments fail" in note
    assert "vendor" not in note
    assert f"Next update due: 03:02 UTC, owed by @{{{ANA.id}}}" in note
    assert "Clocks running: an update every 15 min" in note
    known = brief(world.log, world.policy)
    assert [one.text for one in known.tried] == [f"@{{{ANA.id}}}: Tried a restart of the pods, no effect"]
    assert [one.text for one in known.questions] == [f"@{{{ANA.id}}}: Is the cache warm?"]
    assert "Rolling back" in known.decisions[-1].text
    assert "roll back rather" in known.decisions[0].text
