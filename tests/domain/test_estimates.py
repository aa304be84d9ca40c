"""When it may be over, and how sure that is, travel with an update and its correction."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.commands import CorrectUpdate, PostUpdate, Resolve
from bot.domain.impact import Figure, Impact
from bot.domain.model import Confidence, Incident
from templates.reports import estimate_of, figures_of, parts_of
from tests.domain.world import START, World


def posted(estimate: str = "In 40 minutes", confidence: Confidence | None = Confidence.LOW) -> World:
    world = World()
    world.declare()
    world.do(PostUpdate("We roll back", doing="Rolling back", estimate=estimate, confidence=confidence))
    return world


def latest(incident: Incident) -> tuple[str, Confidence | None]:
    update = incident.latest_update
    assert update is not None
    return update.estimate, update.confidence


def test_an_estimate_is_kept_with_how_sure_it_is() -> None:
    assert latest(posted().it) == ("In 40 minutes", Confidence.LOW)


def test_nobody_is_sure_of_what_was_not_said() -> None:
    assert latest(posted(estimate=" ").it) == ("", None)


def test_a_correction_changes_both_and_the_same_again_is_none() -> None:
    world = posted()
    same = CorrectUpdate(1, "We roll back", doing="Rolling back", estimate="In 40 minutes", confidence=Confidence.LOW)
    assert world.do(same) == []
    world.do(CorrectUpdate(1, "We roll back", estimate="In two hours", confidence=Confidence.HIGH))
    assert latest(world.it) == ("In two hours", Confidence.HIGH)


def test_it_is_read_after_what_is_next() -> None:
    update = posted().it.updates[0]
    assert parts_of(update) == [("Doing", "Rolling back"), ("Estimate", "In 40 minutes (low confidence)")]
    assert estimate_of(posted(confidence=None).it.updates[0]) == "In 40 minutes"


def test_figures_of_the_impact_hold_no_amounts() -> None:
    incident = World().declare()
    assert figures_of(incident) == ""
    figures = Impact(
        customers=Figure(1200, "UANA", START),
        degraded=Figure(0.4, "UANA", START),
        revenue_per_hour=Figure(99_000.0, "UANA", START),
    )
    assert figures_of(replace(incident, figures=figures)) == "40 % of the service"


def test_a_headline_is_one_line_wherever_it_comes_from() -> None:
    world = World()
    world.declare()
    world.do(PostUpdate("Half of all payments fail.\n\nWe look into it."))
    world.do(CorrectUpdate(1, "Half of all\ncard payments fail."))
    world.do(Resolve("Rolled back\nto v141"))
    said = [one.headline for one in world.it.updates]
    assert said == ["Half of all card payments fail.", "Resolved. Rolled back to v141"]
