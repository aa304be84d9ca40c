"""Possible duties of an incident: what brings them up, and who is told and may decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain import commands as c
from bot.domain import duties
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL, Actor
from bot.domain.refusal import Refused
from bot.domain.regulation import Limit, Span, State, Step, Trigger, Unit
from bot.domain.timeline import entries
from tests.domain.regulated import BOOK, HOUR, LAWYER, POLICY, at_work, hours, incident, rule, told
from tests.domain.world import ANA, BEA, GUEST, SAM, START, World


@pytest.mark.parametrize(
    ("services", "found"),
    [
        (("shop",), {"gdpr"}),
        (("abroad",), set()),
        (("anywhere",), {"gdpr"}),
        (("grid",), {"nis2"}),
        (("wiki",), set()),
        (("shop", "grid"), {"gdpr", "nis2"}),
        ((), set()),
    ],
)
def test_services_their_data_and_their_region_bring_up_what_may_apply(
    services: tuple[str, ...], found: set[str]
) -> None:
    assert set(incident(*services).it.duties) == found


def test_a_service_that_is_named_later_brings_up_its_rules_then_and_each_only_once() -> None:
    world = incident("wiki")
    raised = world.do(c.EditDetails(services=("wiki", "grid")))
    assert [type(one).__name__ for one in raised] == ["DetailsEdited", "DutiesRaised"]
    assert world.do(c.EditDetails(services=("grid",))) == [e.DetailsEdited(services=("grid",))]
    world.do(c.AssessDuty("nis2", False, "No essential entity"), LAWYER)
    world.do(c.EditDetails(services=("wiki",)))
    world.do(c.EditDetails(services=("grid",)))
    assert world.it.duties["nis2"].state is State.DOES_NOT_APPLY


def test_data_that_somebody_says_is_touched_counts_in_place_of_the_catalogs() -> None:
    world = incident("wiki")
    assert [type(one).__name__ for one in world.do(c.SetImpact(data_classes=("Health",)))] == [
        "ImpactSet",
        "DutiesRaised",
    ]
    assert set(world.it.duties) == {"hipaa"}


def test_a_drill_owes_nothing_to_anybody() -> None:
    assert not incident("shop", drill=True).it.duties


def test_what_came_up_says_why() -> None:
    cause = incident("shop", "grid").it.duties
    assert cause["gdpr"].cause is not None
    assert cause["gdpr"].cause.data == ("personal",)
    assert cause["nis2"].cause is not None
    assert cause["nis2"].cause.services == ("grid",)


def test_rules_that_changed_bring_up_what_they_ask_of_open_incidents() -> None:
    world = incident("wiki")
    ruled = replace(POLICY.services[-1], regulations=("nis2",))
    world.policy = replace(POLICY, services=(*POLICY.services[:-1], ruled))
    world.do(c.AddNote("Looking"))
    assert not world.it.duties, "what nobody touched comes up only when the rules are adopted"
    world.do(c.AdoptPolicy(), FIREBELL)
    assert set(world.it.duties) == {"nis2"}


def test_legal_is_told_when_a_duty_comes_up_and_the_room_is_not() -> None:
    world = incident("shop")
    raised = told(world)
    assert [(one.roles, one.groups, one.notice) for one in raised] == [
        (("legal",), ("legal",), n.DutiesArisen(("gdpr",)))
    ]
    public = (f.PostMessage, f.PostCard, f.RefreshCard, f.EditMessage)
    assert not [one for one in world.effects if isinstance(one, public) and "Dut" in repr(one)]


def test_the_groups_people_hear_nothing_of_a_private_incident() -> None:
    assert [one.groups for one in told(incident("shop", private=True))] == [()]


@pytest.mark.parametrize("actor", [BEA, SAM, GUEST], ids=lambda actor: actor.id)
def test_nobody_else_decides_or_learns_whether_there_is_a_duty(actor: Actor) -> None:
    for services in (("shop",), ("wiki",)):
        world = incident(*services)
        with pytest.raises(Refused) as refused:
            world.do(c.AssessDuty("gdpr", True), actor)
        assert refused.value.code in ("not_concerned", "guest")


def test_command_legal_and_whoever_was_asked_may_decide() -> None:
    world = incident("grid")
    world.do(c.AskDecider("nis2", Trigger.SIGNIFICANCE, "UBEA"), LAWYER)
    assert f.DirectMessage("UBEA", n.DeciderWanted("nis2", Trigger.SIGNIFICANCE)) in world.effects
    world.do(c.StartDutyClock("nis2", Trigger.SIGNIFICANCE, START, "UBEA", "Two regions are down"), BEA)
    world.do(c.AssessDuty("nis2", True), ANA)
    assert world.it.duties["nis2"].starts["significance"].said.why == "Two regions are down"


def test_only_legal_and_command_hand_out_the_role_that_lets_people_in() -> None:
    world = incident("shop")
    with pytest.raises(Refused):
        world.do(c.AssignRole("legal", "UBEA"), BEA)
    world.do(c.AssignRole("legal", "UBEA"), ANA)
    assert f.DirectMessage("UBEA", n.DutiesOutstanding("assigned")) in world.effects
    assert duties.concerns(world.it, BEA, POLICY)


def test_nobody_outside_a_private_incident_is_asked() -> None:
    world = incident("shop", private=True)
    with pytest.raises(Refused) as refused:
        world.do(c.AskDecider("gdpr", Trigger.AWARENESS, "UBEA"), ANA)
    assert refused.value.field == "by"


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.AssessDuty("gdpr", False, "  "), "why"),
        (c.FileDuty("gdpr", "notice", START, "UANA", " "), "reference"),
        (c.FileDuty("gdpr", "nothing", START, "UANA", "R1"), "step"),
        (c.FileDuty("gdpr", "notice", START + HOUR, "UANA", "R1"), "filed_at"),
        (c.StartDutyClock("gdpr", Trigger.AWARENESS, START + HOUR, "UANA"), "started_at"),
        (c.StartDutyClock("gdpr", Trigger.MATERIALITY, START, "UANA"), ""),
        (c.RaiseDuty("unheard"), ""),
        (c.AssessDuty("nis2", True), ""),
    ],
)
def test_what_is_missing_is_said_beside_its_field(command: c.Command, field: str) -> None:
    with pytest.raises(Refused) as refused:
        incident("shop").do(command, LAWYER)
    assert refused.value.field == field


def test_a_rule_is_brought_up_by_hand_once() -> None:
    world = incident("wiki")
    assert len(world.do(c.RaiseDuty("hipaa"), LAWYER)) == 1
    assert world.do(c.RaiseDuty("hipaa"), LAWYER) == []


def test_one_moment_starts_every_clock_that_waits_for_it() -> None:
    world = incident("shop")
    world.policy = replace(POLICY, regulations={**BOOK, "cra": rule("cra", hours("warning", 24))})
    world.do(c.RaiseDuty("cra"), LAWYER)
    world.do(c.StartDutyClock("cra", Trigger.AWARENESS, START, "UANA", everywhere=True), LAWYER)
    assert [clock.due_at for clock in duties.open_clocks(world.it, world.policy)] == [
        START + 24 * HOUR,
        START + 72 * HOUR,
    ]


def test_the_timeline_tells_of_regulatory_matters_to_those_they_are_for_only() -> None:
    world = at_work()
    world.do(c.FileDuty("gdpr", "notice", START, "ULAW", "REF-7"), LAWYER)
    told_all = " ".join(entry.text for entry in entries(world.log, POLICY))
    assert "GDPR" not in told_all
    assert "REF-7" not in told_all
    mine = [entry.text for entry in entries(world.log, POLICY, restricted=True) if entry.kind == "regulatory"]
    assert mine[0] == "Possible duty, legal decides: GDPR"
    assert mine[-1].endswith("filed by @{ULAW}, REF-7")


def test_times_are_counted_on_the_calendar_of_the_policy() -> None:
    limit = Limit(Trigger.MATERIALITY, Span(4, Unit.BUSINESS_DAYS))
    form = Step("form", "Form", "the SEC", (limit,))
    sec = rule("sec", form, country="US", zone="America/New_York")
    policy = replace(
        POLICY,
        regulations={"sec": sec},
        is_business_day=lambda day, country: day.weekday() < 5 and day != date(2026, 11, 26),
    )
    world = World(policy, now=datetime(2026, 11, 20, 15, tzinfo=UTC))
    world.declare("Keys leaked", "sev2")
    world.do(c.RaiseDuty("sec"), LAWYER)
    world.do(c.StartDutyClock("sec", Trigger.MATERIALITY, world.now, "ULAW"), LAWYER)
    due = duties.open_clocks(world.it, policy)[0].due_at
    assert due is not None
    assert due.date() == date(2026, 11, 28), "23:59 on Friday the 27th in New York"
