"""Samples of pages: messages and the answer to `oncall`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.call import CallTemplate
from bot.domain.model import FIREBELL, Incident
from bot.domain.paging import OnCall, Page, PageStatus, Target, TargetKind
from templates import answers as a
from templates import sample_data as data
from templates.cards import room_card
from templates.message import Message
from templates.notices import render

_CALLED: Final = replace(data.POLICY, call=CallTemplate("https://meet.example.com/inc-{number}"))
_ON_CALL: Final = (OnCall("PBEA", "Bea Vogt", data.BEA), OnCall("PTOM", "Tom <Berg>", level=2))
_PAGE: Final = Page(
    1,
    Target(TargetKind.SERVICE, "PCHECKO", "checkout"),
    "Payments fail as well",
    data.ANA,
    data.at("02:51"),
    provider_id="Q00001",
    url="https://example.pagerduty.com/incidents/Q00001",
    paged=_ON_CALL,
    paged_at=data.at("02:52"),
)


def _paged(status: PageStatus, **changes: Any) -> Incident:
    return replace(data.set_up(), pages=(replace(_PAGE, status=status, **changes),))


def _moved(status: PageStatus, **changes: Any) -> Callable[[], Message]:
    incident = _paged(status, **changes)
    return lambda: render(n.PageMoved(1), incident, data.POLICY, links=data.links(incident), now=data.NOW)


def _asked(*users: str, unknown: tuple[str, ...] = ()) -> Callable[[], Message]:
    notice = n.RespondersAsked(1, users, unknown)
    return lambda: render(notice, data.set_up(), data.POLICY, links=data.links(data.set_up()), now=data.NOW)


PAGES: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "page-requested": _moved(PageStatus.REQUESTED, url="", paged=()),
        "page-paged": _moved(PageStatus.PAGED),
        "page-paged-by-itself": _moved(
            PageStatus.PAGED, by=FIREBELL.id, reason="An update was due at 02:17 UTC and has not come"
        ),
        "page-acknowledged": _moved(
            PageStatus.ACKNOWLEDGED, acknowledged_by=data.BEA, acknowledged_at=data.at("02:54")
        ),
        "page-acknowledged-there": _moved(
            PageStatus.ACKNOWLEDGED, acknowledged_name="Tom <Berg>", acknowledged_at=data.at("02:54")
        ),
        "page-resolved": _moved(PageStatus.RESOLVED, resolved_at=data.at("03:10")),
        "page-failed": _moved(
            PageStatus.FAILED, url="", paged=(), trouble="PagerDuty could not be reached for the page.", effect_id="e7"
        ),
        "page-responders": _asked(data.BEA, unknown=(data.SAM,)),
        "page-responders-nobody": _asked(unknown=(data.SAM,)),
        "card-paged": lambda: room_card(
            _paged(PageStatus.ACKNOWLEDGED, acknowledged_by=data.BEA, acknowledged_at=data.at("02:54")),
            data.POLICY,
            links=data.links(data.set_up()),
            now=data.NOW,
        ),
        "card-with-call": lambda: room_card(data.set_up(), _CALLED, links=data.links(data.set_up()), now=data.NOW),
        "answer-on-call": lambda: a.on_call((("Checkout", _ON_CALL), ("Search", ()))),
    }
)
