"""A policy and one incident at each of its stages, for `firebell render` and the golden files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.impact import Figure, Impact, Override, Safety
from bot.domain.model import (
    ActionItem,
    Clock,
    Incident,
    MessageRef,
    Postmortem,
    Room,
    Section,
    SetupStep,
    SharedFile,
    Status,
    StepState,
    Update,
)
from bot.domain.policy import Panel, Policy, RolePolicy, ServicePolicy, SeverityPolicy
from templates.message import Links

ANA: Final = "U0ANA"
BEA: Final = "U0BEA"
SAM: Final = "U0SAM"


def at(clock: str, *, day: int = 3) -> datetime:
    """A time on 3 November 2026 (UTC), written `03:15`."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC)


NOW: Final = at("03:05")


def links(incident: Incident) -> Links:
    """The links an incident of this stage has."""
    files = incident.postmortem.files
    return Links(
        room_url="https://example.slack.com/archives/C0INC42",
        summary_url="https://example.slack.com/archives/C0SUM/p1793674800000100",
        postmortem_url=files[-1].permalink if files else None,
    )


POLICY: Final = Policy(
    severities=(
        SeverityPolicy(
            "sev1",
            "SEV1",
            1,
            "Customers cannot use the product, or data is at risk",
            timedelta(minutes=15),
            postmortem="required",
            announce_updates=True,
            unchanged_in_row=1,
        ),
        SeverityPolicy(
            "sev2",
            "SEV2",
            2,
            "An important part is broken for many customers",
            timedelta(minutes=30),
            postmortem="required",
            announce_updates=True,
        ),
        SeverityPolicy("sev3", "SEV3", 3, "A part is broken, and there is a way around it", timedelta(hours=1)),
        SeverityPolicy("sev4", "SEV4", 4, "Small, no hurry", timedelta(days=1), postmortem="none"),
    ),
    roles=(
        RolePolicy(
            "commander",
            "Commander",
            (
                "You lead: decide what happens next and who does it.",
                "You do not type fixes; ask others to.",
                "You see to it that updates go out in time.",
            ),
            (("Post update", "update"), ("Assign roles", "assign"), ("Change severity", "severity")),
        ),
        RolePolicy("deputy", "Deputy", ("You stand in for the commander.",), (("Take command", "take"),)),
        RolePolicy(
            "communications",
            "Communications lead",
            ("You write the updates that stakeholders read.",),
            (("Post update", "update"), ("Timeline", "timeline"), ("Status", "status")),
        ),
        RolePolicy("scribe", "Scribe", ("You note what happens, with times.",), (("Add a note", "note"),), many=True),
    ),
    services=(
        ServicePolicy(
            "checkout",
            "Checkout",
            ("shop",),
            tier=1,
            panels=(Panel("latency", "Latency", "histogram_quantile(0.99, x)", "seconds"),),
        ),
        ServicePolicy("payments", "Payments", tier=1),
        ServicePolicy("search", "Search", tier=2),
    ),
)

_SETUP = ("channel", "invite", "card", "topic", "pin", "bookmarks", "summary")
_DONE = tuple(SetupStep(name, StepState.DONE) for name in _SETUP)


def declared() -> Incident:
    """Just declared in one line: the room is there, the rest is under way."""
    return Incident(
        id="01JBZ3R8K4Q2",
        workspace="T0EXAMPLE",
        number=42,
        seq=7,
        title="Checkout returns 500s",
        severity="sev1",
        status=Status.DECLARED,
        declared_by=ANA,
        declared_at=at("03:00"),
        clock=Clock(restarted_at=at("03:00"), due_at=at("03:15")),
        services=("checkout", "payments"),
        services_guessed=True,
        started_at=at("02:47"),
        roles=MappingProxyType({"commander": (ANA,)}),
        room=Room("C0INC42", "inc-42-checkout-returns-500s"),
        setup=(
            SetupStep("channel", StepState.DONE),
            SetupStep("invite", StepState.DONE),
            *(SetupStep(name) for name in _SETUP[2:]),
        ),
    )


def just_declared() -> Incident:
    """The row is there, and nothing else yet."""
    return replace(declared(), seq=2, room=None, setup=tuple(SetupStep(name) for name in _SETUP))


def set_up() -> Incident:
    """Investigating, with everything set up."""
    return replace(
        declared(),
        seq=14,
        status=Status.INVESTIGATING,
        services_guessed=False,
        setup=_DONE,
        messages=MappingProxyType({"card": MessageRef("C0INC42", "1793674801.000100")}),
    )


def assumed() -> Incident:
    """Nobody said how bad it is, and nobody commands."""
    return replace(
        set_up(),
        severity="sev2",
        severity_assumed=True,
        roles=MappingProxyType({}),
        clock=Clock(restarted_at=at("03:00"), due_at=at("03:30")),
        started_at=None,
    )


def troubled() -> Incident:
    """Set-up in which two steps failed."""
    failed = {
        "pin": SetupStep("pin", StepState.FAILED, "The channel has 100 pins already.", "e5"),
        "bookmarks": SetupStep("bookmarks", StepState.FAILED, "The app lacks the scope bookmarks:write.", "e6"),
    }
    return replace(declared(), setup=tuple(failed.get(step.name, step) for step in _DONE))


FIRST_UPDATE: Final = Update(
    number=1,
    by=ANA,
    at=at("03:03"),
    headline="Checkout fails for about one customer in five. A fix is under way.",
    impact="About 20 % of checkouts fail with an error page; retrying often helps.",
    doing="Rolling payments back to 2026.10.31.",
    next="Confirm that the error rate falls.",
    next_at=at("03:15"),
    status=Status.MITIGATING,
    severity="sev1",
)


def mitigating() -> Incident:
    """One update is out."""
    return replace(
        set_up(),
        seq=19,
        status=Status.MITIGATING,
        updates=(FIRST_UPDATE,),
        roles=MappingProxyType({"commander": (ANA,), "communications": (SAM,), "deputy": (BEA,)}),
        recent=("Error rate is falling since the rollback began",),
        clock=Clock(restarted_at=at("03:03"), due_at=at("03:18")),
    )


def weighed() -> Incident:
    """Two people have put the impact into figures; somebody may come to harm, and its rank is set by hand."""
    return replace(
        mitigating(),
        figures=Impact(
            degraded=Figure(0.4, ANA, at("02:55"), "Grafana"),
            customers=Figure(1_200, ANA, at("02:55"), "Grafana"),
            vips=Figure(("Acme", "Globex"), SAM, at("02:58")),
            data_classes=Figure((), BEA, at("03:01")),
        ),
        safety=Safety("Two infusion pumps lost their alarm.", BEA, at("03:00")),
        override=Override(1, "The regulator is on the line.", ANA, at("03:00"), at("05:00")),
    )


def unchanged() -> Incident:
    """After "No change"."""
    clock = Clock(restarted_at=at("03:15"), due_at=at("03:30"), unchanged_in_row=1)
    return replace(mitigating(), seq=22, clock=clock, unchanged_since=at("02:50"))


def overdue() -> Incident:
    """The update is owed since 03:15 and nobody answered."""
    return replace(set_up(), seq=21, clock=Clock(restarted_at=at("03:00"), due_at=at("03:15"), step=2))


def resolved() -> Incident:
    """Over, with a postmortem that waits for people."""
    last = replace(
        FIRST_UPDATE,
        number=2,
        by=BEA,
        at=at("04:10"),
        headline="Resolved. Rolling payments back fixed it.",
        impact="",
        doing="",
        next="",
        next_at=None,
        status=Status.RESOLVED,
    )
    return replace(
        mitigating(),
        seq=40,
        status=Status.RESOLVED,
        updates=(FIRST_UPDATE, last),
        fixed_by="Rolling payments back to 2026.10.31",
        impact_ended_at=at("04:05"),
        mitigated_at=at("04:05"),
        resolved_at=at("04:10"),
        clock=Clock(restarted_at=at("04:10")),
        sections=MappingProxyType(
            {"went_well": Section("The alert fired within two minutes.", BEA, at("09:30"))},
        ),
        action_items=(
            ActionItem(1, "Check the connection pool's size at start", BEA, "2026-11-30"),
            ActionItem(2, "Alert on pool exhaustion", done=True),
        ),
        postmortem=Postmortem(
            version=1,
            requested_at=at("04:10"),
            published_at=at("04:11"),
            files=(
                SharedFile("F1", "inc-42-postmortem.md", "https://example.slack.com/files/F1"),
                SharedFile("F2", "inc-42-postmortem.html", "https://example.slack.com/files/F2"),
            ),
        ),
    )


def closed() -> Incident:
    return replace(
        resolved(), seq=47, status=Status.CLOSED, closed_at=at("10:20", day=5), status_reason="Postmortem reviewed"
    )


def cancelled() -> Incident:
    """A false alarm."""
    return replace(
        set_up(),
        status=Status.CANCELLED,
        closed_at=at("03:04"),
        status_reason="The load test was announced",
        clock=Clock(restarted_at=at("03:00")),
    )


def private_drill() -> Incident:
    return replace(set_up(), private=True, drill=True)


def earlier() -> Incident:
    """An older incident that is still open."""
    return replace(
        set_up(),
        id="01JBZ0AAAAAA",
        number=41,
        title="Search results are slow",
        severity="sev3",
        status=Status.MONITORING,
        services=("search",),
        declared_by=BEA,
        declared_at=at("01:10"),
        started_at=None,
        roles=MappingProxyType({"commander": (BEA,)}),
        room=Room("C0INC41", "inc-41-search-results-are-slow"),
        clock=Clock(restarted_at=at("02:20"), due_at=at("03:20")),
    )
