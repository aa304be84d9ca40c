"""What two logs must say together: of a link, a merge and its undoing each incident has its half, from one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.domain import events as e

Half = tuple[str, str, str, str]
"""(request, what, whose log, the other); the same for both halves once whose and other have changed places."""


def halves(logs: Iterable[Sequence[e.Recorded]]) -> list[str]:
    """Name each half whose counterpart stands in no log."""
    found = Counter(half for log in logs for half in _halves(log))
    missing = []
    for request, what, whose, other in found:
        if found[request, what, other, whose] != found[request, what, whose, other]:
            missing.append(f"{what} of {whose} and {other} ({request}), of which the log of {other} knows nothing")
    return sorted(missing)


def _halves(log: Sequence[e.Recorded]) -> Iterator[Half]:
    whose = next((one.event.id for one in log if isinstance(one.event, e.IncidentDeclared)), "")
    for one in log:
        match one.event:
            case e.IncidentLinked(other=other):
                yield one.request_id, "link", whose, other.id
            case e.IncidentUnlinked(other=other):
                yield one.request_id, "unlink", whose, other.id
            case e.IncidentMerged(into=other) | e.IncidentAbsorbed(part=other):
                yield one.request_id, "merge", whose, other.id
            case e.IncidentUnmerged(out_of=other) | e.PartReleased(part=other):
                yield one.request_id, "unmerge", whose, other.id
