"""Figures, danger and a rank by hand, as people type them and fill them in."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import UserError
from commands.impact import typed_in
from tests.commands.kit import ANA, BEA, SAM, FrontDesk


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("40% 1200 customers", {"degraded": "40%", "customers": "1200"}),
        (
            "40 % degraded, 1,200 customers and revenue 5k vips Acme Corp, Globex, from Grafana board 7",
            {
                "degraded": "40%",
                "customers": "1,200",
                "revenue_per_hour": "5k",
                "vips": "Acme Corp, Globex",
                "source": "Grafana board 7",
            },
        ),
        ("vips Acme, Globex 40%", {"vips": "Acme, Globex", "degraded": "40%"}),
        ("data personal, health exposed 20", {"data_classes": "personal, health", "exposed_per_hour": "20"}),
        ("20 exposed backlog=300", {"exposed_per_hour": "20", "backlog_per_hour": "300"}),
        ("degraded 40 % 12 customers", {"degraded": "40 %", "customers": "12"}),
        ("revenue EUR 5,000/h", {"revenue_per_hour": "EUR 5,000/h"}),
        ("customers unknown", {"customers": "unknown"}),
        ("vips: none; data: none", {"vips": "none", "data_classes": "none"}),
        ("", {}),
        (
            "40% from Grafana, 424242 customers, revenue 765432",
            {"degraded": "40%", "source": "Grafana", "customers": "424242", "revenue_per_hour": "765432"},
        ),
        ("12 exposed from 3 tables vips Acme", {"exposed_per_hour": "12", "source": "3 tables", "vips": "Acme"}),
        ("vips Big Data Corp and Fresh, data health", {"vips": "Big Data Corp and Fresh", "data_classes": "health"}),
        ("revenue 5k per hour, 1 customer affected", {"revenue_per_hour": "5k per hour", "customers": "1"}),
        ("revenue 5k USD/h 12 %degraded", {"revenue_per_hour": "5k USD/h", "degraded": "12%"}),
        ("0.4 degraded", {"degraded": "0.4"}),
        ("500 exposed per day", {"exposed_per_hour": "500 per day"}),
    ],
)
def test_a_line_names_its_figures(line: str, typed: dict[str, str]) -> None:
    assert typed_in(line) == typed


@pytest.mark.parametrize(
    "line",
    [
        "checkout is down",
        "40% and 3 dogs",
        "customers many",
        "customers",
        "not 40%",
        "vips Big Data and Fresh from Farm",
        "vips Acme data health",
        "40% 50%",
    ],
)
def test_what_is_no_figure_is_not_guessed_at(line: str) -> None:
    with pytest.raises(UserError, match="Nothing changed"):
        typed_in(line)


@pytest.mark.slow
async def test_a_line_sets_figures_and_reads_them_back_to_whoever_typed_them(desk: FrontDesk) -> None:
    room = await desk.room()
    said = await desk.answers(BEA, room, "impact 40% 1200 customers from Grafana")
    assert "40 % degraded" in said
    assert "1,200 customers affected" in said
    figures = (await desk.it()).figures
    assert figures.degraded is not None
    assert (figures.degraded.value, figures.degraded.by, figures.degraded.source) == (0.4, BEA, "Grafana")
    assert "already says so" in await desk.answers(BEA, room, "impact 40%")
    assert "1,200" in await desk.answers(ANA, room, "timeline"), "Ana is one of those who may see amounts"
    assert "1,200" not in await desk.answers(SAM, room, "impact 50%")
    assert "1,200" not in await desk.answers(SAM, room, "timeline all")


@pytest.mark.slow
async def test_a_line_takes_a_figure_back(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "impact 40% 1200 customers")
    await desk.answers(BEA, room, "impact customers unknown")
    assert (await desk.it()).figures.customers is None
    assert (await desk.it()).figures.degraded is not None


@pytest.mark.slow
async def test_a_line_that_cannot_be_read_is_handed_back_in_the_form(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "is no figure" in await desk.answers(BEA, room, "impact 40% badly")
    assert "from 0 to 100 %" in await desk.answers(BEA, room, "impact 140% 12 customers")
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    view = await desk.form(BEA)
    assert view["callback_id"] == "impact"
    typed = {one["block_id"]: one["element"].get("initial_value") for one in view["blocks"] if one["type"] == "input"}
    assert (typed["degraded"], typed["customers"]) == ("140%", "12")
    answer = await desk.submits(BEA, view, degraded={"value": "14"}, customers={"value": "12"})
    assert answer["ok"], answer
    figures = (await desk.it()).figures
    assert (figures.degraded and figures.degraded.value, figures.customers and figures.customers.value) == (0.14, 12)


@pytest.mark.slow
async def test_the_form_records_what_was_changed_and_puts_a_complaint_beside_its_field(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "impact 40% 1200 customers")
    await desk.types(BEA, room, "/incident impact")
    view = await desk.form(BEA)
    wrong = await desk.submission(BEA, view, degraded={"value": "140"}, customers={"value": "1200"})
    assert wrong["errors"] == {"degraded": "Nothing changed. “Share degraded” is a share from 0 to 100 %."}
    unread = await desk.submission(BEA, view, degraded={"value": "40"}, customers={"value": "many"})
    assert unread["errors"] == {"customers": "That is no number."}
    right = await desk.submission(
        BEA, view, degraded={"value": "40"}, customers={"value": ""}, vips={"value": "Acme"}, source={"value": "CRM"}
    )
    assert right == {}
    figures = (await desk.it()).figures
    assert figures.customers is None, "an emptied figure is the catalog's again"
    assert figures.degraded is not None
    assert figures.degraded.source == "", "what was left alone keeps its source"
    assert figures.vips is not None
    assert (figures.vips.value, figures.vips.source) == (("Acme",), "CRM")


@pytest.mark.slow
async def test_a_form_that_hides_an_amount_does_not_take_it_away(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "impact 1200 customers")
    await desk.types(SAM, room, "/incident impact")
    view = await desk.form(SAM)
    assert "1200" not in str(view["blocks"])
    assert await desk.submission(SAM, view, degraded={"value": "10"}, customers={"value": ""}) == {}
    figures = (await desk.it()).figures
    assert figures.customers is not None
    assert (figures.customers.value, figures.customers.by) == (1200, BEA)


@pytest.mark.slow
async def test_who_was_slower_sees_what_the_other_said_and_keeps_what_they_typed(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident impact")
    view = await desk.form(BEA)
    desk.skip(minutes=1)
    await desk.do(await desk.it(), c.SetImpact(degraded=0.2), Actor(ANA))
    answer = await desk.submission(BEA, view, degraded={"value": "60"})
    assert answer["response_action"] == "update"
    again = answer["view"]
    assert f"20 % degraded, by <@{ANA}>" in str(again["blocks"][0])
    assert again["blocks"][1]["element"]["initial_value"] == "60"
    desk.skip(minutes=1)
    assert await desk.submission(BEA, {**view, **again}, degraded={"value": "60"}) == {}
    figures = (await desk.it()).figures
    assert figures.degraded is not None
    assert (figures.degraded.value, figures.degraded.by) == (0.6, BEA)


@pytest.mark.slow
async def test_danger_is_said_and_withdrawn_in_a_line_or_a_form(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "is “safety first” now" in await desk.answers(BEA, room, "safety two pumps lost their alarm")
    assert "already" in await desk.answers(BEA, room, "safety two pumps lost their alarm")
    await desk.types(BEA, room, "/incident safety")
    view = await desk.form(BEA)
    assert view["title"]["text"] == "Withdraw safety INC-1"
    assert await desk.submission(BEA, view, reason={"value": "they alarm by themselves"}) == {}
    assert (await desk.it()).safety is None
    assert "is not “safety first”" in await desk.answers(BEA, room, "safety withdraw again")
    await desk.types(BEA, room, "/incident safety")
    assert await desk.submission(BEA, await desk.form(BEA), reason={"value": "smoke"}) == {}
    assert (await desk.it()).safety is not None


@pytest.mark.slow
@pytest.mark.parametrize("word", ["off", "no", "none", "END", "clear"])
async def test_no_danger_is_never_taken_for_danger(desk: FrontDesk, word: str) -> None:
    room = await desk.room()
    assert "is not “safety first”" in await desk.answers(BEA, room, f"safety {word}")
    assert "and everybody is told" in await desk.answers(BEA, room, "safety no alarm on two pumps")
    await desk.types(BEA, room, f"/incident safety {word} they alarm")
    view = await desk.form(BEA)
    assert view["title"]["text"] == "Withdraw safety INC-1"
    safety = (await desk.it()).safety
    assert safety is not None
    assert safety.reason == "no alarm on two pumps"
    assert await desk.submission(BEA, view, reason={"value": "they alarm"}) == {}
    assert (await desk.it()).safety is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "place", "lasting", "reason"),
    [
        ("1 2h the regulator is on the line", 1, timedelta(hours=2), "the regulator is on the line"),
        ("rank 3 for 30m because it can wait", 3, timedelta(minutes=30), "it can wait"),
    ],
)
async def test_a_rank_by_hand_in_a_line(
    desk: FrontDesk, line: str, place: int, lasting: timedelta, reason: str
) -> None:
    room = await desk.room()
    assert "has rank 1" in await desk.answers(BEA, room, f"override {line}")
    override = (await desk.it()).override
    assert override is not None
    assert (override.place, override.until - override.at, override.reason) == (place, lasting, reason)
    assert "is its own again" in await desk.answers(ANA, room, "override end no longer")
    assert (await desk.it()).override is None
    assert "has no rank set by hand" in await desk.answers(ANA, room, "override end")


@pytest.mark.slow
async def test_what_a_rank_by_hand_lacks_is_asked_for(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident override 2 45m")
    view = await desk.form(BEA)
    assert view["callback_id"] == "override"
    drawn = {one["block_id"]: one["element"] for one in view["blocks"] if one["type"] == "input"}
    assert drawn["place"]["initial_value"] == "2"
    chosen = drawn["lasting"]["initial_option"]
    assert chosen["text"]["text"] == "45 min"
    bad = await desk.submission(BEA, view, place={"value": "first"}, lasting={"selected_option": chosen})
    assert set(bad["errors"]) == {"place", "reason"}
    good = {"place": {"value": "2"}, "lasting": {"selected_option": chosen}, "reason": {"value": "why not"}}
    assert await desk.submission(BEA, view, **good) == {}
    override = (await desk.it()).override
    assert override is not None
    assert override.until - override.at == timedelta(minutes=45)
    assert "from 5 minutes to 24 hours" in await desk.answers(BEA, room, "override 1 3d too long")
    assert "A rank is a number from 1" in await desk.answers(BEA, room, "override 0 1h nothing")


@pytest.mark.slow
async def test_the_answer_why_offers_what_moves_a_rank(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "why")
    for action, form in (("open_impact", "impact"), ("open_safety", "reason"), ("open_override", "override")):
        await desk.presses(BEA, await desk.last_answer(BEA), action)
        assert (await desk.form(BEA))["callback_id"] == form


@pytest.mark.slow
@pytest.mark.parametrize("written", ["P3", "p3", "sev3", "SEV-3", "S3"])
async def test_a_severity_may_be_written_as_a_priority(desk: FrontDesk, written: str) -> None:
    room = await desk.room(severity="sev2")
    said = await desk.answers(BEA, room, f"severity {written} fewer than we feared")
    assert "SEV3" in said
    assert (await desk.it()).severity == "sev3"


@given(
    st.lists(st.sampled_from(["40%", "1.5k", "vips", "from", ";", ",", "customers", "EUR", "unknown", "-3", "=", "\n"]))
)
def test_any_line_is_read_or_refused_and_nothing_is_read_out_of_nothing(words: list[str]) -> None:
    with suppress(UserError):
        assert all(text for name, text in typed_in(" ".join(words)).items() if name != "source")


@given(
    st.permutations(["40%", "1.5k customers", "revenue EUR 5k/h", "vips Acme, Globex", "data none", "backlog 300"]),
    st.integers(0, 6),
)
def test_figures_may_stand_in_any_order(parts: list[str], count: int) -> None:
    known = {
        "40%": ("degraded", "40%"),
        "1.5k customers": ("customers", "1.5k"),
        "revenue EUR 5k/h": ("revenue_per_hour", "EUR 5k/h"),
        "vips Acme, Globex": ("vips", "Acme, Globex"),
        "data none": ("data_classes", "none"),
        "backlog 300": ("backlog_per_hour", "300"),
    }
    assert typed_in(", ".join(parts[:count])) == dict(known[part] for part in parts[:count])


@pytest.mark.slow
async def test_a_source_neither_swallows_amounts_nor_stands_where_they_are_hidden(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "impact 40% from the ledger, 424242 customers, revenue 765432")
    for words in ("timeline all", "impact 41%"):
        said = await desk.answers(SAM, room, words)
        assert not [word for word in ("424", "765", "ledger") if word in said], said
    assert "ledger" in await desk.answers(ANA, room, "timeline all")


@pytest.mark.slow
async def test_what_was_typed_stays_inside_its_code_mark(desk: FrontDesk) -> None:
    room = await desk.room()
    said = await desk.answers(BEA, room, "impact a`*b*`" + "x" * 500)
    assert "`a*b*xxx" in said
    assert "x" * 60 not in said.split("is no figure")[0]
