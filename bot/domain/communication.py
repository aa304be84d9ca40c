"""How well people were kept informed: tallied event by event, measured at any moment. What is unknown stays unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

GRACE: Final = timedelta(minutes=1)
"""Later than this is late: people are told times to the minute."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far update `number` went: messages to people, `mailed` of them by e-mail; None: that was not recorded."""

    number: int
    people: int | None = None
    mailed: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What has come together so far.

    `answered` counts updates and "no change" that came when one was owed, `late` those of them that came late.
    `overdue` is the time for which one was owed, `away` how much of that Firebell itself was away and could not remind.
    `heard_at` is when stakeholders last heard a word (None: the incident is over), `longest` the longest time without
    one. `steps` are pairs (whom the ladder told, how often).

    `postponed` is until when quiet hours put off the update that is due, `absent` how long Firebell missed it.
    """

    answered: int = 0
    late: int = 0
    overdue: timedelta = timedelta()
    away: timedelta = timedelta()
    heard_at: datetime | None = None
    longest: timedelta | None = None
    steps: tuple[tuple[str, int], ...] = ()
    reached: tuple[Reach, ...] = ()
    postponed: datetime | None = None
    absent: timedelta = timedelta()

    def after_silence(self, due: datetime | None, snoozed: datetime | None, at: datetime) -> Tally:
        """Return the tally once an update that was due, or put off, is owed no more since `at`."""
        since = late_since(self, due, snoozed)
        late = at - since if since is not None else timedelta()
        anew = replace(self, postponed=None, absent=timedelta())
        if late < GRACE:
            return anew
        return replace(anew, overdue=self.overdue + late, away=self.away + min(late, self.absent))

    def after_word(self, at: datetime, *, last: bool = False) -> Tally:
        """Return the tally once stakeholders heard something, or (`last`) once there is no more to hear."""
        gap = at - self.heard_at if self.heard_at is not None else None
        longest = max(filter(None, (gap, self.longest)), default=None)
        return replace(self, longest=longest, heard_at=None if last else at)

    def after_step(self, whom: str) -> Tally:
        """Return the tally after one more step of the ladder."""
        counts = dict(self.steps)
        return replace(self, steps=tuple({**counts, whom: counts.get(whom, 0) + 1}.items()))


NOTHING_TOLD: Final = Tally()


def late_since(tally: Tally, due: datetime | None, snoozed: datetime | None) -> datetime | None:
    """Return from when an update is late: quiet hours and a snooze move that on."""
    return max(filter(None, (due, tally.postponed, snoozed))) if due is not None else None


@dataclass(frozen=True, slots=True)
class Communication:
    """The measure of an incident's communication, up to a moment.

    `reach` has one entry for each update, in their order, with the places in which it stands ("room", "summary").
    `posts` are the texts that stood on a status page.
    """

    on_time: int
    late: int
    overdue: timedelta
    away: timedelta
    longest: timedelta | None
    steps: tuple[tuple[str, int], ...]
    reach: tuple[tuple[Reach, tuple[str, ...]], ...]
    posts: int = 0
