"""The clock of a SQLite file, by which its leases and waits are told."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.store.steady import MOST_AHEAD, SECOND, SteadyClock

DAY = 86_400


class Machine:
    """A wall clock that somebody sets and a steady one that nobody can, in seconds."""

    def __init__(self, path: Path) -> None:
        self.wall, self.steady, self._path = 1_000_000_000.0, 500.0, path

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(self._path, isolation_level=None)
        made.create_function("julianday", 1, lambda _: self.wall / DAY + 2440587.5)
        return made

    def process(self) -> tuple[SteadyClock, sqlite3.Connection]:
        """A process that opens the file."""
        clock, connection = SteadyClock(lambda: self.steady), self.connect()
        clock.teach(connection)
        return clock, connection


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "file.db")


def seconds(clock: SteadyClock) -> float:
    return clock.micros() / SECOND


def test_it_begins_with_the_wall_and_then_runs_evenly(machine: Machine) -> None:
    clock, connection = machine.process()
    assert abs(seconds(clock) - machine.wall) < 0.001
    began = seconds(clock)

    for step in (53.0, -3600.0):
        machine.wall += step
    machine.pass_by(7.0)
    later = machine.connect()
    clock.teach(later)

    assert seconds(clock) == began + 7.0
    for one in (connection, later):
        assert one.execute("SELECT firebell_now()").fetchone() == (clock.micros(),)
        one.close()


@pytest.mark.parametrize(("back", "follows"), [(200.0, True), (MOST_AHEAD / SECOND + 60, False)])
def test_a_process_goes_on_from_what_the_last_one_wrote_unless_that_is_far_off(
    machine: Machine, back: float, follows: bool
) -> None:
    first, connection = machine.process()
    connection.execute("CREATE TABLE effects (created_at INTEGER, settled_at INTEGER)")
    connection.execute("INSERT INTO effects VALUES (firebell_now(), NULL), (firebell_now() - 5, firebell_now())")
    connection.close()

    machine.wall -= back
    second, connection = machine.process()
    connection.close()

    assert abs(seconds(second) - (seconds(first) if follows else machine.wall)) < 0.001
