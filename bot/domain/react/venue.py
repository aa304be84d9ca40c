"""What follows for the canvas and the call: the canvas is written whenever what it says may have changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.beginnings import BEGUN_ANEW
from bot.domain.calls import opens_call
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react.telling import cards
from bot.domain.reaction import Reaction

_SAID = (e.IncidentDeclared, e.NoteAdded, e.MessagePinned, e.MessageUnpinned)
"""After these it is written though no card is edited: there is none yet, or the card does not quote them."""

_SAME = (e.MessagePlaced, e.SetupStepDone, e.EffectFailed, e.EffectRetried, e.CanvasOpened, e.CanvasRefused)
"""What the canvas says nothing of, though the card may."""


def venue(
    before: Incident | None, after: Incident, event: e.Event, follows: Sequence[Reaction], policy: Policy
) -> tuple[Reaction, ...]:
    """Return what an event means for the canvas and the call; `follows` is what else it leads to."""
    return (*_canvas(before, after, event, follows, policy), *_call(before, after, event, policy))


def _canvas(
    before: Incident | None, incident: Incident, event: e.Event, follows: Sequence[Reaction], policy: Policy
) -> tuple[f.WriteCanvas, ...]:
    if not policy.canvas or incident.venue.refused or isinstance(event, _SAME):
        return ()
    if incident.room is not None and incident.room.thread_ts is not None:
        return ()
    anew = before is not None and before.venue.canvas != "" and incident.venue.canvas == ""
    moved = isinstance(event, _SAID) or f.RefreshCard(f.CARD) in follows
    return (f.WriteCanvas(),) if moved or anew else ()


def _call(before: Incident | None, after: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    if isinstance(event, e.CallOpened):
        return (*cards(after), f.AddBookmark("call"))
    if not isinstance(event, (e.IncidentDeclared, e.SeverityChanged, *BEGUN_ANEW)):
        return ()
    asked = before is not None and opens_call(before, policy)
    return (f.OpenCall(),) if opens_call(after, policy) and not asked else ()
