"""The end of an incident's channel: announced, looked at once more, done; or put off."""

from __future__ import annotations

from bot.domain import archiving, reaction
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, admit
from bot.domain.model import Incident
from bot.domain.refusal import Refused


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.KeepRoom():
            return keep(incident, moment)
        case c.FireTimer(kind=reaction.ARCHIVE):
            return come_due(incident, moment)
        case c.RecordOutcome(effect=f.ArchiveRoom(), facts=f.RoomHeard(spoken_at=at)) if at is not None:
            return (e.RoomInUse(at),)
        case c.RecordOutcome(effect=f.ArchiveRoom(), facts=f.Done()):
            return () if archiving.archived(incident) else (e.RoomArchived(),)
        case c.RecordOutcome(effect=f.ArchiveRoom()):
            return ()
    return None


def keep(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    admit(moment, "keep channels open")
    if archiving.archived(incident):
        raise Refused("archived", f"The channel of {incident.label} is archived.", "`reopen` brings the incident back.")
    on_its_way = archiving.wanted(incident) or archiving.next_step(incident, moment.policy) is not None
    return (e.RoomKept(),) if on_its_way else ()


def come_due(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Announce it or do it; where the rules or people have moved the time meanwhile, wait for that."""
    following = archiving.next_step(incident, moment.policy)
    ends = archiving.ends_at(incident, moment.policy)
    if following is None or ends is None or incident.room is None:
        return ()
    if following.at > moment.now:
        return (e.WaitExtended(reaction.ARCHIVE, following.at),)
    if following.step == 0:
        notice = moment.policy.span(moment.policy.durations.archive_notice)
        # After downtime people still get the time that the message promises.
        return (e.ArchiveAnnounced(max(ends, moment.now + min(notice, ends - following.at))),)
    return (e.ArchiveWanted(incident.room.keeping.announced_at or moment.now),)
