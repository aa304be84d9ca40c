"""Help and the menu of a bare command: only what is valid in the place where it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from slack_sdk.models.blocks import ActionsBlock

from bot.domain import cadence
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.priority import EMPTY, Board
from templates import controls
from templates.actions import KIND, Action, Value, value_for
from templates.answers.showing import rows
from templates.layout import actions, button, context, message, overflow, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, escape
from templates.wording import say
from templates.words import name_of, ranked_severity, relative, square, status_word

Kind = Literal["elsewhere", "open", "over", "ended"]
"""In no incident's channel, an open one's, a resolved or closed one's, or a cancelled or merged one's."""

MENU_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was asked: the channel's incident if there is one, and what calls Firebell there.

    `may_declare`: whoever asks may open an incident. `concerned`: its regulatory matters are for them. `may_publish`:
    customers may be told of it, and by them.
    """

    incident: Incident | None = None
    command: str = "/incident"
    may_declare: bool = True
    concerned: bool = False
    may_publish: bool = False

    @property
    def kind(self) -> Kind:
        if self.incident is None:
            return "elsewhere"
        if self.incident.is_open:
            return "open"
        return "over" if self.incident.status in (Status.RESOLVED, Status.CLOSED) else "ended"


@dataclass(frozen=True, slots=True)
class _Help:
    """A line of the help: for which kinds of places, and what else must be given there."""

    group: str
    words: tuple[str, ...]
    what: str
    kinds: tuple[Kind, ...]
    given: Callable[[Place], bool] = lambda _: True


def _merged(place: Place) -> bool:
    return place.incident is not None and place.incident.status is Status.MERGED


_HELP: Final = (
    _Help(
        "Now",
        ("declare sev1 checkout returns 500s",),
        "opens an incident; without words, a form",
        ("elsewhere", "ended"),
        lambda place: place.may_declare,
    ),
    _Help(
        "Now",
        ("drill <title>",),
        "opens an exercise, which pages nobody",
        ("elsewhere",),
        lambda place: place.may_declare,
    ),
    _Help(
        "Now",
        ("status", "catchup", "list"),
        "where it stands, what you missed, what is open",
        ("open", "over", "ended"),
    ),
    _Help("Now", ("list", "status #42"), "what is open, where one stands", ("elsewhere",)),
    _Help("Now", ("severity sev2 <why>", "edit"), "how bad it is, what it is called", ("open",)),
    _Help("Now", ("priorities", "staff"), "which fire first, who goes where", ("elsewhere",)),
    _Help("Now", ("metrics",), "draws the charts of the affected services", ("open", "over")),
    _Help("People", ("take commander", "release commander"), "lead, or stop leading", ("open",)),
    _Help("People", ("assign scribe @bea", "handoff @bea"), "gives somebody a role, or all of yours", ("open",)),
    _Help("People", ("take commander #42", "assign scribe @bea #42"), "roles, from anywhere", ("elsewhere",)),
    _Help(
        "Tell",
        ("update <headline>",),
        "posts a situation report; without words, a form",
        ("open",),
        lambda place: not place.may_publish,
    ),
    _Help(
        "Tell",
        ("update <headline>", "statuspage"),
        "posts a situation report; tells customers, after a preview",
        ("open",),
        lambda place: place.may_publish,
    ),
    _Help("Tell", ("update #42 <headline>", "note #42 <text>"), "the same, from anywhere", ("elsewhere",)),
    _Help("Tell", ("statuspage",), "tells customers, after a preview", ("over",), lambda place: place.may_publish),
    _Help(
        "Tell", ("statuspage #42",), "tells customers, after a preview", ("elsewhere",), lambda place: place.may_publish
    ),
    _Help(
        "Tell",
        ("note <text>", "timeline"),
        "adds to the timeline, as 📌 on a message does; what happened so far",
        ("open",),
        lambda place: not place.concerned,
    ),
    _Help(
        "Tell",
        ("note <text>", "timeline", "regulatory"),
        "adds to the timeline, as 📌 on a message does; what happened so far; what may have to be reported",
        ("open",),
        lambda place: place.concerned,
    ),
    _Help("Tell", ("note <text>",), "or 📌 on a message, puts it on the timeline", ("over",)),
    _Help("Tell", ("timeline",), "what happened so far", ("over", "ended"), lambda place: not place.concerned),
    _Help(
        "Tell",
        ("timeline", "regulatory"),
        "what happened so far, what may have to be reported",
        ("over", "ended"),
        lambda place: place.concerned,
    ),
    _Help("Tell", ("link #43 caused by",), "says which incidents belong together", ("over",)),
    _Help("Tell", ("link #42 caused by #43",), "says which incidents belong together", ("elsewhere",)),
    _Help("After", ("resolve <what fixed it>", "cancel <why>"), "ends it; cancel is for a false alarm", ("open",)),
    _Help("After", ("link #43 caused by", "merge #43"), "what belongs together; two that are one", ("open",)),
    _Help("After", ("postmortem",), "writes what is known so far", ("open",)),
    _Help("After", ("reopen <why>",), "if it is happening again", ("over",)),
    _Help("After", ("unmerge <why>",), "takes it out of the other incident again", ("ended",), _merged),
    _Help("After", ("postmortem", "close <why>"), "writes it again; files it away", ("over",)),
    _Help("After", ("resolve #42", "postmortem #42"), "ends one, writes its postmortem", ("elsewhere",)),
    _Help(
        "After",
        ("merge #43 into #42", "unmerge #43 <why>"),
        "makes one incident of two, takes it out again",
        ("elsewhere",),
    ),
)


def help_text(place: Place) -> Message:
    """At most ten lines in four groups: Now, People, Tell, After."""
    lines: list[str] = []
    group = ""
    for entry in _HELP:
        if place.kind not in entry.kinds or not entry.given(place):
            continue
        lines.append(_help_line(entry, place, heading=entry.group != group))
        group = entry.group
    text = Mrkdwn("\n".join(lines))
    return message(Mrkdwn(f"What {escape(place.command)} can do here"), section(text))


def _help_line(entry: _Help, place: Place, *, heading: bool) -> str:
    commands = " · ".join(f"`{escape(f'{place.command} {words}')}`" for words in entry.words)
    lead = f"*{entry.group}*  " if heading else ""
    return f"{lead}{commands}  {escape(entry.what)}"


def menu(
    place: Place,
    policy: Policy,
    *,
    now: datetime,
    open_incidents: Sequence[Incident] = (),
    board: Board = EMPTY,
) -> Message:
    """The answer to a bare command: in an incident's channel its next acts, elsewhere what is open and "Declare"."""
    if place.incident is None:
        return _menu_elsewhere(place, policy, now, open_incidents, board)
    incident, rank = place.incident, board.place_of(place.incident.id)
    overdue = cadence.overdue_since(incident, now)
    due = incident.clock.due_at if incident.is_open else None
    words = say(
        "answers.menu_here",
        square=square(incident, policy),
        severity=ranked_severity(incident, policy, f"rank {rank}" if rank else ""),
        name=name_of(incident),
        status=status_word(incident.status),
        overdue=relative(overdue, now) if overdue else None,
        due=relative(due, now) if due else None,
        commander=incident.commander or not incident.is_open,
    )
    return message(words, section(words), *_menu_rows(incident, place.kind))


def _menu_elsewhere(
    place: Place, policy: Policy, now: datetime, incidents: Sequence[Incident], board: Board
) -> Message:
    declare = controls.declare(offered=place.may_declare, style="primary")
    row = actions(declare, button("Help", Action.SHOW_HELP, Value()))
    if not incidents:
        nothing = say("answers.nothing")
        return message(nothing, section(nothing), row)
    head = say("answers.list_head", count=len(incidents), ranked=len(board) > 0)
    left = len(incidents) - MENU_ROWS
    more = context(say("answers.list_more", left=left)) if left > 0 else None
    shown = rows(incidents, policy, now=now, limit=MENU_ROWS, board=board)
    return message(head, context(head), more=[*shown, more, row])


def _menu_rows(incident: Incident, kind: Kind) -> list[ActionsBlock | None]:
    value = value_for(incident)
    status = button("Status", Action.SHOW_STATUS, value)
    timeline = button("Timeline", Action.SHOW_TIMELINE, value)
    help_ = button("Help", Action.SHOW_HELP, value)
    if kind == "open":
        take = controls.take_role(incident, cadence.COMMANDER, "") if incident.commander is None else None
        return [
            actions(
                take,
                button("Post update", Action.OPEN_UPDATE, value),
                button("Add a note", Action.OPEN_NOTE, value),
                button("Severity", Action.OPEN_SEVERITY, value),
                button("Roles", Action.OPEN_ROLES, value),
                button("Resolve", Action.OPEN_RESOLVE, value),
            ),
            actions(
                status,
                timeline,
                button("Set impact", Action.OPEN_IMPACT, value),
                button("Draw metrics", Action.DRAW_METRICS, value),
                help_,
            ),
        ]
    if kind == "over":
        reopen = button("Reopen", Action.OPEN_REASON, value_for(incident, **{KIND: "reopen"}))
        close = ("Close", value_for(incident, do=Action.OPEN_REASON, **{KIND: "close"}))
        menu_ = overflow([close]) if incident.status is Status.RESOLVED else None
        write = button("Write postmortem", Action.WRITE_POSTMORTEM, value)
        return [
            actions(write, button("Add action item", Action.OPEN_ACTION_ITEM, value), reopen, menu_),
            actions(status, timeline, help_),
        ]
    return [actions(status, timeline, help_)]
