"""Samples of the status page: the form, what the room reads, and the offer after an update."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.publishing import (
    Component,
    ComponentState,
    Post,
    PostState,
    PublicService,
    PublicStatus,
    StatusPagePolicy,
)
from bot.domain.relations import Other
from templates import customers
from templates import modals as m
from templates import sample_data as data
from templates.message import Message
from templates.notices import render

_SERVICES: Final = (PublicService("checkout", "Shop checkout"), PublicService("payments", "Card payments"))
_HOSTED: Final = replace(data.POLICY, status_page=StatusPagePolicy(_SERVICES, hosted=True))
_OWN: Final = replace(
    data.POLICY, status_page=StatusPagePolicy(_SERVICES, own=True, url="https://firebell.example.com/status")
)
_POST: Final = Post(
    number=1,
    episode=1,
    title="Shop checkout: outage",
    text="We are looking into a problem with Shop checkout. Orders that fail are not charged.",
    status=PublicStatus.INVESTIGATING,
    components=(Component("checkout", ComponentState.MAJOR), Component("payments", ComponentState.OPERATIONAL)),
    by=data.SAM,
    at=data.at("02:58"),
)
_THERE: Final = replace(
    _POST, state=PostState.PUBLISHED, provider_id="p31zjtct2jer", url="https://stspg.example/p31zjtct2jer"
)


def _with(*posts: Post) -> Incident:
    return replace(data.mitigating(), posts=posts)


def _moved(post: Post, policy: Policy = _HOSTED) -> Callable[[], Message]:
    incident = _with(post)
    return lambda: render(n.PostMoved(1), incident, policy, links=data.links(incident), now=data.NOW)


def _merged() -> Incident:
    into = Other("01EARLIER", 41, "C0INC41")
    return replace(_with(_THERE), status=Status.MERGED, merged_into=into, closed_at=data.at("03:10"))


def _wanted(incident: Incident, update: int) -> Callable[[], Message]:
    return lambda: render(n.PostWanted(update), incident, _HOSTED, links=data.links(incident), now=data.NOW)


def _form(incident: Incident, *, shown: bool = False, others: str = "") -> Callable[[], dict[str, Any]]:
    form = customers.draft(incident, _HOSTED)
    return lambda: m.publish_view(incident, _HOSTED, form.shown() if shown else form, others=others)


CUSTOMERS: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "form-publish": _form(data.mitigating()),
        "form-publish-preview": _form(_with(_THERE), shown=True),
        "form-publish-again": _form(_with(_THERE), others=data.SAM),
        "post-confirmed": _moved(_POST),
        "post-published": _moved(_THERE),
        "post-published-own": _moved(replace(_POST, state=PostState.PUBLISHED), _OWN),
        "post-failed": _moved(
            replace(
                _POST,
                state=PostState.FAILED,
                trouble="Statuspage could not be reached for the incident.",
                effect_id="e9",
            )
        ),
        "post-overtaken": _moved(replace(_POST, state=PostState.OVERTAKEN)),
        "post-wanted": _wanted(_with(_THERE), 1),
        "post-wanted-resolved": _wanted(replace(data.resolved(), posts=(_THERE,)), 2),
        "post-wanted-cancelled": _wanted(replace(data.cancelled(), posts=(_THERE,)), 0),
        "post-wanted-merged": _wanted(_merged(), 0),
        "post-wanted-whole-over": lambda: render(
            n.PostWanted(0, data.at("03:30")),
            replace(_merged(), whole_over_at=data.at("03:30")),
            _HOSTED,
            links=data.links(_merged()),
            now=data.NOW,
        ),
        "post-wanted-gone": _wanted(_with(replace(_POST, state=PostState.FAILED, trouble="It was refused.")), 1),
        "post-wanted-answered": _wanted(_with(_THERE, replace(_THERE, number=2, at=data.at("03:06"))), 1),
    }
)
