"""A changed copy is what `dataclasses.replace` makes of an incident and of the values in it."""

from __future__ import annotations

import dataclasses

from bot.domain.evolve import fold
from bot.domain.model import Status
from bot.domain.replacing import replace
from tests.builders import night_log


def test_a_changed_copy_is_the_one_that_dataclasses_make() -> None:
    incident = fold(night_log())
    changed = replace(incident, title="Search is slow", status=Status.CLOSED, roles={})
    assert changed == dataclasses.replace(incident, title="Search is slow", status=Status.CLOSED, roles={})
    assert replace(incident.clock, step=7) == dataclasses.replace(incident.clock, step=7)


def test_what_is_copied_stays_as_it_was() -> None:
    incident = fold(night_log())
    replace(incident, title="Search is slow", updates=())
    assert incident == fold(night_log())


def test_all_that_is_not_changed_is_the_very_same_value() -> None:
    incident = fold(night_log())
    changed = replace(incident, seq=incident.seq + 1)
    others = [field.name for field in dataclasses.fields(incident) if field.name != "seq"]
    assert others
    assert all(getattr(changed, name) is getattr(incident, name) for name in others)
