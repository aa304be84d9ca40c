"""The postmortem's facts: what was recorded, and "not recorded" for what was not."""

from __future__ import annotations

import pickle
from datetime import timedelta

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.evolve import steps
from bot.domain.missed import missed_updates
from bot.domain.model import FIREBELL, PanelSet, Status
from bot.domain.postmortem import assemble, best_panels
from tests.builders import ANA, BEA, CARLA, POLICY, night, night_log
from tests.domain.world import START, World


def lengths(world: World) -> dict[str, timedelta | None]:
    return {duration.key: duration.length for duration in assemble(world.log, POLICY).durations}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_durations_are_measured_from_when_impact_began() -> None:
    assert lengths(night()) == {
        "detect": minutes(7),
        "acknowledge": minutes(0),
        "mitigate": minutes(61),
        "resolve": minutes(72),
        "open": minutes(65),
    }


def test_an_unknown_beginning_is_never_taken_to_be_the_declaration() -> None:
    world = World(POLICY)
    world.declare()
    world.wait(minutes=30)
    world.do(c.Resolve("Restarted"))
    measured = lengths(world)
    assert (measured["detect"], measured["mitigate"], measured["resolve"]) == (None, None, None)
    assert measured["open"] == minutes(30)


def test_an_open_incident_has_no_end() -> None:
    measured = lengths(night("declared"))
    assert (measured["mitigate"], measured["resolve"], measured["open"]) == (None, None, None)


def test_a_beginning_after_the_end_measures_nothing() -> None:
    world = World(POLICY)
    world.declare()
    world.wait(minutes=9)
    world.do(c.Resolve("Restarted", START + minutes(1)))
    world.do(c.EditDetails(started_at=START + minutes(5)))
    assert lengths(world)["mitigate"] is None


def test_impact_is_told_as_it_was_reported_over_time() -> None:
    world = World(POLICY)
    world.declare(impact="Nobody knows yet")
    world.wait(minutes=5)
    world.do(c.EditDetails(impact="Payments fail"))
    world.wait(minutes=5)
    world.do(c.PostUpdate("Half of them", impact="Half of al payments fail"), BEA)
    world.do(c.CorrectUpdate(1, "Half of them", "Half of all payments fail"), BEA)
    told = [(report.text, report.by, report.update) for report in assemble(world.log, POLICY).impact]
    assert told == [
        ("Nobody knows yet", "UANA", 0),
        ("Payments fail", "UANA", 0),
        ("Half of all payments fail", "UBEA", 1),
    ]
    world.do(c.PostUpdate("Still half of them", impact="Half of all payments fail"), BEA)
    assert len(assemble(world.log, POLICY).impact) == len(told), "a repetition is no news"


def test_severity_has_a_history() -> None:
    steps = assemble(night_log(), POLICY).severities
    assert [(step.label, step.reason, step.assumed) for step in steps] == [
        ("SEV2", "", False),
        ("SEV1", "About half of all payments fail", False),
    ]


def test_an_assumed_severity_says_so_until_it_is_confirmed() -> None:
    world = World(POLICY)
    world.declare(severity=None)
    world.do(c.ConfirmSeverity())
    assert [(step.assumed, step.reason) for step in assemble(world.log, POLICY).severities] == [
        (True, ""),
        (False, "Confirmed"),
    ]


def test_roles_know_who_held_them_and_when() -> None:
    held = assemble(night_log(), POLICY).roles
    handover = START + minutes(48)
    assert [(one.role, one.user, one.until) for one in held] == [
        ("Commander", "UANA", handover),
        ("Communications lead", "UBEA", None),
        ("Commander", "UCARLA", None),
    ]
    assert held[2].since == handover


def test_a_role_that_was_released_ends() -> None:
    world = World(POLICY)
    world.declare()
    world.wait(minutes=4)
    world.do(c.ReleaseRole("commander"))
    (held,) = assemble(world.log, POLICY).roles
    assert (held.since, held.until) == (START, START + minutes(4))


def test_what_was_missed_is_owed_by_a_role_and_downtime_counts_against_firebell() -> None:
    away, late = missed_updates(steps(night_log()), POLICY)
    assert (away.role, away.due_at, away.ended_at) == ("communications", START + minutes(23), START + minutes(36))
    assert away.away_minutes == 12
    assert (late.role, late.due_at, late.away_minutes) == ("communications", START + minutes(63), 0)
    facts = assemble(night_log(), POLICY)
    assert [one.role for one in facts.missed] == ["Communications lead"] * 2
    assert not {person for person in facts.people() if person in repr(facts.missed)}


def test_updates_in_time_miss_nothing() -> None:
    world = World(POLICY)
    world.declare()
    for _ in range(3):
        world.wait(minutes=15, seconds=59)
        world.do(c.PostUpdate("Still looking"))
    world.wait(minutes=3)
    world.do(c.Resolve("Restarted"))
    assert missed_updates(steps(world.log), POLICY) == ()


def test_a_long_silence_counts_every_due_time_that_passed() -> None:
    world = World(POLICY)
    world.declare()
    world.wait(minutes=50)
    world.do(c.Resolve("Restarted"))
    (silence,) = missed_updates(steps(world.log), POLICY)
    assert (silence.count, silence.role) == (3, "commander")


def test_a_silence_that_has_not_ended_has_no_end() -> None:
    world = World(POLICY)
    world.declare()
    world.do(c.ReleaseRole("commander"))
    world.wait(minutes=20)
    world.do(c.AddNote("Still here"))
    (silence,) = missed_updates(steps(world.log), POLICY)
    assert (silence.ended_at, silence.role) == (None, "")


def test_a_snooze_moves_what_counts_as_late() -> None:
    world = World(POLICY)
    world.declare()
    world.fire()
    world.do(c.SnoozeReminder())
    world.wait(minutes=9)
    world.do(c.PostUpdate("Here it is"))
    assert missed_updates(steps(world.log), POLICY) == ()


def test_quiet_hours_move_what_counts_as_late() -> None:
    log = [
        e.Recorded(1, e.IncidentDeclared("1", "W", 1, "x", "sev3", due_at=START + minutes(60)), ANA, START),
        e.Recorded(2, e.ReminderDeferred(START + minutes(300)), FIREBELL, START + minutes(60)),
        e.Recorded(3, e.UpdatePosted(1, "Morning", due_at=None), ANA, START + minutes(299)),
    ]
    assert missed_updates(steps(log), POLICY) == ()


def test_a_severity_change_that_restarts_an_overdue_clock_does_not_hide_the_silence() -> None:
    world = World(POLICY)
    world.declare(severity="sev2")
    world.wait(minutes=40)
    world.do(c.ChangeSeverity("sev1", "Worse"))
    (silence,) = missed_updates(steps(world.log), POLICY)
    assert silence.due_at == START + minutes(30)


def test_the_panels_of_the_newest_good_set_are_drawn() -> None:
    at = START
    good = PanelSet("resolve", "a", at, at, at, panels=3)
    away = PanelSet("after", "b", at, at, at, panels=0, errors=("Prometheus could not be reached.",))
    assert best_panels([good, away]) == good
    assert best_panels([away]) == away
    assert best_panels([]) is None


def test_what_people_wrote_stays_when_the_document_is_written_again() -> None:
    world = night()
    before = assemble(world.log, POLICY)
    world.settle(f.RenderPostmortem(3), f.DocumentFacts((("md", "c" * 64),)))
    world.do(c.WritePostmortem(), ANA)
    after = assemble(world.log, POLICY)
    assert after.sections == before.sections
    assert after.action_items == before.action_items
    root_cause = dict(after.sections)["root_cause"]
    assert root_cause is not None
    assert root_cause.text.startswith("The release moved card checks")
    assert dict(after.sections)["went_well"] is None


def test_a_section_that_was_emptied_is_open_again() -> None:
    world = night()
    world.do(c.EditSection("root_cause", "  "), CARLA)
    assert dict(assemble(world.log, POLICY).sections)["root_cause"] is None


def test_firebell_counts_what_it_did_and_where_it_fell_short() -> None:
    world = night()
    world.do(c.RecordFailure("e9", f.SetTopic(), "server", "internal_error"), FIREBELL)
    doings = assemble(world.log, POLICY).doings
    assert (doings.messages, doings.reminders, doings.away_minutes, doings.gave_up) == (4, 1, 12, 1)
    world.do(c.RetryEffect("e9"))
    assert assemble(world.log, POLICY).doings.gave_up == 0


def test_the_updates_read_as_corrected_with_their_links() -> None:
    sent = assemble(night_log(), POLICY).updates
    assert [(one.update.number, one.update.status, bool(one.update.corrected_at)) for one in sent] == [
        (1, Status.INVESTIGATING, False),
        (2, Status.MITIGATING, True),
        (3, Status.RESOLVED, False),
    ]
    assert sent[1].update.headline == "Yesterday's release is the cause. A rollback is under way."
    assert sent[1].link == "https://larkspur.example/archives/CROOM/p32"


def test_everybody_named_is_known_by_id() -> None:
    world = night()
    world.do(c.AddNote("Thanks to @{USAM}"))
    assert assemble(world.log, POLICY).people() == {"UANA", "UBEA", "UCARLA", "USAM"}


def test_facts_can_be_sent_to_another_process() -> None:
    facts = assemble(night_log(), POLICY)
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_the_impact_in_figures_is_told_with_who_said_it_and_without_amounts() -> None:
    world = World(POLICY)
    world.declare()
    world.do(c.SetImpact(degraded=0.4, customers=1200, source="Grafana"), BEA)
    world.do(c.DeclareSafety("Pumps lost their alarm."), CARLA)
    world.do(c.OverridePlace(1, timedelta(hours=1), "The regulator is on the line."), ANA)
    world.do(c.WithdrawSafety("They alarm by themselves."), CARLA)
    world.do(c.Resolve("Restarted"))
    facts = assemble(world.log, POLICY)
    assert [(report.by, report.text) for report in facts.impact[:3]] == [
        (BEA.id, "In figures: 40 % degraded; customers affected"),
        (CARLA.id, "People may come to harm: Pumps lost their alarm."),
        (CARLA.id, "No longer thought to harm people: They alarm by themselves."),
    ]
    told = " | ".join(entry.text for entry in facts.timeline)
    for line in ("@{UBEA} set the impact: 40 % degraded", "set rank 1 by hand until", "ended with the incident"):
        assert line in told
    assert "1,200" not in told
