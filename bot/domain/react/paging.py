"""What follows for pages: calls to the paging system, and one message in the room that is edited as a page moves."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.paging import find
from bot.domain.react.telling import cards
from bot.domain.reaction import Reaction


def paging(incident: Incident, event: e.Event) -> tuple[Reaction, ...]:
    """What was done in the paging system is shown here and never sent back to it."""
    match event:
        case e.PageRequested(number=number):
            return (f.PageOnCall(number), f.PostMessage("room", n.PageMoved(number), slot(number)), *cards(incident))
        case e.Paged(number=number):
            return (*_told(incident, number), *_invited(incident, number))
        case e.PageFailed(number=number):
            return _told(incident, number)
        case e.PageAcknowledged(number=number, user=user, here=here):
            call = (f.AcknowledgePage(number, user),) if here else ()
            return (*call, *_told(incident, number))
        case e.PageResolved(number=number, user=user, here=here, reason=reason):
            end = (f.ResolvePage(number, user, reason),) if here else ()
            return (*end, *_told(incident, number))
        case e.RespondersWanted(number=number):
            page = find(incident.pages, number)
            return (f.RequestResponders(number, len(page.calls) - 1),) if page else ()
        case e.RespondersAsked(number=number, users=users, unknown=unknown):
            return (f.PostMessage("room", n.RespondersAsked(number, users, unknown)),)
    return ()


def slot(number: int) -> str:
    """Where the fold keeps a page's message."""
    return f"page:{number}"


def _told(incident: Incident, number: int) -> tuple[Reaction, ...]:
    return (f.EditMessage(slot(number), n.PageMoved(number)), *cards(incident))


def _invited(incident: Incident, number: int) -> tuple[Reaction, ...]:
    """Whoever was paged finds the room open; into a private one nobody comes by being on call."""
    page = find(incident.pages, number)
    users = tuple(one.user for one in page.paged if one.user) if page else ()
    return () if incident.private or not users else (f.InviteToRoom(users=users),)
