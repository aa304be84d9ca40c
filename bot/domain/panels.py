"""Whether the metrics moved since people were last told: then "no change" would be untrue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.model import Incident, PanelReading, PanelSet

MATERIAL: Final = 1.5
"""A panel moved when it stands at least half higher than it did, or lower by as much (a third): what is read is a
median of five minutes, which on a quiet day strays by less. As a ratio it weighs getting worse and recovering alike.
"""

_FLOORS: Final[Mapping[str, float]] = MappingProxyType({"ratio": 0.01, "seconds": 0.05})
"""By unit, what is too small for anybody to feel, whatever its ratio: one request in a hundred, 50 ms."""


def moved(incident: Incident) -> tuple[PanelReading, ...]:
    """Return the newest readings that differ materially from those people were last told under.

    Those are the newest taken when the clock restarted (an update, "no change", the declaration), else the first since.
    """
    sets = [one for one in incident.panels if one.readings]
    if not sets:
        return ()
    before = _told_under(incident, sets)
    told = {(one.service, one.panel): one for one in before.readings}
    newest = sets[-1].readings
    return tuple(one for one in newest if is_material(told.get((one.service, one.panel)), one))


def is_material(before: PanelReading | None, now: PanelReading) -> bool:
    """Whether anybody would call that a change; a panel that was not read before tells nothing."""
    if before is None:
        return False
    low, high = sorted((abs(before.value), abs(now.value)))
    apart = abs(now.value - before.value)
    return apart > _FLOORS.get(now.unit, 0.0) and (high >= MATERIAL * low or apart > high)


def _told_under(incident: Incident, sets: list[PanelSet]) -> PanelSet:
    earlier = [one for one in sets if one.end <= incident.clock.restarted_at]
    return earlier[-1] if earlier else sets[0]
