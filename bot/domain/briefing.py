"""What somebody who was not there needs to know, folded from the log: for whoever joins late or takes over.

People write notes as they come. One that begins with "decided", "tried" or "question" (or ends with a question mark)
is put where it belongs; changes of severity and status are decisions by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import cadence
from bot.domain import events as e
from bot.domain.beginnings import BEGUN_ANEW
from bot.domain.lengths import span
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.timeline import Entry, entries

_DECIDED: Final = re.compile(r"(?:we )?(?:decided|decision)\b", re.IGNORECASE)
_TRIED: Final = re.compile(r"(?:we )?tried\b", re.IGNORECASE)
_ASKED: Final = re.compile(r"(?:open )?question\b", re.IGNORECASE)
_DECISIONS: Final = ("severity", "status", "reopened", "rank", "safety")
_KEPT: Final = 8
_LINE_MAX: Final = 220


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was said or done. `text` may name people as `@{id}`."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """The points of each kind, oldest first."""

    decisions: tuple[Point, ...] = ()
    questions: tuple[Point, ...] = ()
    tried: tuple[Point, ...] = ()


def brief(log: Sequence[e.Recorded], policy: Policy) -> Briefing:
    """Sort what the timeline says. Regulatory matters are never among it: it may be read by anybody in the channel."""
    said = {one.seq: _said(one.event) for one in log}
    decisions: list[Point] = []
    questions: list[Point] = []
    tried: list[Point] = []
    for entry in entries(log, policy, level="key"):
        text = said.get(entry.seq, "")
        if entry.kind in _DECISIONS or _DECIDED.match(text):
            decisions.append(_point(entry))
        elif _TRIED.match(text):
            tried.append(_point(entry))
        elif _ASKED.match(text) or text.endswith("?"):
            questions.append(_point(entry))
    return Briefing(tuple(decisions), tuple(questions), tuple(tried))


def handoff_note(incident: Incident, log: Sequence[e.Recorded], policy: Policy) -> str:
    """Draft what the next holder of a role needs to know. Times are UTC: the note has more than one reader."""
    known = brief(log, policy)
    latest = incident.latest_update
    impact = latest.impact if latest and latest.impact else incident.impact
    doing = latest.doing.strip() if latest else ""
    parts = [
        _stand(incident, log, policy),
        f"Impact now: {' '.join(impact.split()) or 'not recorded'}",
        _list("Decisions and why", known.decisions),
        _list("Open questions", known.questions),
        _list("What was tried", known.tried, *([f"Doing: {' '.join(doing.split())}"] if doing else [])),
        _clocks(incident, policy),
    ]
    return "\n".join(parts)


def _said(event: e.Event) -> str:
    match event:
        case e.NoteAdded(text=text) | e.MessagePinned(text=text):
            return text.strip()
    return ""


def _point(entry: Entry) -> Point:
    text = " ".join(entry.text.split())
    return Point(entry.at, text if len(text) <= _LINE_MAX else f"{text[: _LINE_MAX - 1]}…")


def _stand(incident: Incident, log: Sequence[e.Recorded], policy: Policy) -> str:
    moved = [one.at for one in log if isinstance(one.event, (e.StatusChanged, *BEGUN_ANEW))]
    since = f" since {_clock(moved[-1])}" if moved else ""
    began = f"started {_clock(incident.started_at)}" if incident.started_at else f"declared {_clock(log[0].at)}"
    return f"State: {policy.severity(incident.severity).label}, {incident.status.value}{since}; {began}"


def _list(head: str, points: Sequence[Point], *more: str) -> str:
    lines = [f"• {_clock(one.at)} {one.text}" for one in points[-_KEPT:]] + [f"• {text}" for text in more]
    return "\n".join([f"{head}:", *(lines or ["• nothing noted"])])


def _clocks(incident: Incident, policy: Policy) -> str:
    due = incident.clock.due_at
    if due is None:
        return "Clocks running: none"
    owner = cadence.owner(incident)
    by = f", owed by @{{{owner}}}" if owner else ""
    every = policy.severity(incident.severity).cadence
    return f"Next update due: {_clock(due)}{by}\nClocks running: an update every {span(every)}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M} UTC"
