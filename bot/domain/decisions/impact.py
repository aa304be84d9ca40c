"""Figures of the impact, the safety class, and a place by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import figures
from bot.domain.decisions.moment import Moment, admit, limited, permit, require_open, require_text, require_unmerged
from bot.domain.impact import Figure, Impact
from bot.domain.model import ActorKind, Incident
from bot.domain.refusal import Refused

V = TypeVar("V")

SOURCE_MAX: Final = 300
PLACE_MOST: Final = 1_000
OVERRIDE_SHORTEST: Final = timedelta(minutes=5)
OVERRIDE_LONGEST: Final = timedelta(hours=24)
"""A place by hand is for a shift at most; whoever still means it then says so again."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.SetImpact():
            return set_impact(incident, command, moment)
        case c.DeclareSafety():
            return declare_safety(incident, command, moment)
        case c.WithdrawSafety():
            return withdraw_safety(incident, command, moment)
        case c.OverridePlace():
            return override(incident, command, moment)
        case c.EndOverride():
            return end_override(incident, command, moment)
    return None


def set_impact(incident: Incident, command: c.SetImpact, moment: Moment) -> tuple[e.Event, ...]:
    """Record the figures that differ from those in force; a figure said again by another source is theirs from now."""
    permit(moment, "edit", incident, "set the impact")
    require_unmerged(incident, "its figures stand")
    source = limited(command.source, field="source", name="The source", limit=SOURCE_MAX)
    given = dict(figures.values(command))
    for name, value in given.items():
        _check(name, value)
    event = _difference(incident.figures, command, source)
    known = {name: figure for name in figures.NAMES if (figure := getattr(incident.figures, name)) is not None}
    cleared = tuple(name for name in figures.NAMES if name in command.cleared and name in known and name not in given)
    changed = (*(name for name, _ in figures.values(event)), *cleared)
    for name in changed:
        _refuse_stale(name, known.get(name), command, moment)
    return (replace(event, cleared=cleared),) if changed else ()


def _difference(known: Impact, said: c.SetImpact, source: str) -> e.ImpactSet:
    def new(value: V | None, before: Figure[V] | None) -> V | None:
        same = before is not None and before.value == value and source in ("", before.source)
        return None if same else value

    return e.ImpactSet(
        degraded=new(said.degraded, known.degraded),
        customers=new(said.customers, known.customers),
        vips=new(_tidy(said.vips), known.vips),
        revenue_per_hour=new(said.revenue_per_hour, known.revenue_per_hour),
        data_classes=new(_tidy(said.data_classes), known.data_classes),
        exposed_per_hour=new(said.exposed_per_hour, known.exposed_per_hour),
        backlog_per_hour=new(said.backlog_per_hour, known.backlog_per_hour),
        source=source,
    )


def _refuse_stale(name: str, known: Figure[object] | None, command: c.SetImpact, moment: Moment) -> None:
    if command.based_on is None or known is None or known.at <= command.based_on or known.by == moment.actor.id:
        return
    raise Refused(
        "stale",
        f"Somebody else set “{figures.NAMES[name]}” while your form was open.",
        "Look at what they say now, then submit again.",
        field=name,
    )


def _check(name: str, value: figures.Value) -> None:
    if isinstance(value, tuple):
        return _check_names(name, value)
    largest = figures.LARGEST[name]
    if not 0 <= value <= largest:  # which no NaN is
        bounds = "a share from 0 to 100 %" if name == "degraded" else f"a number from 0 to {largest:,.0f}"
        label = figures.label(name)
        raise Refused("out_of_bounds", f"“{label}” is {bounds}.", field=name)
    return None


def _check_names(name: str, items: tuple[str, ...]) -> None:
    most = figures.LIST_MOST
    if len(items) > most:
        raise Refused("too_many", f"{len(items)} names are too many; {most} can be kept.", "Name the most.", field=name)
    for item in items:
        limited(item, field=name, name="A name", limit=figures.ITEM_MAX)


def _tidy(items: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return each name once, without odd spaces."""
    if items is None:
        return None
    return tuple(dict.fromkeys(filter(None, (" ".join(item.split()) for item in items))))


def declare_safety(incident: Incident, command: c.DeclareSafety, moment: Moment) -> tuple[e.Event, ...]:
    """Anybody may say that people are in danger; saying it again in other words replaces the reason."""
    require_open(incident, "its safety class stands")
    if incident.drill:
        raise Refused("drill", "A drill is never “safety first”.", "Say it of a real incident.")
    _person(moment, "say that people may come to harm")
    reason = require_text(command.reason, field="reason", name="The reason")
    unchanged = incident.safety is not None and incident.safety.reason == reason
    return () if unchanged else (e.SafetyDeclared(reason),)


def withdraw_safety(incident: Incident, command: c.WithdrawSafety, moment: Moment) -> tuple[e.Event, ...]:
    """Taking danger off lowers an incident, and asks for the same permission as lowering its severity."""
    require_open(incident, "its safety class stands")
    _person(moment, "withdraw a safety class")
    permit(moment, "lower_severity", incident, "withdraw a safety class")
    if incident.safety is None:
        return ()
    return (e.SafetyWithdrawn(require_text(command.reason, field="reason", name="The reason")),)


def _person(moment: Moment, words: str) -> None:
    """Refuse everything that is not a person of this workspace."""
    admit(moment, words)
    if moment.actor.kind is not ActorKind.PERSON:
        raise Refused("not_a_person", f"Only a person may {words}.", "Ask the commander.")


def override(incident: Incident, command: c.OverridePlace, moment: Moment) -> tuple[e.Event, ...]:
    """Set the place; one that is set already is replaced."""
    permit(moment, "override", incident, "set a rank by hand")
    require_open(incident, "it has no rank")
    if incident.drill:
        raise Refused("drill", "A drill has no rank.", "Set one for a real incident.")
    if not 1 <= command.place <= PLACE_MOST:
        raise Refused("no_such_rank", f"A rank is a number from 1 to {PLACE_MOST:,}.", "1 is the first.", field="place")
    if not OVERRIDE_SHORTEST <= command.lasting <= OVERRIDE_LONGEST:
        raise Refused(
            "no_such_time",
            "A rank by hand lasts from 5 minutes to 24 hours.",
            "Say `2h`, for instance.",
            field="lasting",
        )
    reason = require_text(command.reason, field="reason", name="The reason")
    return (e.OverrideSet(command.place, reason, moment.now + moment.policy.span(command.lasting)),)


def end_override(incident: Incident, command: c.EndOverride, moment: Moment) -> tuple[e.Event, ...]:
    """End it before its time."""
    permit(moment, "override", incident, "end a rank set by hand")
    if incident.override is None:
        return ()
    reason = limited(command.reason, field="reason", name="The reason")
    return (e.OverrideEnded(incident.override.place, "ended", reason),)


def expire_override(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """End it when its time is over; a timer of one that was replaced ends nothing."""
    standing = incident.override
    return (e.OverrideEnded(standing.place, "expired"),) if standing and standing.until <= moment.now else ()


def override_over(incident: Incident) -> tuple[e.Event, ...]:
    """End it with the incident."""
    return (e.OverrideEnded(incident.override.place, "over"),) if incident.override else ()
