"""The fold: how each event changes an incident. Total over every event ever stored; refuses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from bot.domain import events as e
from bot.domain.model import (
    ActionItem,
    ActorKind,
    Clock,
    Failure,
    Incident,
    MessageRef,
    PanelSet,
    Room,
    Section,
    SetupStep,
    Status,
    StepState,
    Update,
    pin_key,
)

V = TypeVar("V")

RECENT_KEPT: Final = 3
RECENT_LENGTH: Final = 200
_STEP_OF_SLOT: Final[Mapping[str, str]] = MappingProxyType({"card": "card", "summary_card": "summary"})


def fold(log: Iterable[e.Recorded]) -> Incident:
    """Fold a whole log, which begins with `IncidentDeclared`."""
    incident: Incident | None = None
    for recorded in log:
        incident = apply(incident, recorded)
    if incident is None:
        raise ValueError("an empty log is no incident")
    return incident


def apply(incident: Incident | None, recorded: e.Recorded) -> Incident:
    """Return the incident after `recorded`; the first event of a log, and no other, is `IncidentDeclared`."""
    event = recorded.event
    if isinstance(event, e.IncidentDeclared):
        return _declared(event, recorded)
    if incident is None:
        raise ValueError(f"a log cannot begin with {type(event).__name__}")
    changed = _change(incident, recorded)
    human = recorded.at if recorded.actor.kind is ActorKind.PERSON else incident.human_at
    return replace(changed, seq=recorded.seq, human_at=human)


def _declared(event: e.IncidentDeclared, recorded: e.Recorded) -> Incident:
    at = recorded.at
    return Incident(
        id=event.id,
        workspace=event.workspace,
        number=event.number,
        seq=recorded.seq,
        title=event.title,
        severity=event.severity,
        status=Status.DECLARED,
        declared_by=recorded.actor.id,
        declared_at=at,
        clock=Clock(restarted_at=at, due_at=event.due_at),
        severity_assumed=event.severity_assumed,
        kind=event.kind,
        services=event.services,
        services_guessed=event.services_guessed,
        summary=event.summary,
        impact=event.impact,
        private=event.private,
        drill=event.drill,
        origin=event.origin,
        started_at=event.started_at,
        detected_by=event.detected_by,
        human_at=at,
        setup=tuple(SetupStep(name) for name in event.setup),
    )


def _change(incident: Incident, recorded: e.Recorded) -> Incident:
    for group in (_details, _people, _updates, _timeline, _endings, _machine, _documents):
        changed = group(incident, recorded)
        if changed is not None:
            return changed
    return incident


def _details(incident: Incident, recorded: e.Recorded) -> Incident | None:
    at = recorded.at
    match recorded.event:
        case e.DetailsEdited() as edit:
            services = incident.services if edit.services is None else edit.services
            return replace(
                incident,
                title=incident.title if edit.title is None else edit.title,
                services=services,
                services_guessed=incident.services_guessed and edit.services is None,
                summary=incident.summary if edit.summary is None else edit.summary,
                impact=incident.impact if edit.impact is None else edit.impact,
                started_at=incident.started_at if edit.started_at is None else edit.started_at,
                edited_seq=recorded.seq,
            )
        case e.SeverityChanged(new=new, due_at=due_at):
            clock = Clock(restarted_at=at, due_at=due_at, changed=True, missed=incident.clock.missed)
            if due_at is not None and due_at == incident.clock.due_at:
                clock = replace(incident.clock, changed=True, snoozed_until=None)
            return replace(incident, severity=new, severity_assumed=False, clock=clock, unchanged_since=None)
        case e.SeverityConfirmed():
            return replace(incident, severity_assumed=False)
        case e.StatusChanged(new=new, reason=reason):
            return replace(
                incident,
                status=new,
                status_reason=reason,
                clock=replace(incident.clock, changed=True),
                mitigated_at=_mitigated(incident, new, at),
                acknowledged_at=incident.acknowledged_at or at,
                unchanged_since=None,
            )
    return None


def _people(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.RoleAssigned(role=role, user=user, replaced=replaced):
            holders = tuple(person for person in incident.roles.get(role, ()) if person not in (user, replaced))
            roles = _with(incident.roles, role, (*holders, user))
            changed = replace(incident, roles=roles, left=_without(incident.left, user))
            return replace(changed, acknowledged_at=incident.acknowledged_at or recorded.at)
        case e.RoleReleased(role=role, user=user):
            holders = tuple(person for person in incident.roles.get(role, ()) if person != user)
            return replace(incident, roles=_with(incident.roles, role, holders))
        case e.Followed(user=user):
            followers = (*_without(incident.followers, user), user)
            return replace(incident, followers=followers, left=_without(incident.left, user))
        case e.Unfollowed(user=user):
            return replace(incident, followers=_without(incident.followers, user))
        case e.PersonEntered(user=user):
            joined = (*_without(incident.joined, user), user)
            return replace(incident, joined=joined, left=_without(incident.left, user))
        case e.PersonLeft(user=user):
            left = (*_without(incident.left, user), user)
            return replace(incident, joined=_without(incident.joined, user), left=left)
    return None


def _without(people: tuple[str, ...], user: str) -> tuple[str, ...]:
    return tuple(person for person in people if person != user)


def _updates(incident: Incident, recorded: e.Recorded) -> Incident | None:
    at, clock = recorded.at, incident.clock
    match recorded.event:
        case e.UpdatePosted() as posted:
            update = Update(
                number=posted.number,
                by=recorded.actor.id,
                at=at,
                headline=posted.headline,
                impact=posted.impact,
                doing=posted.doing,
                next=posted.next,
                next_at=posted.next_at,
                status=posted.status,
                severity=posted.severity,
            )
            return replace(
                incident,
                updates=(*incident.updates, update),
                clock=Clock(restarted_at=at, due_at=posted.due_at),
                recent=(),
                unchanged_since=None,
                acknowledged_at=incident.acknowledged_at or at,
            )
        case e.UpdateCorrected() as corrected:
            return replace(incident, updates=tuple(_corrected(one, corrected, at) for one in incident.updates))
        case e.UnchangedConfirmed(since=since, due_at=due_at):
            fresh = Clock(restarted_at=at, due_at=due_at, unchanged_in_row=clock.unchanged_in_row + 1)
            return replace(incident, clock=fresh, unchanged_since=since)
        case e.ReminderSent(step=step, missed=missed, away=away):
            told = away.until if away else clock.caught_up
            sent = replace(clock, step=step + 1, missed=max(clock.missed, missed), caught_up=told)
            return replace(incident, clock=sent)
        case e.CadenceChanged(due_at=due_at):
            return replace(incident, clock=replace(clock, due_at=due_at, snoozed_until=None, step=0))
        case e.ReminderSnoozed(until=until):
            return replace(incident, clock=replace(clock, snoozed_until=until, step=max(1, min(clock.step, 1))))
    return None


def _timeline(incident: Incident, recorded: e.Recorded) -> Incident | None:
    by = recorded.actor.id
    match recorded.event:
        case e.NoteAdded(text=text):
            return replace(incident, recent=_recent(incident, text))
        case e.PinRequested(channel=channel, ts=ts):
            return replace(incident, pins=tuple(dict.fromkeys((*incident.pins, f"{pin_key(channel, ts)}:{by}"))))
        case e.MessagePinned(text=text):
            return replace(incident, recent=_recent(incident, text))
        case e.PinFailed(channel=channel, ts=ts) | e.MessageUnpinned(channel=channel, ts=ts) as off:
            gone = f"{pin_key(channel, ts)}:"
            # Logs from when pins were not counted hold the mark of whoever came first, taken off by anybody.
            if isinstance(off, e.MessageUnpinned) and by in incident.pinned_by(channel, ts):
                return replace(incident, pins=tuple(pin for pin in incident.pins if pin != f"{gone}{by}"))
            return replace(incident, pins=tuple(pin for pin in incident.pins if not pin.startswith(gone)))
    return None


def _endings(incident: Incident, recorded: e.Recorded) -> Incident | None:
    at = recorded.at
    stopped = replace(incident.clock, due_at=None, snoozed_until=None)
    match recorded.event:
        case e.IncidentResolved(fixed_by=fixed_by, impact_ended_at=ended):
            return replace(
                incident,
                status=Status.RESOLVED,
                fixed_by=fixed_by,
                impact_ended_at=ended,
                resolved_at=at,
                mitigated_at=ended or incident.mitigated_at,
                clock=stopped,
            )
        case e.IncidentReopened(reason=reason, due_at=due_at):
            return replace(
                incident,
                status=Status.INVESTIGATING,
                status_reason=reason,
                reopened_at=at,
                resolved_at=None,
                closed_at=None,
                impact_ended_at=None,
                mitigated_at=None,
                clock=Clock(restarted_at=at, due_at=due_at),
            )
        case e.IncidentCancelled(reason=reason):
            return replace(incident, status=Status.CANCELLED, status_reason=reason, closed_at=at, clock=stopped)
        case e.IncidentClosed(reason=reason):
            return replace(incident, status=Status.CLOSED, status_reason=reason, closed_at=at, clock=stopped)
    return None


def _machine(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.RoomOpened(channel=channel, name=name, thread_ts=thread_ts):
            done = _step(incident, "channel", StepState.DONE)
            return replace(incident, room=Room(channel, name, thread_ts), setup=done)
        case e.MessagePlaced(slot=slot, channel=channel, ts=ts, permalink=permalink):
            place = MessageRef(channel, ts, permalink=permalink)
            done = _step(incident, _STEP_OF_SLOT.get(slot, ""), StepState.DONE)
            return replace(incident, messages=_with(incident.messages, slot, place), setup=done)
        case e.SetupStepDone(step=step):
            return replace(incident, setup=_step(incident, step, StepState.DONE))
        case e.EffectFailed(effect_id=effect_id, what=what, reason=reason, detail=detail, step=step):
            failure = Failure(effect_id, what, reason, detail, recorded.at)
            failed = _step(incident, step, StepState.FAILED, error=detail, effect_id=effect_id)
            return replace(incident, failures=_with(incident.failures, effect_id, failure), setup=failed)
        case e.EffectRetried(effect_id=effect_id, step=step):
            left = MappingProxyType({key: one for key, one in incident.failures.items() if key != effect_id})
            retried = _step(incident, step, StepState.PENDING, effect_id=effect_id)
            return replace(incident, failures=left, setup=retried)
        case e.PanelsStored() as stored:
            return replace(incident, panels=(*incident.panels, _panel_set(stored, recorded.at)))
    return None


def _documents(incident: Incident, recorded: e.Recorded) -> Incident | None:
    document = incident.postmortem
    match recorded.event:
        case e.PostmortemRequested():
            requested = replace(document, requested_at=document.requested_at or recorded.at)
            return replace(incident, postmortem=requested)
        case e.PostmortemRendered(version=version, blobs=blobs):
            stale = (*document.stale_files, *(file.file_id for file in document.files))
            return replace(
                incident,
                postmortem=replace(
                    document, version=version, blobs=MappingProxyType(dict(blobs)), files=(), stale_files=stale
                ),
            )
        case e.DocumentShared(version=version, file=file) if version < document.version:
            # A newer edition was rendered meanwhile: this file is one of those that it replaces.
            return replace(incident, postmortem=replace(document, stale_files=(*document.stale_files, file.file_id)))
        case e.DocumentShared(file=file):
            shared = replace(document, files=(*document.files, file))
            published = recorded.at if shared.is_complete else document.published_at
            return replace(incident, postmortem=replace(shared, published_at=published))
        case e.FilesRemoved(file_ids=removed):
            stale = tuple(one for one in document.stale_files if one not in removed)
            return replace(incident, postmortem=replace(document, stale_files=stale))
        case e.SectionEdited(section=section, text=text, version=version):
            written = Section(text, recorded.actor.id, recorded.at, version)
            return replace(incident, sections=_with(incident.sections, section, written))
        case e.ActionItemSaved() as saved:
            item = ActionItem(saved.id, saved.text, saved.owner, saved.due, saved.done)
            others = tuple(one for one in incident.action_items if one.id != saved.id)
            return replace(incident, action_items=tuple(sorted((*others, item), key=lambda one: one.id)))
    return None


def _mitigated(incident: Incident, new: Status, at: datetime) -> datetime | None:
    if new is Status.MONITORING:
        return incident.mitigated_at or at
    return incident.mitigated_at if new in (Status.RESOLVED, Status.CLOSED) else None


def _corrected(update: Update, corrected: e.UpdateCorrected, at: datetime) -> Update:
    if update.number != corrected.number:
        return update
    return replace(
        update,
        headline=corrected.headline,
        impact=corrected.impact,
        doing=corrected.doing,
        next=corrected.next,
        corrected_at=at,
    )


def _panel_set(stored: e.PanelsStored, at: datetime) -> PanelSet:
    return PanelSet(
        moment=stored.moment,
        blob=stored.blob,
        start=stored.start,
        end=stored.end,
        taken_at=at,
        panels=stored.panels,
        errors=stored.errors,
        readings=stored.readings,
    )


def _recent(incident: Incident, text: str) -> tuple[str, ...]:
    line = " ".join(text.split())
    short = line if len(line) <= RECENT_LENGTH else line[: RECENT_LENGTH - 1] + "…"
    return (*incident.recent, short)[-RECENT_KEPT:]


def _step(
    incident: Incident, name: str, state: StepState, *, error: str = "", effect_id: str = ""
) -> tuple[SetupStep, ...]:
    fresh = SetupStep(name, state, error, effect_id)
    return tuple(fresh if step.name == name else step for step in incident.setup)


def _with(mapping: Mapping[str, V], key: str, value: V) -> Mapping[str, V]:
    return MappingProxyType({**mapping, key: value})
