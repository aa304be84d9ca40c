"""The look at what two logs must say together finds a half that is missing, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain import events as e
from bot.domain.model import Actor
from bot.domain.relations import Other, Relation
from tests.chaos.ties import halves

AT = datetime(2026, 11, 19, 2, 47, tzinfo=UTC)
WHOLE, PART = Other("whole", 1), Other("part", 2)


def log(own: Other, *events: tuple[str, e.Event]) -> list[e.Recorded]:
    declared = e.IncidentDeclared(own.id, "W", own.number, "Checkout fails", "sev1")
    rows = (("declared", declared), *events)
    return [e.Recorded(seq, event, Actor("UANA"), AT, request) for seq, (request, event) in enumerate(rows, start=1)]


OF_PART: tuple[tuple[str, e.Event], ...] = (
    ("r1", e.IncidentLinked(Relation.CAUSED_BY, WHOLE)),
    ("r2", e.IncidentUnlinked(WHOLE)),
    ("r3", e.IncidentMerged(WHOLE, "one deploy")),
    ("r4", e.IncidentUnmerged(WHOLE, "another cause")),
)
OF_WHOLE: tuple[tuple[str, e.Event], ...] = (
    ("r1", e.IncidentLinked(Relation.CAUSE_OF, PART)),
    ("r2", e.IncidentUnlinked(PART)),
    ("r3", e.IncidentAbsorbed(PART, "one deploy")),
    ("r4", e.PartReleased(PART, "another cause")),
)


def test_what_stands_in_both_logs_is_whole() -> None:
    assert halves([log(PART, *OF_PART), log(WHOLE, *OF_WHOLE)]) == []


@pytest.mark.parametrize("lost", range(4), ids=["link", "unlink", "merge", "unmerge"])
def test_a_half_that_the_other_log_lacks_is_named(lost: int) -> None:
    left = (*OF_WHOLE[:lost], *OF_WHOLE[lost + 1 :])
    [named] = halves([log(PART, *OF_PART), log(WHOLE, *left)])
    assert f"(r{lost + 1})" in named
    assert "the log of whole knows nothing" in named


def test_halves_of_two_requests_are_two_that_lack_the_other() -> None:
    merged, absorbed = ("r5", OF_PART[2][1]), ("r6", OF_WHOLE[2][1])
    assert len(halves([log(PART, merged), log(WHOLE, absorbed)])) == 2
