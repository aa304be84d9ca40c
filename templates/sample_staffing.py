"""The three fires of `sample_ranks` staffed: one team, one of whom already works on the mildest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from bot.analysis.staffing import propose
from bot.domain.availability import Whereabouts, Word
from bot.domain.mitigation import Expected, History
from bot.domain.model import Incident
from bot.domain.muster import Known, Look, digest, muster
from bot.domain.policy import PersonPolicy, Policy
from bot.domain.shifts import OwnFigure, Shifts
from bot.domain.staffing import Estimate
from templates import answers as a
from templates import sample_data as data
from templates import sample_ranks as fires
from templates.message import Message

POLICY: Final = replace(
    fires.POLICY,
    services=tuple(
        replace(one, skills=("models",) if one.key != "boards" else ("platform",)) for one in fires.POLICY.services
    ),
    people=(
        PersonPolicy(data.ANA, ("models", "platform")),
        PersonPolicy(data.BEA, ("models",)),
        PersonPolicy(data.SAM, ("platform",), may_command=False),
    ),
)


def led(incident: Incident, user: str, clock: str, *, own: int | None = None) -> Incident:
    """An incident that somebody has led since a time of day, maybe with a figure of their own in minutes."""
    since = data.at(clock)
    figure = OwnFigure(own, user, data.at("03:00")) if own else None
    return replace(
        incident,
        roles=MappingProxyType({"commander": (user,)}),
        shifts=Shifts(MappingProxyType({f"commander:{user}": since}), figure=figure),
    )


def unled(incident: Incident) -> Incident:
    return replace(incident, roles=MappingProxyType({}))


def look(*incidents: Incident, policy: Policy = POLICY, words: Mapping[str, Word] = MappingProxyType({})) -> Look:
    """What would be proposed for these at 03:10, with no history to go by."""
    board = fires.board(*incidents)
    known = Known(words)
    seen = muster(board, {one.id: one for one in incidents}, History(()), known, policy, now=data.NOW)
    proposal = propose(seen.situation)
    return Look(board, seen, proposal, digest(proposal, seen), unlisted=not policy.people)


def three() -> tuple[Incident, ...]:
    """The model and the dashboards have just come; Ana has led the training jobs for an hour."""
    return unled(fires.quality()), unled(fires.dashboards()), led(fires.training(), data.ANA, "02:05", own=240)


def _proposed(amounts: a.Amounts, *, changed: bool = False) -> Message:
    return a.staffing_proposed(look(*three()), POLICY, amounts=amounts, changed=changed)


def _alone() -> Message:
    """One person for three fires, of which one may harm people; the other two wait."""
    crew = replace(POLICY, people=POLICY.people[:1])
    burning = (unled(fires.quality()), unled(fires.harmful()), unled(fires.training()))
    return a.staffing_proposed(look(*burning, policy=crew), crew, amounts="shown")


def _still() -> Message:
    crew = replace(POLICY, people=())
    burning = (led(fires.quality(), data.ANA, "02:50", own=40), led(fires.dashboards(), data.BEA, "02:05"))
    return a.staffing_proposed(look(*burning, policy=crew), crew)


def _done() -> Message:
    found = look(*three())
    moved = (led(fires.quality(), data.BEA, "03:10"), led(fires.dashboards(), data.ANA, "03:10"))
    return a.staffing_done((*moved, unled(fires.training())), found)


_WORD: Final = Word(data.ANA, Whereabouts.ASLEEP, data.at("07:00"), data.at("03:10"))

STAFFING: Final[Mapping[str, Callable[[], Message | dict[str, Any]]]] = MappingProxyType(
    {
        "answer-staffing": lambda: _proposed("hidden"),
        "answer-staffing-amounts": lambda: _proposed("shown"),
        "answer-staffing-changed": lambda: _proposed("unknown", changed=True),
        "answer-staffing-alone": _alone,
        "answer-staffing-still": _still,
        "answer-staffing-nothing": lambda: a.staffing_proposed(look(), POLICY),
        "answer-staffing-soon": a.staffing_soon,
        "answer-staffing-done": _done,
        "answer-staffing-eta": lambda: a.eta_noted(
            fires.quality(), 40, Expected(4.0, 3), Estimate(4 / 3, data.ANA, bounded=True)
        ),
        "answer-staffing-eta-clear": lambda: a.eta_noted(fires.quality(), None, Expected(4.0, 1), Estimate(4.0)),
        "answer-staffing-asleep": lambda: a.whereabouts(_WORD, data.NOW, listed=True),
        "answer-staffing-available": lambda: a.whereabouts(
            replace(_WORD, where=Whereabouts.AVAILABLE), data.NOW, listed=False
        ),
    }
)
