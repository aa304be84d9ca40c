"""The measure of an incident's communication, as its log tells it: printed at its end and in the postmortem."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.communication import Communication
from bot.domain.model import Incident
from bot.domain.publishing import PostState


def measure(incident: Incident, now: datetime) -> Communication:
    """Measure up to `now`, with what is owed and unsaid at present."""
    tally, clock = incident.told, incident.clock
    if incident.is_open:
        tally = tally.after_silence(clock.due_at, clock.snoozed_until, now).after_word(now)
    return Communication(
        on_time=tally.answered - tally.late,
        late=tally.late,
        overdue=tally.overdue,
        away=tally.away,
        longest=tally.longest,
        steps=tally.steps,
        reach=tuple((reach, tuple(_places(incident, reach.number))) for reach in tally.reached),
        posts=sum(post.state is PostState.PUBLISHED for post in incident.posts),
    )


def _places(incident: Incident, number: int) -> Iterator[str]:
    """Where an update stands for whoever looks there: "room" and "summary". The last one's words end the room."""
    if f"update:{number}:room" in incident.messages or f"over:{number}" in incident.messages:
        yield "room"
    if f"update:{number}:summary" in incident.messages:
        yield "summary"
