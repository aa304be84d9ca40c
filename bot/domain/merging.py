"""What people said of an incident's impact, as it goes on in the incident that takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.domain import events as e
from bot.domain import figures
from bot.domain.impact import Figure
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority.case import case_of
from bot.domain.priority.score import Scorer

_Known = Figure[figures.Value]


def taken_over(whole: Incident, part: Incident, policy: Policy, now: datetime) -> tuple[e.ImpactSet, ...]:
    """Return the figures that go along, by who said them and when: the greater one, or what nobody said of the whole.

    A figure that would make the whole count for less than the catalog's estimate stays behind.
    """
    kept = sorted(weightier(whole, part, policy, now).items(), key=lambda item: _word(item[1]))
    events = []
    for (at, by, source), group in groupby(kept, key=lambda item: _word(item[1])):
        said: dict[str, Any] = {name: figure.value for name, figure in group}
        events.append(e.ImpactSet(**said, source=", ".join(filter(None, (source, part.label))), by=by, said_at=at))
    return tuple(events)


def _word(figure: _Known) -> tuple[datetime, str, str]:
    """Whose word a figure is."""
    return figure.at, figure.by, figure.source


def weightier(whole: Incident, part: Incident, policy: Policy, now: datetime) -> Mapping[str, _Known]:
    """Return the figures of a part that the whole is to have, by name."""
    scorer, found = Scorer(policy), dict[str, _Known]()
    impact = whole.figures
    together = replace(whole, services=tuple(dict.fromkeys((*whole.services, *part.services))))
    standing = scorer.score(case_of(together, now), now).per_hour.expected
    for name in figures.NAMES:
        theirs: _Known | None = getattr(part.figures, name)
        ours: _Known | None = getattr(impact, name)
        if theirs is None or (figure := _greater(ours, theirs)) is ours:
            continue
        change: dict[str, Any] = {name: figure}
        wider = replace(impact, **change)
        counts = scorer.score(case_of(replace(together, figures=wider), now), now).per_hour.expected
        if counts >= standing:
            found[name], impact, standing = figure, wider, counts
    return found


def _greater(ours: _Known | None, theirs: _Known) -> _Known:
    """Return the greater of two figures; of names, those of both."""
    if ours is None:
        return theirs
    if isinstance(ours.value, tuple) and isinstance(theirs.value, tuple):
        names = tuple(dict.fromkeys((*ours.value, *theirs.value)))[: figures.LIST_MOST]
        return ours if names == ours.value else replace(theirs, value=names)
    if isinstance(ours.value, tuple) or isinstance(theirs.value, tuple):
        return ours
    return theirs if theirs.value > ours.value else ours
