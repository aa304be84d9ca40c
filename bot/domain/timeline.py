"""The timeline: a fold of the log into lines that people read. No line is ever written by hand.

A person appears in a line's text as `@{id}`; whoever shows it turns that into a mention or a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain import events as e
from bot.domain.model import ActorKind, MessageRef, Status, pin_key
from bot.domain.policy import Policy

Level = Literal["key", "detail"]
"""Key lines tell the story; details (set-up, rendering, fetching) are there for who wants everything."""

_SAME_MOMENT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `at` is when it happened, `recorded_at` when it was recorded; `link` is a permalink or "".

    `seq` is the event's; one that also says when impact began or ended has two lines.
    """

    seq: int
    at: datetime
    recorded_at: datetime
    actor: str
    kind: str
    text: str
    link: str = ""
    level: Level = "key"


@dataclass(frozen=True, slots=True)
class _Line:
    """What one event says. `at` replaces the time it was recorded where the thing itself happened earlier."""

    kind: str
    text: str
    level: Level = "key"
    at: datetime | None = None
    link: str = ""


def entries(log: Sequence[e.Recorded], policy: Policy, *, level: Level = "detail") -> tuple[Entry, ...]:
    """Return the lines in the order in which things happened; with `level` "key" the details are left out.

    What was taken back is left out, and an update reads as it was last corrected.
    """
    retracted = _retracted(log)
    corrections = {one.event.number: one for one in log if isinstance(one.event, e.UpdateCorrected)}
    places = {one.event.slot: one.event.permalink for one in log if isinstance(one.event, e.MessagePlaced)}
    lines = []
    for recorded in log:
        if recorded.seq in retracted:
            continue
        line = _line(recorded, policy, corrections, places)
        if level == "key" and line.level == "detail":
            continue
        at = line.at or recorded.at
        lines.append(
            Entry(recorded.seq, at, recorded.at, recorded.actor.id, line.kind, line.text, line.link, line.level)
        )
    return tuple(sorted((*_bounds(log), *lines), key=lambda entry: (entry.at, entry.seq)))


def _bounds(log: Iterable[e.Recorded]) -> list[Entry]:
    """Return lines for when impact began and ended, where people said so; the latest word on the beginning counts."""
    began: Entry | None = None
    ended: list[Entry] = []
    for recorded in log:
        match recorded.event:
            case e.IncidentDeclared(started_at=datetime() as at) | e.DetailsEdited(started_at=datetime() as at):
                began = Entry(recorded.seq, at, recorded.at, recorded.actor.id, "impact", "Impact began")
            case e.IncidentResolved(impact_ended_at=datetime() as at) if recorded.at - at >= _SAME_MOMENT:
                ended.append(Entry(recorded.seq, at, recorded.at, recorded.actor.id, "impact", "Impact ended"))
    return [began, *ended] if began else ended


def _retracted(log: Iterable[e.Recorded]) -> set[int]:
    """Return the seqs of pins that were taken off again by the last who marked them, and of every taking off."""
    standing: dict[str, list[int]] = {}
    marked: dict[str, set[str]] = {}
    gone: set[int] = set()
    for recorded in log:
        match recorded.event:
            case e.PinRequested(channel=channel, ts=ts) | e.MessagePinned(channel=channel, ts=ts):
                key = pin_key(channel, ts)
                standing.setdefault(key, []).append(recorded.seq)
                if isinstance(recorded.event, e.PinRequested):
                    marked.setdefault(key, set()).add(recorded.actor.id)
            case e.PinFailed(channel=channel, ts=ts):
                marked.pop(pin_key(channel, ts), None)
            case e.MessageUnpinned(channel=channel, ts=ts):
                key, by = pin_key(channel, ts), recorded.actor.id
                others = marked.get(key, set()) - {by} if by in marked.get(key, ()) else set()
                marked[key] = others
                gone.update((*(() if others else standing.pop(key, ())), recorded.seq))
    return gone


def _line(recorded: e.Recorded, policy: Policy, corrections: dict[int, e.Recorded], places: dict[str, str]) -> _Line:
    event = recorded.event
    by = _who(recorded)
    for line in (
        _lifecycle(event, by, policy),
        _people(event, policy),
        _updates(event, by, corrections, places),
        _notes(event, by),
        _machine(event, by),
        _documents(event, by),
    ):
        if line is not None:
            return line
    raise ValueError(f"no timeline line for {type(event).__name__}")


def _lifecycle(event: e.Event, by: str, policy: Policy) -> _Line | None:
    match event:
        case e.IncidentDeclared() as declared:
            return _Line("declared", _declared(declared, by, policy), link=_origin(declared.origin))
        case e.DetailsEdited() as edited:
            return _Line("edited", f"{by} changed {_edited(edited, policy)}")
        case e.SeverityChanged(old=old, new=new, reason=reason):
            moved = f"{policy.severity(old).label} → {policy.severity(new).label}"
            return _Line("severity", f"Severity {moved}, by {by}{_because(reason)}")
        case e.SeverityConfirmed(severity=severity):
            return _Line("severity", f"{by} confirmed {policy.severity(severity).label}", "detail")
        case e.SeverityAsked(severity=severity):
            return _Line("severity", f"Asked whether {policy.severity(severity).label} is right", "detail")
        case e.StatusChanged(old=old, new=new, reason=reason):
            return _Line("status", f"{status_name(old)} → {status_name(new)}, by {by}{_because(reason)}")
        case e.IncidentResolved(fixed_by=fixed_by):
            return _Line("resolved", f"Resolved by {by}: {fixed_by}")
        case e.IncidentReopened(reason=reason):
            return _Line("reopened", f"Reopened by {by}{_because(reason)}")
        case e.IncidentCancelled(reason=reason):
            return _Line("cancelled", f"Cancelled by {by}{_because(reason)}")
        case e.IncidentClosed(reason=reason):
            return _Line("closed", f"Closed by {by}{_because(reason)}")
    return None


def _people(event: e.Event, policy: Policy) -> _Line | None:
    match event:
        case e.RoleAssigned(role=role, user=user, replaced=replaced):
            label = policy.role(role).label
            over = f", taking over from @{{{replaced}}}" if replaced else ""
            return _Line("role", f"@{{{user}}} is {label}{over}")
        case e.RoleReleased(role=role, user=user, reason=reason):
            label = policy.role(role).label
            why = "; their account was deactivated" if reason == "deactivated" else _because(reason)
            return _Line("role", f"@{{{user}}} is no longer {label}{why}")
        case e.CommanderMissing(minutes=minutes):
            return _Line("role", f"Nobody had taken command after {minutes} min; the channel was asked")
        case e.Followed(user=user):
            return _Line("follower", f"@{{{user}}} follows", "detail")
        case e.Unfollowed(user=user):
            return _Line("follower", f"@{{{user}}} no longer follows", "detail")
        case e.PersonEntered(user=user):
            return _Line("person", f"@{{{user}}} joined the channel", "detail")
        case e.PersonLeft(user=user):
            return _Line("person", f"@{{{user}}} left the channel", "detail")
    return None


def _updates(event: e.Event, by: str, corrections: dict[int, e.Recorded], places: dict[str, str]) -> _Line | None:
    match event:
        case e.UpdatePosted(number=number, headline=headline, impact=impact):
            link = places.get(f"update:{number}:room") or places.get(f"update:{number}:summary", "")
            corrected = corrections.get(number)
            if corrected is not None and isinstance(corrected.event, e.UpdateCorrected):
                headline, impact = corrected.event.headline, corrected.event.impact
            text = f"Update {number} by {by}: {headline}" + (f" Impact: {impact}" if impact else "")
            mark = f" (corrected {corrected.at:%H:%M} UTC)" if corrected else ""
            return _Line("update", text + mark, link=link)
        case e.UpdateCorrected(number=number):
            return _Line("update", f"{by} corrected update {number}", "detail")
        case e.UnchangedConfirmed():
            return _Line("update", f"{by} confirmed: no change")
        case e.ReminderSent(step=0):
            return _Line("reminder", "The owner of the update got a draft", "detail")
        case e.ReminderSent() as sent:
            return _Line("reminder", _reminded(sent), "key" if sent.late_minutes else "detail")
        case e.ReminderDeferred(until=until):
            return _Line("reminder", f"Reminder deferred until {until:%Y-%m-%d %H:%M} UTC", "detail")
        case e.CadenceChanged(every_seconds=seconds, due_at=due_at):
            every = f"{seconds / 60:.0f} min"
            return _Line("reminder", f"New rules: updates are due every {every}, the next {due_at:%H:%M} UTC", "detail")
        case e.ReminderSnoozed(until=until):
            return _Line("reminder", f"{by} snoozed the reminder until {until:%H:%M} UTC", "detail")
    return None


def _notes(event: e.Event, by: str) -> _Line | None:
    match event:
        case e.NoteAdded(text=text, happened_at=happened_at):
            return _Line("note", f"{by}: {text}", at=happened_at)
        case e.MessagePinned(author=author, text=text, permalink=permalink, said_at=said_at):
            who = f"@{{{author}}}" if author else "An app"
            return _Line("message", f"{who}: {text}", at=said_at, link=permalink)
        case e.PinRequested():
            return _Line("message", f"{by} put a message on the timeline", "detail")
        case e.PinFailed(why=why):
            return _Line("message", f"A message could not be put on the timeline: {why}", "detail")
        case e.MessageUnpinned():
            return _Line("message", f"{by} took a message off the timeline", "detail")
    return None


def _machine(event: e.Event, by: str) -> _Line | None:
    match event:
        case e.RoomOpened(name=name, thread_ts=None):
            return _Line("setup", f"Channel #{name} opened", "detail")
        case e.RoomOpened():
            return _Line("setup", "A thread in the summary channel stands in for a channel", "detail")
        case e.MessagePlaced(slot=slot):
            return _Line("setup", f"Posted: {slot.replace('_', ' ').replace(':', ' ')}", "detail")
        case e.SetupStepDone(step=step):
            return _Line("setup", f"Set up: {step}", "detail")
        case e.EffectFailed(what=what, detail=detail):
            return _Line("trouble", f"Firebell could not carry out {_spaced(what)}: {detail}")
        case e.EffectRetried(what=what):
            return _Line("trouble", f"{by} had {_spaced(what)} tried again", "detail")
    return None


def _documents(event: e.Event, by: str) -> _Line | None:
    match event:
        case e.MetricsRequested(moment="asked"):
            return _Line("metrics", f"{by} asked for the metrics", "detail")
        case e.MetricsRequested(moment=moment):
            return _Line("metrics", f"Metrics requested ({_MOMENTS.get(moment, moment)})", "detail")
        case e.PanelsStored(moment=moment, panels=panels, errors=errors):
            missing = f", {len(errors)} could not be had" if errors else ""
            return _Line("metrics", f"{panels} panels kept ({_MOMENTS.get(moment, moment)}){missing}", "detail")
        case e.ChartsShared(files=files):
            link = files[0].permalink if files else ""
            return _Line("metrics", "Charts of the affected services shared", link=link)
        case e.PostmortemRequested(version=version):
            return _Line("postmortem", f"Postmortem, edition {version}, asked for", "detail")
        case e.PostmortemRendered(version=version):
            return _Line("postmortem", f"Postmortem, edition {version}, written", "detail")
        case e.DocumentShared(version=version, format=form, file=file):
            return _Line(
                "postmortem", f"Postmortem, edition {version}, shared as {form}", "detail", link=file.permalink
            )
        case e.FilesRemoved():
            return _Line("postmortem", "An earlier edition of the postmortem was removed", "detail")
        case e.SectionEdited(section=section):
            return _Line("postmortem", f"{by} wrote the section “{section.replace('_', ' ')}”", "detail")
        case e.ActionItemSaved(text=text, done=done):
            return _Line("action item", f"{by} {'finished' if done else 'noted'} the action item: {text}", "detail")
        case e.PostmortemNudged(owner=owner):
            return _Line("postmortem", f"@{{{owner}}} was asked about the open sections", "detail")
    return None


_MOMENTS: Final = {
    "declare": "as it was when declared",
    "resolve": "as it was when resolved",
    "after": "half an hour after the end",
    "asked": "on request",
}


def status_name(status: Status) -> str:
    """Return a status as a word at the start of a line."""
    return status.value.capitalize()


def _declared(event: e.IncidentDeclared, by: str, policy: Policy) -> str:
    severity = policy.severity(event.severity).label + (" (assumed)" if event.severity_assumed else "")
    drill = "Drill d" if event.drill else "D"
    return f"{drill}eclared {severity} by {by}: {event.title}"


def _edited(event: e.DetailsEdited, policy: Policy) -> str:
    parts = []
    if event.title is not None:
        parts.append(f"the title to “{event.title}”")
    if event.services is not None:
        names = ", ".join(policy.service(key).name for key in event.services) or "none"
        parts.append(f"the affected services to {names}")
    if event.impact is not None:
        parts.append(f"the impact to “{event.impact}”")
    if event.summary is not None:
        parts.append("the summary")
    if event.started_at is not None:
        parts.append(f"the start to {event.started_at:%Y-%m-%d %H:%M} UTC")
    return " and ".join(parts) or "nothing"


def _reminded(event: e.ReminderSent) -> str:
    whom = {"owner": "the owner of the update", "leaders": "commander and deputy", "room": "the channel"}
    told = whom.get(event.recipients, event.recipients)
    if event.away:
        between = f"between {event.away.since:%H:%M} and {event.away.until:%H:%M} UTC"
        overdue = f"overdue by {event.late_minutes} min" if event.late_minutes else "due"
        return f"Update {overdue}; Firebell was away {between} and told {told} afterwards"
    if event.late_minutes:
        return f"Update overdue by {event.late_minutes} min; told {told}"
    return f"Update due; told {told}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _origin(origin: MessageRef | None) -> str:
    return origin.permalink if origin else ""


def _who(recorded: e.Recorded) -> str:
    return "Firebell" if recorded.actor.kind is ActorKind.FIREBELL else f"@{{{recorded.actor.id}}}"


def _spaced(name: str) -> str:
    """`PostMessage` becomes `post message`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
