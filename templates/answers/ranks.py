"""The ranked board, and why one incident has its place. Amounts are drawn only for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from heapq import nsmallest
from typing import Final, Literal

from slack_sdk.models.blocks import Block

from bot.domain import cadence
from bot.domain.catalog import Range
from bot.domain.lengths import span
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Board, Factor, Flip, Key, Ranked, Source
from templates import controls
from templates.actions import PAGE, Action, Value, value_for
from templates.layout import actions, button, context, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, clip_mrkdwn, escape, near
from templates.wording import say
from templates.words import METERS, listed, name_of, ranked_severity, relative, square

Amounts = Literal["shown", "hidden", "unknown"]
"""Whether a reader may see amounts; "unknown" when who may cannot be looked up just now, which hides them, too."""

RANKS_A_PAGE: Final = 10
"""Each place takes up to two of the fifty blocks of a message."""

SPED_UP_SHOWN: Final = 5
WHY_MAX: Final = 400
"""Characters of a sentence: the reason in it is as long as somebody made it."""

DIGITS: Final = 3
"""Significant digits of an amount: more would claim to know what is an estimate."""

CALLED: Final = {
    Key.REVENUE: "revenue",
    Key.CUSTOMERS: "customers",
    Key.REGULATION: "exposure",
    Key.CASCADE: "dependents",
    Key.BACKLOG: "backlog",
    Key.BUDGET: "error budget",
}


def priorities(
    board: Board,
    incidents: Mapping[str, Incident],
    policy: Policy,
    *,
    now: datetime,
    amounts: Amounts = "hidden",
    page: int = 1,
    may_declare: bool = True,
) -> Message:
    """One page of the board; `incidents` holds at least those of the page, by id. Pages count from 1."""
    if not board:
        nothing = say("ranks.nothing")
        return message(nothing, section(nothing), actions(controls.declare(offered=may_declare)))
    current = min(max(page, 1), pages(board))
    shown = page_of(board, current)
    head = say("ranks.head", count=len(board), first=shown[0].place, last=shown[-1].place)
    blocks = [
        block
        for one in shown
        if one.scored.case.id in incidents
        for block in entry(one, incidents[one.scored.case.id], board, policy, now=now, amounts=amounts)
    ]
    turn = actions(
        button("Earlier", Action.RANKS_EARLIER, Value(extra={PAGE: str(current - 1)})) if current > 1 else None,
        button("Later", Action.RANKS_LATER, Value(extra={PAGE: str(current + 1)})) if current < pages(board) else None,
    )
    return message(head, context(head), more=[*blocks, context(foot(policy, amounts)), turn])


def pages(board: Board) -> int:
    return max(1, -(-len(board) // RANKS_A_PAGE))


def page_of(board: Board, page: int) -> tuple[Ranked, ...]:
    """Return the places of a page; a page that there is not is the nearest one."""
    first = (min(max(page, 1), pages(board)) - 1) * RANKS_A_PAGE
    return board[first : first + RANKS_A_PAGE]


def why(board: Board, incident: Incident, policy: Policy, *, now: datetime, amounts: Amounts = "hidden") -> Message:
    """Why an incident has its place; for one that has none, why it has none."""
    place = board.place_of(incident.id)
    if place is None:
        none = say("ranks.none", name=name_of(incident), drill=incident.drill, over=not incident.is_open)
        return message(none, section(none))
    one = board[place - 1]
    blocks = entry(one, incident, board, policy, now=now, amounts=amounts, in_full=True)
    head = say("ranks.why_head", name=name_of(incident), place=place, count=len(board))
    return message(head, more=[*blocks, context(foot(policy, amounts)), controls.weighing(incident)])


def entry(
    one: Ranked,
    incident: Incident,
    board: Board,
    policy: Policy,
    *,
    now: datetime,
    amounts: Amounts,
    in_full: bool = False,
) -> list[Block]:
    """One incident of the board: its place, a meter of its band and the sentence; its factors, for those who may."""
    standing = board.standing(incident.id)
    assert standing is not None, "only what is on the board is drawn"
    case = one.scored.case
    overdue = cadence.overdue_since(incident, now)
    override = case.override if one.overridden else None
    safety = case.safety if one.scored.score.safety else None
    words = say(
        "ranks.entry",
        square=square(incident, policy),
        severity=ranked_severity(incident, policy, standing.words),
        name=name_of(incident),
        meter=METERS[one.band],
        band=one.band.value,
        why=clip_mrkdwn(escape(standing.why), WHY_MAX),
        speeds=_sped_up(one, board) if in_full else "",
        override_by=override.by if override else None,
        override_until=near(override.until, now) if override else None,
        safety_by=safety.by if safety else None,
        overdue=span(now - overdue) if overdue else None,
        private=incident.private,
    )
    blocks: list[Block] = [section(words, accessory=button("Status", Action.SHOW_STATUS, value_for(incident)))]
    if amounts == "shown" and not one.scored.score.safety:
        # Danger to people is above any amount: none stands beside it.
        blocks.append(context(_figures(one, board, policy, now, in_full=in_full)))
    return blocks


def _sped_up(one: Ranked, board: Board) -> str:
    places = nsmallest(SPED_UP_SHOWN, (place for other in one.speeds if (place := board.place_of(other))))
    names = [f"INC-{board[place - 1].scored.case.number}" for place in places]
    return listed(names)


def _figures(one: Ranked, board: Board, policy: Policy, now: datetime, *, in_full: bool) -> Mrkdwn:
    """What waiting costs, factor by factor, and the number that would change the place."""
    score = one.scored.score
    flip = board.explanation(one.place).flip
    return say(
        "ranks.figures",
        total=money(score.per_hour.expected),
        between=between(score.per_hour),
        currency=policy.currency,
        factors=[_factor(factor, in_full) for factor in score.factors],
        flip=_flip(flip, one, policy) if flip else None,
        in_full=in_full,
        begun=relative(one.scored.case.since, now),
    )


def _factor(factor: Factor, in_full: bool) -> dict[str, object]:
    return {
        "name": factor.text if in_full else CALLED[factor.key],
        "amount": money(factor.per_hour.expected),
        "between": between(factor.per_hour),
        "by": factor.by if factor.source is Source.PERSON else None,
        "assumed": factor.source is Source.ASSUMED,
    }


def between(figure: Range) -> str:
    """The span of an amount: `9,000 to 14,000`; empty where it is exact."""
    low, high = money(figure.low), money(figure.high)
    return "" if low == high else f"{low} to {high}"


def _flip(flip: Flip, one: Ranked, policy: Policy) -> Mrkdwn:
    mine = flip.incident == one.scored.case.number
    return say(
        "ranks.flip",
        other=f"INC-{flip.other if mine else flip.incident}",
        mine=mine,
        factor=CALLED[flip.factor],
        rises=flip.to >= flip.now,
        to=money(flip.to),
        now=money(flip.now),
        currency=policy.currency,
    )


def money(amount: float) -> str:
    """An amount for people, to three digits: `12,300`. Below ten with one decimal, since nothing is not a little."""
    if abs(amount) < 10:
        return f"{amount:.1f}".removesuffix(".0")
    digits = DIGITS - len(str(int(abs(amount))))
    return f"{round(amount, min(digits, 0)):,.0f}"


def foot(policy: Policy, amounts: Amounts) -> Mrkdwn:
    """Who may see amounts."""
    return say("ranks.foot", amounts=amounts, group=policy.amounts_group)
