"""Who goes where: a proposal with its price beside that of moving nobody, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot.domain.availability import Word
from bot.domain.lengths import span
from bot.domain.mitigation import Expected
from bot.domain.model import Incident
from bot.domain.muster import Look, minutes_of, moves_nobody
from bot.domain.policy import Policy
from bot.domain.staffing import OWN_FIGURE_BOUND, Estimate, Part, Waiting
from templates.actions import PROPOSAL, Action, Value
from templates.answers.ranks import Amounts, between, foot, money
from templates.layout import actions, button, confirm, context, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, mention, near
from templates.wording import say
from templates.words import listed, name_of, plural, ranked_severity, square

LED_SHOWN: Final = 15
WAITING_SHOWN: Final = 10
"""Beyond these a count says how many more there are: a message has fifty blocks and somebody has to read it."""

ALIKE: Final = 0.005
"""Prices that differ by less than this share are told as alike."""


def staffing_proposed(look: Look, policy: Policy, *, amounts: Amounts = "hidden", changed: bool = False) -> Message:
    """The proposal. `changed`: it stands in place of one that no longer held when it was accepted."""
    fires = look.muster.situation.fires
    if not fires:
        nothing = say("staffing.nothing", changed=changed)
        return message(nothing, section(nothing))
    still = moves_nobody(look.proposal, look.muster, policy)
    head = say("staffing.head", count=len(fires), people=_people(look), changed=changed, still=still)
    plan = look.proposal.plan
    led = [fire.incident for fire in fires if plan.leader(fire.incident)]
    blocks: list[Block | None] = [section(_led(look, key, policy)) for key in led[:LED_SHOWN]]
    blocks += _waiting(look, policy, amounts, more=max(0, len(led) - LED_SHOWN))
    notes = say(
        "staffing.notes",
        resting=[mention(user) for user in look.proposal.resting],
        unlisted=look.unlisted,
        currency=policy.currency,
    )
    accept = button(
        "Accept",
        Action.ACCEPT_STAFFING,
        Value(extra={PROPOSAL: look.name}),
        style="primary",
        confirm=confirm("Accept this proposal?", "The roles move at once, and everyone concerned is told.", "Accept"),
    )
    row = actions(None if still else accept, button("Priorities", Action.SHOW_PRIORITIES, Value()))
    return message(
        head,
        section(head),
        *blocks,
        section(_prices(look, policy, amounts)),
        context(notes) if notes else None,
        context(foot(policy, amounts)),
        row,
    )


def _people(look: Look) -> int:
    return sum(person.available for person in look.muster.situation.people)


def _named(look: Look, key: str, policy: Policy) -> dict[str, object]:
    incident = look.muster.incidents[key]
    place = look.board.place_of(key)
    return {
        "square": square(incident, policy),
        "severity": ranked_severity(incident, policy, f"rank {place}" if place else ""),
        "name": name_of(incident),
        "private": incident.private,
        "safety": incident.safety is not None,
    }


def _led(look: Look, key: str, policy: Policy) -> Mrkdwn:
    """One incident that somebody leads: who, from where, with whom, and how long it is expected to take."""
    plan = look.proposal.plan
    here = [place for place in plan.places if place.incident == key]
    before = look.muster.incidents[key].commander
    leader = next(place for place in here if place.part is Part.LEADS)
    origin = look.muster.incidents.get(leader.left or "")
    return say(
        "staffing.led",
        **_named(look, key, policy),
        leader=leader.user,
        stays=before == leader.user,
        before=before,
        origin=origin.label if origin else "",
        helpers=Mrkdwn(
            listed([mention(place.user) + _from(look, place.left) for place in here if place.part is Part.HELPS])
        ),
        time=span(minutes_of(plan.done[key])),
        figure=_figure(look.muster.estimates[key]),
        lacking=listed(sorted(plan.lacking.get(key, ()))),
    )


def _from(look: Look, left: str | None) -> str:
    origin = look.muster.incidents.get(left or "")
    return f" (from {origin.label})" if origin else ""


def _figure(estimate: Estimate) -> Mrkdwn | None:
    """Whose figure the time rests on; None for history."""
    if not estimate.by:
        return None
    return say("staffing.figure", by=estimate.by, bounded=estimate.bounded, bound=f"{OWN_FIGURE_BOUND:.0f}")


def _waiting(look: Look, policy: Policy, amounts: Amounts, *, more: int) -> list[Block | None]:
    """What is left for later on purpose, the dearest first, and what that costs."""
    waiting = look.proposal.plan.waiting
    blocks: list[Block | None] = [section(_waits(look, one, policy, amounts)) for one in waiting[:WAITING_SHOWN]]
    left = max(0, len(waiting) - WAITING_SHOWN)
    if left or more:
        blocks.append(context(say("staffing.more", waiting=left, led=more)))
    return blocks


def _waits(look: Look, one: Waiting, policy: Policy, amounts: Amounts) -> Mrkdwn:
    place = look.board.place_of(one.incident)
    # Danger to people has no price, whoever asks.
    priced = amounts == "shown" and look.muster.incidents[one.incident].safety is None
    band = look.board[place - 1].band.value if place else ""
    return say(
        "staffing.waits",
        **_named(look, one.incident, policy),
        time=None if one.hours is None else span(minutes_of(one.hours)),
        band=band,
        per_hour=money(one.per_hour.expected) if priced else "",
        price=money(one.price.expected) if priced else "",
        between=between(one.price),
        currency=policy.currency,
    )


def _prices(look: Look, policy: Policy, amounts: Amounts) -> Mrkdwn:
    """The proposal's price beside that of keeping everyone; in words only, for those who may not see amounts."""
    fires = look.muster.situation.fires
    plan, keep = look.proposal.plan.price_of(fires), look.proposal.keep.price_of(fires)
    saving = keep.expected - plan.expected
    moved = [
        f"{mention(place.user)} from {origin.label} to {look.muster.incidents[place.incident].label}"
        for place in look.proposal.plan.moves
        if (origin := look.muster.incidents.get(place.left or ""))
    ]
    return say(
        "staffing.prices",
        moved=Mrkdwn(listed(moved)),
        handover=span(look.muster.situation.rules.handover),
        alike=abs(saving) <= keep.expected * ALIKE,
        replaced=Mrkdwn(listed(_replaced(look))),
        unpriced=any(fire.safety for fire in fires),
        price=money(plan.expected) if amounts == "shown" and not all(fire.safety for fire in fires) else "",
        less=saving < 0,
        between=between(plan),
        keep=money(keep.expected),
        keep_between=between(keep),
        saving=money(abs(saving)),
        currency=policy.currency,
    )


def _replaced(look: Look) -> list[str]:
    """Each change of command that is proposed, the move of a commander or not."""
    plan = look.proposal.plan
    return [
        f"{look.muster.incidents[fire.incident].label} from {mention(fire.commander)} to {mention(leader)}"
        for fire in look.muster.situation.fires
        if fire.commander and (leader := plan.leader(fire.incident)) not in (None, fire.commander) and leader
    ]


def staffing_soon() -> Message:
    """While it is still being worked out."""
    words = say("staffing.soon")
    return message(words, section(words))


def staffing_done(incidents: Sequence[Incident], look: Look | None) -> Message:
    """After it was carried out, incident by incident."""
    plan = look.proposal.plan if look else None
    rows = [
        {"name": name_of(one), "leader": one.commander, "waits": plan is not None and plan.leader(one.id) is None}
        for one in sorted(incidents, key=lambda one: one.number)
    ]
    words = say("staffing.done", rows=rows, count=plural(len(rows), "incident"))
    return message(words, section(words))


def eta_noted(
    incident: Incident, minutes: int | None, expected: Expected, counts: Estimate, *, changed: bool = True
) -> Message:
    """That a commander's own figure was noted, and as what it counts; or that there was none to take back."""
    words = say(
        "staffing.eta",
        label=incident.label,
        own=span(minutes_of(minutes / 60)) if minutes else None,
        history=span(minutes_of(expected.hours)),
        alike=plural(expected.alike, "incident of its kind", "incidents of its kind") if expected.alike else "",
        counts=span(minutes_of(counts.hours)) if counts.bounded else None,
        bound=f"{OWN_FIGURE_BOUND:.0f}",
        drill=incident.drill,
        changed=changed,
    )
    return message(words, section(words))


def whereabouts(word: Word, now: datetime, *, listed: bool) -> Message:
    """That it was noted where somebody is. `listed`: they stand under `people` in the settings."""
    words = say("staffing.where", where=word.where.value, until=near(word.until, now), listed=listed)
    return message(words, section(words))
