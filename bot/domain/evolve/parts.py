"""What the fold needs in several places: changed copies of mappings and tuples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from bot.domain.model import Incident, SetupStep, StepState

V = TypeVar("V")


def with_item(mapping: Mapping[str, V], key: str, value: V) -> Mapping[str, V]:
    """Return the mapping with one item set."""
    return MappingProxyType({**mapping, key: value})


def without(people: tuple[str, ...], user: str) -> tuple[str, ...]:
    """Return the people but one."""
    return tuple(person for person in people if person != user)


def with_step(
    incident: Incident, name: str, state: StepState, *, error: str = "", effect_id: str = ""
) -> tuple[SetupStep, ...]:
    """Return the set-up with one step in another state."""
    fresh = SetupStep(name, state, error, effect_id)
    return tuple(fresh if step.name == name else step for step in incident.setup)
