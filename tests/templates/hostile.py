"""Text that means harm, or is merely long or odd, in every place where people can type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain import notices as n
from bot.domain.briefing import Briefing, Point
from bot.domain.handoffs import Handoff
from bot.domain.impact import Figure, Impact, Override, Safety
from bot.domain.model import Absence, ActionItem, Failure, Incident, Section, SetupStep, SharedFile, Status, StepState
from bot.domain.paging import OnCall, Page, PageStatus, Target, TargetKind
from bot.domain.policy import Policy
from bot.domain.priority import Scorer
from bot.domain.priority.case import case_of
from bot.domain.publishing import Post, PostState, PublicStatus
from bot.domain.regulation import Cause, Reminder, Said, Standing, Trigger
from bot.domain.relations import Other
from bot.domain.timeline import Entry
from templates import answers as a
from templates import modals as m
from templates import said
from templates import sample_data as data
from templates import sample_duties as duty_samples
from templates import sample_ranks as fires
from templates.actions import Value
from templates.cards import room_card, summary_card
from templates.duties import DRAFTS, overview
from templates.home import home_view
from templates.message import Links
from templates.notices import render
from tests.templates.reading import Drawn

TEXTS: Final = {
    "channel mention": "<!channel> look at <!here|here> and <!subteam^S0TEAM>",
    "plain mentions": "@channel @here @everyone",
    "person and channel": "<@U0EVIL> in <#C0EVIL|secret>",
    "link": "<https://evil.example|https://bank.example> & <mailto:a@b.example|write>",
    "date token": "<!date^0^{date}|never>",
    "half tokens": "<!chan <@ <# &lt;!channel&gt; > < & &amp;amp;",
    "jinja": "{{ config }} {% for x in y %} {# #} {{ 7*7 }}",
    "markdown": "*bold* _it_ ~no~ `code` ```fence``` > quote\n# head\n- list",
    "long": "x" * 4_000,
    "long ampersands": "&" * 4_000,
    "long words": "checkout " * 445,
    "long link": "https://example.org/" + "a" * 4_000,
    "emoji": "🔥👨‍👩‍👧‍👦" * 400,
    "right to left": "الدفع يفشل " * 60,
    "overrides": "\u202egnihtemos\u202c \u2066x\u2069 \u200f",
    "controls": "a\x00b\x07c\td\r\ne\x1b[31m",
    "lines": "\n\n\nno\n\nup\n" * 100,
    "space": "   ",
    "json": '{"i":"other","s":1}',
}


def incident_of(text: str) -> Incident:
    """An incident in which every text that people can type is `text`."""
    update = replace(
        data.FIRST_UPDATE, headline=text, impact=text, doing=text, next=text, corrected_at=data.at("03:04")
    )
    failed = tuple(SetupStep(step.name, StepState.FAILED, text, "e1") for step in data.set_up().setup)
    return replace(
        data.mitigating(),
        posts=(
            Post(1, 1, text, text, PublicStatus.IDENTIFIED, (), data.BEA, data.NOW, PostState.FAILED, trouble=text),
        ),
        title=text,
        summary=text,
        impact=text,
        fixed_by=text,
        status_reason=text,
        figures=Impact(
            customers=Figure(1, text[:50], data.NOW, text),
            vips=Figure((text,) * 50, data.ANA, data.NOW, text),
            data_classes=Figure((text,) * 50, data.ANA, data.NOW, text),
        ),
        safety=Safety(text, data.ANA, data.NOW),
        override=Override(1, text, data.ANA, data.NOW, data.at("05:00")),
        updates=(update,),
        recent=(text, text, text),
        setup=failed,
        failures=MappingProxyType({"e1": Failure("e1", "PostMessage", "server", text, data.NOW)}),
        sections=MappingProxyType(
            {key: Section(text, data.ANA, data.NOW) for key in ("root_cause", "contributing", "went_well")}
        ),
        action_items=tuple(ActionItem(number, text, data.BEA, "2026-11-30") for number in range(1, 30)),
        postmortem=replace(
            data.resolved().postmortem, files=(SharedFile("F1", text, "https://example.slack.com/files/F1"),)
        ),
        services=("checkout", text),
        duties=duties_with(text),
        pages=tuple(pages_with(text)),
        handoffs=(Handoff(1, data.BEA, data.SAM, ("commander", text[:40]), text[:3_000], data.NOW),),
    )


def pages_with(text: str) -> Iterator[Page]:
    """A page in every state, with strangers' names, and what the paging system said of it."""
    people = tuple(OnCall(str(number), text) for number in range(20))
    for number, status in enumerate(PageStatus, start=1):
        target = Target(TargetKind.SERVICE, "", text)
        page = Page(number, target, text, data.ANA, data.NOW, status, url="https://example.pagerduty.com/incidents/Q1")
        yield replace(page, paged=people, acknowledged_name=text, trouble=text, effect_id="e1")


def duties_with(text: str) -> Mapping[str, Standing]:
    """A duty that runs, one that is filed, and one whose row is gone, in whatever words people chose."""
    word = Said(text, data.NOW, text, text)
    running = replace(duty_samples.running().duties["gdpr"], said=word, cause=Cause("gdpr", (text,), (text,)))
    filed = replace(
        duty_samples.running().duties["dora"], filed={"initial": word}, deciders={Trigger.CLASSIFICATION: text}
    )
    return MappingProxyType({"gdpr": running, "dora": filed, text[:40]: Standing(text[:40], said=word)})


def notices_of(text: str) -> tuple[n.Notice, ...]:
    """Every notice, with `text` wherever one carries text."""
    due = data.at("03:15")
    return (
        n.UpdatePublished(1),
        n.IncidentAnnounced(),
        n.SeverityRaisedOrLowered("sev2", "sev1", text, data.ANA),
        n.StatusMoved(Status.INVESTIGATING, Status.IDENTIFIED, text, data.ANA),
        n.RankMoved(2, 1, (43,)),
        n.SafetyMoved(True, text, data.BEA),
        n.PlaceOverridden(1, text, data.BEA, due),
        n.PostMoved(1),
        n.PostWanted(1),
        n.IncidentOver(Status.RESOLVED, text, data.ANA),
        n.IncidentOver(Status.CANCELLED, text, data.ANA),
        n.IncidentOver(Status.CLOSED, text, data.ANA),
        n.IncidentReopened(text, data.ANA),
        n.RoleDuties("commander", data.BEA),
        n.RoleDuties(text[:50], text, short=True),
        n.RoleMoved(text[:50], data.ANA, data.BEA, data.SAM),
        n.RoleMoved("commander", None, data.BEA, data.SAM),
        n.RoleTakenOver("commander", data.ANA),
        n.NoCommander(5),
        n.CommandOffer(data.BEA, 20),
        n.CommanderAsked(20, "deputy"),
        n.OfferEnded("moved", due),
        n.AskOver(Status.MERGED, due, Other("x", 43)),
        n.HandoffOffer(1),
        n.HandoffNews(1, "declined"),
        n.HandoffNews(1, "unanswered", 10),
        n.HandoffDone(1),
        n.SeverityQuestion("sev2"),
        n.DeclaredReceipt(data.at("03:10")),
        n.UpdateHeadsUp(due, text),
        n.UpdateDue(due, 5, 2, draft=text),
        n.UpdateDue(due, 5, 3, away=Absence(due, due)),
        n.ReminderAnswered(1, due),
        n.CommunicationMeasured(due),
        n.PinGone(text),
        n.SetupTrouble("channel", text, "e1"),
        n.DeliveryTrouble(text, text, "e1"),
        n.PostmortemReady(1),
        n.PostmortemNudge(("root_cause", "action_items")),
        n.ChartsUnavailable((text,) * 10),
        *(n.PageMoved(number) for number, _ in enumerate(PageStatus, start=1)),
        n.RespondersAsked(1, (data.ANA, data.BEA), (data.SAM,)),
        *(said(Other("x", 43), text, data.ANA) for said in (n.MergedInto, n.MergedHere, n.MergeUndone, n.PartReleased)),
        n.BroughtIn((data.SAM,)),
        n.RoleInPart(Other("x", 43), ("commander", "scribe")),
        n.ArchiveAhead(data.at("03:15")),
        n.ArchivePutOff(),
        n.WhileQuiet(data.at("02:40")),
        n.RoomReplaced("C0INC42"),
        n.DutiesArisen(("gdpr", text[:40])),
        n.DutiesDue((Reminder(text[:40], text[:40], 100, due),)),
        n.DutiesOutstanding(text[:40]),
        n.DeciderWanted(text[:40], Trigger.AWARENESS),
    )


def drawn_with(text: str) -> Iterator[tuple[str, Drawn]]:
    """Every message and form about such an incident."""
    incident, policy, now = incident_of(text), data.POLICY, data.NOW
    links = data.links(incident)
    setting_up = replace(incident, status=Status.DECLARED, severity_assumed=True, room=None)
    for stage in (incident, setting_up, replace(incident, status=Status.RESOLVED, resolved_at=now)):
        yield "room card", room_card(stage, policy, links=links, now=now)
        yield "summary card", summary_card(stage, policy, links=links, now=now)
        yield "status", a.status(stage, policy, links=links, now=now)
        yield "home", home_view(data.ANA, (stage,) * 60, policy, now=now)
    for notice in notices_of(text):
        yield type(notice).__name__, render(notice, incident, policy, links=links, now=now)
    yield from _regulatory(incident)
    yield from _answers(text, incident)
    yield from _ranked(text, incident)
    yield from _forms(text, incident)


def _ranked(text: str, incident: Incident) -> Iterator[tuple[str, Drawn]]:
    policy, now, links = fires.POLICY, data.NOW, data.links(incident)
    override = Override(1, text, text, now, now + timedelta(hours=1))
    figures = replace(incident.figures, data_classes=None, exposed_per_hour=None)
    one = replace(incident, override=override, figures=figures, private=True)
    board = fires.board(one)
    yield "board", a.priorities(board, {one.id: one}, policy, now=now, amounts="shown")
    yield "why", a.why(board, one, policy, now=now, amounts="unknown")
    yield "ranked card", room_card(one, policy, links=links, now=now, standing=board.standing(one.id))
    yield "ranked list", a.incident_list((one,) * 60, policy, now=now, board=board)
    yield "ranked home", home_view(data.ANA, (one,), policy, now=now, board=board, amounts="shown")


def _regulatory(incident: Incident) -> Iterator[tuple[str, Drawn]]:
    policy, now, row = duty_samples.POLICY, data.NOW, duty_samples.POLICY.regulations["gdpr"]
    yield "duties", overview(incident, policy, now=now)
    yield "home of legal", home_view(data.ANA, (), policy, now=now, duties=(incident,) * 20)
    yield "assess", m.assess_view(incident, next(reversed(tuple(incident.duties))), policy, applies=False)
    yield "since when", m.start_view(incident, row, asker=data.ANA, others=True)
    yield "filed", m.file_view(incident, row, asker=data.ANA, now=now)
    for kind in DRAFTS:
        yield f"draft for {kind}", m.draft_view(kind, incident, row, policy, now=now)


def _answers(text: str, incident: Incident) -> Iterator[tuple[str, Drawn]]:
    policy, now = data.POLICY, data.NOW
    yield "error", a.error(f"Nothing changed. {text}", text, Value(extra={"text": text}))
    links, broken = data.links(incident), (SetupStep("channel", StepState.FAILED, text, "e1"),)
    yield "declared", a.declared(incident, policy, links=links, now=now, similar=(incident,) * 5)
    yield "undone", a.declared(replace(incident, room=None, setup=broken), policy, links=Links(), now=now)
    yield "list", a.incident_list((incident,) * 60, policy, now=now)
    yield "menu", a.menu(a.Place(incident), policy, now=now)
    yield "menu elsewhere", a.menu(a.Place(), policy, now=now, open_incidents=(incident,) * 9)
    yield "take over", a.take_over(incident, policy, text[:50], holder=text, user=text[:100], asker=data.ANA)
    point = Point(now, text)
    known = Briefing((point,) * 5, (point,), (point,))
    yield "catch-up", a.catch_up(incident, known, policy, now=now, reader=data.SAM, on_call_for=("checkout", text[:40]))
    yield "offered", a.handoff_offered([(incident, incident.handoffs[0])], policy, receiver=text[:50])
    handed = Entry(41, now, now, data.ANA, "handoff", text)
    lines = [
        Entry(i, now + timedelta(seconds=i), now, data.ANA, "note", text, "https://x.example/p1") for i in range(40)
    ]
    yield "timeline", a.timeline_page([*lines, handed], incident, now=now, page=2, everything=True)


def hostile_impact(incident: Incident, policy: Policy, text: str, now: datetime) -> Drawn:
    """The form with every figure as somebody might have typed it."""
    estimates = Scorer(policy).estimates(case_of(incident, now), now)
    typed = {"vips": text, "customers": text, "source": text}
    return m.impact_view(incident, policy, estimates, said.Reader(data.ANA, amounts=True), now=now, typed=typed)


def _forms(text: str, incident: Incident) -> Iterator[tuple[str, Drawn]]:
    policy, now = data.POLICY, data.NOW
    yield "declare", m.declare_view(m.declare_prefill(text), policy, (incident,) * 5)
    full = m.DeclareForm(title=text, summary=text, impact=text, detected_by=text, services=("checkout", text))
    yield "declare again", m.declare_view(full, policy)
    form = m.fresh_update(incident, policy, now=now, draft=text)
    yield "update", m.update_view(incident, policy, form, now=now)
    yield "correct", m.correct_view(incident, incident.updates[0])
    doubt = m.Doubt((text, text), now)
    yield "resolve", m.resolve_view(incident, policy, now=now, fixed_by=text, doubt=doubt)
    yield "edit", m.edit_view(incident, policy)
    yield "severity", m.severity_view(incident, policy, severity=text, reason=text)
    yield "roles", m.roles_view(incident, policy)
    yield "note", m.note_view(incident, text=text)
    case = m.HandoffCase(incident, ("commander", text[:40]), text, incident.handoffs[0])
    yield "hand over", m.handoff_view((case,), policy, now=now, receiver=data.SAM, unknown=text[:50])
    yield "impact", hostile_impact(incident, policy, text, now)
    yield "override", m.override_view(incident, now=now, place=text, reason=text)
    yield "safety", m.reason_view("safety", incident, reason=text)
    yield "withdraw", m.reason_view("withdraw", incident, reason=text)
    yield "section", m.section_view(incident, "root_cause", mine=text)
    yield "action item", m.action_item_view(incident, incident.action_items[0])
    yield "reason", m.reason_view("cancel", incident, reason=text)
    yield "pick incident", m.pick_incident_view((incident, data.earlier()), policy, word=text[:50], text=text)
    yield "pick person", m.pick_person_view(incident, word=text[:50], name=text, text=text)
    yield "error form", m.error_view(text, {"Headline": text, "Impact": text})
