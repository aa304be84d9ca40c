"""The reminder ladder in firebell.yaml: how its steps are written, what must hold between them, and how they read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator

from bot.config.durations import parse_span
from bot.config.parts import Key, Part, Span
from bot.domain.ladder import LEADERS, ON_CALL, OWNER, PAGE, ROOM, WORDS, Step, Wait

_PERCENT: Final = re.compile(r"\s*([0-9]{1,4})\s*%\s*")
_FRACTION: Final = re.compile(r"\s*([0-9]{1,3})\s*/\s*([1-9][0-9]{0,2})\s*")
_LARGEST_SHARE: Final = 10


def parse_wait(value: object) -> Wait:
    """Read a time from the due time: `20%` or `1/3` of the cadence, or a span like `5m`; raises ValueError."""
    text = value if isinstance(value, str) else ""
    share = None
    if percent := _PERCENT.fullmatch(text):
        share = Fraction(int(percent[1]), 100)
    elif fraction := _FRACTION.fullmatch(text):
        share = Fraction(int(fraction[1]), int(fraction[2]))
    if share is not None:
        if not 0 < share <= _LARGEST_SHARE:
            raise ValueError(f"`{value}` is no share of the cadence; write it like 20% or 1/3, at most 1000%")
        return Wait(share)
    try:
        return Wait(span=parse_span(value))
    except ValueError as error:
        raise ValueError(f"`{value}` is no time; write a share of the cadence like 20% or 1/3, or 5m") from error


WaitTime = Annotated[Any, BeforeValidator(parse_wait)]


class StepFile(Part):
    """One step of a ladder: whom to tell, and when, counted from the due time."""

    tell: Key
    before: WaitTime = None
    after: WaitTime = None
    at_least: Span | None = None
    at_most: Span | None = None
    repeat: bool = False
    missed_updates: int = Field(default=0, ge=0, le=20)
    silent_for: Span | None = None

    @model_validator(mode="after")
    def _one_time(self) -> StepFile:
        if self.before is not None and self.after is not None:
            raise ValueError("a step comes `before` the due time or `after` it; remove one of them")
        if self.before is None and self.after is None and (self.at_least or self.at_most):
            raise ValueError("`at_least` and `at_most` hold a time, and there is none; write `before` or `after`")
        if self.at_least and self.at_most and self.at_least > self.at_most:
            raise ValueError("`at_least` is longer than `at_most`; exchange them")
        return self

    def step(self) -> Step:
        """Return the step as the domain knows it."""
        wait: Wait = self.before or self.after or Wait()
        held = Wait(wait.share, wait.span, self.at_least, self.at_most)
        return Step(self.tell, held, self.before is not None, self.repeat, self.missed_updates, self.silent_for)


def misfits(steps: Sequence[StepFile], cadence: timedelta, roles: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield what does not fit in a ladder: the step's place, the key, and how to mend it.

    What would only follow from another misfit is left out, so that each is told once.
    """
    found = [dict(_step_misfits(place, one, cadence, roles)) for place, one in enumerate(steps)]
    for place, key, text in _disorder(
        steps, cadence, [place for place, wrong in enumerate(found) if "before" in wrong]
    ):
        found[place].setdefault(key, text)
    for place, text in _told_again(steps):
        found[place].setdefault("tell", text)
    for place, wrong in enumerate(found):
        yield from ((place, key, text) for key, text in wrong.items())
    told = {one.tell for one in steps if one.before is None}
    if not told & {OWNER, ROOM} and not any(wrong.keys() & {"tell", "before"} for wrong in found):
        yield 0, "tell", "nobody would hear of an overdue update; add a step at or after it for `owner` or `room`"


def _disorder(steps: Sequence[StepFile], cadence: timedelta, apart: Collection[int]) -> Iterator[tuple[int, str, str]]:
    """Yield the steps that come too late in the list; the times of those `apart` are wrong in themselves."""
    latest: timedelta | None = None
    for place, one in enumerate(steps):
        if one.tell == PAGE or place in apart:
            continue
        at = one.step().wait.of(cadence) * (-1 if one.before is not None else 1)
        if latest is not None and at < latest:
            key = "tell" if one.after is None else "after"
            yield place, key, "this step comes before the one above it; put the steps in order of time"
        latest = at


def _told_again(steps: Sequence[StepFile]) -> Iterator[tuple[int, str]]:
    told: set[str] = set()
    for place, one in enumerate(steps):
        if one.before is None:
            if one.tell in told and not one.repeat:
                yield place, f"`{one.tell}` is told at an earlier step; a person is told once, so remove this one"
            told.add(one.tell)


def _step_misfits(place: int, one: StepFile, cadence: timedelta, roles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield at most one misfit for each key of a step."""
    if one.tell not in WORDS and one.tell not in roles:
        close = difflib.get_close_matches(one.tell, [*WORDS, *roles], n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"write {', '.join(WORDS)}, or a role"
        yield "tell", f"`{one.tell}` is nobody who can be told; {hint}"
    if one.before is not None and (place > 0 or one.tell in (ROOM, ON_CALL, PAGE)):
        yield "before", "only the first step may come before the due time, and only for people who hold a role"
    elif one.before is not None and one.step().wait.of(cadence) >= cadence:
        yield "before", "that is no later than the update before; write less than the cadence"
    if one.repeat and one.tell != ROOM:
        yield "repeat", "only the room is told again; remove this key"
    for key in ("missed_updates", "silent_for"):
        if getattr(one, key) and one.tell != PAGE:
            yield key, "only a page waits for this; remove this key"


_WHOM: Final[Mapping[str, str]] = {
    OWNER: "the owner",
    LEADERS: "commander and deputy",
    ROOM: "the channel",
    ON_CALL: "those on call",
    PAGE: "a page",
}


def in_words(steps: Sequence[Step], cadence: timedelta) -> str:
    """Say a ladder in one line, in minutes of this cadence."""
    return "; ".join(_step_in_words(step, cadence) for step in steps)


def _step_in_words(step: Step, cadence: timedelta) -> str:
    length = step.wait.of(cadence)
    conditions = []
    if length:
        conditions.append(f"{_span(length)} {'before' if step.before else 'after'}")
    if step.missed:
        conditions.append(f"after {step.missed} missed updates")
    if step.silent:
        conditions.append(f"{_span(step.silent)} without a word")
    whom = _WHOM.get(step.tell, f"the {step.tell}")
    again = ", then once a cadence" if step.repeat else ""
    return f"{whom} {' and '.join(conditions) or 'when due'}{again}"


def _span(value: timedelta) -> str:
    minutes = value / timedelta(minutes=1)
    return f"{minutes / 60:g} h" if minutes >= 60 and minutes % 60 == 0 else f"{minutes:g} min"
