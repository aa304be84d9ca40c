""" "No change" and the metrics: what moved since people were last told, and how much counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import panels
from bot.domain.model import PanelReading
from bot.domain.refusal import Refused
from templates.controls import unchanged_offered
from tests.domain.world import World

WINDOW = timedelta(hours=1)


def latency(value: float, unit: str = "seconds") -> PanelReading:
    return PanelReading("checkout", "latency", value, unit)


def read(world: World, *values: float, moment: str = "asked") -> None:
    """Somebody draws the charts now, and this is where the panel stands."""
    facts = f.PanelFacts("b", len(values), readings=tuple(latency(value) for value in values))
    world.settle(f.CollectPanels(moment, world.now - WINDOW, world.now), facts)


def declared() -> World:
    world = World()
    world.declare(severity="sev2", services=("checkout",))
    read(world, 0.2, moment="declare")
    world.wait(minutes=5)
    world.do(c.PostUpdate("Looking into it"))
    return world


@pytest.mark.parametrize("now", [2.4, 0.02], ids=["worse", "recovered"])
def test_no_change_is_neither_offered_nor_accepted_once_a_panel_moved(now: float) -> None:
    world = declared()
    assert unchanged_offered(world.it, world.policy, world.now)
    world.wait(minutes=10)
    read(world, now)
    assert not unchanged_offered(world.it, world.policy, world.now)
    with pytest.raises(Refused, match=r"The metrics moved since the last update: Checkout, p99 latency\."):
        world.do(c.ConfirmUnchanged())


def test_a_panel_that_stays_leaves_no_change_true() -> None:
    world = declared()
    world.wait(minutes=10)
    read(world, 0.22)
    assert world.do(c.ConfirmUnchanged())


def test_an_update_tells_of_what_moved_before_it() -> None:
    world = declared()
    world.wait(minutes=10)
    read(world, 2.4)
    world.do(c.PostUpdate("Latency is ten times what it was"))
    world.wait(minutes=10)
    read(world, 2.5)
    assert world.do(c.ConfirmUnchanged())


def test_what_moves_after_no_change_was_said_counts_against_what_held_then() -> None:
    world = declared()
    world.wait(minutes=10)
    read(world, 0.25)
    world.do(c.ConfirmUnchanged())
    world.wait(minutes=10)
    read(world, 0.31)
    assert not panels.moved(world.it), "0.31 is half as much again as 0.2, but not as 0.25"


def test_without_readings_from_before_the_first_since_then_is_what_counts() -> None:
    world = World()
    world.declare(severity="sev2", services=("checkout",))
    world.wait(minutes=5)
    read(world, 2.4)
    assert not panels.moved(world.it)
    world.wait(minutes=5)
    read(world, 0.2)
    assert panels.moved(world.it) == (latency(0.2),)


def test_a_prometheus_that_was_away_says_nothing() -> None:
    world = declared()
    world.wait(minutes=10)
    read(world)
    assert not panels.moved(world.it)


@pytest.mark.parametrize(
    ("before", "now", "unit", "material"),
    [
        (2.0, 3.0, "seconds", True),
        (3.0, 2.0, "seconds", True),
        (2.0, 2.9, "seconds", False),
        (0.010, 0.040, "seconds", False),
        (0.0004, 0.0090, "ratio", False),
        (0.0004, 0.0500, "ratio", True),
        (0.0, 0.0, "ratio", False),
        (0.0, 12.0, "per_second", True),
        (40.0, 0.0, "per_second", True),
        (-2.0, 2.0, "", True),
    ],
)
def test_half_as_much_again_or_a_third_less_is_material_above_what_anybody_feels(
    before: float, now: float, unit: str, material: bool
) -> None:
    assert panels.is_material(latency(before, unit), latency(now, unit)) is material


def test_a_panel_that_is_new_tells_nothing() -> None:
    assert not panels.is_material(None, latency(9.0))
