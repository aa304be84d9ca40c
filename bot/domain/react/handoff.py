"""What follows from handing over: the receiver is asked, the giver hears, and the room gets one line."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.handoffs import Handoff
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Disarm, Reaction

NEWS = "handoff_news:"


def handoff(incident: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    """Return what follows from an event of this subject, nothing from any other."""
    match event:
        case e.HandoffOffered(number=number, receiver=receiver):
            offer = f.DirectMessage(receiver, n.HandoffOffer(number), slot_of(number))
            return (offer, *_wait(incident, policy))
        case e.HandoffAccepted(number=number):
            one = _of(incident, number)
            return (
                f.InviteToRoom(users=(one.receiver,)),
                _redrawn(number),
                f.DirectMessage(one.giver, n.HandoffNews(number, "accepted")),
                f.PostMessage("room", n.HandoffDone(number)),
                *_wait(incident, policy),
            )
        case e.HandoffDeclined(number=number):
            news = _news(incident, n.HandoffNews(number, "declined"))
            return (_redrawn(number), news, *_wait(incident, policy))
        case e.HandoffWithdrawn(number=number, why="receiver_left"):
            news = _news(incident, n.HandoffNews(number, "receiver_left"))
            return (_redrawn(number), news, *_wait(incident, policy))
        case e.HandoffWithdrawn(number=number):
            return (_redrawn(number), *_wait(incident, policy))
        case e.HandoffUnanswered(number=number, minutes=minutes):
            news = _news(incident, n.HandoffNews(number, "unanswered", minutes))
            return (news, *_wait(incident, policy))
    return ()


def slot_of(number: int) -> str:
    """Name the message that asks the receiver."""
    return f"handoff:{number}"


def _news(incident: Incident, notice: n.HandoffNews) -> f.DirectMessage:
    """Tell the giver what they may do now; once the incident is over, that message offers nothing any more."""
    return f.DirectMessage(_of(incident, notice.number).giver, notice, f"{NEWS}{notice.number}:{notice.what}")


def _redrawn(number: int) -> f.EditMessage:
    return f.EditMessage(slot_of(number), n.HandoffOffer(number))


def _of(incident: Incident, number: int) -> Handoff:
    return next(one for one in incident.handoffs if one.number == number)


def _wait(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Look again when the oldest offer that nobody answered has waited long enough."""
    waiting = [one.offered_at for one in incident.handoffs if one.is_open and not one.chased]
    if not waiting:
        return (Disarm(reaction.HANDOFF),)
    return (Arm(reaction.HANDOFF, min(waiting) + policy.span(policy.durations.handoff)),)
