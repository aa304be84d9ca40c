"""What follows when nobody leads, or the one who does has not acted: offers, and the timers behind them."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.presence import Silence, climb, deputies, next_silence, oncall_groups
from bot.domain.react.telling import cards
from bot.domain.reaction import Arm, Disarm, Reaction


def presence(before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Return the offers of this event, and the timer: one that came too early, or a silence that now ends elsewhere."""
    found: tuple[Reaction, ...] = ()
    if isinstance(recorded.event, e.CommanderAbsent):
        found = _offers(after, recorded.event, policy)
    if isinstance(recorded.event, e.WaitExtended):
        found = (Arm(recorded.event.timer, recorded.event.until),)
    return (*found, *_timer(before, after, policy))


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
    asked = f.DirectMessage(event.user, n.CommanderAsked(event.minutes, event.asked))
    if event.asked == "deputy":
        return (asked, *(f.DirectMessage(user, offer) for user in deputies(incident)))
    oncall = (_oncall(incident, offer, policy, event.user),) if oncall_groups(incident, policy) else ()
    return (asked, f.PostMessage("room", offer), *oncall)


def _oncall(incident: Incident, notice: n.Notice, policy: Policy, *leave_out: str) -> f.TellAudience:
    return f.TellAudience("oncall", notice, leave_out=leave_out, groups=oncall_groups(incident, policy))


def _timer(before: Incident | None, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    old = next_silence(before, policy) if before is not None else None
    new = next_silence(after, policy)
    if old == new:
        return ()
    return (_arm(new),)


def _arm(silence: Silence | None) -> Reaction:
    return Disarm(reaction.ABSENT) if silence is None else Arm(reaction.ABSENT, silence.at)
