"""What follows from a declaration: room, card, people, and the first timers."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.decisions.lifecycle import bookmarks, watched
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react.telling import arm_update, to_subscribers
from bot.domain.reaction import Arm, Reaction


def set_up(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """The room first, then at once the declarer's invite and the card; everything else comes after the card."""
    groups = invited_groups(incident, policy)
    marks = bookmarks(incident.private, incident.services, policy)
    window = policy.durations.panels_before
    effects: list[Reaction] = [
        f.OpenRoom(),
        f.InviteToRoom(users=(incident.declared_by,), step="invite"),
        f.PostCard(f.CARD),
        *([] if incident.private else [f.PostCard(f.SUMMARY_CARD)]),
        f.SetTopic(),
        f.PinCard(),
        *(f.AddBookmark(mark) for mark in marks),
    ]
    if groups:
        effects.append(f.InviteToRoom(groups=groups))
    undo_until = incident.declared_at + policy.span(policy.durations.undo_declare)
    effects.append(f.DirectMessage(incident.declared_by, n.DeclaredReceipt(undo_until)))
    effects.append(to_subscribers(n.IncidentAnnounced(), incident.declared_by))
    if watched(incident, policy):
        end = incident.declared_at
        effects.append(f.CollectPanels("declare", (incident.started_at or end) - window, end))
    return tuple(effects)


def invited_groups(incident: Incident, policy: Policy) -> tuple[str, ...]:
    """Return the groups whose people are wanted in the room, by severity and on call for the services."""
    # Who may see a private incident is chosen by name, and a group is whoever is in it.
    if incident.private:
        return ()
    oncall = (policy.service(key).oncall_group for key in incident.services)
    invited = policy.severity(incident.severity).invite_groups
    return tuple(dict.fromkeys(group for group in (*invited, *oncall) if group))


def declared_timers(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Somebody must lead, an assumed severity be confirmed, an update come."""
    timers: list[Reaction] = [*arm_update(incident, policy)]
    timers.append(Arm(reaction.NO_COMMANDER, incident.declared_at + policy.span(policy.durations.no_commander)))
    if incident.severity_assumed:
        wait = policy.span(policy.durations.confirm_severity)
        timers.append(Arm(reaction.CONFIRM_SEVERITY, incident.declared_at + wait))
    return tuple(timers)
