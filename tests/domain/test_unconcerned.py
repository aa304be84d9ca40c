"""Events that nobody looks at for duties change nothing by which duties come up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import events as e
from bot.domain.decisions.regulatory import UNCONCERNED
from bot.domain.evolve import foresee
from tests.domain.world import ANA, World

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


@pytest.mark.parametrize("cls", UNCONCERNED, ids=lambda cls: cls.__name__)
def test_such_an_event_leaves_services_data_and_duties_alone(cls: type[e.Event]) -> None:
    world = World()
    world.declare()
    before = world.it

    @settings(max_examples=15, deadline=None)
    @given(st.from_type(cls))
    def check(event: e.Event) -> None:
        after = foresee(before, [event], ANA, before.declared_at)
        looked_at = (after.services, after.figures, after.drill, after.duties)
        assert looked_at == (before.services, before.figures, before.drill, before.duties)

    check()


def test_foreseeing_begins_with_a_declaration() -> None:
    world = World()
    world.declare()
    declared = world.log[0]
    assert foresee(None, [declared.event], declared.actor, declared.at).title == world.it.title
    with pytest.raises(ValueError, match="no events"):
        foresee(None, [], ANA, declared.at)
