"""Samples of who leads and what people hand over: messages, form and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.briefing import Briefing, Point
from bot.domain.handoffs import Handoff, HandoffState
from bot.domain.model import Incident, Status
from bot.domain.relations import Other
from templates import answers as a
from templates import modals as m
from templates import sample_data as data
from templates.home import home_view
from templates.message import Message
from templates.notices import render

_NOTE: Final = (
    "State: SEV1, mitigating since 03:01 UTC; started 02:47 UTC\n"
    "Impact now: Half of all payments fail\n"
    "Decisions and why:\n• 03:01 UTC Decided to roll payments back, @Bea\n"
    "Open questions:\n• 03:03 UTC Is the cache warm?\n"
    "What was tried:\n• nothing noted\n"
    "Next update due: 03:18 UTC, owed by @Bea\nClocks running: an update every 15 min"
)
_OFFER: Final = Handoff(1, data.BEA, data.SAM, ("commander",), _NOTE, data.at("03:04"))


_KNOWN: Final = Briefing(
    decisions=(
        Point(data.at("03:01"), "@{U0BEA}: Decided to roll payments back"),
        Point(data.at("03:02"), "Severity SEV2 → SEV1, by @{U0ANA}: payments fail as well"),
    ),
    questions=(Point(data.at("03:03"), "@{U0BEA}: Is the cache warm?"),),
)


def _handed(**changes: Any) -> Incident:
    return replace(data.mitigating(), handoffs=(replace(_OFFER, **changes),))


def _notice(notice: n.Notice, incident: Incident) -> Callable[[], Message]:
    return lambda: render(notice, incident, data.POLICY, links=data.links(incident), now=data.at("03:14"))


PEOPLE: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "command-offer": _notice(n.CommandOffer(data.BEA, 20), data.mitigating()),
        "commander-asked": _notice(n.CommanderAsked(20, "deputy"), data.mitigating()),
        "handoff-offer": _notice(n.HandoffOffer(1), _handed()),
        "handoff-accepted": _notice(n.HandoffOffer(1), _handed(state=HandoffState.ACCEPTED)),
        "handoff-withdrawn": _notice(n.HandoffOffer(1), _handed(state=HandoffState.WITHDRAWN, ended="taken_back")),
        "handoff-merged": _notice(
            n.HandoffOffer(1),
            replace(
                _handed(state=HandoffState.WITHDRAWN, ended="over"),
                status=Status.MERGED,
                merged_into=Other("01JBZ3R8K4Q1", 41, "C0ROOM41"),
            ),
        ),
        "handoff-done": _notice(n.HandoffDone(1), _handed(state=HandoffState.ACCEPTED)),
        "handoff-news-accepted": _notice(n.HandoffNews(1, "accepted"), _handed(state=HandoffState.ACCEPTED)),
        "handoff-news-declined": _notice(n.HandoffNews(1, "declined"), _handed(state=HandoffState.DECLINED)),
        "handoff-news-unanswered": _notice(n.HandoffNews(1, "unanswered", 10), _handed()),
        "home-handoff": lambda: home_view(data.SAM, (_handed(),), data.POLICY, now=data.NOW),
        "answer-catch-up": lambda: a.catch_up(
            data.mitigating(), _KNOWN, data.POLICY, now=data.NOW, reader=data.ANA, on_call_for=("checkout",)
        ),
        "answer-catch-up-holder": lambda: a.catch_up(
            data.mitigating(), Briefing(), data.POLICY, now=data.NOW, reader=data.BEA
        ),
        "answer-catch-up-vacant": lambda: a.catch_up(data.assumed(), Briefing(), data.POLICY, now=data.NOW),
        "answer-catch-up-over": lambda: a.catch_up(
            data.resolved(), Briefing(), data.POLICY, now=data.at("04:30"), reader=data.SAM
        ),
        "form-handoff": lambda: m.handoff_view(
            [m.HandoffCase(data.mitigating(), ("commander",), _NOTE)], data.POLICY, now=data.NOW, receiver=data.SAM
        ),
        "form-handoff-all": lambda: m.handoff_view(
            [
                m.HandoffCase(_handed(), ("commander", "communications"), _NOTE, _OFFER),
                m.HandoffCase(data.earlier(), ("commander",), "State: SEV3, investigating"),
            ],
            data.POLICY,
            now=data.NOW,
            unknown="sam2",
        ),
        "answer-handoff-offered": lambda: a.handoff_offered([(_handed(), _OFFER)], data.POLICY, receiver=data.SAM),
        "answer-status-handoff": lambda: a.status(_handed(), data.POLICY, links=data.links(_handed()), now=data.NOW),
    }
)
