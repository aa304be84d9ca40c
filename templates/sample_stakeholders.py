"""What stakeholders read, with sample facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from bot.domain import notices as n
from bot.domain.bulletins import Entry, Gathered, Kind
from bot.domain.communication import Reach, Tally
from bot.domain.subscriptions import Kind as Topic
from bot.domain.subscriptions import Readers, Subscription, Way
from templates import sample_data as data
from templates import stakeholders
from templates.bulletins import bulletin
from templates.message import Message
from templates.modals.subscribe import subscribe_view
from templates.notices import render

_SINCE: Final = data.NOW - timedelta(days=1)


def _wish(readers: Readers = Readers.ENGINEERING) -> Subscription:
    return Subscription("U0BEA", Topic.SERVICE, "checkout", readers=readers)


def _told(notice: n.Notice, readers: Readers) -> Callable[[], Message]:
    incident = data.mitigating()
    return lambda: render(
        notice, incident, data.POLICY, links=data.links(incident), now=data.NOW, because=_wish(readers)
    )


def _bulletin(kind: Kind) -> Message:
    entries = (Entry(data.mitigating()), Entry(data.mitigating()), Entry(data.mitigating()))
    ended = (data.resolved(),) if kind is Kind.DIGEST else ()
    return bulletin(kind, Gathered(entries, ended), data.POLICY, now=data.NOW, since=_SINCE)


_MINE: Final = (
    Subscription("U0BEA", Topic.INCIDENT, data.mitigating().id),
    Subscription("U0BEA", Topic.SERVICE, "checkout", Way.EMAIL, Readers.EXECUTIVES),
    Subscription("U0BEA", Topic.SEVERITY, "sev1", readers=Readers.SUPPORT),
    Subscription("U0BEA", Topic.EVERYTHING),
)


def _measured() -> Message:
    """How well people were kept informed, of two updates; only of the first is it known how many it was sent to."""
    steps = (("owner", 2), ("leaders", 1), ("room", 3), ("page", 1))
    told = Tally(4, 1, timedelta(minutes=12), timedelta(minutes=8), None, timedelta(minutes=31), steps)
    incident = replace(data.resolved(), told=replace(told, reached=(Reach(1, 3, 1), Reach(2))))
    notice = n.CommunicationMeasured(data.at("03:52"))
    return render(notice, incident, data.POLICY, links=data.links(incident), now=data.at("03:52"))


def _after_quiet() -> Message:
    """To one who slept through all of it."""
    incident = replace(data.resolved(), severity="sev2")
    notice = n.WhileQuiet(incident.declared_at)
    return render(
        notice, incident, data.POLICY, links=data.links(incident), now=data.at("07:00"), because=_wish(Readers.SUPPORT)
    )


STAKEHOLDERS: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        **{f"told-{kind}-declared": _told(n.IncidentAnnounced(), kind) for kind in Readers},
        **{f"told-{kind}-update": _told(n.UpdatePublished(1), kind) for kind in Readers},
        "told-severity": _told(
            n.SeverityRaisedOrLowered("sev2", "sev1", "Payments fail too", "U0ANA"), Readers.SUPPORT
        ),
        "told-reopened": _told(n.IncidentReopened("It is back", "U0ANA"), Readers.SUPPORT),
        "told-while-quiet": _told(n.WhileQuiet(data.at("02:40")), Readers.ENGINEERING),
        "told-while-quiet-over": _after_quiet,
        "communication-measured": _measured,
        "bulletin-roll-up": lambda: _bulletin(Kind.ROLL_UP),
        "bulletin-digest": lambda: _bulletin(Kind.DIGEST),
        "answer-subscribed": lambda: stakeholders.subscribed(_wish(), data.POLICY, None),
        "answer-subscribed-incident": lambda: stakeholders.subscribed(
            replace(_wish(), kind=Topic.INCIDENT, name=data.mitigating().id), data.POLICY, data.mitigating()
        ),
        "answer-subscriptions": lambda: stakeholders.listed(
            _MINE, data.POLICY, {data.mitigating().id: data.mitigating()}
        ),
        "answer-subscriptions-none": lambda: stakeholders.listed((), data.POLICY, {}),
        "answer-unsubscribed": lambda: stakeholders.ended(_wish(), data.POLICY, None, was=True),
        "answer-unsubscribed-all": lambda: stakeholders.all_ended(4),
        "form-subscribe": lambda: subscribe_view(data.POLICY, incident=data.mitigating(), mail=True),
    }
)
"""By the name that `firebell render` takes."""
