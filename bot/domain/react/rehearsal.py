"""What a drill leaves out: it calls nobody for real, and only those who take part or asked for it hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.domain import effects as f
from bot.domain.model import Incident
from bot.domain.reaction import Arm, Disarm, Reaction, Retry
from bot.domain.subscriptions import AUDIENCES

REHEARSED: Final = frozenset({f.CHAT, f.METRICS, f.DOCUMENTS, f.CALL})
"""Integrations that a drill may use. Pagers, status pages, mail and whatever else comes stay out by not being named."""

_BY_SUBSCRIPTION: Final = AUDIENCES - {"stakeholders"}


def rehearsed(incident: Incident, found: Iterable[Reaction]) -> Iterator[Reaction]:
    """Leave out of a drill what would reach beyond it; nothing is announced to a whole channel."""
    for one in found:
        match one:
            case Arm() | Disarm() | Retry():
                yield one
            case _ if not incident.drill:
                yield one
            case f.TellAudience(audience="stakeholders"):
                yield replace(one, audience="followers")
            case f.TellAudience(audience=audience) if audience in _BY_SUBSCRIPTION:
                continue
            case f.PostMessage(broadcast=True):
                yield replace(one, broadcast=False)
            case _ if f.route(one).integration in REHEARSED:
                yield one
