"""Possible duties of an incident: what brings them up, who is told, and that nothing but people ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain import commands as c
from bot.domain import duties, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL, Actor
from bot.domain.policy import Policy, ServicePolicy
from bot.domain.refusal import Refused
from bot.domain.regulation import Checked, Limit, Regulation, Span, State, Status, Step, Trigger, Unit
from bot.domain.timeline import entries
from tests.domain.world import ANA, BEA, GUEST, SAM, START, World

LAWYER = Actor("ULAW", legal=True)
HOUR = timedelta(hours=1)


def rule(key: str, *steps: Step, **fields: object) -> Regulation:
    known: dict[str, object] = {
        "name": key.upper(),
        "who": "everyone",
        "source": "Article 1",
        "published": date(2020, 1, 1),
        "applies_from": date(2021, 1, 1),
        "status": Status.IN_FORCE,
        "checked": Checked.NOTHING,
    }
    return Regulation(key=key, steps=steps, **{**known, **fields})  # type: ignore[arg-type]


def hours(key: str, count: int, trigger: Trigger = Trigger.AWARENESS, after: str = "") -> Step:
    return Step(key, key.capitalize(), "the authority", (Limit(trigger, Span(count, Unit.HOURS), after),))


GDPR = rule("gdpr", hours("notice", 72), data=("personal",), regions=("eu",))
NIS2 = rule("nis2", hours("warning", 24, Trigger.SIGNIFICANCE), hours("final", 72, Trigger.FILED, "warning"))
HIPAA = rule("hipaa", hours("people", 100, Trigger.DISCOVERY), data=("health",))
LATER = rule("later", hours("notice", 72), applies_from=date(2030, 1, 1))
BOOK = MappingProxyType({row.key: row for row in (GDPR, NIS2, HIPAA, LATER)})
POLICY = Policy(
    severities=SEVERITIES,
    roles=ROLES,
    regulations=BOOK,
    legal_group="legal",
    services=(
        ServicePolicy("shop", "Shop", data_classes=("personal",), regions=("eu",)),
        ServicePolicy("abroad", "Abroad", data_classes=("personal",), regions=("br",)),
        ServicePolicy("anywhere", "Anywhere", data_classes=("personal",)),
        ServicePolicy("grid", "Grid", regulations=("nis2", "later")),
        ServicePolicy("wiki", "Wiki"),
    ),
)


def incident(*services: str, **fields: object) -> World:
    world = World(POLICY)
    world.declare("Keys leaked", "sev2", services=services, **fields)
    return world


def at_work(*services: str) -> World:
    """An incident with one clock under way, of which people know since START."""
    world = incident(*(services or ("shop",)))
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START, "UANA"), ANA)
    return world


def told(world: World) -> list[f.TellAudience]:
    return [one for one in world.effects if isinstance(one, f.TellAudience) and one.audience == "regulatory"]


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


def test_reminders_climb_at_50_80_and_95_per_cent_and_when_the_time_has_passed() -> None:
    world = at_work()
    seen = []
    for _ in range(4):
        world.fire(reaction.REGULATORY)
        one = told(world)[0]
        assert isinstance(one.notice, n.DutiesDue)
        seen.append((one.notice.reminders[0].percent, world.now - START, "commander" in one.roles))
    assert seen == [
        (50, 36 * HOUR, False),
        (80, 57.6 * HOUR, True),
        (95, 68.4 * HOUR, True),
        (100, 72 * HOUR, True),
    ]


def test_what_has_passed_is_asked_about_every_day_until_somebody_ends_it() -> None:
    world = at_work()
    for _ in range(4):
        world.fire(reaction.REGULATORY)
    for day in range(1, 4):
        assert world.fire(reaction.REGULATORY) == [e.DutiesChased()]
        assert world.now == START + 72 * HOUR + timedelta(days=day)
    world.do(c.FileDuty("gdpr", "notice", world.now, "ULAW", "REF-1"), LAWYER)
    assert reaction.REGULATORY not in world.timers


def test_a_clock_nobody_started_is_asked_about_after_a_day() -> None:
    world = incident("grid")
    assert world.timers[reaction.REGULATORY].due_at == START + timedelta(days=1)
    assert world.fire(reaction.REGULATORY) == [e.DutiesChased()]
    assert [one.notice for one in told(world)] == [n.DutiesOutstanding("waiting")]


def test_a_report_that_follows_another_is_not_asked_about_before_that_one_is_filed() -> None:
    world = incident("grid")
    world.do(c.StartDutyClock("nis2", Trigger.SIGNIFICANCE, START, "UANA"), ANA)
    assert not duties.needs_a_person(world.it, POLICY)
    world.do(c.FileDuty("nis2", "warning", START, "UANA", "R1"), ANA)
    assert [clock.due_at for clock in duties.open_clocks(world.it, POLICY)] == [START + 72 * HOUR]


def test_the_reminder_is_looked_at_again_when_it_fires() -> None:
    world = at_work()
    timer = world.timers[reaction.REGULATORY]
    world.now = START + 30 * HOUR
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START + 20 * HOUR, "UANA"), ANA)
    world.now = timer.due_at
    late = c.FireTimer(reaction.REGULATORY, timer.due_at)
    assert world.do(late, FIREBELL) == [e.DutiesRescheduled(START + 56 * HOUR)]
    world.do(c.AssessDuty("gdpr", False, "Nobody's data"), LAWYER)
    assert world.do(late, FIREBELL) == []
    assert reaction.REGULATORY not in world.timers


def test_after_downtime_one_reminder_stands_for_those_that_were_missed() -> None:
    world = at_work()
    world.now = START + 70 * HOUR
    reminded = world.do(c.FireTimer(reaction.REGULATORY, START + 36 * HOUR), FIREBELL)
    assert isinstance(reminded[0], e.DutiesReminded)
    assert [one.percent for one in reminded[0].reminders] == [95]
    assert world.timers[reaction.REGULATORY].due_at == START + 72 * HOUR


def test_a_moment_that_is_corrected_reminds_for_the_new_time() -> None:
    world = at_work()
    world.fire(reaction.REGULATORY)
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START - 8 * HOUR, "UANA"), ANA)
    assert duties.due_reminders(world.it, POLICY, world.now)[0].due_at == START + 64 * HOUR


@pytest.mark.parametrize("ending", [c.Resolve("Rotated"), c.Cancel("False alarm")], ids=["resolve", "cancel"])
def test_an_ending_drops_no_clock_and_says_what_is_left(ending: c.Command) -> None:
    world = at_work()
    timer = world.timers[reaction.REGULATORY]
    world.do(ending, ANA)
    assert world.timers[reaction.REGULATORY] == timer
    assert isinstance(told(world)[0].notice, n.DutiesOutstanding)
    assert world.fire(reaction.REGULATORY)


ACTS = st.one_of(
    st.builds(c.AssessDuty, st.sampled_from(["gdpr", "nis2"]), st.booleans(), st.just("because")),
    st.builds(
        c.StartDutyClock,
        st.just("gdpr"),
        st.just(Trigger.AWARENESS),
        st.integers(-200, 0).map(lambda back: START + back * HOUR),
        st.just("UANA"),
    ),
    st.builds(
        c.StartDutyClock,
        st.just("nis2"),
        st.just(Trigger.SIGNIFICANCE),
        st.integers(-200, 0).map(lambda back: START + back * HOUR),
        st.just("UANA"),
    ),
    st.builds(
        c.FileDuty,
        st.just("nis2"),
        st.sampled_from(["warning", "final"]),
        st.just(START),
        st.just("ULAW"),
        st.just("REF"),
    ),
    st.builds(c.FileDuty, st.just("gdpr"), st.just("notice"), st.just(START), st.just("ULAW"), st.just("REF")),
    st.sampled_from([c.Resolve("Done"), c.Cancel("No"), c.Reopen("Again"), c.Close("Filed away"), "fire"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_whatever_happens_a_duty_reminds_until_it_is_filed_or_does_not_apply(acts: list[object]) -> None:
    world = incident("shop", "grid")
    for act in acts:
        try:
            if act == "fire":
                if reaction.REGULATORY in world.timers:
                    world.fire(reaction.REGULATORY)
            else:
                world.do(act, replace(ANA, legal=True))  # type: ignore[arg-type]
        except Refused:
            continue
        for one in told(world):
            if isinstance(one.notice, n.DutiesDue):
                for reminder in one.notice.reminders:
                    standing = world.it.duties[reminder.regulation]
                    assert standing.of_step(reminder.step) in (State.TO_ASSESS, State.APPLIES)
    left = duties.open_clocks(world.it, POLICY)
    assert (reaction.REGULATORY in world.timers) == bool(left)
    assert {clock.regulation for clock in left} == {
        key
        for key, standing in world.it.duties.items()
        if any(standing.of_step(step.key) in (State.TO_ASSESS, State.APPLIES) for step in BOOK[key].steps)
    }


def test_a_row_that_left_the_book_goes_on_asking_for_somebodys_word() -> None:
    world = at_work()
    world.policy = replace(POLICY, regulations={})
    world.do(c.FireTimer(reaction.REGULATORY, START), FIREBELL)
    assert reaction.REGULATORY in world.timers
    world.do(c.AssessDuty("gdpr", False, "The row was wrong"), LAWYER)
    assert reaction.REGULATORY not in world.timers


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
