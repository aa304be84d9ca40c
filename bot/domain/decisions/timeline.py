"""What people put on the timeline."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, not_future, permit, require_text
from bot.domain.model import Incident


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.AddNote(text=text, happened_at=happened_at):
            permit(moment, "note", incident, "add notes")
            note = require_text(text, field="text", name="The note")
            return (e.NoteAdded(note, not_future(happened_at, moment, field="happened_at")),)
        case c.RequestPin(channel=channel, ts=ts, thread_ts=thread_ts, via=via):
            permit(moment, "note", incident, "put messages on the timeline")
            known = moment.actor.id in incident.pinned_by(channel, ts)
            return () if known else (e.PinRequested(channel, ts, thread_ts, via),)
        case c.Unpin(channel=channel, ts=ts):
            permit(moment, "note", incident, "take messages off the timeline")
            known = moment.actor.id in incident.pinned_by(channel, ts)
            return (e.MessageUnpinned(channel, ts),) if known else ()
    return None
