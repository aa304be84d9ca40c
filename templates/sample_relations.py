"""Samples of incidents that belong together: cards, messages, forms and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.impact import Figure, Impact, Safety
from bot.domain.model import Incident, Status
from bot.domain.relations import Other, Part, Relation, Tie
from bot.domain.subscriptions import Kind, Subscription
from templates import answers as a
from templates import modals as m
from templates import sample_data as data
from templates.cards import room_card, summary_card
from templates.message import Message
from templates.notices import render

_HERE: Final = Other("01JBZ3R8K4Q2", 42, "C0ROOM42")
_THERE: Final = Other("01JBZ3R8K4Q3", 43, "C0ROOM43")
_WHY: Final = "Both are the deploy of 02:40"


def _later() -> Incident:
    """The one that was declared second, and has become part of the other."""
    return replace(
        data.set_up(),
        id=_THERE.id,
        number=43,
        title="Nobody can pay",
        status=Status.MERGED,
        status_reason=_WHY,
        closed_at=data.at("03:12"),
        clock=replace(data.set_up().clock, due_at=None),
        merged_into=_HERE,
    )


def _earlier() -> Incident:
    ties = (Tie(Relation.CAUSED_BY, Other("01JBZ3R8K4Q1", 41, "C0ROOM41")), Tie(Relation.RELATED, Other("x", 40)))
    return replace(data.mitigating(), parts=(Part(_THERE, data.at("03:12")),), ties=ties)


def _notice(notice: n.Notice, incident: Incident, because: Subscription | None = None) -> Callable[[], Message]:
    links = data.links(incident)
    return lambda: render(notice, incident, data.POLICY, links=links, now=data.at("03:14"), because=because)


def _open() -> Incident:
    return replace(_later(), status=Status.INVESTIGATING, merged_into=None, closed_at=None, services=("search",))


def _grave() -> Incident:
    """Something that people may come to harm by, and of which somebody gave figures."""
    figures = Impact(
        degraded=Figure(0.9, data.SAM, data.at("03:00"), "Grafana"),
        customers=Figure(80_000, data.SAM, data.at("03:00"), "Support"),
    )
    return replace(_open(), safety=Safety("Two <pumps> lost their alarm.", data.SAM, data.at("03:00")), figures=figures)


_SUBSCRIBED: Final = Subscription(data.SAM, Kind.INCIDENT, _THERE.id)

RELATIONS: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "card-merged": lambda: room_card(_later(), data.POLICY, links=data.links(_later()), now=data.at("03:14")),
        "card-tied": lambda: room_card(_earlier(), data.POLICY, links=data.links(_earlier()), now=data.at("03:14")),
        "summary-card-merged": lambda: summary_card(
            _later(), data.POLICY, links=data.links(_later()), now=data.at("03:14")
        ),
        "merged-into": _notice(n.MergedInto(_HERE, _WHY, data.ANA), _later()),
        "merged-into-subscribed": _notice(n.MergedInto(_HERE, _WHY, data.ANA), _later(), _SUBSCRIBED),
        "merged-here": _notice(n.MergedHere(_THERE, _WHY, data.ANA), _earlier()),
        "role-in-part": _notice(n.RoleInPart(_THERE, ("commander", "scribe")), _earlier()),
        "merge-undone": _notice(n.MergeUndone(_HERE, "Payments fail for another reason", data.SAM), _open()),
        "part-released": _notice(
            n.PartReleased(_THERE, "Payments fail for another reason", data.SAM), data.mitigating()
        ),
        "part-released-weight": _notice(
            n.PartReleased(_THERE, _WHY, data.SAM, safety=True, figures=("degraded", "customers")), data.mitigating()
        ),
        "merge-undone-role": _notice(n.MergeUndone(_HERE, _WHY, data.SAM, ("communications",)), _open()),
        "ask-over-merged": _notice(n.AskOver(Status.MERGED, data.at("03:12"), _HERE), _later()),
        "ask-over-hidden": _notice(n.AskOver(Status.MERGED, data.at("03:12")), _later()),
        "ask-over-cancelled": _notice(n.AskOver(Status.CANCELLED, data.at("03:12")), data.mitigating()),
        "offer-ended-over": _notice(n.OfferEnded("over", data.at("03:12")), data.mitigating()),
        "chair-taken": _notice(n.OfferEnded("taken", data.at("03:12")), data.mitigating()),
        "brought-in": _notice(
            n.BroughtIn(("U0MEI", "U0LEO")),
            replace(data.mitigating(), private=True, lingering=("U0MEI", "U0LEO", data.BEA)),
        ),
        "brought-in-taken-out": _notice(
            n.BroughtIn(("U0MEI", "U0LEO")), replace(data.mitigating(), private=True, left=("U0MEI", "U0LEO"))
        ),
        "brought-in-nobody": _notice(n.BroughtIn(()), replace(data.mitigating(), private=True)),
        "drill-update": _notice(n.UpdatePublished(1), replace(data.mitigating(), drill=True)),
        "archive-ahead": _notice(n.ArchiveAhead(data.at("09:00", day=9)), data.closed()),
        "archive-put-off": _notice(n.ArchivePutOff(), data.closed()),
        "room-replaced": _notice(n.RoomReplaced("C0OLD42"), data.set_up()),
        "form-merge": lambda: m.merge_view(
            _open(), data.mitigating(), data.POLICY, now=data.at("03:14"), reason=_WHY, chained="INC-41"
        ),
        "form-merge-weight": lambda: m.merge_view(
            _grave(), data.mitigating(), data.POLICY, now=data.at("03:14"), reason=_WHY
        ),
        "form-merge-private": lambda: m.merge_view(
            replace(_open(), private=True, joined=("U0MEI", "U0LEO")),
            replace(data.mitigating(), private=True, left=("U0LEO",)),
            data.POLICY,
            now=data.at("03:14"),
            reason=_WHY,
        ),
        "form-unmerge": lambda: m.unmerge_view(_later()),
        "form-unmerge-private": lambda: m.unmerge_view(replace(_later(), private=True)),
        "answer-linked": lambda: a.linked(_earlier(), _open(), Relation.DUPLICATED_BY),
        "answer-linked-private": lambda: a.linked(replace(_earlier(), private=True), _open(), Relation.CAUSED_BY),
        "answer-linked-already": lambda: a.linked(_earlier(), _open(), Relation.RELATED, already=True),
        "answer-unlinked": lambda: a.unlinked(_earlier(), _open()),
        "answer-not-linked": lambda: a.unlinked(_earlier(), _open(), already=True),
        "answer-merged": lambda: a.merged(_later(), _earlier()),
        "answer-unmerged": lambda: a.unmerged(_open(), data.mitigating()),
        "answer-unmerged-private": lambda: a.unmerged(replace(_open(), private=True), data.mitigating()),
        "answer-pointer": lambda: a.pointer(_earlier()),
    }
)
