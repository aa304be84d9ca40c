"""What `firebell run` does with the process that it runs in."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.cli.run import spare_what_stays


@pytest.fixture
def collector() -> Iterator[None]:
    """The garbage collector, put back as it was."""
    limits = gc.get_threshold()
    yield
    gc.set_threshold(*limits)
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
def test_what_stays_is_not_walked_through_again() -> None:
    stays = [[] for _ in range(10)]
    spare_what_stays()
    assert gc.get_freeze_count() > 10
    assert not any(one is stays for one in gc.get_objects())


class Ring:
    """Garbage that only the collector finds, once nobody holds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("collector")
def test_what_is_garbage_by_then_does_not_stay() -> None:
    gc.collect()
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    spare_what_stays()
    assert seen() is None


@pytest.mark.usefixtures("collector")
def test_what_comes_later_is_still_collected() -> None:
    spare_what_stays()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() > 0
