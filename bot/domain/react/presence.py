"""What follows when nobody leads, or the one who does has not acted: offers, and the timers behind them."""

from __future__ import annotations

from datetime import datetime

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.presence import Silence, climb, deputies, next_silence, oncall_groups
from bot.domain.react.telling import cards
from bot.domain.reaction import Arm, Disarm, Reaction

OFFER = "offer:"


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
        told = (f.PostMessage("room", notice),)
    elif event.asked == "oncall":
        told = (_oncall(incident, notice, policy),)
    steps = climb(incident, policy)
    following = steps.index(event.asked) + 1 if event.asked in steps else len(steps)
    if following >= len(steps):
        return (*told, *cards(incident))
    wait = policy.span(policy.durations.no_commander)
    return (*told, *cards(incident), Arm(reaction.NO_COMMANDER, recorded.at + wait, following))


def _offers(incident: Incident, event: e.CommanderAbsent, policy: Policy) -> tuple[Reaction, ...]:
    """Offer command, and ask its holder: one click says that they are there."""
    offer = n.CommandOffer(event.user, event.minutes)
    slot = f"{_offer_slots(incident)}{event.asked}"
    asked = f.DirectMessage(event.user, n.CommanderAsked(event.minutes, event.asked), f"{slot}:asked")
    if event.asked == "deputy":
        return (asked, *(f.DirectMessage(user, offer, f"{slot}:{user}") for user in deputies(incident)))
    groups = oncall_groups(incident, policy)
    oncall = f.TellAudience("oncall", offer, slot, leave_out=(event.user,), groups=groups)
    return (asked, f.PostMessage("room", offer, slot), *((oncall,) if groups else ()))


def _offer_slots(incident: Incident) -> str:
    """How the slots of the offers begin that this silence of the commander led to; "" while there is no silence."""
    return f"{OFFER}{incident.watch.since.isoformat()}:" if incident.watch is not None else ""


def _ended(before: Incident | None, after: Incident, at: datetime) -> tuple[Reaction, ...]:
    """Edit the offers to one line, so that no button goes on offering what nobody needs to take."""
    if before is None or not before.is_open or before.watch is None or not before.watch.asked:
        return ()
    if after.is_open and after.watch is not None and after.watch.asked:
        return ()
    slots, ended = _offer_slots(before), n.OfferEnded(_how(before.commander, after), at)
    return tuple(f.EditMessage(slot, ended) for slot in before.messages if slot.startswith(slots))


def _how(commander: str | None, after: Incident) -> n.OfferEnd:
    if not after.is_open:
        return "over"
    return "acted" if after.commander == commander else "moved"


def _placed_late(incident: Incident, slot: str, at: datetime) -> tuple[Reaction, ...]:
    """An offer that was still on its way when it ended is edited as soon as it stands."""
    if not slot.startswith(OFFER):
        return ()
    if incident.is_open and incident.watch is not None and slot.startswith(_offer_slots(incident)):
        return ()
    how: n.OfferEnd = "over" if not incident.is_open else "moved" if incident.commander is None else "acted"
    return (f.EditMessage(slot, n.OfferEnded(how, at)),)


def _oncall(incident: Incident, notice: n.Notice, policy: Policy) -> f.TellAudience:
    return f.TellAudience("oncall", notice, groups=oncall_groups(incident, policy))


def _timer(before: Incident | None, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    old = next_silence(before, policy) if before is not None else None
    new = next_silence(after, policy)
    if old == new:
        return ()
    return (_arm(new),)


def _arm(silence: Silence | None) -> Reaction:
    return Disarm(reaction.ABSENT) if silence is None else Arm(reaction.ABSENT, silence.at)
