"""What follows for the status page: the call to its provider, a message in the room, an offer when it says less."""

from __future__ import annotations

from datetime import datetime

from bot.domain import cadence
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.publishing import goes_on, newest
from bot.domain.reaction import Reaction

OFFER = "post_wanted:"


def publishing(incident: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    """Nothing is published by itself: an update only leads to a question."""
    match event:
        case e.PostConfirmed(number=number):
            offered = [one for one in incident.messages if one.startswith(OFFER)]
            asked = (f.EditMessage(one, _wanted(one)) for one in offered)
            call = (f.PublishPost(number),) if policy.status_page and policy.status_page.hosted else ()
            return (*call, f.PostMessage("room", n.PostMoved(number), slot(number)), *asked)
        case e.PostPublished(number=number, provider_id=provider_id):
            # Without a provider it stood there from the beginning, and the first message says so.
            return (f.EditMessage(slot(number), n.PostMoved(number)),) if provider_id else ()
        case e.PostFailed(number=number) | e.PostOvertaken(number=number):
            return (f.EditMessage(slot(number), n.PostMoved(number)),)
        case e.UpdatePosted(number=number):
            return _offer(incident, policy, number)
        case e.IncidentCancelled():
            return _offer(incident, policy, 0)
        case e.IncidentMerged(leader=leader):
            return _offer(incident, policy, 0, leader)
        case e.CustomersAsked(asked=asked_of) if incident.whole_over_at is not None:
            place = f"{OFFER}0:{incident.whole_over_at.isoformat()}"
            return (f.DirectMessage(asked_of, _wanted(place), place),)
    return ()


def slot(number: int) -> str:
    """Where the fold keeps a post's message."""
    return f"post:{number}"


def _offer(incident: Incident, policy: Policy, update: int, leader: str = "") -> tuple[Reaction, ...]:
    """Ask `leader`, else whoever owes updates, else whoever published last, whether customers shall read of it, too."""
    page = policy.status_page
    if page is None or not page.asks or not goes_on(incident.posts, page):
        return ()
    last = newest(incident.posts, own=page.own)
    person = leader or cadence.owner(incident) or (last.by if last else "")
    return (f.DirectMessage(person, n.PostWanted(update), f"{OFFER}{update}"),) if person else ()


def _wanted(offer: str) -> n.PostWanted:
    """Read from its slot what an offer asks."""
    update, _, since = offer.removeprefix(OFFER).partition(":")
    return n.PostWanted(int(update), datetime.fromisoformat(since) if since else None)
