"""The measure of communication in words: rows for the postmortem, and a message for whoever commanded."""

from __future__ import annotations

from typing import Final

from bot.domain import ladder
from bot.domain.communication import Communication, Reach
from bot.domain.lengths import span
from templates.words import listed, plural

UNKNOWN: Final = "not recorded"
_WHOM: Final = {
    ladder.OWNER: "whoever owed the update",
    ladder.LEADERS: "commander and deputy",
    ladder.ROOM: "the channel",
    ladder.ON_CALL: "those on call",
    ladder.PAGE: "a page",
}
_PLACES: Final = {"room": "the channel", "summary": "the summary channel"}


def rows(measured: Communication) -> tuple[tuple[str, str], ...]:
    """Return pairs (what, how much); what is not known is `not recorded`."""
    return (
        ("Answers in time", _on_time(measured)),
        ("Overdue in all", _overdue(measured)),
        ("Longest time without a word", span(measured.longest) if measured.longest is not None else UNKNOWN),
        ("Steps of the reminder ladder", _steps(measured)),
        *((f"Reach of update {reach.number}", _reach(reach, places)) for reach, places in measured.reach),
        *((("On the status page", plural(measured.posts, "text")),) if measured.posts else ()),
    )


def _on_time(measured: Communication) -> str:
    total = measured.on_time + measured.late
    if total == 0:
        return "no update and no “No change” was given"
    return f"{measured.on_time} of {total}, “No change” included"


def _overdue(measured: Communication) -> str:
    if not measured.overdue:
        return "never"
    if not measured.away:
        return span(measured.overdue)
    own = "all of it" if measured.away >= measured.overdue else span(measured.away)
    return f"{span(measured.overdue)}, {own} while Firebell was away, which counts against Firebell"


def _steps(measured: Communication) -> str:
    if not measured.steps:
        return "none was climbed"
    return listed([f"{_WHOM.get(whom, f'the {whom}')} {times(count)}" for whom, count in measured.steps])


def times(count: int) -> str:
    """Say how often: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _reach(reach: Reach, places: tuple[str, ...]) -> str:
    return "; ".join((*(_PLACES[place] for place in places), _people(reach)))


def _people(reach: Reach) -> str:
    if reach.people is None:
        return f"one by one {UNKNOWN}"
    mailed = f", {reach.mailed} by e-mail" if reach.mailed else ""
    return f"{plural(reach.people, 'person', 'people')} one by one{mailed}"
