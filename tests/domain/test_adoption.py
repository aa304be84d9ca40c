"""Rules that change under open incidents: timers are armed anew once, and what was removed still folds and renders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.evolve import fold
from bot.domain.model import FIREBELL
from bot.domain.policy import Policy
from bot.domain.reaction import UPDATE
from bot.domain.timeline import entries
from templates.cards import room_card
from templates.message import Links
from tests.domain.world import ANA, POLICY, START, World


def every(minutes: float, severity: str = "sev1") -> Policy:
    """The rules with another cadence."""
    changed = (
        replace(one, cadence=timedelta(minutes=minutes)) if one.key == severity else one for one in POLICY.severities
    )
    return replace(POLICY, severities=tuple(changed))


def declared(severity: str = "sev1") -> World:
    world = World()
    world.declare(severity=severity)
    world.open_room()
    return world


def adopt(world: World, policy: Policy) -> list[e.Event]:
    world.policy = policy
    return world.do(c.AdoptPolicy(), FIREBELL)


@pytest.mark.parametrize(
    ("cadence", "after", "due"),
    [(30, 5, 30), (10, 5, 10), (10, 12, 12), (15, 5, None), (30, 16, None)],
    ids=["longer", "shorter", "overdue by the new rules alone: due now", "the same", "overdue already: it stays so"],
)
def test_what_is_still_to_come_is_counted_anew(cadence: float, after: float, due: float | None) -> None:
    world = declared()
    world.wait(minutes=after)
    changed = adopt(world, every(cadence))
    if due is None:
        assert changed == []
        assert world.it.clock.due_at == START + timedelta(minutes=15)
        return
    expected = START + timedelta(minutes=due)
    assert changed == [e.CadenceChanged(round(cadence * 60), expected)]
    assert world.it.clock.due_at == expected


def test_the_reminder_moves_with_it_and_the_log_says_why() -> None:
    world = declared()
    adopt(world, every(60))
    assert world.timers[UPDATE].due_at == START + timedelta(minutes=50)
    texts = [line.text for line in entries(world.log, world.policy)]
    assert "New rules: updates are due every 1 h, the next 03:47 UTC" in texts


def test_it_happens_once_and_every_way_back_counts() -> None:
    world = declared()
    assert len(adopt(world, every(30))) == 1
    assert adopt(world, every(30)) == []
    assert len(adopt(world, POLICY)) == 1
    assert world.it.clock.due_at == START + timedelta(minutes=15)


def test_a_lowered_severity_that_left_an_update_overdue_is_left_alone() -> None:
    world = declared()
    world.wait(minutes=20)
    world.do(c.ChangeSeverity("sev3", "one shop only"))
    assert adopt(world, every(15, "sev3")) == []


def test_resolved_incidents_are_nobodys_concern() -> None:
    world = declared()
    world.do(c.Resolve("Restarted"))
    assert adopt(world, every(30)) == []


def test_severities_and_roles_that_were_removed_still_fold_and_render() -> None:
    world = declared("sev2")
    world.do(c.AssignRole("scribe", "UBEA"))
    world.do(c.PostUpdate("Rolling back"), ANA)
    kept = tuple(one for one in POLICY.severities if one.key != "sev2")
    poorer = replace(POLICY, severities=kept, roles=tuple(one for one in POLICY.roles if one.key != "scribe"))

    adopt(world, poorer)

    mildest = kept[-1]
    assert world.it.clock.due_at == START + mildest.cadence
    assert fold(world.log) == world.it
    card = str(room_card(world.it, poorer, links=Links(), now=world.now).blocks)
    assert "SEV2" in card
    assert [line for line in entries(world.log, poorer) if "Scribe" in line.text]
    world.do(c.ChangeSeverity("sev1", "worse"))
    assert world.it.severity == "sev1"
