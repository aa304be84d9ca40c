"""From what is open and who is there to a situation, and from a plan back to roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.staffing import propose
from bot.config.defaults import ROLES, SEVERITIES
from bot.domain import commands as c
from bot.domain.availability import Whereabouts, Word
from bot.domain.mitigation import History
from bot.domain.model import Clock, Incident, Status
from bot.domain.muster import LOAD_EACH, Known, Muster, digest, moves_nobody, muster, orders, roles
from bot.domain.policy import PersonPolicy, Policy, ServicePolicy
from bot.domain.priority import Figure, Impact, Safety, Scored, Scorer, lay_out
from bot.domain.priority.case import case_of
from bot.domain.shifts import Shifts
from bot.domain.staffing import Person, StaffingRules
from tests.domain.world import START

NOW = START
SETTLED = StaffingRules().settled
POLICY = Policy(
    SEVERITIES,
    ROLES,
    services=(ServicePolicy("checkout", "Checkout", skills=("web",)), ServicePolicy("search", "Search")),
    people=(PersonPolicy("UANA", ("web",)), PersonPolicy("UBEA"), PersonPolicy("UDEV", may_command=False)),
)
Holders = Mapping[str, tuple[str, ...]]


def incident(
    number: int, loss: float, holders: Holders | None = None, *, minutes: int = 60, **more: object
) -> Incident:
    """An open incident that loses so much per hour; its holders took their roles so many minutes ago."""
    since = NOW - timedelta(minutes=minutes)
    held = holders or {}
    fields: dict[str, object] = {
        "figures": Impact(revenue_per_hour=Figure(loss, "UANA", since), customers=Figure(0, "UANA", since)),
        "roles": MappingProxyType(dict(held)),
        "shifts": Shifts(MappingProxyType({f"{role}:{user}": since for role in held for user in held[role]})),
    }
    made = Incident(
        id=f"I{number}",
        workspace="W",
        number=number,
        seq=1,
        title=f"Fire {number}",
        severity="sev2",
        status=Status.INVESTIGATING,
        declared_by="USAM",
        declared_at=since,
        clock=Clock(since),
    )
    return replace(made, **(fields | more))  # type: ignore[arg-type]


def seen(*incidents: Incident, known: Known | None = None, policy: Policy = POLICY) -> Muster:
    scorer = Scorer(policy)
    scored = [Scored(case, scorer.score(case, NOW)) for case in (case_of(one, NOW) for one in incidents)]
    board = lay_out(scored, NOW, policy.priority)
    return muster(board, {one.id: one for one in incidents}, History(()), known or Known(), policy, now=NOW)


def person(found: Muster, user: str) -> Person:
    return next(one for one in found.situation.people if one.user == user)


def test_a_fire_has_its_cost_its_skills_and_its_commander_since_when() -> None:
    [fire] = seen(incident(1, 500, {"commander": ("UANA",)}, minutes=20, services=("checkout",))).situation.fires
    assert fire.per_hour.expected == 500
    assert (fire.skills, fire.commander) == (frozenset(("web",)), "UANA")
    assert fire.commander_since == NOW - timedelta(minutes=20)


def test_what_is_mitigated_needs_nobody_and_its_people_are_free_for_the_rest() -> None:
    calm = incident(1, 500, {"commander": ("UANA",)}, status=Status.MONITORING, mitigated_at=NOW)
    found = seen(calm, incident(2, 100))
    assert [fire.incident for fire in found.situation.fires] == ["I2"]
    assert person(found, "UANA").incident is None
    assert person(found, "UANA").load == LOAD_EACH


def test_somebody_is_where_they_command_and_every_further_incident_is_load() -> None:
    first = incident(1, 1, {"commander": ("UANA",), "scribe": ("UBEA",)})
    second = incident(2, 1, {"operations": ("UANA",)}, minutes=5)
    found = seen(first, second)
    assert person(found, "UANA").incident == "I1"
    assert person(found, "UANA").load == LOAD_EACH
    assert person(found, "UBEA").incident is None, "writing things down leaves time to be asked"
    assert person(found, "UBEA").load == LOAD_EACH


def test_whoever_is_at_work_is_there_without_standing_in_the_settings() -> None:
    found = seen(incident(1, 1, {"commander": ("UEVE",)}))
    assert {one.user for one in found.situation.people} == {"UANA", "UBEA", "UDEV", "UEVE"}
    assert not person(found, "UDEV").may_command


def test_whoever_a_pager_has_on_call_is_there_listed_or_not() -> None:
    found = seen(incident(1, 1), known=Known(on_call=("UNEW",)))
    assert person(found, "UNEW").available


def test_words_and_what_the_viewer_may_not_see_take_people_out() -> None:
    off = Word("UANA", Whereabouts.OFF, NOW + timedelta(hours=1), NOW)
    found = seen(incident(1, 1), known=Known(MappingProxyType({"UANA": off}), elsewhere=("UBEA",)))
    assert [one.user for one in found.situation.people if one.available] == ["UDEV"]


def test_a_move_is_a_role_given_there_and_one_released_here_each_told_once() -> None:
    mild, dear = incident(1, 1, {"commander": ("UANA",)}), incident(2, 50_000)
    alone = replace(POLICY, people=POLICY.people[:1])
    found = seen(mild, dear, policy=alone)
    proposal = propose(found.situation)
    commands = orders(proposal, found, alone)
    release, left = commands["I1"]
    assign, led = commands["I2"]
    assert release == c.ReleaseRole("commander", "UANA", "proposal for all open incidents, moved to INC-2")
    assert assign == c.AssignRole("commander", "UANA", True, "proposal for all open incidents, moved from INC-1")
    assert isinstance(left, c.AcceptStaffing)
    assert isinstance(led, c.AcceptStaffing)
    assert (left.leader, led.leader) == (None, "UANA")
    assert left.waits is not None
    assert left.waits > 60
    assert left.proposal == led.proposal == digest(proposal, found)


def test_a_private_incident_is_not_named_on_another_one() -> None:
    mild, dear = incident(1, 1, {"commander": ("UANA",)}), incident(2, 50_000, private=True)
    alone = replace(POLICY, people=POLICY.people[:1])
    found = seen(mild, dear, policy=alone)
    said = orders(propose(found.situation), found, alone)
    assert said["I1"][0] == c.ReleaseRole("commander", "UANA", "proposal for all open incidents, moved to another one")


def test_people_who_stay_get_no_order_and_there_is_nothing_to_accept() -> None:
    found = seen(incident(1, 900, {"commander": ("UANA",)}), incident(2, 900, {"commander": ("UBEA",)}))
    proposal = propose(found.situation)
    assert moves_nobody(proposal, found, POLICY)
    assert orders(proposal, found, POLICY) == {}


def test_a_cost_that_moved_a_little_is_the_same_proposal_and_another_commander_is_not() -> None:
    def name(loss: float, commander: str) -> str:
        found = seen(incident(1, loss, {"commander": (commander,)}), incident(2, 50_000))
        return digest(propose(found.situation), found)

    assert name(100, "UANA") == name(101, "UANA")
    assert name(100, "UANA") != name(100, "UEVE")


USERS = ("UANA", "UBEA", "UDEV", "UEVE", "UMEI")


@st.composite
def nights(draw: st.DrawFn) -> tuple[Incident, ...]:
    """Up to five incidents, some led for a short or long time, some of the safety class."""
    leaders = draw(st.permutations((*USERS, None, None, None)))
    made = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        leader = leaders[number - 1]
        one = incident(
            number,
            draw(st.floats(0, 1e6)),
            {"commander": (leader,)} if leader else {},
            minutes=draw(st.integers(0, 90)),
            services=tuple(draw(st.sets(st.sampled_from(("checkout", "search"))))),
        )
        safety = Safety("smoke", "USAM", NOW) if draw(st.integers(0, 4)) == 0 else None
        made.append(replace(one, safety=safety))
    return tuple(made)


@settings(max_examples=60, deadline=None)
@given(nights())
def test_nobody_is_pulled_off_within_half_an_hour_and_keeping_everyone_is_never_cheaper(
    burning: tuple[Incident, ...],
) -> None:
    found = seen(*burning)
    proposal = propose(found.situation)
    orders_of = roles(proposal.plan, found, POLICY)
    for one in burning:
        since = one.shifts.held_since("commander", one.commander or "")
        if since is not None and NOW - since < SETTLED:
            lost = [
                order
                for order in orders_of[one.id]
                if (isinstance(order, c.AssignRole) and order.role == "commander")
                or (isinstance(order, c.ReleaseRole) and order.role == "commander")
            ]
            assert lost == []
    unled = [one.id for one in burning if one.safety and proposal.plan.leader(one.id) is None]
    unled_kept = [one.id for one in burning if one.safety and proposal.keep.leader(one.id) is None]
    if len(unled) == len(unled_kept):
        assert proposal.keep.price.expected >= proposal.plan.price.expected - 1e-6
    else:
        assert len(unled) < len(unled_kept), "only people at risk are worth a dearer plan"


@settings(max_examples=40, deadline=None)
@given(nights())
def test_after_a_proposal_is_carried_out_everybody_holds_one_command_at_most(burning: tuple[Incident, ...]) -> None:
    found = seen(*burning)
    proposal = propose(found.situation)
    commanders = {one.id: one.commander for one in burning}
    for key, given_out in roles(proposal.plan, found, POLICY).items():
        for order in given_out:
            match order:
                case c.AssignRole(role="commander", user=user):
                    commanders[key] = user
                case c.ReleaseRole(role="commander"):
                    commanders[key] = None
    leading = [user for user in commanders.values() if user]
    assert len(leading) == len(set(leading))


def test_each_incident_s_record_bears_its_own_part_of_the_price_only() -> None:
    found = seen(incident(1, 500), incident(2, 100), incident(3, 100, safety=Safety("smoke", "USAM", NOW)))
    proposal = propose(found.situation)
    records = {key: one for key, some in orders(proposal, found, POLICY).items() for one in some}
    prices = {key: one.price for key, one in records.items() if isinstance(one, c.AcceptStaffing)}
    assert prices["I3"].expected == 0
    assert prices["I1"] != prices["I2"]
    assert prices["I1"] + prices["I2"] == proposal.plan.price_of(found.situation.fires)
