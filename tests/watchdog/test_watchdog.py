"""The watchdog's judgement: what is late must stay late to count, each change is said once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.alarm import Lateness
from bot.watchdog import Watchdog
from tests.conftest import log_plainly
from tests.fakes import START, StillClock

WELL = Lateness(0.0, 1.5, 1, 0)
LATE = Lateness(oldest_timer=0.0, oldest_effect=140.0, pending_effects=7, dead_effects=1, due_timers=0)


class Watch:
    """A watchdog with a bound of two minutes, and time that passes in steps of five seconds."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.dog = Watchdog(timedelta(minutes=2), self.clock)

    def sees(self, lateness: Lateness, *, seconds: float) -> None:
        for _ in range(round(seconds / 5)):
            self.clock.seconds += 5
            self.clock.advance(seconds=5)
            self.dog.saw(lateness)

    async def trouble(self) -> str:
        return (await self.dog.probe()).trouble


@pytest.fixture
def watch() -> Watch:
    log_plainly()
    return Watch()


async def test_before_the_first_look_nothing_is_claimed(watch: Watch) -> None:
    assert watch.dog.behind is None
    assert await watch.trouble() == "has not seen enough yet"


async def test_one_look_is_enough_to_be_well(watch: Watch) -> None:
    watch.sees(WELL, seconds=5)
    assert watch.dog.behind is False
    assert await watch.trouble() == ""


async def test_what_is_late_for_a_moment_only_is_no_trouble(watch: Watch) -> None:
    watch.sees(WELL, seconds=5)
    watch.sees(LATE, seconds=10)
    watch.sees(WELL, seconds=5)
    watch.sees(LATE, seconds=10)
    assert watch.dog.behind is False


@pytest.mark.parametrize("late", [LATE, Lateness(121.0, 0.0, 0, 0, 1)], ids=["an effect", "a timer"])
async def test_what_stays_late_makes_it_behind_since_the_bound_was_passed(watch: Watch, late: Lateness) -> None:
    watch.sees(WELL, seconds=5)
    watch.sees(late, seconds=15)
    assert watch.dog.behind is True
    assert await watch.trouble() == "timers or effects are late"
    beyond = max(late.oldest_timer, late.oldest_effect) - 120
    assert watch.dog.since == START + timedelta(seconds=20 - beyond)


async def test_it_is_well_again_only_after_a_minute_in_time(watch: Watch) -> None:
    watch.sees(LATE, seconds=15)
    watch.sees(WELL, seconds=55)
    watch.sees(LATE, seconds=5)
    watch.sees(WELL, seconds=60)
    assert watch.dog.behind is True
    watch.sees(WELL, seconds=5)
    assert watch.dog.behind is False
    assert watch.dog.since == watch.clock.now() - timedelta(seconds=60)


async def test_each_change_is_one_line_with_counts_and_ages(watch: Watch) -> None:
    with capture_logs() as lines:
        watch.sees(WELL, seconds=60)
        watch.sees(LATE, seconds=300)
        watch.sees(WELL, seconds=300)
    assert [line["event"] for line in lines] == ["behind", "caught_up"]
    told = {key: lines[0][key] for key in ("due_timers", "oldest_timer", "pending_effects", "oldest_effect")}
    assert told == {"due_timers": 0, "oldest_timer": 0, "pending_effects": 7, "oldest_effect": 140}
    assert lines[0]["dead_effects"] == 1
    assert lines[0]["log_level"] == "warning"


async def test_dead_effects_alone_do_not_make_it_behind(watch: Watch) -> None:
    watch.sees(Lateness(0.0, 0.0, 0, 40), seconds=120)
    assert watch.dog.behind is False


async def test_a_scheduler_that_measures_no_more_is_trouble(watch: Watch) -> None:
    watch.sees(WELL, seconds=5)
    watch.clock.seconds += 31
    assert await watch.trouble() == "has measured nothing for 31 s"
