"""What follows when nobody leads, or the one who does has not acted: offers, and the timers behind them."""

from __future__ import annotations

from datetime import datetime

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.presence import Silence, climb, deputies, next_silence, oncall_groups, vacant_since
from bot.domain.react.telling import cards
from bot.domain.reaction import Arm, Disarm, Reaction

OFFER = "offer:"
CHAIR = "chair:"


def presence(before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Return the offers of this event, and the timer: one that came too early, or a silence that now ends elsewhere."""
    found: tuple[Reaction, ...] = ()
    if isinstance(recorded.event, e.CommanderAbsent):
        found = _offers(after, recorded.event, policy)
    if isinstance(recorded.event, e.MessagePlaced):
        found = _placed_late(after, recorded.event.slot, recorded.at)
    if isinstance(recorded.event, e.WaitExtended):
        found = (Arm(recorded.event.timer, recorded.event.until),)
    return (*found, *_ended(before, after, recorded.at), *_timer(before, after, policy))


def missing(
    incident: Incident, event: e.CommanderMissing, recorded: e.Recorded, policy: Policy
) -> tuple[Reaction, ...]:
    """Ask those whose turn it is for a commander, and the next ones later."""
    notice = n.NoCommander(event.minutes)
    told: tuple[Reaction, ...] = ()
    if event.asked == "room":
        told = (f.PostMessage("room", notice, f"{chair_slots(incident)}room"),)
    elif event.asked == "oncall":
        slot, groups = f"{chair_slots(incident)}oncall", oncall_groups(incident, policy)
        told = (f.TellAudience("oncall", notice, slot, groups=groups),)
    steps = climb(incident, policy)
    following = steps.index(event.asked) + 1 if event.asked in steps else len(steps)
    if following >= len(steps):
        return (*told, *cards(incident))
    wait = policy.span(policy.durations.no_commander)
    return (*told, *cards(incident), Arm(reaction.NO_COMMANDER, recorded.at + wait, following))


def _offers(incident: Incident, event: e.CommanderAbsent, policy: Policy) -> tuple[Reaction, ...]:
    """Offer command, and ask its holder: one click says that they are there."""
    offer = n.CommandOffer(event.user, event.minutes)
    slot = f"{offer_slots(incident)}{event.asked}"
    asked = f.DirectMessage(event.user, n.CommanderAsked(event.minutes, event.asked), f"{slot}:asked")
    if event.asked == "deputy":
        return (asked, *(f.DirectMessage(user, offer, f"{slot}:{user}") for user in deputies(incident)))
    groups = oncall_groups(incident, policy)
    oncall = f.TellAudience("oncall", offer, slot, leave_out=(event.user,), groups=groups)
    return (asked, f.PostMessage("room", offer, slot), *((oncall,) if groups else ()))


def offer_slots(incident: Incident) -> str:
    """How the slots of the offers begin that this silence of the commander led to; the question, while there is one."""
    return f"{OFFER}{incident.watch.since.isoformat()}:" if incident.watch is not None else OFFER


def chair_slots(incident: Incident) -> str:
    """How the slots of what asks for a commander begin, as long as nobody has commanded since the same time."""
    return f"{CHAIR}{vacant_since(incident).isoformat()}:"


def _ended(before: Incident | None, after: Incident, at: datetime) -> tuple[Reaction, ...]:
    """Edit the offers to one line, so that no button goes on offering what nobody needs to take."""
    if before is None or not before.is_open or not after.is_open:
        return ()
    if before.commander is None:
        taken = after.commander is not None
        return _edited(before, chair_slots(before), n.OfferEnded("taken", at)) if taken else ()
    if before.watch is None or not before.watch.asked or (after.watch is not None and after.watch.asked):
        return ()
    how: n.OfferEnd = "acted" if after.commander == before.commander else "moved"
    return _edited(before, offer_slots(before), n.OfferEnded(how, at))


def _edited(incident: Incident, slots: str, notice: n.Notice) -> tuple[Reaction, ...]:
    return tuple(f.EditMessage(slot, notice) for slot in incident.messages if slot.startswith(slots))


def _placed_late(incident: Incident, slot: str, at: datetime) -> tuple[Reaction, ...]:
    """An offer that was still on its way when it ended is edited as soon as it stands."""
    if not incident.is_open:
        return ()
    if slot.startswith(CHAIR):
        return () if incident.commander is None else (f.EditMessage(slot, n.OfferEnded("taken", at)),)
    if not slot.startswith(OFFER) or (incident.watch is not None and slot.startswith(offer_slots(incident))):
        return ()
    how: n.OfferEnd = "moved" if incident.commander is None else "acted"
    return (f.EditMessage(slot, n.OfferEnded(how, at)),)


def _timer(before: Incident | None, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    old = next_silence(before, policy) if before is not None else None
    new = next_silence(after, policy)
    if old == new:
        return ()
    return (_arm(new),)


def _arm(silence: Silence | None) -> Reaction:
    return Disarm(reaction.ABSENT) if silence is None else Arm(reaction.ABSENT, silence.at)
