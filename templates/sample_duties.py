"""Possible duties with sample facts: a leak in a shop of the EU, for `firebell render` and the golden files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.regulation import (
    Cause,
    Checked,
    Limit,
    Regulation,
    Reminder,
    Said,
    Span,
    Standing,
    Start,
    State,
    Status,
    Step,
    Trigger,
    Unit,
)
from templates import sample_data as data
from templates.duties import overview
from templates.home import home_view
from templates.message import Message
from templates.modals import assess_view, draft_view, file_view, start_view
from templates.notices import render

LAWYER: Final = "U0LAW"

_GDPR: Final = Regulation(
    key="gdpr",
    name="GDPR, breach of personal data",
    who="controllers of personal data",
    source="Regulation (EU) 2016/679, Article 33(1)",
    published=date(2016, 5, 4),
    applies_from=date(2018, 5, 25),
    status=Status.IN_FORCE,
    checked=Checked.COPY,
    note="Later than 72 hours is possible with reasons.",
    steps=(
        Step(
            "authority",
            "Notification",
            "the supervisory authority",
            (Limit(Trigger.AWARENESS, Span(72, Unit.HOURS)),),
        ),
    ),
)
_DORA: Final = replace(
    _GDPR,
    key="dora",
    name="DORA, major ICT-related incident",
    source="Regulation (EU) 2022/2554, Article 19(4)",
    checked=Checked.SUMMARY,
    note="",
    steps=(
        Step(
            "initial",
            "Initial notification",
            "the competent authority",
            (
                Limit(Trigger.CLASSIFICATION, Span(4, Unit.HOURS)),
                Limit(Trigger.AWARENESS, Span(24, Unit.HOURS), waived_by=Trigger.CLASSIFICATION),
            ),
        ),
        Step(
            "final",
            "Final report",
            "the competent authority",
            (Limit(Trigger.FILED, Span(1, Unit.MONTHS), "initial"),),
        ),
    ),
)
POLICY: Final[Policy] = replace(
    data.POLICY, regulations=MappingProxyType({"gdpr": _GDPR, "dora": _DORA}), legal_group="legal"
)


def _with(*standings: Standing) -> Incident:
    return replace(data.mitigating(), duties=MappingProxyType({one.regulation: one for one in standings}))


def _start(at: datetime) -> Start:
    return Start(at, Said(data.BEA, at, "The log names the table"))


def arisen() -> Incident:
    """Nobody has said anything yet."""
    cause = Cause("gdpr", data=("personal",))
    return _with(Standing("gdpr", cause=cause), Standing("dora", cause=Cause("dora", ("payments",))))


def running() -> Incident:
    """GDPR applies and runs; DORA waits for somebody who was asked."""
    gdpr = replace(
        arisen().duties["gdpr"],
        state=State.APPLIES,
        said=Said(LAWYER, data.at("04:00"), "Names and addresses of 1,200 people"),
        starts={Trigger.AWARENESS: _start(data.at("02:50"))},
    )
    dora = replace(arisen().duties["dora"], deciders={Trigger.CLASSIFICATION: data.SAM})
    return _with(gdpr, dora)


def decided() -> Incident:
    """GDPR is filed; DORA does not apply."""
    filed = {"authority": Said(LAWYER, data.at("09:00", day=5), reference="AP-2026-4711")}
    ended = Said(LAWYER, data.at("08:00", day=4), "Not a financial entity")
    dora = replace(running().duties["dora"], state=State.DOES_NOT_APPLY, said=ended)
    return _with(replace(running().duties["gdpr"], filed=filed), dora)


def _told(notice: n.Notice, incident: Callable[[], Incident], now: datetime) -> Callable[[], Message]:
    return lambda: render(notice, incident(), POLICY, links=data.links(incident()), now=now)


_DUE: Final = Reminder("gdpr", "authority", 80, data.at("02:50", day=6))
_LATER: Final = data.at("12:26", day=5)

DUTIES: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "duties-arisen": _told(n.DutiesArisen(("gdpr", "dora")), arisen, data.NOW),
        "duties-arisen-private": _told(n.DutiesArisen(("gdpr",)), lambda: replace(arisen(), private=True), data.NOW),
        "duties-due": _told(n.DutiesDue((_DUE,)), running, _LATER),
        "duties-passed": _told(n.DutiesDue((replace(_DUE, percent=100),)), running, data.at("02:50", day=6)),
        "duties-outstanding-resolved": _told(n.DutiesOutstanding("resolved"), running, _LATER),
        "duties-outstanding-waiting": _told(n.DutiesOutstanding("waiting"), arisen, data.at("03:00", day=4)),
        "duties-outstanding-assigned": _told(n.DutiesOutstanding("assigned"), running, _LATER),
        "duties-decider": _told(n.DeciderWanted("dora", Trigger.CLASSIFICATION), running, _LATER),
        "answer-duties": lambda: overview(running(), POLICY, now=_LATER),
        "answer-duties-decided": lambda: overview(decided(), POLICY, now=data.at("10:00", day=5)),
        "answer-duties-none": lambda: overview(data.mitigating(), POLICY, now=data.NOW),
        "form-duty-applies": lambda: assess_view(running(), "gdpr", POLICY, applies=True),
        "form-duty-does-not-apply": lambda: assess_view(running(), "gdpr", POLICY, applies=False),
        "form-duty-started": lambda: start_view(arisen(), _GDPR, asker=LAWYER, others=True),
        "form-duty-classified": lambda: start_view(arisen(), _DORA, asker=LAWYER, others=False),
        "form-duty-filed": lambda: file_view(running(), _DORA, asker=LAWYER, now=_LATER),
        "form-duty-draft-regulator": lambda: draft_view("regulator", running(), _GDPR, POLICY, now=_LATER),
        "form-duty-draft-customers": lambda: draft_view("customers", running(), _GDPR, POLICY, now=_LATER),
        "form-duty-draft-legal": lambda: draft_view("legal", arisen(), _DORA, POLICY, now=_LATER),
        "home-duties": lambda: home_view(LAWYER, (), POLICY, now=_LATER, duties=(running(),)),
    }
)
