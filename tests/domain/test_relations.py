"""Two incidents: linked, merged, taken apart. Each keeps its own log."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.evolve import apply, fold
from bot.domain.impact import NO_IMPACT, Figure, Safety
from bot.domain.model import Actor, Status
from bot.domain.paging import Target, TargetKind
from bot.domain.policy import PagerPolicy
from bot.domain.postmortem import assemble
from bot.domain.priority import Scorer
from bot.domain.priority.case import case_of
from bot.domain.refusal import Refused
from bot.domain.relations import Relation
from bot.domain.timeline import entries, woven
from bot.domain.watch import Watch
from tests.domain.world import BEA, POLICY, World

WHY = "Both are the deploy"


def other(world: World, number: int) -> World:
    """The same incident under another id and number."""
    first = world.log[0]
    assert isinstance(first.event, e.IncidentDeclared)
    declared = replace(first, event=replace(first.event, id=f"{number:02}", number=number))
    world.log[0] = declared
    world.incident = apply(None, declared)
    for recorded in world.log[1:]:
        world.incident = apply(world.incident, recorded)
    return world


def two(*, pager: bool = False, **fields: object) -> tuple[World, World]:
    """INC-42 (Ana commands) and INC-43, declared later."""
    policy = replace(POLICY, pager=PagerPolicy(asks=True, default_service="PDEFAULT")) if pager else POLICY
    pair = World(policy=policy), World(policy=policy)
    for world in pair:
        world.declare(**fields)
        world.open_room()
    return pair[0], other(pair[1], 43)


def merge(source: World, target: World) -> None:
    """Give both their command, as one transaction would."""
    before, after = source.it, target.it
    source.do(c.MergeInto(after, WHY))
    target.do(c.Absorb(before, WHY))


def test_both_logs_tell_a_link_each_in_its_own_words() -> None:
    first, second = two()
    first.do(c.LinkTo(second.it, Relation.CAUSED_BY))
    second.do(c.LinkTo(first.it, Relation.CAUSED_BY.inverse))
    assert [tie.relation for tie in first.it.ties] == [Relation.CAUSED_BY]
    assert [tie.relation for tie in second.it.ties] == [Relation.CAUSE_OF]
    assert first.do(c.LinkTo(second.it, Relation.CAUSED_BY)) == []
    first.do(c.LinkTo(second.it, Relation.RELATED))
    assert [tie.relation for tie in first.it.ties] == [Relation.RELATED]
    first.do(c.Unlink(second.it))
    assert first.it.ties == ()


@pytest.mark.parametrize("relation", Relation)
def test_the_inverse_of_an_inverse_is_the_relation_itself(relation: Relation) -> None:
    assert relation.inverse.inverse is relation


def test_a_public_log_never_names_a_private_incident() -> None:
    shown, _ = two()
    hidden = other(two(private=True)[1], 43)
    assert shown.do(c.LinkTo(hidden.it, Relation.RELATED)) == []
    assert len(hidden.do(c.LinkTo(shown.it, Relation.RELATED))) == 1
    for source, target in ((shown, hidden), (hidden, shown)):
        with pytest.raises(Refused) as caught:
            source.do(c.MergeInto(target.it, WHY))
        assert caught.value.code == "private"


def test_what_would_go_in_a_circle_or_nowhere_is_refused() -> None:
    first, second = two()
    for command, code in ((c.MergeInto(first.it, WHY), "itself"), (c.LinkTo(first.it, Relation.RELATED), "itself")):
        with pytest.raises(Refused) as caught:
            first.do(command)
        assert caught.value.code == code
    merge(second, first)
    with pytest.raises(Refused) as caught:
        first.do(c.MergeInto(second.it, WHY))
    assert caught.value.code == "merged_already"
    with pytest.raises(Refused):
        second.do(c.PostUpdate("Still broken"))


def test_nothing_is_timed_in_a_merged_incident_but_possible_duties() -> None:
    first, second = two()
    merge(second, first)
    assert second.it.status is Status.MERGED
    assert set(second.timers) <= {reaction.ARCHIVE, reaction.REGULATORY}


def test_a_call_that_nobody_answered_goes_on_for_the_incident_that_goes_on() -> None:
    first, second = two(pager=True)
    target = Target(TargetKind.SERVICE, "PDEFAULT")
    second.do(c.Page(target))
    first.do(c.ReleaseRole("commander"))
    merge(second, first)
    assert not any(one.is_open for one in second.it.pages)
    assert [one.target for one in first.it.pages] == [target]
    assert f.PageOnCall(1) in first.effects


def test_where_somebody_leads_nobody_is_called_again() -> None:
    first, second = two(pager=True)
    second.do(c.Page(Target(TargetKind.SERVICE, "PDEFAULT")))
    merge(second, first)
    assert first.it.pages == ()


def test_whoever_held_a_role_is_asked_to_go_on_and_the_stakeholders_hear_once() -> None:
    first, second = two()
    second.do(c.AssignRole("scribe", "UBEA"))
    before = second.it
    second.do(c.MergeInto(first.it, WHY))
    told = [one for one in second.effects if isinstance(one, f.TellAudience)]
    assert [one.audience for one in told] == ["stakeholders"]
    first.do(c.Absorb(before, WHY))
    asked = n.RoleInPart(first.it.parts[0].other, ("scribe",))
    assert f.DirectMessage("UBEA", asked, "role_in_part:43:UBEA") in first.effects
    assert not any(isinstance(one, f.TellAudience) for one in first.effects)


def test_a_commander_is_not_called_absent_for_the_time_while_their_incident_was_part_of_another() -> None:
    first, second = two()
    merge(second, first)
    second.wait(days=3)
    second.do(c.Unmerge(first.it, "Not the same"), BEA)
    assert second.it.watch == Watch(second.now)
    assert second.timers[reaction.ABSENT].due_at > second.now


def test_whoever_wished_to_follow_goes_on_following_when_the_part_that_brought_them_is_taken_out() -> None:
    first, second = two()
    for user in ("U1", "U2"):
        second.do(c.Follow(), Actor(user))
    merge(second, first)
    first.do(c.Follow(), Actor("U1"))
    assert first.do(c.Follow(), Actor("U1")) == []
    first.do(c.ReleasePart(second.it, "Not the same"))
    assert first.it.followers == ("U1",)


def test_whoever_followed_two_parts_goes_on_following_until_both_are_taken_out() -> None:
    first, second = two()
    third = other(two()[1], 44)
    for world in (second, third):
        world.do(c.Follow(), Actor("U1"))
        merge(world, first)
    for world, followers in ((second, ("U1",)), (third, ())):
        first.do(c.ReleasePart(world.it, "Not the same"))
        assert first.it.followers == followers


def test_where_only_leaders_merge_it_takes_the_leader_of_both() -> None:
    first, second = two()
    lead = replace(POLICY, permissions={**POLICY.permissions, "merge": "leaders"})
    second.do(c.AssignRole("commander", "UBEA", replace=True))
    for one in (first, second):
        one.policy = lead
    for world, command in ((second, c.MergeInto(first.it, WHY)), (first, c.Absorb(second.it, WHY))):
        with pytest.raises(Refused) as caught:
            world.do(command, BEA)
        assert caught.value.code == "not_allowed"
    first.do(c.AssignRole("deputy", "UBEA"))
    second.do(c.MergeInto(first.it, WHY), BEA)
    assert second.it.status is Status.MERGED


PEOPLE = st.lists(st.sampled_from(["U1", "U2", "U3", "U4"]), unique=True)
NOTES = st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=12)


@settings(deadline=None, max_examples=60)
@given(ours=PEOPLE, theirs=PEOPLE, notes=NOTES)
def test_a_merge_keeps_every_entry_and_every_follower_exactly_once_and_undoing_it_gives_both_back(
    ours: list[str], theirs: list[str], notes: list[tuple[bool, int]]
) -> None:
    first, second = two()
    for world, people in ((first, ours), (second, theirs)):
        for user in people:
            world.do(c.Follow(), Actor(user))
    for place, (mine, minutes) in enumerate(notes):
        for world in (first, second):
            world.wait(minutes=minutes)
        (first if mine else second).do(c.AddNote(f"note {place}"), BEA)
    merge(second, first)

    assert sorted(first.it.followers) == sorted({*ours, *theirs})
    shown = woven(first.log, {43: second.log}, POLICY)
    alone = [*entries(first.log, POLICY), *entries(second.log, POLICY)]
    assert len(shown) == len(alone)
    assert [one.at for one in shown] == sorted(one.at for one in alone)
    for place, (mine, _) in enumerate(notes):
        found = [one for one in shown if one.text.endswith(f"note {place}")]
        assert [(one.part, one.text.startswith("INC-43 · ")) for one in found] == [(0 if mine else 43, not mine)]
    written = assemble(first.log, POLICY, {43: second.log}).timeline
    assert sum(one.part == 43 for one in written) == len(entries(second.log, POLICY, level="key"))

    part = second.it
    second.do(c.Unmerge(first.it, "Not the same"))
    first.do(c.ReleasePart(part, "Not the same"))
    assert sorted(first.it.followers) == sorted(ours)
    assert first.it.parts == ()
    assert second.it.is_open
    assert reaction.UPDATE in second.timers
    assert fold(second.log) == second.it


def test_danger_and_what_was_said_of_the_impact_go_along_with_who_said_it() -> None:
    first, second = two()
    first.do(c.SetImpact(customers=900, source="Support"), BEA)
    second.do(c.DeclareSafety("Two infusion pumps lost their alarm"), BEA)
    second.do(c.SetImpact(customers=400, vips=("Acme",), backlog_per_hour=50.0, source="Grafana"), BEA)
    said_at = second.now
    for world in (first, second):
        world.wait(minutes=20)
    merge(second, first)
    danger = "Two infusion pumps lost their alarm (from INC-43)"
    assert first.it.safety == Safety(danger, BEA.id, said_at)
    assert f.PostMessage("room", n.SafetyMoved(True, danger, BEA.id)) in first.effects
    lines = [one.text for one in entries(first.log, POLICY)]
    assert f"Safety first, by @{{UBEA}}: {danger}" in lines
    assert any(line.startswith("The impact that @{UBEA} had set came along: ") for line in lines)
    assert {one.by for one in assemble(first.log, POLICY).impact} == {BEA.id}
    figures = first.it.figures
    assert figures.customers is not None
    assert (figures.customers.value, figures.customers.source) == (900, "Support")
    assert figures.backlog_per_hour == Figure(50.0, BEA.id, said_at, "Grafana, INC-43")
    assert figures.vips is not None
    assert figures.vips.value == ("Acme",)
    scorer = Scorer(POLICY)
    whole, part = (scorer.score(case_of(one, first.now), first.now) for one in (first.it, second.it))
    assert whole.safety
    assert whole.per_hour.expected >= part.per_hour.expected


def test_what_a_part_brought_and_nobody_has_changed_is_told_to_stay_when_it_is_taken_out() -> None:
    first, second = two()
    second.do(c.DeclareSafety("Two infusion pumps lost their alarm"), BEA)
    second.do(c.SetImpact(degraded=0.9, customers=90_000, source="Grafana"), BEA)
    for world in (first, second):
        world.wait(minutes=20)
    merge(second, first)
    first.do(c.SetImpact(customers=100_000))
    first.do(c.ReleasePart(second.it, "Not the same"))
    told = n.PartReleased(first.log[-1].event.part, "Not the same", "UANA", safety=True, figures=("degraded",))
    assert f.PostMessage("room", told) in first.effects


def test_whoever_leads_the_whole_or_holds_the_role_there_as_well_is_not_asked_to_take_it() -> None:
    first, second = two()
    for world in (first, second):
        world.do(c.AssignRole("scribe", "UBEA"))
    second.do(c.AssignRole("deputy", "UBEA"))
    merge(second, first)
    asked = {one.user: one.notice for one in first.effects if isinstance(one, f.DirectMessage)}
    assert asked == {"UBEA": n.RoleInPart(first.it.parts[0].other, ("deputy",))}


def test_whoever_has_a_role_in_what_is_taken_out_is_told_that_they_have_it_again() -> None:
    first, second = two()
    second.do(c.AssignRole("scribe", "UBEA"))
    merge(second, first)
    whole = first.it
    second.do(c.Unmerge(whole, "Not the same"))
    told = {one.user: one.notice for one in second.effects if isinstance(one, f.DirectMessage)}
    assert told == {"UBEA": n.MergeUndone(second.log[-1].event.out_of, "Not the same", "UANA", ("scribe",))}


def test_a_form_for_the_opposite_way_hears_that_it_is_merged_already() -> None:
    first, second = two()
    merge(second, first)
    with pytest.raises(Refused) as caught:
        first.do(c.MergeInto(second.it, WHY))
    assert "INC-43 is part of INC-42 already." in str(caught.value)


def test_a_figure_that_would_lower_the_incident_that_goes_on_stays_behind() -> None:
    first, second = two()
    second.do(c.SetImpact(degraded=0.01, customers=3, revenue_per_hour=1.0), BEA)
    merge(second, first)
    assert first.it.figures == NO_IMPACT


@pytest.mark.parametrize(
    "command",
    [
        c.SetImpact(customers=3),
        c.Follow(),
        c.EditDetails(title="Carts"),
        c.Close("done"),
        c.OfferHandoff("UBEA", ("commander",), "All quiet"),
        c.LinkTo(two()[0].it, Relation.RELATED),
    ],
    ids=lambda command: type(command).__name__,
)
def test_work_that_would_count_for_nothing_is_refused_with_the_way_to_where_it_counts(command: c.Command) -> None:
    first, second = two()
    merge(second, first)
    with pytest.raises(Refused) as caught:
        second.do(command)
    assert caught.value.code == "not_open"
    assert "INC-43 was merged into INC-42" in str(caught.value)
    assert "name #42" in str(caught.value)
    second.do(c.AddNote("The deploy of 02:40 is to blame"))


def test_services_that_came_with_a_part_go_with_it_and_a_guess_stays_a_guess() -> None:
    first, second = two(services=("checkout",), services_guessed=True)
    third = other(two(services=("search", "checkout"))[1], 44)
    second = other(two(services=("search",))[1], 43)
    merge(second, first)
    merge(third, first)
    assert first.it.services == ("checkout", "search")
    assert first.it.services_guessed
    first.do(c.ReleasePart(second.it, WHY))
    assert first.it.services == ("checkout", "search"), "the other part brought it as well"
    first.do(c.ReleasePart(third.it, WHY))
    assert first.it.services == ("checkout",)
    assert first.it.services_guessed


def test_the_postmortem_of_the_whole_tells_the_updates_the_roles_and_the_impact_of_its_parts() -> None:
    first, second = two()
    second.do(c.AssignRole("scribe", "UBEA"))
    for world in (first, second):
        world.wait(minutes=5)
    second.do(c.PostUpdate("Payments fail", impact="One in ten"), BEA)
    for world in (first, second):
        world.wait(minutes=5)
    first.do(c.PostUpdate("Rolling back"))
    merge(second, first)
    written = assemble(first.log, POLICY, {43: second.log})
    assert [(one.part, one.update.headline) for one in written.updates] == [(43, "Payments fail"), (0, "Rolling back")]
    assert [(one.part, one.text) for one in written.impact] == [(43, "One in ten")]
    assert {(one.part, one.role, one.until) for one in written.roles} == {
        (0, "Commander", None),
        (43, "Commander", second.now),
        (43, "Scribe", second.now),
    }
    assert "UBEA" in written.people()


def test_a_postmortem_that_is_out_is_made_again_when_incidents_become_one_or_two_again() -> None:
    first, second = two()
    for world in (first, second):
        world.do(c.WritePostmortem())
    part = second.it
    again = e.PostmortemRequested(1, "merged")
    assert again in second.do(c.MergeInto(first.it, WHY))
    assert again in first.do(c.Absorb(part, WHY))
    part = second.it
    assert again in second.do(c.Unmerge(first.it, "Not the same"))
    assert again in first.do(c.ReleasePart(part, "Not the same"))


def test_where_no_postmortem_is_out_none_is_written_by_a_merge() -> None:
    first, second = two()
    merge(second, first)
    assert not any(isinstance(one.event, e.PostmortemRequested) for one in (*first.log, *second.log))
