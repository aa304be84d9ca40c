"""What people said of an incident's impact, as it goes on in the incident that takes it in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.domain import events as e
from bot.domain import figures
from bot.domain.impact import Figure, Impact
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority.case import case_of
from bot.domain.priority.score import Scorer

V = TypeVar("V")
Number = TypeVar("Number", int, float)
Word = tuple[datetime, str, str]


def own_services(incident: Incident) -> tuple[str, ...]:
    """Return the affected services that people named of it, without those that count only because of merges."""
    by_merges = {key for part in incident.parts for key in part.services}
    return tuple(key for key in incident.services if key not in by_merges)


def taken_over(whole: Incident, part: Incident, policy: Policy, now: datetime) -> tuple[e.ImpactSet, ...]:
    """Return the figures that go along, by who said them and when: the greater one, or what nobody said of the whole.

    A figure that would make the whole count for less than the catalog's estimate stays behind.
    """
    names, heaviest = weightier(whole, part, policy, now), _heaviest(whole.figures, part.figures)
    words = {word for name in names if (word := _word(getattr(heaviest, name))) is not None}
    return tuple(_said(heaviest, names, word, part.label) for word in sorted(words))


def remaining(whole: Incident, part: Incident) -> tuple[bool, tuple[str, ...]]:
    """Return whether a part's word of danger stands in the whole, and which of its figures do."""
    danger = (
        whole.safety is not None
        and part.safety is not None
        and (whole.safety.by, whole.safety.at) == (part.safety.by, part.safety.at)
    )
    names = tuple(
        name
        for name in figures.NAMES
        if (word := _word(getattr(part.figures, name))) and (ours := _word(getattr(whole.figures, name)))
        if word[:2] == ours[:2]
    )
    return danger, names


def weightier(whole: Incident, part: Incident, policy: Policy, now: datetime) -> Sequence[str]:
    """Name the figures of a part that the whole is to have."""
    scorer, found = Scorer(policy), list[str]()
    heaviest = _heaviest(whole.figures, part.figures)
    together = replace(whole, services=tuple(dict.fromkeys((*whole.services, *part.services))))
    standing = scorer.score(case_of(together, now), now).per_hour.expected
    for name in figures.NAMES:
        if getattr(heaviest, name) == getattr(whole.figures, name):
            continue
        wider = replace(together, figures=_with(whole.figures, heaviest, (*found, name)))
        counts = scorer.score(case_of(wider, now), now).per_hour.expected
        if counts >= standing:
            found.append(name)
            standing = counts
    return found


def _heaviest(ours: Impact, theirs: Impact) -> Impact:
    return Impact(
        degraded=_greater(ours.degraded, theirs.degraded),
        customers=_greater(ours.customers, theirs.customers),
        vips=_both(ours.vips, theirs.vips),
        revenue_per_hour=_greater(ours.revenue_per_hour, theirs.revenue_per_hour),
        data_classes=_both(ours.data_classes, theirs.data_classes),
        exposed_per_hour=_greater(ours.exposed_per_hour, theirs.exposed_per_hour),
        backlog_per_hour=_greater(ours.backlog_per_hour, theirs.backlog_per_hour),
    )


def _greater(ours: Figure[Number] | None, theirs: Figure[Number] | None) -> Figure[Number] | None:
    if ours is None or theirs is None:
        return ours or theirs
    return theirs if theirs.value > ours.value else ours


def _both(
    ours: Figure[tuple[str, ...]] | None, theirs: Figure[tuple[str, ...]] | None
) -> Figure[tuple[str, ...]] | None:
    """Return the names of either."""
    if ours is None or theirs is None:
        return ours or theirs
    names = tuple(dict.fromkeys((*ours.value, *theirs.value)))[: figures.LIST_MOST]
    return ours if names == ours.value else replace(theirs, value=names)


def _with(impact: Impact, other: Impact, names: Collection[str]) -> Impact:
    """Return an impact with the named figures of another."""

    def pick(name: str, ours: Figure[V] | None, theirs: Figure[V] | None) -> Figure[V] | None:
        return theirs if name in names else ours

    return Impact(
        degraded=pick("degraded", impact.degraded, other.degraded),
        customers=pick("customers", impact.customers, other.customers),
        vips=pick("vips", impact.vips, other.vips),
        revenue_per_hour=pick("revenue_per_hour", impact.revenue_per_hour, other.revenue_per_hour),
        data_classes=pick("data_classes", impact.data_classes, other.data_classes),
        exposed_per_hour=pick("exposed_per_hour", impact.exposed_per_hour, other.exposed_per_hour),
        backlog_per_hour=pick("backlog_per_hour", impact.backlog_per_hour, other.backlog_per_hour),
    )


def _word(figure: Figure[object] | None) -> Word | None:
    """Whose word a figure is."""
    return (figure.at, figure.by, figure.source) if figure else None


def _said(impact: Impact, names: Collection[str], word: Word, label: str) -> e.ImpactSet:
    """Return the named figures that were one word, as it is said again."""

    def value(name: str, figure: Figure[V] | None) -> V | None:
        return figure.value if figure and name in names and _word(figure) == word else None

    at, by, source = word
    return e.ImpactSet(
        degraded=value("degraded", impact.degraded),
        customers=value("customers", impact.customers),
        vips=value("vips", impact.vips),
        revenue_per_hour=value("revenue_per_hour", impact.revenue_per_hour),
        data_classes=value("data_classes", impact.data_classes),
        exposed_per_hour=value("exposed_per_hour", impact.exposed_per_hour),
        backlog_per_hour=value("backlog_per_hour", impact.backlog_per_hour),
        source=", ".join(filter(None, (source, label))),
        by=by,
        said_at=at,
    )
