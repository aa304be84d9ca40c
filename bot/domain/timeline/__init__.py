"""The timeline: a fold of the log into lines that people read. No line is ever written by hand.

A person appears in a line's text as `@{id}`; whoever shows it turns that into a mention or a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain import events as e
from bot.domain.model import pin_key
from bot.domain.policy import Policy
from bot.domain.timeline import (
    archiving,
    course,
    documents,
    handoff,
    impact,
    outside,
    paging,
    people,
    presence,
    publishing,
    quiet,
    record,
    regulatory,
    relations,
    staffing,
    updates,
    venue,
)
from bot.domain.timeline.course import status_name
from bot.domain.timeline.line import Level, Line, who

__all__ = ["Entry", "Level", "entries", "status_name", "woven"]


_SAME_MOMENT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `at` is when it happened, `recorded_at` when it was recorded; `link` is a permalink or "".

    `seq` is the event's; one that also says when impact began or ended has two lines. `part` is the number of the
    merged incident that it comes from, 0 for the incident's own.
    """

    seq: int
    at: datetime
    recorded_at: datetime
    actor: str
    kind: str
    text: str
    link: str = ""
    level: Level = "key"
    part: int = 0


def entries(
    log: Sequence[e.Recorded],
    policy: Policy,
    *,
    level: Level = "detail",
    restricted: bool = False,
    amounts: bool = False,
) -> tuple[Entry, ...]:
    """Return the lines in the order in which things happened; with `level` "key" the details are left out.

    What was taken back is left out, and an update reads as it was last corrected. Regulatory matters are told with
    `restricted` only: for readers whom `bot.domain.duties.concerns` names. Figures that are amounts are named, and told
    with `amounts` only: for the group that may see them.
    """
    retracted = _retracted(log)
    corrections = {one.event.number: one for one in log if isinstance(one.event, e.UpdateCorrected)}
    places = {one.event.slot: one.event.permalink for one in log if isinstance(one.event, e.MessagePlaced)}
    lines = []
    for recorded in log:
        if recorded.seq in retracted or (isinstance(recorded.event, e.Regulatory) and not restricted):
            continue
        line = _line(recorded, policy, corrections, places, amounts=amounts)
        if level == "key" and line.level == "detail":
            continue
        at = line.at or recorded.at
        lines.append(
            Entry(recorded.seq, at, recorded.at, recorded.actor.id, line.kind, line.text, line.link, line.level)
        )
    return tuple(sorted((*_bounds(log), *lines), key=lambda entry: (entry.at, entry.seq)))


def woven(
    log: Sequence[e.Recorded],
    parts: Mapping[int, Sequence[e.Recorded]],
    policy: Policy,
    *,
    level: Level = "detail",
    restricted: bool = False,
    amounts: bool = False,
) -> tuple[Entry, ...]:
    """Return the lines of an incident and of what was merged into it, in the order in which things happened.

    `parts` are those logs by number; each of their lines names it. The other arguments are those of `entries`.
    """
    lines = list(entries(log, policy, level=level, restricted=restricted, amounts=amounts))
    for number, part in parts.items():
        theirs = entries(part, policy, level=level, restricted=restricted, amounts=amounts)
        lines += [replace(one, text=f"INC-{number} · {one.text}", part=number) for one in theirs]
    return tuple(sorted(lines, key=lambda entry: (entry.at, entry.part, entry.seq)))


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


def _line(
    recorded: e.Recorded, policy: Policy, corrections: dict[int, e.Recorded], places: dict[str, str], *, amounts: bool
) -> Line:
    event = recorded.event
    by = who(recorded)
    for line in (
        course.course(event, by, policy),
        people.people(event, policy),
        updates.updates(event, by, corrections, places),
        record.record(event, by),
        outside.outside(event, by),
        documents.documents(event, by),
        impact.impact(event, by, policy, amounts=amounts),
        regulatory.regulatory(event, by, policy),
        paging.paging(event, by, policy),
        staffing.staffing(event, by),
        handoff.handoff(event, by, policy),
        presence.presence(event),
        venue.venue(event),
        relations.relations(event, by),
        publishing.publishing(event, by),
        archiving.archiving(event, by),
        quiet.quiet(event),
    ):
        if line is not None:
            return line
    raise ValueError(f"no timeline line for {type(event).__name__}")
