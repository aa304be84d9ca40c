"""Every message and form with sample facts: for `firebell render <name>` and for the golden files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from bot.alarm import Behind, Lateness
from bot.domain import notices as n
from bot.domain.cadence import draft
from bot.domain.model import Absence, Incident, Status
from bot.domain.priority import Band, Cause, Held, Scorer, Standing
from bot.domain.priority.case import case_of
from bot.domain.timeline import Entry
from templates import answers as a
from templates import modals as m
from templates import said
from templates import sample_data as data
from templates import sample_ranks as fires
from templates.actions import TEXT, WORD, Value
from templates.cards import room_card, summary_card
from templates.home import home_view
from templates.message import Links, Message
from templates.notices import render
from templates.operators import behind
from templates.sample_customers import CUSTOMERS
from templates.sample_duties import DUTIES
from templates.sample_pages import PAGES
from templates.sample_people import PEOPLE
from templates.sample_relations import RELATIONS
from templates.sample_staffing import STAFFING
from templates.sample_stakeholders import STAKEHOLDERS

Sample = Callable[[], Message | dict[str, Any]]


def _room(incident: Callable[[], Incident], now: datetime = data.NOW) -> Sample:
    return lambda: room_card(incident(), data.POLICY, links=data.links(incident()), now=now)


def _summary(incident: Callable[[], Incident], now: datetime = data.NOW) -> Sample:
    return lambda: summary_card(incident(), data.POLICY, links=data.links(incident()), now=now)


def _notice(notice: n.Notice, incident: Callable[[], Incident], now: datetime = data.NOW) -> Sample:
    return lambda: render(notice, incident(), data.POLICY, links=data.links(incident()), now=now)


def _place(held: Held | None) -> Sample:
    """Draw a rank set by hand, and what keeps the incident from it."""

    def drawn() -> Message:
        incident = data.mitigating()
        notice = n.PlaceOverridden(1, "The regulator is on the line.", data.BEA, data.at("05:00"))
        standing = Standing(2 if held else 1, Band.HIGH, "", held)
        return render(notice, incident, data.POLICY, links=data.links(incident), now=data.NOW, standing=standing)

    return drawn


def _impact(
    incident: Incident, reader: said.Reader, *, typed: Mapping[str, str] = MappingProxyType({}), clash: bool = False
) -> dict[str, Any]:
    estimates = Scorer(data.POLICY).estimates(case_of(incident, data.NOW), data.NOW)
    return m.impact_view(incident, data.POLICY, estimates, reader, now=data.NOW, typed=typed, clash=clash)


_DRAFT = draft(data.mitigating(), data.POLICY)
_DUE = data.at("03:15")
_LATE = data.at("03:20")
_AWAY = Absence(data.at("03:13"), _LATE)
_OFF = ("Checkout, Latency, 99th percentile at 2.3 s (181 ms before)", "Checkout, Errors at 48 % (0.2 % before)")

CARDS: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "card": _room(data.set_up),
        "card-setting-up": _room(data.declared),
        "card-setup-failed": _room(data.troubled),
        "card-severity-assumed": _room(data.assumed),
        "card-with-update": _room(data.mitigating),
        "card-overdue": _room(data.overdue, _LATE),
        "card-unchanged": _room(data.unchanged, data.at("03:16")),
        "card-resolved": _room(data.resolved, data.at("04:11")),
        "card-closed": _room(data.closed, data.at("10:21", day=5)),
        "card-cancelled": _room(data.cancelled),
        "card-private-drill": _room(data.private_drill),
        "card-ranked": lambda: room_card(
            fires.quality(), fires.POLICY, links=data.links(fires.quality()), now=data.NOW, standing=fires.standing()
        ),
        "summary-card": _summary(data.mitigating),
        "summary-card-ranked": lambda: summary_card(
            fires.quality(), fires.POLICY, links=data.links(fires.quality()), now=data.NOW, standing=fires.standing()
        ),
        "summary-card-resolved": _summary(data.resolved, data.at("04:11")),
    }
)

NOTICES: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "update": _notice(n.UpdatePublished(1), data.mitigating),
        "safety-declared": _notice(
            n.SafetyMoved(True, "Two infusion pumps lost their alarm.", data.BEA), data.mitigating
        ),
        "safety-again": _notice(
            n.SafetyMoved(True, "Three pumps now, all in ward 4.", data.BEA, again=True), data.mitigating
        ),
        "safety-withdrawn": _notice(n.SafetyMoved(False, "The pumps alarm by themselves.", data.BEA), data.mitigating),
        "place-overridden": _place(None),
        "place-behind": _place(Held(Cause.SAFETY, (7,))),
        "place-ended": _notice(n.PlaceOverridden(1, "They have hung up.", data.ANA), data.mitigating),
        "place-expired": _notice(n.PlaceOverridden(1, "", ""), data.mitigating),
        "rank-moved": _notice(n.RankMoved(3, 1, (43, 44)), fires.quality),
        "severity-raised": _notice(
            n.SeverityRaisedOrLowered("sev2", "sev1", "Payments fail as well", data.ANA), data.set_up
        ),
        "status-moved": _notice(
            n.StatusMoved(Status.INVESTIGATING, Status.IDENTIFIED, "The deploy at 02:40", data.BEA), data.set_up
        ),
        "resolved": _notice(
            n.IncidentOver(Status.RESOLVED, "Rolling payments back to 2026.10.31", data.BEA),
            data.resolved,
            data.at("04:11"),
        ),
        "cancelled": _notice(n.IncidentOver(Status.CANCELLED, "The load test was announced", data.ANA), data.cancelled),
        "closed": _notice(
            n.IncidentOver(Status.CLOSED, "Postmortem reviewed", data.BEA), data.closed, data.at("10:21", day=5)
        ),
        "reopened": _notice(n.IncidentReopened("Errors are back since the deploy", data.SAM), data.set_up),
        "role-duties": _notice(n.RoleDuties("commander", data.BEA), data.set_up),
        "role-duties-short": _notice(n.RoleDuties("commander", data.BEA, short=True), data.set_up),
        "role-moved": _notice(n.RoleMoved("commander", data.ANA, data.BEA, data.ANA), data.set_up),
        "role-vacant": _notice(n.RoleMoved("commander", None, data.BEA, data.BEA), data.assumed),
        "role-taken-over": _notice(n.RoleTakenOver("commander", data.ANA), data.set_up),
        "no-commander": _notice(n.NoCommander(5), data.assumed),
        "severity-question": _notice(n.SeverityQuestion("sev2"), data.assumed),
        "declared-receipt": _notice(n.DeclaredReceipt(data.at("03:10")), data.declared),
        "update-heads-up": _notice(n.UpdateHeadsUp(data.at("03:18"), _DRAFT), data.mitigating, data.at("03:15")),
        "update-due": _notice(n.UpdateDue(_DUE, 0, 1, to="owner"), data.overdue, _DUE),
        "update-overdue-leaders": _notice(n.UpdateDue(_DUE, 5, 2, to="leaders"), data.overdue, _LATE),
        "update-overdue-room": _notice(n.UpdateDue(_DUE, 10, 3, to="room"), data.overdue, data.at("03:25")),
        "update-overdue-again": _notice(
            n.UpdateDue(_DUE, 75, 4, to="room", again=True), data.overdue, data.at("04:30")
        ),
        "update-overdue-unpaged": _notice(
            n.UpdateDue(_DUE, 15, 5, to="room", again=True, unpaged="no_pager"), data.overdue, data.at("03:30")
        ),
        "update-catch-up": _notice(n.UpdateDue(_DUE, 5, 1, _DRAFT, _AWAY, to="owner"), data.overdue, _LATE),
        "reminder-answered": _notice(n.ReminderAnswered(1, data.at("03:14")), data.mitigating),
        "reminder-answered-unchanged": _notice(n.ReminderAnswered(0, data.at("03:16")), data.unchanged),
        "offer-ended": _notice(n.OfferEnded("acted", data.at("03:16")), data.mitigating),
        "pin-gone": _notice(n.PinGone("The message was deleted."), data.set_up),
        "setup-trouble": _notice(
            n.SetupTrouble("channel", "This workspace does not let apps create channels.", "e1"), data.declared
        ),
        "delivery-trouble": _notice(
            n.DeliveryTrouble("InviteToRoom", "Slack did not answer five times.", "e9"), data.set_up
        ),
        "charts-unavailable": _notice(n.ChartsUnavailable(("Prometheus did not answer within 10 s.",)), data.set_up),
        "postmortem-ready": _notice(n.PostmortemReady(1), data.resolved, data.at("09:40")),
        "postmortem-nudge": _notice(
            n.PostmortemNudge(("root_cause", "contributing", "action_items")), data.resolved, data.at("10:00", day=4)
        ),
    }
)

FORMS: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "form-declare": lambda: m.declare_view(m.DeclareForm(), data.POLICY),
        "form-declare-similar": lambda: m.declare_view(
            m.DeclareForm(title="Search is slow", severity="sev2", services=("search",), private=True),
            data.POLICY,
            (data.earlier(),),
        ),
        "form-update": lambda: m.update_view(
            data.mitigating(),
            data.POLICY,
            m.fresh_update(data.mitigating(), data.POLICY, now=data.NOW, draft=_DRAFT),
            now=data.NOW,
        ),
        "form-update-overtaken": lambda: m.update_view(
            data.mitigating(), data.POLICY, m.UpdateForm("A rollback is under way.", after_update=0), now=data.NOW
        ),
        "form-correct": lambda: m.correct_view(data.mitigating(), data.FIRST_UPDATE),
        "form-resolve": lambda: m.resolve_view(data.mitigating(), data.POLICY, now=data.at("04:10")),
        "form-resolve-doubted": lambda: m.resolve_view(
            data.mitigating(), data.POLICY, now=data.at("04:10"), doubt=m.Doubt(_OFF, data.at("03:58"))
        ),
        "form-edit": lambda: m.edit_view(data.set_up(), data.POLICY),
        "form-edit-clash": lambda: m.edit_view(
            data.set_up(), data.POLICY, mine=m.EditForm("Checkout is down", ("payments",), "Since the deploy at 02:40")
        ),
        "form-severity": lambda: m.severity_view(data.set_up(), data.POLICY),
        "form-roles": lambda: m.roles_view(data.mitigating(), data.POLICY),
        "form-note": lambda: m.note_view(data.set_up(), text="Rolled payments back"),
        "form-impact": lambda: _impact(data.set_up(), said.Reader(data.BEA, amounts=True)),
        "form-impact-said": lambda: _impact(data.weighed(), said.Reader(data.ANA, amounts=True)),
        "form-impact-hidden": lambda: _impact(data.weighed(), said.Reader(data.BEA)),
        "form-impact-clash": lambda: _impact(
            data.weighed(), said.Reader(data.BEA), typed={"degraded": "60"}, clash=True
        ),
        "form-override": lambda: m.override_view(data.set_up(), now=data.NOW, place="1"),
        "form-override-private": lambda: m.override_view(replace(data.set_up(), private=True), now=data.NOW),
        "form-override-standing": lambda: m.override_view(data.weighed(), now=data.NOW),
        "form-safety": lambda: m.reason_view("safety", data.set_up()),
        "form-withdraw": lambda: m.reason_view("withdraw", data.weighed()),
        "form-section": lambda: m.section_view(data.resolved(), "root_cause"),
        "form-section-clash": lambda: m.section_view(data.resolved(), "went_well", mine="Ana saw it first."),
        "form-action-item": lambda: m.action_item_view(data.resolved()),
        "form-action-item-edit": lambda: m.action_item_view(data.resolved(), data.resolved().action_items[0]),
        "form-reopen": lambda: m.reason_view("reopen", data.resolved()),
        "form-cancel": lambda: m.reason_view("cancel", data.set_up()),
        "form-close": lambda: m.reason_view("close", data.resolved()),
        "form-pick-incident": lambda: m.pick_incident_view(
            (data.set_up(), data.earlier()), data.POLICY, word="note", text="Rolled payments back"
        ),
        "form-pick-person": lambda: m.pick_person_view(
            data.set_up(), word="assign", name="bea", text="assign scribe @bea"
        ),
        "form-line": lambda: m.line_view(
            m.LineForm("assign scribee @bea", "C0INC42", people={"@bea": data.BEA}), command="/incident"
        ),
        "form-loading": m.loading_view,
        "form-error": lambda: m.error_view(
            "Nothing changed. The database did not answer in time. Try again.", {"Headline": "Checkout works again"}
        ),
    }
)

_ENTRIES = (
    Entry(1, data.at("02:47"), data.at("03:00"), data.ANA, "impact", "Impact began"),
    Entry(1, data.at("03:00"), data.at("03:00"), data.ANA, "declared", "@{U0ANA} declared SEV1: Checkout returns 500s"),
    Entry(
        9,
        data.at("03:02"),
        data.at("03:02"),
        data.BEA,
        "pin",
        "@{U0BEA}: the deploy at 02:40 changed the pool",
        "https://example.slack.com/archives/C0INC42/p1",
    ),
)

_FIRES: Final = (fires.quality(), fires.dashboards(), fires.training())
_HANDS: Final = (fires.quality(), fires.harmful(), fires.lifted())


def _priorities(incidents: Sequence[Incident], amounts: a.Amounts) -> Sample:
    known = {one.id: one for one in incidents}
    return lambda: a.priorities(fires.board(*incidents), known, fires.POLICY, now=data.NOW, amounts=amounts)


ANSWERS: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "answer-priorities": _priorities(_FIRES, "hidden"),
        "answer-priorities-amounts": _priorities(_FIRES, "shown"),
        "answer-priorities-by-hand": _priorities(_HANDS, "unknown"),
        "answer-priorities-empty": _priorities((), "hidden"),
        "answer-why": lambda: a.why(fires.board(*_FIRES), fires.dashboards(), fires.POLICY, now=data.NOW),
        "answer-why-amounts": lambda: a.why(
            fires.board(*_FIRES), fires.dashboards(), fires.POLICY, now=data.NOW, amounts="shown"
        ),
        "answer-why-drill": lambda: a.why(
            fires.board(*_FIRES), replace(data.set_up(), drill=True), fires.POLICY, now=data.NOW
        ),
        "answer-why-over": lambda: a.why(fires.board(*_FIRES), data.resolved(), fires.POLICY, now=data.NOW),
        "answer-error": lambda: a.error(
            "Nothing changed. There is no role `scribee`. Did you mean scribe?",
            "assign scribee @bea",
            Value("01JBZ3R8K4Q2", 14, {WORD: "assign", TEXT: "scribee @bea"}),
        ),
        "answer-declared": lambda: a.declared(
            data.just_declared(), data.POLICY, links=Links(), now=data.NOW, similar=(data.earlier(),)
        ),
        "answer-declared-open": lambda: a.declared(
            data.declared(), data.POLICY, links=data.links(data.declared()), now=data.NOW, again=True
        ),
        "answer-done": lambda: a.done("update_posted", data.mitigating(), data.POLICY, now=data.NOW),
        "answer-impact-set": lambda: a.impact_set(data.weighed(), data.POLICY, said.Reader(data.ANA), now=data.NOW),
        "answer-take-over": lambda: a.take_over(
            data.set_up(), data.POLICY, "commander", holder=data.ANA, user=data.BEA, asker=data.BEA
        ),
        "answer-status": lambda: a.status(
            data.mitigating(), data.POLICY, links=data.links(data.mitigating()), now=data.NOW
        ),
        "answer-list": lambda: a.incident_list((data.earlier(), data.set_up()), data.POLICY, now=data.NOW),
        "answer-list-ranked": lambda: a.incident_list(_FIRES, fires.POLICY, now=data.NOW, board=fires.board(*_FIRES)),
        "answer-list-empty": lambda: a.incident_list((), data.POLICY, now=data.NOW),
        "answer-timeline": lambda: a.timeline_page(_ENTRIES, data.set_up(), now=data.NOW),
        "answer-help": lambda: a.help_text(a.Place(data.set_up())),
        "answer-help-elsewhere": lambda: a.help_text(a.Place()),
        "answer-help-resolved": lambda: a.help_text(a.Place(data.resolved())),
        "answer-menu": lambda: a.menu(a.Place(data.assumed()), data.POLICY, now=data.NOW),
        "answer-menu-elsewhere": lambda: a.menu(
            a.Place(), data.POLICY, now=data.NOW, open_incidents=(data.earlier(), data.set_up())
        ),
        "answer-menu-resolved": lambda: a.menu(a.Place(data.resolved()), data.POLICY, now=data.at("04:30")),
        "home": lambda: home_view(
            data.BEA, (data.earlier(), data.assumed(), data.resolved()), data.POLICY, now=data.NOW
        ),
        "home-ranked": lambda: home_view(
            data.BEA, _FIRES, fires.POLICY, now=data.NOW, board=fires.board(*_FIRES), amounts="shown"
        ),
        "home-empty": lambda: home_view(data.SAM, (), data.POLICY, now=data.NOW),
    }
)

_BEHIND: Final = Behind(data.at("02:50"), Lateness(134.0, 241.0, 12, 1, 3))
_UNREAD: Final = replace(_BEHIND, lateness=Lateness(0.0, 241.0, 3, 2, unreadable=2, given_up_unread=2))
OPERATORS: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "operators-behind": lambda: behind(_BEHIND),
        "operators-caught-up": lambda: behind(replace(_BEHIND, until=data.at("03:20"))),
        "operators-unreadable": lambda: behind(_UNREAD),
        "operators-given-up-unread": lambda: behind(replace(_UNREAD, until=data.at("09:00"))),
    }
)

SAMPLES: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        **CARDS,
        **NOTICES,
        **FORMS,
        **ANSWERS,
        **OPERATORS,
        **DUTIES,
        **PAGES,
        **PEOPLE,
        **RELATIONS,
        **STAFFING,
        **CUSTOMERS,
        **STAKEHOLDERS,
    }
)
"""By name, what builds the sample."""
