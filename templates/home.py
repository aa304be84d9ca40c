"""App Home: what needs this person now, what is open, their action items, and "Declare"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot.domain import cadence
from bot.domain.decisions.documents import SECTIONS
from bot.domain.model import ActionItem, Incident, Status
from bot.domain.policy import Policy
from bot.domain.priority import EMPTY, Board
from templates import controls
from templates.actions import ITEM, SECTION, Action, Value, value_for
from templates.answers.ranks import Amounts, entry
from templates.answers.showing import rows, worst_first
from templates.clip import VIEW_BLOCKS_MAX
from templates.duties import home_part
from templates.layout import actions, button, context, divider, header, section
from templates.mrkdwn import Mrkdwn
from templates.wire import as_wire
from templates.wording import say
from templates.words import listed, name_of, relative, roles_of, section_word, severity_word

NEEDS_SHOWN: Final = 10
OPEN_SHOWN: Final = 25
ITEMS_SHOWN: Final = 15


def home_view(
    user: str,
    incidents: Sequence[Incident],
    policy: Policy,
    *,
    now: datetime,
    command: str = "/incident",
    may_declare: bool = True,
    board: Board = EMPTY,
    amounts: Amounts = "hidden",
    duties: Sequence[Incident] = (),
) -> dict[str, Any]:
    """Draw the tab from the incidents this person may see: the open ones, and those over whose postmortem is theirs.

    `board` ranks what is open; `amounts` says whether they may see what waiting costs. `duties` are incidents whose
    regulatory matters are for them.
    """
    declare = controls.declare(offered=may_declare, style="primary")
    blocks: list[Block | None] = [
        header("Firebell"),
        actions(
            declare,
            button("Subscriptions", Action.SHOW_SUBSCRIPTIONS, Value()),
            button("Help", Action.SHOW_HELP, Value()),
        ),
        *_needs(user, incidents, policy, now, board),
        *home_part(duties, policy, now=now),
        *_open(incidents, policy, now, board, amounts),
        *_items(user, incidents),
        context(say("home.foot", command=command, may_declare=may_declare)),
    ]
    return _tab(blocks)


def outsider_view() -> dict[str, Any]:
    """The tab of a guest: it says whom to ask, and takes the place of what they saw while they were a member."""
    return _tab([header("Firebell"), section(say("home.outsider"))])


def _tab(blocks: Sequence[Block | None]) -> dict[str, Any]:
    drawn = [block for block in blocks if block is not None]
    return as_wire(View(type="home", blocks=drawn[:VIEW_BLOCKS_MAX]))


def _needs(user: str, incidents: Sequence[Incident], policy: Policy, now: datetime, board: Board) -> list[Block | None]:
    asked = [block for one in worst_first(incidents, policy, board) for block in _asks(user, one, policy, now)]
    return [divider(), section(say("home.needs_head")), *asked[:NEEDS_SHOWN]] if asked else []


def _asks(user: str, incident: Incident, policy: Policy, now: datetime) -> list[Block]:
    """What this incident wants of this person, most urgent first."""
    asks: list[Block] = []
    name, value = name_of(incident), value_for(incident)
    due = incident.clock.due_at
    if incident.is_open and due is not None and cadence.owner(incident) == user:
        words = say("home.need_update", name=name, overdue=due <= now, at=relative(due, now))
        asks.append(section(words, accessory=button("Post update", Action.OPEN_UPDATE, value)))
    for offered in (one for one in incident.handoffs if one.is_open and one.receiver == user):
        words = say("home.need_handoff", name=name, giver=offered.giver, roles=roles_of(offered.roles, policy))
        row = controls.handoff(incident, offered, None)
        asks.extend([section(words), *([row] if row else [])])
    if incident.is_open and incident.declared_by == user and incident.commander is None:
        take = controls.take_role(incident, cadence.COMMANDER, "")
        asks.append(section(say("home.need_commander", name=name), accessory=take))
    if incident.is_open and incident.declared_by == user and incident.severity_assumed:
        words = say("home.need_severity", name=name, severity=severity_word(incident.severity, policy))
        asks.append(section(words, accessory=controls.pick_severity(incident, policy)))
    waiting = _open_sections(incident, policy)
    if waiting and cadence.postmortem_owner(incident) == user:
        words = say("home.need_section", name=name, sections=listed([section_word(key).lower() for key in waiting]))
        edit = value_for(incident, **{SECTION: waiting[0]})
        asks.append(section(words, accessory=button("Write", Action.EDIT_SECTION, edit)))
    return asks


def _open_sections(incident: Incident, policy: Policy) -> list[str]:
    required = policy.severity(incident.severity).postmortem == "required" and not incident.drill
    if incident.status is not Status.RESOLVED or not required:
        return []
    written = {key for key, one in incident.sections.items() if one.text.strip()}
    return [key for key in SECTIONS if key not in written]


def _open(
    incidents: Sequence[Incident], policy: Policy, now: datetime, board: Board, amounts: Amounts
) -> list[Block | None]:
    burning = {one.id: one for one in incidents if one.is_open}
    if not burning:
        return [divider(), section(say("home.nothing"))]
    places = sorted(place for key in burning if (place := board.place_of(key)) is not None)
    ranked = [board[place - 1] for place in places[:OPEN_SHOWN]]
    blocks = [
        block
        for one in ranked
        for block in entry(one, burning[one.scored.case.id], board, policy, now=now, amounts=amounts)
    ]
    others = [one for key, one in burning.items() if board.place_of(key) is None]
    blocks += rows(others, policy, now=now, limit=OPEN_SHOWN - len(ranked))
    left = max(len(board), len(burning)) - OPEN_SHOWN
    more = context(say("home.open_left", left=left)) if left > 0 else None
    ranks = actions(button("Priorities", Action.SHOW_PRIORITIES, Value())) if left > 0 and board else None
    return [divider(), section(say("home.open_head", ranked=len(board) > 0)), *blocks, more, ranks]


def _items(user: str, incidents: Sequence[Incident]) -> list[Block | None]:
    mine = [
        (incident, item)
        for incident in incidents
        for item in incident.action_items
        if item.owner == user and not item.done
    ]
    mine.sort(key=lambda pair: (pair[1].due or "9999", pair[0].number, pair[1].id))
    if not mine:
        return []
    shown = [section(_item(*pair), accessory=_finish(*pair)) for pair in mine[:ITEMS_SHOWN]]
    return [divider(), section(say("home.items_head")), *shown]


def _item(incident: Incident, item: ActionItem) -> Mrkdwn:
    return say("home.item", text=item.text, name=name_of(incident), due=item.due)


def _finish(incident: Incident, item: ActionItem) -> ButtonElement:
    return button("Done", Action.FINISH_ACTION_ITEM, value_for(incident, **{ITEM: str(item.id)}))
