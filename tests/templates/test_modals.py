"""Forms draw what is known, read back what was typed, and survive whatever comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decisions.moment import TITLE_MAX
from bot.domain.model import MessageRef, Section, Status
from bot.domain.policy import ServicePolicy, SeverityPolicy
from templates import modals as m
from templates import sample_data as data
from templates.actions import Action, Value
from templates.clip import METADATA_MAX
from templates.sample import FORMS
from tests.templates.reading import filled, words

Parser = Callable[[Mapping[str, Any]], object]

PARSERS: tuple[Parser, ...] = (
    m.parse_declare,
    m.read_declare,
    m.parse_update,
    m.read_update,
    m.parse_correct,
    m.parse_resolve,
    m.parse_reason,
    m.parse_edit,
    m.parse_severity,
    m.parse_roles,
    m.parse_note,
    m.parse_section,
    m.parse_action_item,
    m.parse_pick_incident,
    m.parse_pick_person,
    m.parse_publish,
)


def blocks(view: Mapping[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def test_declare_needs_a_title_only() -> None:
    view = m.declare_view(m.DeclareForm(), data.POLICY)
    required = [one["block_id"] for one in view["blocks"] if one["type"] == "input" and not one.get("optional")]
    assert required == ["title", "severity"]
    assert m.parse_declare(filled(view, title="Checkout is down")) == m.DeclareForm(title="Checkout is down")


def test_declare_without_a_title_says_so_beside_it() -> None:
    with pytest.raises(m.FormError) as refused:
        m.parse_declare(filled(m.declare_view(m.DeclareForm(), data.POLICY), title="  "))
    assert refused.value.errors == {"title": "Say in a few words what is wrong."}


FULL = m.DeclareForm(
    title="Checkout returns 500s",
    severity="sev1",
    services=("checkout", "payments"),
    summary="Since the deploy",
    impact="One in five",
    private=True,
    drill=True,
    started_at=data.at("02:47"),
    detected_by="An alert",
    origin=MessageRef("C1", "1.2", "1.1", "https://example.slack.com/p1"),
)


def test_declare_keeps_all_input_when_it_is_drawn_again() -> None:
    view = m.declare_view(FULL, data.POLICY, (data.earlier(),), focus=False)
    assert m.read_declare(filled(view)) == FULL
    assert "SEV3 · INC-41 Search results are slow, monitoring · <#C0INC41>" in words(view)


def test_at_most_three_similar_incidents_are_shown() -> None:
    assert words(m.declare_view(FULL, data.POLICY, (data.earlier(),) * 5)).count("INC-41") == 3


def test_typing_the_title_looks_for_similar_ones() -> None:
    title = m.declare_view(m.DeclareForm(), data.POLICY)["blocks"][0]
    assert title["dispatch_action"] is True
    assert title["element"]["action_id"] == Action.DECLARE_TITLE


def test_severity_choices_explain_themselves_and_allow_doubt() -> None:
    text = words(m.declare_view(m.DeclareForm(), data.POLICY))
    assert "Customers cannot use the product" in text
    assert "Not sure" in text


def test_private_says_that_it_is_for_good() -> None:
    assert "This cannot be changed later." in words(m.declare_view(m.DeclareForm(), data.POLICY))


def test_a_text_too_long_for_a_title_goes_on_in_the_summary() -> None:
    text = "checkout " * 440
    form = m.declare_prefill(text)
    assert 0 < len(form.title) <= TITLE_MAX
    assert form.summary + form.impact == text


def test_many_severities_and_services_still_fit() -> None:
    template = data.POLICY.severities[0]
    many: tuple[SeverityPolicy, ...] = tuple(replace(template, key=f"s{i}", label=f"S{i}", rank=i) for i in range(30))
    catalog = tuple(ServicePolicy(f"k{i}", f"Service {i:03}") for i in range(250))
    policy = replace(data.POLICY, severities=many, services=catalog)
    view = m.declare_view(m.DeclareForm(severity="s29", services=("k240",)), policy)
    form = m.read_declare(filled(view, title="x"))
    assert (form.severity, form.services) == ("s29", ("k240",))


def test_an_empty_catalog_leaves_the_services_out() -> None:
    assert "services" not in blocks(m.declare_view(m.DeclareForm(), replace(data.POLICY, services=())))


def test_an_update_starts_from_the_draft_and_how_things_stand() -> None:
    incident = data.mitigating()
    form = m.fresh_update(incident, data.POLICY, now=data.NOW, draft="A fix is under way.")
    assert m.parse_update(filled(m.update_view(incident, data.POLICY, form, now=data.NOW))) == form
    assert (form.status, form.severity, form.after_update) == (Status.MITIGATING, "sev1", 1)


def test_the_drafts_impact_goes_into_its_own_input() -> None:
    draft = f"A fix is under way. Impact: {data.FIRST_UPDATE.impact}"
    form = m.fresh_update(data.mitigating(), data.POLICY, now=data.NOW, draft=draft)
    assert form.headline == "A fix is under way."
    assert form.impact == data.FIRST_UPDATE.impact


def test_the_first_update_moves_a_declared_incident_on() -> None:
    form = m.fresh_update(data.declared(), data.POLICY, now=data.NOW)
    assert (form.status, form.after_update) == (Status.INVESTIGATING, 0)


def test_the_preview_shows_what_stakeholders_will_see_and_where() -> None:
    form = m.UpdateForm(headline="It is fixed for most", severity="sev3", status=Status.MONITORING)
    text = words(m.update_view(data.mitigating(), data.POLICY, form, now=data.NOW))
    assert "SEV3 · INC-42 Checkout returns 500s · Monitoring\nIt is fixed for most" in text
    assert "to the thread in #incidents, announced to everyone there." in text


def test_a_private_incidents_update_goes_nowhere_else() -> None:
    text = words(m.update_view(data.private_drill(), data.POLICY, m.UpdateForm(), now=data.NOW))
    assert "nowhere else, because the incident is private" in text


def test_an_update_without_a_headline_says_so_beside_it() -> None:
    with pytest.raises(m.FormError) as refused:
        m.parse_update({"state": {"values": {}}})
    assert refused.value.errors == {"headline": "Say in one sentence where it stands."}


def test_a_correction_knows_which_update_it_corrects() -> None:
    view = m.correct_view(data.mitigating(), data.FIRST_UPDATE)
    form = m.parse_correct(filled(view, headline="One in ten"))
    assert (form.number, form.headline, form.doing) == (1, "One in ten", data.FIRST_UPDATE.doing)


def test_resolve_tells_what_the_metrics_said_last_and_stops_nobody() -> None:
    calm = m.resolve_view(data.mitigating(), data.POLICY, now=data.NOW, doubt=m.Doubt((), data.NOW))
    assert "metrics" not in words(calm)
    doubt = m.Doubt(("Checkout, Latency at 2.3 s (181 ms before)", "Checkout, Errors at 48 % (0.2 % before)"), data.NOW)
    view = m.resolve_view(data.mitigating(), data.POLICY, now=data.at("03:17"), doubt=doubt)
    assert (
        "The last reading of the metrics (12 min ago) is still off: Checkout, Latency at 2.3 s (181 ms before), "
        "and 1 more. You can resolve all the same"
    ) in words(view)
    assert m.parse_resolve(filled(view, fixed_by="Rollback")).fixed_by == "Rollback"


def test_resolve_says_what_will_happen_and_prefills_the_end() -> None:
    incident = replace(data.mitigating(), mitigated_at=data.at("04:05"))
    view = m.resolve_view(incident, data.POLICY, now=data.at("04:10"))
    assert "reminders stop, and the postmortem draft is written" in words(view)
    form = m.parse_resolve(filled(view, fixed_by="Rollback"))
    assert form == m.ResolveForm(fixed_by="Rollback", impact_ended_at=data.at("04:05"))


def test_edit_carries_what_it_was_based_on() -> None:
    form = m.parse_edit(filled(m.edit_view(data.set_up(), data.POLICY), title="New", services={"selected_options": []}))
    assert (form.title, form.services, form.based_on) == ("New", (), 14)


def test_severity_keeps_what_was_typed() -> None:
    view = m.severity_view(data.set_up(), data.POLICY, severity="sev3", reason="Only a part")
    assert m.parse_severity(filled(view)) == m.SeverityForm("sev3", "Only a part")


def test_roles_read_back_who_is_to_hold_what() -> None:
    view = m.roles_view(data.mitigating(), data.POLICY)
    form = m.parse_roles(filled(view, **{m.role_block("deputy"): {"selected_user": None}}))
    assert form.holders == {
        "commander": (data.ANA,),
        "deputy": (),
        "communications": (data.SAM,),
        "scribe": (),
    }


def test_a_role_that_left_the_policy_is_shown_while_it_is_held() -> None:
    incident = replace(data.set_up(), roles={"herald": (data.SAM,)})
    assert m.role_block("herald") in blocks(m.roles_view(incident, data.POLICY))


def test_a_note_may_have_happened_earlier() -> None:
    at = {"selected_date_time": int(data.at("02:50").timestamp())}
    form = m.parse_note(filled(m.note_view(data.set_up(), text="Rolled back"), happened_at=at))
    assert form == m.NoteForm("Rolled back", data.at("02:50"))


def test_a_section_clash_shows_theirs_and_keeps_mine() -> None:
    theirs = Section("The pool was too small.", data.BEA, data.NOW, version=3)
    incident = replace(data.resolved(), sections={"root_cause": theirs})
    view = m.section_view(incident, "root_cause", mine="The pool leaked.")
    assert "<@U0BEA> changed this section" in words(view)
    assert "The pool was too small." in words(view)
    assert m.parse_section(filled(view)) == m.SectionForm("root_cause", "The pool leaked.", 3)


def test_an_action_item_is_edited_under_its_number() -> None:
    item = data.resolved().action_items[0]
    view = m.action_item_view(data.resolved(), item)
    ticked = {"selected_options": [{"value": "yes"}]}
    assert m.parse_action_item(filled(view, done=ticked)) == m.ActionItemForm(
        item.text, item.owner, item.due, done=True, id=item.id
    )
    assert m.parse_action_item(filled(m.action_item_view(data.resolved()), text="New")).id is None


@pytest.mark.parametrize("kind", ["reopen", "cancel", "close"])
def test_reasons_know_what_they_are_for(kind: m.ReasonKind) -> None:
    view = m.reason_view(kind, data.resolved())
    assert m.parse_reason(filled(view, reason="It is back")) == m.ReasonForm(kind, "It is back")


def test_the_picker_keeps_word_and_text() -> None:
    text = "long " * 800
    view = m.pick_incident_view((data.set_up(), data.earlier()), data.POLICY, word="note", text=text)
    form = m.parse_pick_incident(filled(view, incident={"selected_option": {"value": "01JBZ0AAAAAA"}}))
    assert (form.incident, form.word) == ("01JBZ0AAAAAA", "note")
    assert form.text.split() == text.split()


def test_a_picked_person_keeps_the_command() -> None:
    view = m.pick_person_view(data.set_up(), word="assign", name="bea", text="scribe @bea")
    form = m.parse_pick_person(filled(view, user={"selected_user": data.BEA}))
    assert form == m.PickPersonForm(data.BEA, "01JBZ3R8K4Q2", "assign", "scribe @bea")


def test_an_error_hands_back_everything_that_was_typed() -> None:
    typed = "x" * 3_500 + "the end"
    assert "the end" in words(m.error_view("Nothing changed.", {"Headline": typed}))


@pytest.mark.parametrize("name", FORMS)
def test_a_forms_metadata_says_which_incident_it_is_about(name: str) -> None:
    view = FORMS[name]()
    assert isinstance(view, dict)
    packed = view.get("private_metadata") or "{}"
    assert len(packed) <= METADATA_MAX
    assert m.value_of(view) == Value.unpack(packed)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    [
        "title",
        "severity",
        "services",
        "private",
        "started_at",
        "headline",
        "next_at",
        "status",
        "fixed_by",
        "reason",
        "impact_ended_at",
        "text",
        "happened_at",
        "owner",
        "due",
        "done",
        "incident",
        "user",
        "role:commander",
    ]
)
_ENTRY = st.dictionaries(
    st.sampled_from(
        [
            "value",
            "selected_option",
            "selected_options",
            "selected_user",
            "selected_users",
            "selected_date_time",
            "selected_date",
        ]
    ),
    _JSON,
    max_size=3,
)
_STATES = st.dictionaries(_NAMES, st.dictionaries(st.text(max_size=5), _ENTRY | _JSON, max_size=2) | _JSON, max_size=6)


def outcome(parse: Parser, view: Mapping[str, Any]) -> object:
    """What was read, or the field errors; anything else that is raised fails the test."""
    try:
        return parse(view)
    except m.FormError as refused:
        return refused.errors


@given(values=_STATES | _JSON, metadata=_JSON | st.text(max_size=40))
def test_a_hostile_or_missing_state_is_a_field_error_at_worst(values: Any, metadata: Any) -> None:
    view = {"state": {"values": values}, "private_metadata": metadata}
    assert all(outcome(parse, view) for parse in PARSERS)


@pytest.mark.parametrize("view", [{}, {"state": None}, {"state": {"values": []}}, {"state": []}])
@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_a_form_without_state_is_no_crash(parse: Parser, view: dict[str, Any]) -> None:
    assert outcome(parse, view)


@pytest.mark.parametrize("seconds", [10**20, -(10**20), "soon", float("inf"), [1]])
def test_an_impossible_time_is_said_beside_its_input(seconds: object) -> None:
    view = filled(m.note_view(data.set_up(), text="x"), happened_at={"selected_date_time": seconds})
    with pytest.raises(m.FormError) as refused:
        m.parse_note(view)
    assert refused.value.errors == {"happened_at": "That is no time."}


def test_an_impossible_day_is_said_beside_its_input() -> None:
    view = filled(m.action_item_view(data.resolved()), text="x", due={"selected_date": "2026-02-31"})
    with pytest.raises(m.FormError) as refused:
        m.parse_action_item(view)
    assert refused.value.errors == {"due": "That is no date."}
