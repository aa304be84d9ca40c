"""What people say for an incident's priority: what is recorded, refused, told, and when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import figures
from bot.domain import notices as n
from bot.domain.impact import NO_IMPACT, Figure, Override, Safety
from bot.domain.model import FIREBELL, Actor, ActorKind
from bot.domain.priority.case import case_of
from bot.domain.refusal import Refused
from bot.domain.timeline import entries
from tests.domain.world import ANA, BEA, GUEST, POLICY, SAM, START, World

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    world = World()
    world.do(c.Declare("Checkout returns 500s", severity="sev2", services=("checkout",)))
    return world


def lines(world: World, *, amounts: bool = False) -> list[str]:
    log = entries(world.log, world.policy, amounts=amounts)
    return [entry.text for entry in log if entry.kind in ("figures", "safety", "rank")]


def test_only_what_was_said_is_recorded_with_who_when_and_source(world: World) -> None:
    events = world.do(c.SetImpact(degraded=0.4, customers=1200, source="Grafana"))
    assert events == [e.ImpactSet(degraded=0.4, customers=1200, source="Grafana")]
    figure = world.it.figures.customers
    assert figure == Figure(1200, ANA.id, START, "Grafana")
    assert world.it.figures.revenue_per_hour is None


def test_each_figure_keeps_its_own_author(world: World) -> None:
    world.do(c.SetImpact(degraded=0.4, customers=1200), ANA)
    world.now += HOUR
    assert world.do(c.SetImpact(degraded=0.4, customers=90), BEA) == [e.ImpactSet(customers=90)]
    degraded, customers = world.it.figures.degraded, world.it.figures.customers
    assert (degraded and degraded.by, customers and customers.by) == (ANA.id, BEA.id)
    assert (degraded and degraded.at, customers and customers.at) == (START, START + HOUR)


def test_a_figure_confirmed_by_another_source_is_recorded_again(world: World) -> None:
    world.do(c.SetImpact(customers=1200))
    assert world.do(c.SetImpact(customers=1200, source="billing"), BEA) == [
        e.ImpactSet(customers=1200, source="billing")
    ]
    assert world.do(c.SetImpact(customers=1200), ANA) == []


def test_a_cleared_figure_is_the_catalogs_again(world: World) -> None:
    world.do(c.SetImpact(degraded=0.4, vips=("Acme",)))
    assert world.do(c.SetImpact(cleared=("vips", "customers"))) == [e.ImpactSet(cleared=("vips",))]
    assert world.it.figures.vips is None
    assert world.it.figures.degraded is not None
    assert lines(world)[-1] == "@{UANA} set the impact: back to the catalog's estimate: VIPs affected"


def test_nobody_is_another_word_than_unknown(world: World) -> None:
    world.do(c.SetImpact(vips=(), data_classes=()))
    vips, data = world.it.figures.vips, world.it.figures.data_classes
    assert vips is not None
    assert data is not None
    assert (vips.value, data.value) == ((), ())


def test_names_are_kept_once_and_without_odd_spaces(world: World) -> None:
    assert world.do(c.SetImpact(vips=(" Acme ", "Acme", "", "Big\nCo"))) == [e.ImpactSet(vips=("Acme", "Big Co"))]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.SetImpact(degraded=1.01), "degraded"),
        (c.SetImpact(degraded=-0.1), "degraded"),
        (c.SetImpact(degraded=float("nan")), "degraded"),
        (c.SetImpact(customers=-1), "customers"),
        (c.SetImpact(customers=10**11), "customers"),
        (c.SetImpact(revenue_per_hour=float("inf")), "revenue_per_hour"),
        (c.SetImpact(exposed_per_hour=-5.0), "exposed_per_hour"),
        (c.SetImpact(backlog_per_hour=1e13), "backlog_per_hour"),
        (c.SetImpact(vips=tuple(map(str, range(51)))), "vips"),
        (c.SetImpact(data_classes=("x" * 101,)), "data_classes"),
        (c.SetImpact(customers=1, source="x" * 301), "source"),
        (c.OverridePlace(0, HOUR, "why"), "place"),
        (c.OverridePlace(1_001, HOUR, "why"), "place"),
        (c.OverridePlace(1, timedelta(minutes=4), "why"), "lasting"),
        (c.OverridePlace(1, timedelta(hours=25), "why"), "lasting"),
        (c.OverridePlace(1, HOUR, "  "), "reason"),
        (c.DeclareSafety(" "), "reason"),
        (c.DeclareSafety("x" * 3_001), "reason"),
    ],
    ids=repr,
)
def test_what_cannot_be_is_refused_beside_its_field(world: World, command: c.Command, field: str) -> None:
    with pytest.raises(Refused) as refused:
        world.do(command)
    assert refused.value.field == field
    assert (world.it.figures, world.it.safety, world.it.override) == (NO_IMPACT, None, None)


def test_a_form_does_not_run_over_what_somebody_else_said_meanwhile(world: World) -> None:
    opened = world.now
    world.now += timedelta(minutes=1)
    world.do(c.SetImpact(customers=1200), BEA)
    world.now += timedelta(minutes=1)
    with pytest.raises(Refused) as refused:
        world.do(c.SetImpact(customers=90, based_on=opened), ANA)
    assert (refused.value.code, refused.value.field) == ("stale", "customers")
    assert world.do(c.SetImpact(degraded=0.2, based_on=opened), ANA), "another figure is nobody else's"
    assert world.do(c.SetImpact(customers=80, based_on=opened), BEA), "one's own word may be mended"


def test_amounts_are_named_on_the_timeline_and_told_only_to_those_who_may_see_them(world: World) -> None:
    world.do(c.SetImpact(degraded=0.4, customers=1200, revenue_per_hour=5000.5, vips=("Acme",), source="Grafana"))
    assert lines(world) == ["@{UANA} set the impact: 40 % degraded; customers affected; VIPs affected; revenue lost"]
    assert lines(world, amounts=True) == [
        "@{UANA} set the impact: 40 % degraded; 1,200 customers affected; VIPs: Acme; "
        "EUR 5,000.5 of revenue lost per hour (from Grafana)"
    ]


def test_figures_are_no_news_and_redraw_the_cards(world: World) -> None:
    world.open_room()
    world.do(c.SetImpact(degraded=0.4))
    assert world.effects == [f.RefreshCard(f.CARD), f.RefreshCard(f.SUMMARY_CARD)]


def test_danger_is_told_to_everybody_and_counts_at_once(world: World) -> None:
    world.do(c.DeclareSafety("Pumps lost their alarm."), SAM)
    notice = n.SafetyMoved(True, "Pumps lost their alarm.", SAM.id)
    assert f.PostMessage("room", notice) in world.effects
    assert f.PostMessage("summary", notice, "", True) in world.effects
    assert world.it.safety == Safety("Pumps lost their alarm.", SAM.id, START)
    assert case_of(world.it, START).safety == world.it.safety
    assert world.do(c.DeclareSafety("Pumps lost their alarm."), BEA) == [], "it was said already"


def test_danger_in_other_words_is_told_without_calling_everybody_again(world: World) -> None:
    world.do(c.DeclareSafety("Pumps lost their alarm."), SAM)
    world.effects.clear()
    world.do(c.DeclareSafety("Two pumps lost their alarm."), BEA)
    notice = n.SafetyMoved(True, "Two pumps lost their alarm.", BEA.id, again=True)
    assert f.PostMessage("room", notice) in world.effects
    assert f.PostMessage("summary", notice) in world.effects


def test_danger_is_withdrawn_by_a_person_with_a_reason(world: World) -> None:
    world.do(c.DeclareSafety("Pumps lost their alarm."))
    with pytest.raises(Refused):
        world.do(c.WithdrawSafety(""))
    for nobody in (FIREBELL, GUEST, Actor("B1", ActorKind.BOT)):
        with pytest.raises(Refused):
            world.do(c.WithdrawSafety("they do not"), nobody)
    world.do(c.WithdrawSafety("The pumps alarm by themselves."), BEA)
    assert world.it.safety is None
    assert lines(world) == [
        "Safety first, by @{UANA}: Pumps lost their alarm.",
        "No longer safety first, by @{UBEA}: The pumps alarm by themselves.",
    ]


@pytest.mark.parametrize("nobody", [FIREBELL, GUEST, Actor("B1", ActorKind.BOT)], ids=lambda actor: actor.id)
def test_only_a_person_says_that_people_are_in_danger(world: World, nobody: Actor) -> None:
    with pytest.raises(Refused):
        world.do(c.DeclareSafety("Pumps lost their alarm."), nobody)


def test_withdrawing_danger_needs_what_lowering_a_severity_needs(world: World) -> None:
    world.policy = replace(POLICY, permissions={"lower_severity": "responders"})
    world.do(c.DeclareSafety("Pumps lost their alarm."), SAM)
    with pytest.raises(Refused, match="Only responders"):
        world.do(c.WithdrawSafety("It was nothing."), SAM)


def test_a_rank_by_hand_holds_for_its_time_and_ends_by_itself(world: World) -> None:
    world.do(c.OverridePlace(1, 2 * HOUR, "The regulator is on the line."))
    assert world.it.override == Override(1, "The regulator is on the line.", ANA.id, START, START + 2 * HOUR)
    assert case_of(world.it, START).override == world.it.override
    assert world.timers["override"].due_at == START + 2 * HOUR
    world.now += 2 * HOUR
    assert world.fire("override") == [e.OverrideEnded(1, "expired")]
    assert world.it.override is None
    assert "override" not in world.timers
    assert f.PostMessage("room", n.PlaceOverridden(1, "", "")) in world.effects
    assert lines(world) == [
        "@{UANA} set rank 1 by hand until 2026-11-19 04:47 UTC: The regulator is on the line.",
        "The time of rank 1, set by hand, is over",
    ]


def test_a_timer_of_a_replaced_rank_ends_nothing(world: World) -> None:
    world.do(c.OverridePlace(1, HOUR, "first"))
    world.do(c.OverridePlace(2, 3 * HOUR, "second"), BEA)
    world.now += HOUR
    assert world.do(c.FireTimer("override", START + HOUR), FIREBELL) == []
    assert world.it.override is not None
    assert world.it.override.place == 2


def test_a_rank_by_hand_may_be_ended_early_once(world: World) -> None:
    world.do(c.OverridePlace(1, HOUR, "why"))
    assert world.do(c.EndOverride("no longer"), BEA) == [e.OverrideEnded(1, "ended", "no longer")]
    assert world.do(c.EndOverride(), BEA) == []
    assert lines(world)[-1] == "@{UBEA} ended rank 1, set by hand: no longer"


@pytest.mark.parametrize("ending", [c.Resolve("a rollback"), c.Cancel("a false alarm")], ids=repr)
def test_a_rank_by_hand_ends_with_the_incident(world: World, ending: c.Command) -> None:
    world.do(c.OverridePlace(1, HOUR, "why"))
    assert e.OverrideEnded(1, "over") in world.do(ending)
    assert world.it.override is None
    assert "override" not in world.timers
    assert lines(world)[-1] == "Rank 1, set by hand, ended with the incident"


def test_what_is_over_and_what_is_a_drill_has_no_rank(world: World) -> None:
    world.do(c.Resolve("a rollback"))
    for command in (c.OverridePlace(1, HOUR, "why"), c.DeclareSafety("why"), c.WithdrawSafety("why")):
        with pytest.raises(Refused):
            world.do(command)
    drill = World()
    drill.do(c.Declare("Practice", drill=True))
    with pytest.raises(Refused, match="A drill has no rank"):
        drill.do(c.OverridePlace(1, HOUR, "why"))
    with pytest.raises(Refused, match="A drill is never"):
        drill.do(c.DeclareSafety("why"))


def test_who_may_set_a_rank_by_hand_is_a_rule_of_its_own(world: World) -> None:
    world.policy = replace(POLICY, permissions={"override": "responders"})
    with pytest.raises(Refused, match="Only responders may set a rank by hand"):
        world.do(c.OverridePlace(1, HOUR, "why"), SAM)
    world.do(c.OverridePlace(1, HOUR, "why"), ANA)
    with pytest.raises(Refused, match="Only responders may end a rank set by hand"):
        world.do(c.EndOverride(), SAM)


shares = st.none() | st.floats(0, 1)
amounts = st.none() | st.floats(0, 1e9)
names = st.none() | st.lists(st.sampled_from(["Acme", "Globex", " Acme"]), max_size=4).map(tuple)
said = st.builds(
    c.SetImpact,
    degraded=shares,
    customers=st.none() | st.integers(0, 10**9),
    vips=names,
    revenue_per_hour=amounts,
    data_classes=names,
    exposed_per_hour=amounts,
    backlog_per_hour=amounts,
    cleared=st.lists(st.sampled_from(sorted(figures.NAMES)), max_size=3).map(tuple),
)


@given(st.lists(said, max_size=6))
def test_the_figures_are_always_the_last_word_on_each(commands: list[c.SetImpact]) -> None:
    world = World()
    world.do(c.Declare("Checkout returns 500s"))
    expected: dict[str, object] = {}
    for command in commands:
        world.do(command)
        expected = {name: value for name, value in expected.items() if name not in command.cleared}
        expected |= dict(figures.values(command))
        assert world.do(command) == [], "what was said is not said twice"
    tidy = {
        name: tuple(dict.fromkeys(item.strip() for item in value)) if isinstance(value, tuple) else value
        for name, value in expected.items()
    }
    found = {name: figure.value for name in figures.NAMES if (figure := getattr(world.it.figures, name))}
    assert found == tidy


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("degraded", "40 %", 0.4),
        ("degraded", "2.5", 0.025),
        ("customers", "1,200 customers", 1200),
        ("customers", "1 200", 1200),
        ("customers", "1.5k", 1500),
        ("customers", "2 million", 2_000_000),
        ("revenue_per_hour", "EUR 5k/h", 5000.0),
        ("revenue_per_hour", "€5,000.50 per hour", 5000.5),
        ("revenue_per_hour", "-5", -5.0),
        ("backlog_per_hour", "300 items", 300.0),
        ("vips", "Acme, Globex;\nInitech", ("Acme", "Globex", "Initech")),
        ("vips", "None", ()),
        ("data_classes", "none", ()),
        ("vips", "Acme and Globex, and Initech", ("Acme", "Globex", "Initech")),
        ("degraded", "0.4 %", 0.004),
        ("revenue_per_hour", "5k EUR per hour", 5000.0),
        ("revenue_per_hour", "€24k/day", 1000.0),
        ("backlog_per_hour", "5 items/min", 300.0),
        ("exposed_per_hour", "20 records an hour", 20.0),
    ],
)
def test_a_figure_is_read_as_people_write_it(name: str, text: str, value: figures.Value) -> None:
    assert figures.read(name, text, "EUR") == value


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("customers", "many", "no number"),
        ("customers", "1.5", "whole numbers"),
        ("customers", "5 to 7", "no number"),
        ("customers", "٣", "no number"),
        ("revenue_per_hour", "nan", "no number"),
        ("revenue_per_hour", "5.000", "write 5000 or 5."),
        ("revenue_per_hour", "12,5", "Write it like"),
        ("revenue_per_hour", "9" * 30, "too long"),
        ("revenue_per_hour", "", "no number"),
        ("revenue_per_hour", "USD 5k", "Money is in EUR"),
        ("revenue_per_hour", "$5k", "Money is in EUR"),
        ("revenue_per_hour", "5k USD/h", "Money is in EUR"),
        ("revenue_per_hour", "5k/week", "per hour"),
        ("customers", "12 apples", "unit"),
        ("customers", "12/h", "no time"),
        ("customers", "EUR 12", "no number"),
        ("degraded", "0.4", "write 40 % or 0.4 %"),
        ("vips", "10", "named"),
    ],
)
def test_what_could_be_misread_is_not_guessed(name: str, text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        figures.read(name, text, "EUR")


@given(st.sampled_from(["customers", "backlog_per_hour"]), st.integers(0, 10**10))
def test_what_is_written_reads_the_same(name: str, value: int) -> None:
    assert figures.read(name, figures.written(name, value), "EUR") == value
