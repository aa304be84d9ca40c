"""What it takes to fold and to render a very long incident: ten thousand entries on its timeline.

Run: python -m benchmarks.folding
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.config import load
from bot.domain import commands as c
from bot.domain.decide import Moment
from bot.domain.events import Recorded
from bot.domain.model import Actor, Identity, Incident
from bot.domain.postmortem import assemble
from bot.domain.timeline import entries
from bot.opening import CORE
from templates import cards, document
from templates.message import Links

ENTRIES: Final = 10_000
UPDATE_EVERY: Final = 100
RUNS: Final = 5
START: Final = datetime(2026, 11, 19, 2, 47, tzinfo=UTC)


def long_log() -> list[Recorded]:
    """Play an incident of notes with an update now and then; one entry every ten seconds."""
    policy = load({}).policy
    log: list[Recorded] = []
    incident: Incident | None = None

    def do(command: c.Command, at: datetime, identity: Identity | None = None) -> None:
        nonlocal incident
        for event in CORE.decide(incident, command, Moment(at, Actor("UANA"), policy, identity)):
            log.append(Recorded(len(log) + 1, event, Actor("UANA"), at, f"r{len(log)}"))
            incident = CORE.apply(incident, log[-1])

    do(c.Declare("Checkout returns 500s", "sev1"), START, Identity("i1", "W", 42))
    for number in range(ENTRIES):
        at = START + timedelta(seconds=10 * number)
        if number % UPDATE_EVERY == UPDATE_EVERY - 1:
            do(c.PostUpdate(f"Half of the requests succeed again ({number})", impact="Falling"), at)
        else:
            do(c.AddNote(f"Replica {number} restarted and answers <again> & again"), at)
    return log


def _median_ms(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken) * 1000, 2)


def measure() -> dict[str, Any]:
    """Return medians in milliseconds."""
    policy, log = load({}).policy, long_log()
    incident = CORE.fold(log)
    now = log[-1].at
    return {
        "entries": len(entries(log, policy)),
        "fold_ms": _median_ms(lambda: CORE.fold(log)),
        "timeline_ms": _median_ms(lambda: entries(log, policy)),
        "card_ms": _median_ms(lambda: cards.room_card(incident, policy, links=Links(), now=now)),
        "postmortem_ms": _median_ms(lambda: document.write(document.Edition(assemble(log, policy), 1))),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
