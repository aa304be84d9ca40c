"""Forms keep what was typed and undo nobody else's work, whatever happened while they were open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decide import decide
from bot.domain.decisions.moment import Moment
from bot.domain.model import OPEN_STATUSES, Actor, Incident, MessageRef, Status
from bot.domain.policy import Durations, Policy, ServicePolicy
from bot.domain.refusal import Refused
from commands.state import edit_of
from commands.update import command_of
from sandbox.blockkit import validate_view
from templates import modals as m
from templates import sample_data as data
from templates.actions import Value
from tests.templates.reading import filled, words

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=60).map(str.strip)
LINE = TEXT.map(lambda text: " ".join(text.split()))
TIMES = st.none() | st.integers(1_000_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SERVICES = st.lists(st.sampled_from([one.key for one in data.POLICY.services]), unique=True).map(
    lambda keys: tuple(one.key for one in data.POLICY.services if one.key in keys)
)
SEVERITIES = st.sampled_from([one.key for one in data.POLICY.severities])


def sent(view: dict[str, Any], **typed: Any) -> dict[str, Any]:
    """A form as Slack sends it: with its state and the blocks it was drawn from."""
    return {**filled(view, **typed), "blocks": view["blocks"]}


def overtaken() -> tuple[Incident, m.UpdateForm]:
    """Somebody writes the first update; meanwhile another is posted."""
    form = m.fresh_update(data.set_up(), data.POLICY, now=data.NOW, draft="Mine")
    return data.mitigating(), replace(form, doing="Rolling back")


# ---- what was typed reads back ----


@given(
    form=st.builds(
        m.DeclareForm,
        title=LINE,
        severity=st.none() | SEVERITIES,
        services=SERVICES,
        summary=TEXT,
        impact=TEXT,
        private=st.booleans(),
        drill=st.booleans(),
        started_at=TIMES,
        detected_by=TEXT,
        origin=st.none() | st.just(MessageRef("C1", "1.2", None, "https://example.slack.com/p1")),
    )
)
def test_whatever_the_declare_form_holds_it_holds_when_drawn_again(form: m.DeclareForm) -> None:
    view = m.declare_view(form, data.POLICY, (data.earlier(),), focus=False)
    assert validate_view(view) == []
    assert m.read_declare(filled(view)) == form


@given(
    form=st.builds(
        m.UpdateForm,
        headline=LINE,
        impact=TEXT,
        doing=TEXT,
        next=TEXT,
        next_at=TIMES,
        status=st.sampled_from([one for one in OPEN_STATUSES if one is not Status.DECLARED]),
        severity=SEVERITIES,
        severity_reason=TEXT,
        after_update=st.none() | st.integers(1, 99),
    )
)
def test_whatever_the_update_form_holds_it_holds_when_drawn_again(form: m.UpdateForm) -> None:
    view = m.update_view(data.mitigating(), data.POLICY, form, now=data.NOW)
    assert validate_view(view) == []
    assert m.read_update(filled(view)) == form


@given(
    form=st.builds(
        m.EditForm,
        title=TEXT.filter(bool),
        services=SERVICES,
        summary=TEXT,
        impact=TEXT,
        started_at=TIMES,
    )
)
def test_whatever_the_edit_form_holds_it_holds_after_a_clash(form: m.EditForm) -> None:
    view = m.edit_view(data.set_up(), data.POLICY, mine=form)
    assert validate_view(view) == []
    assert m.parse_edit(filled(view)) == replace(form, based_on=data.set_up().seq)


@given(text=TEXT.filter(bool), size=st.integers(1, 20_000))
def test_a_form_that_asks_back_keeps_a_text_of_any_length(text: str, size: int) -> None:
    long = (text * (size // len(text) + 1))[:size].strip() or "x"
    view = m.pick_person_view(data.set_up(), word="note", name="bea", text=long)
    assert validate_view(view) == []
    assert m.parse_pick_person(filled(view, user={"selected_user": data.BEA})).text == long


# ---- somebody else was faster ----


def test_an_overtaken_update_shows_the_other_one_and_keeps_mine() -> None:
    incident, form = overtaken()
    view = m.update_view(incident, data.POLICY, form, now=data.NOW)
    assert f"<@{data.FIRST_UPDATE.by}> posted update 1 while you wrote: “{data.FIRST_UPDATE.headline}”" in words(view)
    assert m.parse_update(filled(view)) == replace(form, after_update=1)


def test_an_overtaken_update_is_accepted_once_the_other_one_was_shown() -> None:
    incident, form = overtaken()
    moment = Moment(data.NOW, Actor(data.ANA), data.POLICY)
    with pytest.raises(Refused) as refused:
        decide(incident, command_of(form), moment)
    assert refused.value.code == "stale"
    again = m.parse_update(filled(m.update_view(incident, data.POLICY, form, now=data.NOW)))
    assert decide(incident, command_of(again), moment)


def test_an_update_that_missed_nothing_shows_no_other() -> None:
    form = m.fresh_update(data.mitigating(), data.POLICY, now=data.NOW)
    assert "while you wrote" not in words(m.update_view(data.mitigating(), data.POLICY, form, now=data.NOW))


def test_after_a_clash_the_edit_form_says_what_stands_there_now() -> None:
    incident = replace(data.set_up(), summary="The pool is full", impact="", started_at=data.at("02:47"))
    mine = m.EditForm("Checkout is down", ("payments",), incident.summary, "One in five", data.at("02:50"), based_on=3)
    text = words(m.edit_view(incident, data.POLICY, mine=mine))
    assert "*Title* Checkout returns 500s" in text
    assert "*Who is affected, and how?* _nothing_" in text
    assert "*Affected services* Checkout" in text
    assert "*Started at* Nov 03 02:47" in text
    assert "*What do you know?*" not in text


def test_an_edit_is_accepted_once_what_stands_there_was_shown() -> None:
    incident = replace(data.set_up(), edited_seq=14)
    mine = m.EditForm("Checkout is down", incident.services, based_on=3)
    moment = Moment(data.NOW, Actor(data.ANA), data.POLICY)
    with pytest.raises(Refused) as refused:
        decide(incident, edit_of(mine), moment)
    assert refused.value.code == "stale"
    again = m.parse_edit(filled(m.edit_view(incident, data.POLICY, mine=mine)))
    assert decide(incident, edit_of(again), moment)


def test_a_role_left_alone_in_the_form_is_left_alone() -> None:
    view = m.roles_view(data.mitigating(), data.POLICY)
    form = m.parse_roles(sent(view, **{m.role_block("deputy"): {"selected_user": data.SAM}}))
    assert form.holders == {"deputy": (data.SAM,)}


def test_a_role_that_was_emptied_in_the_form_is_to_fall_vacant() -> None:
    incident = replace(data.mitigating(), roles={"commander": (data.ANA,), "scribe": (data.BEA, data.SAM)})
    view = m.roles_view(incident, data.POLICY)
    emptied = {m.role_block("commander"): {"selected_user": None}, m.role_block("scribe"): {"selected_users": []}}
    assert m.parse_roles(sent(view, **emptied)).holders == {"commander": (), "scribe": ()}


def test_the_order_in_which_people_were_picked_changes_nothing() -> None:
    incident = replace(data.mitigating(), roles={"scribe": (data.BEA, data.SAM)})
    view = m.roles_view(incident, data.POLICY)
    reordered = {m.role_block("scribe"): {"selected_users": [data.SAM, data.BEA]}}
    assert m.parse_roles(sent(view, **reordered)).holders == {}


# ---- limits of the platform ----


@pytest.mark.parametrize("at", [datetime(1999, 1, 1, tzinfo=UTC), datetime(1969, 1, 1, tzinfo=UTC)])
def test_a_start_that_no_picker_can_show_does_not_keep_the_form_from_opening(at: datetime) -> None:
    view = m.edit_view(replace(data.set_up(), started_at=at), data.POLICY)
    assert validate_view(view) == []
    assert m.parse_edit(filled(view)).started_at is None


def catalog(size: int) -> Policy:
    names = ("alias one", "alias two")
    rows = tuple(ServicePolicy(f"service-{row}", f"Service {row:05} 結帳", names) for row in range(size))
    return replace(data.POLICY, services=rows)


@pytest.mark.parametrize("size", [100, 101, 1_200, 12_000])
def test_a_catalog_of_any_size_fits_and_keeps_what_was_chosen(size: int) -> None:
    chosen = (f"service-{size - 1}",)
    view = m.declare_view(m.DeclareForm(services=chosen), catalog(size))
    assert validate_view(view) == []
    assert m.read_declare(filled(view)).services == chosen


def test_a_catalog_that_does_not_fit_says_so() -> None:
    assert "of 5000 services fit here; name others in the text." in words(
        m.declare_view(m.DeclareForm(), catalog(5_000))
    )
    assert "services fit here" not in words(m.declare_view(m.DeclareForm(), catalog(300)))


def test_an_edit_form_without_a_catalog_leaves_the_services_as_they_are() -> None:
    incident = replace(data.set_up(), services=("gone",))
    form = m.parse_edit(filled(m.edit_view(incident, replace(data.POLICY, services=()))))
    assert form.services is None


def test_not_sure_says_when_firebell_asks_again() -> None:
    policy = replace(data.POLICY, durations=Durations(confirm_severity=timedelta(minutes=25)))
    assert "asks again in 25 min" in words(m.declare_view(m.DeclareForm(), policy))


@pytest.mark.parametrize("packed", ["[" * 2_900, '{"a":' * 500, "7" * 2_900, '{"s":1e999}', "null"])
def test_metadata_that_is_not_ours_is_an_empty_value(packed: str) -> None:
    assert m.value_of({"private_metadata": packed}) == Value()


@pytest.mark.parametrize("blocks", [None, 7, [None], [{}], [{"block_id": [], "element": {}}], [{"block_id": "x"}]])
def test_blocks_that_are_not_ours_are_no_crash(blocks: object) -> None:
    state = {"values": {m.role_block("scribe"): {"x": {"selected_users": [data.BEA]}}}}
    assert m.parse_roles({"blocks": blocks, "state": state}).holders == {"scribe": (data.BEA,)}


@pytest.mark.parametrize("initial", [None, 7, [7], {}, [{"a": 1}]])
def test_pickers_that_are_not_ours_are_no_crash(initial: object) -> None:
    block = m.role_block("scribe")
    element = {"initial_users": initial}
    state = {"values": {block: {"x": {"selected_users": [data.BEA]}}}}
    view = {"blocks": [{"block_id": block, "element": element}], "state": state}
    assert m.parse_roles(view).holders == {"scribe": (data.BEA,)}
