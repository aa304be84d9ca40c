"""What follows from what: the only place that turns events into effects and timers."""

from __future__ import annotations

from datetime import datetime

from bot.domain import cadence, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.decisions.lifecycle import bookmarks, watched
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Disarm, Reaction, Retry

_CLOCKS = (reaction.UPDATE, reaction.NO_COMMANDER, reaction.CONFIRM_SEVERITY)


def react(before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Return what follows from one event, given the incident before and after it.

    Whoever left the room of a private incident is told nothing more about it.
    """
    found = _all_that_follows(before, after, recorded, policy)
    return tuple(one for one in found if not (isinstance(one, f.DirectMessage) and one.user in after.left))


def _all_that_follows(
    before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy
) -> tuple[Reaction, ...]:
    by = recorded.actor.id
    match recorded.event:
        case e.IncidentDeclared():
            return (*_set_up(after, policy), *_declared_timers(after, policy))
        case e.DetailsEdited():
            return (*_cards(after), f.SetTopic())
        case e.SeverityChanged() as moved:
            return _severity_moved(after, moved, by, policy)
        case e.SeverityConfirmed():
            return (*_cards(after), Disarm(reaction.CONFIRM_SEVERITY))
        case e.SeverityAsked(severity=severity):
            return (f.DirectMessage(after.declared_by, n.SeverityQuestion(severity)),)
        case e.StatusChanged() as changed:
            return _status_moved(after, changed, by)
        case e.RoleAssigned() | e.RoleReleased() | e.CommanderMissing() | e.Followed() | e.Unfollowed() as event:
            return _people(after, event, recorded, policy)
        case e.UpdatePosted() | e.UpdateCorrected() | e.UnchangedConfirmed() as event:
            return (*_answered(before, event, recorded.at), *_updates(after, event, policy))
        case e.ReminderSent() | e.ReminderDeferred() | e.ReminderSnoozed() | e.CadenceChanged() as event:
            return _reminders(after, event, recorded.seq, policy)
        case e.PinRequested(channel=channel, ts=ts, thread_ts=thread_ts):
            known = before is not None and before.pinned_by(channel, ts)
            return () if known else (f.FetchMessage(channel, ts, thread_ts, by),)
        case e.PinFailed(channel=channel, ts=ts, why=why) if before is not None:
            return tuple(f.DirectMessage(user, n.PinGone(why)) for user in before.pinned_by(channel, ts))
        case e.IncidentResolved() | e.IncidentReopened() | e.IncidentCancelled() | e.IncidentClosed() as event:
            return _endings(after, event, by, policy)
        case e.EffectFailed() as failed:
            return _trouble(before, after, failed)
        case e.EffectRetried(effect_id=effect_id):
            return (Retry(effect_id), *_cards(after))
        case e.RoomOpened():
            return _cards(after)
        case e.MessagePlaced(slot=slot) if slot.startswith(_REMINDER):
            return _placed_late(after, slot)
        case e.MessagePlaced(slot=slot):
            return _cards(after) if slot in (f.CARD, f.SUMMARY_CARD) else ()
        case e.SetupStepDone():
            return _card(after)
        case _:
            return _evidence(before, after, recorded.event)


def _set_up(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """The room first, then at once the declarer's invite and the card; everything else comes after the card."""
    severity = policy.severity(incident.severity)
    groups = tuple(dict.fromkeys((*severity.invite_groups, *_oncall_groups(incident, policy))))
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
    if watched(incident, policy):
        end = incident.declared_at
        effects.append(f.CollectPanels("declare", (incident.started_at or end) - window, end))
    return tuple(effects)


def _oncall_groups(incident: Incident, policy: Policy) -> tuple[str, ...]:
    groups = (policy.service(key).oncall_group for key in incident.services)
    return tuple(group for group in groups if group)


def _declared_timers(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    timers: list[Reaction] = [*_arm_update(incident, policy)]
    timers.append(Arm(reaction.NO_COMMANDER, incident.declared_at + policy.span(policy.durations.no_commander)))
    if incident.severity_assumed:
        wait = policy.span(policy.durations.confirm_severity)
        timers.append(Arm(reaction.CONFIRM_SEVERITY, incident.declared_at + wait))
    return tuple(timers)


def _arm_update(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    rung = cadence.next_rung(incident, policy)
    return (Disarm(reaction.UPDATE),) if rung is None else (Arm(reaction.UPDATE, rung.at, rung.step),)


def _card(incident: Incident) -> tuple[Reaction, ...]:
    return (f.RefreshCard(f.CARD),) if f.CARD in incident.messages else ()


def _cards(incident: Incident) -> tuple[Reaction, ...]:
    """Edit the cards that stand; one that is still to be posted will be drawn as things then are."""
    slots = (f.CARD, f.SUMMARY_CARD)
    return tuple(f.RefreshCard(slot) for slot in slots if slot in incident.messages)


def _summary(incident: Incident, notice: n.Notice, *, broadcast: bool, slot: str = "") -> tuple[Reaction, ...]:
    return () if incident.private else (f.PostMessage("summary", notice, slot, broadcast),)


def _room(incident: Incident, notice: n.Notice, slot: str = "") -> tuple[Reaction, ...]:
    """Say something in the room, unless the summary card's thread stands in for it and hears it anyway."""
    stands_in = incident.room is not None and incident.room.thread_ts is not None and not incident.private
    return () if stands_in else (f.PostMessage("room", notice, slot),)


def _severity_moved(incident: Incident, moved: e.SeverityChanged, by: str, policy: Policy) -> tuple[Reaction, ...]:
    follows: tuple[Reaction, ...] = (
        *_cards(incident),
        f.SetTopic(),
        *_arm_update(incident, policy),
        Disarm(reaction.CONFIRM_SEVERITY),
    )
    if moved.with_update:
        return follows
    notice = n.SeverityRaisedOrLowered(moved.old, moved.new, moved.reason, by)
    return (*_room(incident, notice), *_summary(incident, notice, broadcast=True), *follows)


def _status_moved(incident: Incident, changed: e.StatusChanged, by: str) -> tuple[Reaction, ...]:
    follows = (*_cards(incident), f.SetTopic())
    if changed.with_update:
        return follows
    notice = n.StatusMoved(changed.old, changed.new, changed.reason, by)
    return (*_room(incident, notice), *_summary(incident, notice, broadcast=False), *follows)


def _people(incident: Incident, event: e.Event, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    match event:
        case e.RoleAssigned() as assigned:
            return _role_assigned(incident, assigned, recorded, policy)
        case e.RoleReleased(role=role, user=user):
            notice = n.RoleMoved(role, None, user, recorded.actor.id)
            follows = (f.PostMessage("room", notice), *_cards(incident), *_arm_update(incident, policy))
            if role != cadence.COMMANDER or incident.commander is not None or not incident.is_open:
                return follows
            wait = policy.span(policy.durations.no_commander)
            return (*follows, Arm(reaction.NO_COMMANDER, recorded.at + wait))
        case e.CommanderMissing(minutes=minutes):
            return (f.PostMessage("room", n.NoCommander(minutes)), *_cards(incident))
    return ()


def _role_assigned(
    incident: Incident, event: e.RoleAssigned, recorded: e.Recorded, policy: Policy
) -> tuple[Reaction, ...]:
    by, user = recorded.actor.id, event.user
    effects: list[Reaction] = []
    if user != incident.declared_by:
        effects.append(f.InviteToRoom(users=(user,)))
    effects.append(f.DirectMessage(user, n.RoleDuties(event.role, by)))
    if event.replaced and event.replaced != by:
        effects.append(f.DirectMessage(event.replaced, n.RoleTakenOver(event.role, user)))
    if recorded.at != incident.declared_at:
        effects.append(f.PostMessage("room", n.RoleMoved(event.role, user, event.replaced, by)))
    if event.role == cadence.COMMANDER:
        effects.append(Disarm(reaction.NO_COMMANDER))
    return (*effects, *_cards(incident), *_arm_update(incident, policy))


def _updates(incident: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    follows = (*_cards(incident), *_arm_update(incident, policy))
    match event:
        case e.UpdatePosted(number=number, status=status, announce=announce):
            slot, notice = f"update:{number}", n.UpdatePublished(number)
            room = () if status is Status.RESOLVED else _room(incident, notice, f"{slot}:room")
            told = f.TellAudience("followers", notice, slot)
            return (*room, *_summary(incident, notice, broadcast=announce, slot=f"{slot}:summary"), told, *follows)
        case e.UpdateCorrected(number=number):
            away = {f"update:{number}:{user}" for user in incident.left}
            copies = [slot for slot in incident.messages if slot.startswith(f"update:{number}:") and slot not in away]
            return (*(f.EditMessage(slot, n.UpdatePublished(number)) for slot in copies), *_cards(incident))
    return follows


def _reminders(incident: Incident, event: e.Event, seq: int, policy: Policy) -> tuple[Reaction, ...]:
    match event:
        case e.ReminderDeferred(until=until):
            rung = cadence.next_rung(incident, policy)
            return (*_cards(incident), Arm(reaction.UPDATE, until, rung.step if rung else 0))
        case e.ReminderSent() as sent:
            return (*_remind(incident, sent, seq), *_cards(incident), *_arm_update(incident, policy))
    return (*_cards(incident), *_arm_update(incident, policy))


_REMINDER = "reminder:"


def _reminder_slots(incident: Incident) -> str:
    """How the slots of the reminders begin that the next update or "no change" answers."""
    return f"{_REMINDER}{len(incident.updates)}.{incident.clock.unchanged_in_row}:"


def _answered(before: Incident | None, event: e.Event, at: datetime) -> tuple[Reaction, ...]:
    """Edit what asked for this answer to one line, so that no button goes on asking."""
    if before is None or isinstance(event, e.UpdateCorrected):
        return ()
    notice = n.ReminderAnswered(event.number if isinstance(event, e.UpdatePosted) else 0, at)
    asked = _reminder_slots(before)
    return tuple(f.EditMessage(slot, notice) for slot in before.messages if slot.startswith(asked))


def _placed_late(incident: Incident, slot: str) -> tuple[Reaction, ...]:
    """A reminder that was still on its way when it was answered is edited as soon as it stands."""
    if slot.startswith(_reminder_slots(incident)) or not incident.is_open:
        return ()
    latest = incident.latest_update
    if incident.clock.unchanged_in_row:
        return (f.EditMessage(slot, n.ReminderAnswered(0, incident.clock.restarted_at)),)
    return (f.EditMessage(slot, n.ReminderAnswered(latest.number, latest.at)),) if latest else ()


def _remind(incident: Incident, sent: e.ReminderSent, seq: int) -> tuple[Reaction, ...]:
    slot = _reminder_slots(incident)
    notice: n.Notice = n.UpdateDue(sent.due_at, sent.late_minutes, sent.step, sent.draft, sent.away)
    if sent.step == 0:
        notice = n.UpdateHeadsUp(sent.due_at, sent.draft)
    if sent.recipients == cadence.ROOM:
        return (f.PostMessage("room", notice, f"{slot}{seq}"),)
    person = cadence.owner(incident)
    if sent.recipients == cadence.OWNER:
        return (f.DirectMessage(person, notice, f"{slot}{seq}"),) if person else ()
    leaders = [leader for leader in cadence.leaders(incident) if leader != person]
    return tuple(f.DirectMessage(leader, notice, f"{slot}{seq}:{leader}") for leader in leaders)


def _endings(incident: Incident, event: e.Event, by: str, policy: Policy) -> tuple[Reaction, ...]:
    refresh = (*_cards(incident), f.SetTopic())
    stop = tuple(Disarm(kind) for kind in _CLOCKS)
    match event:
        case e.IncidentResolved(fixed_by=fixed_by):
            timers = _after_resolve(incident, policy)
            return (f.PostMessage("room", n.IncidentOver(Status.RESOLVED, fixed_by, by)), *refresh, *stop, *timers)
        case e.IncidentReopened(reason=reason):
            notice = n.IncidentReopened(reason, by)
            told = (*_room(incident, notice), *_summary(incident, notice, broadcast=True))
            calm = (Disarm(reaction.PANELS_AFTER), Disarm(reaction.POSTMORTEM_NUDGE))
            return (*told, *refresh, *calm, *_arm_update(incident, policy))
        case e.IncidentCancelled(reason=reason):
            over = n.IncidentOver(Status.CANCELLED, reason, by)
            return (*_room(incident, over), *_summary(incident, over, broadcast=True), *refresh, *stop)
        case e.IncidentClosed(reason=reason):
            over = n.IncidentOver(Status.CLOSED, reason, by)
            return (f.PostMessage("room", over), *refresh, *stop, Disarm(reaction.POSTMORTEM_NUDGE))
    return ()


def _after_resolve(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    if incident.resolved_at is None:
        return ()
    timers: list[Reaction] = []
    if watched(incident, policy):
        timers.append(Arm(reaction.PANELS_AFTER, incident.resolved_at + policy.span(policy.durations.panels_after)))
    if not incident.drill and policy.severity(incident.severity).postmortem == "required":
        timers.append(Arm(reaction.POSTMORTEM_NUDGE, cadence.nudge_at(policy, incident.resolved_at)))
    return tuple(timers)


_QUIET = ("RefreshCard", "EditMessage", "TellAudience")
"""Effects whose failure shows on the card or in `doctor` only: a message about each would be a second nuisance."""


def _trouble(before: Incident | None, incident: Incident, failed: e.EffectFailed) -> tuple[Reaction, ...]:
    """Make a dead effect visible once, in a place that still works, and never by way of what just failed."""
    others = [slot for slot in (f.CARD, f.SUMMARY_CARD) if slot in incident.messages]
    cards = tuple(f.RefreshCard(slot) for slot in others) if failed.what != "RefreshCard" else ()
    known = before is not None and any(
        one.what == failed.what and one.reason == failed.reason for one in before.failures.values()
    )
    if known or failed.what in _QUIET:
        return cards
    if failed.step:
        if f.CARD in incident.messages or f.SUMMARY_CARD in incident.messages:
            return cards
        notice: n.Notice = n.SetupTrouble(failed.step, failed.detail, failed.effect_id)
        return (*cards, f.DirectMessage(incident.declared_by, notice))
    notice = n.DeliveryTrouble(failed.what, failed.detail, failed.effect_id)
    if failed.what == "DirectMessage":
        return cards
    if failed.what == "PostMessage":
        return (*cards, f.DirectMessage(incident.commander or incident.declared_by, notice))
    return (*cards, f.PostMessage("room", notice))


def _evidence(before: Incident | None, incident: Incident, event: e.Event) -> tuple[Reaction, ...]:
    match event:
        case e.MetricsRequested(moment=moment, start=start, end=end):
            return (f.CollectPanels(moment, start, end),)
        case e.PanelsStored(moment="asked", blob=blob, panels=panels, errors=errors):
            if panels == 0:
                return (f.PostMessage("room", n.ChartsUnavailable(errors)),)
            return (f.ShareCharts(blob, "asked"),)
        case e.PostmortemRequested(version=version):
            return (f.RenderPostmortem(version),)
        case e.PostmortemRendered(version=version, blobs=blobs):
            return tuple(f.ShareDocument(version, kind, blob) for kind, blob in sorted(blobs.items()))
        case e.DocumentShared(version=version):
            return _document_shared(before, incident, version)
        case e.PostmortemNudged(owner=owner, open_sections=sections):
            return (f.DirectMessage(owner, n.PostmortemNudge(sections)),)
    return ()


def _document_shared(before: Incident | None, incident: Incident, version: int) -> tuple[Reaction, ...]:
    """Once every format is up: say so (once; later editions edit that message), then remove what was replaced."""
    document = incident.postmortem
    if not document.is_complete:
        return ()
    removed = (f.RemoveFiles(document.stale_files),) if document.stale_files else ()
    if version < document.version:
        return removed
    first = before is None or before.postmortem.published_at is None
    slot, notice = "postmortem", n.PostmortemReady(version)
    told = f.PostMessage("room", notice, slot) if first else f.EditMessage(slot, notice)
    return (told, *removed, *_cards(incident))
