"""Stepping in where a transaction of the ledger is committed, on either database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.store.drivers import Driver, PostgresDriver, SqliteDriver

Commit = Callable[[], Awaitable[None]]


def around_commits(monkeypatch: pytest.MonkeyPatch, around: Callable[[Driver, Commit], Awaitable[None]]) -> None:
    """From now on have `around` called for each commit, with what carries it out."""

    def step_in(kind: type[SqliteDriver] | type[PostgresDriver]) -> None:
        own = kind.commit

        async def commit(driver: SqliteDriver | PostgresDriver, news_for: str) -> None:
            await around(driver, lambda: own(driver, news_for))  # type: ignore[arg-type]

        monkeypatch.setattr(kind, "commit", commit)

    for kind in (SqliteDriver, PostgresDriver):
        step_in(kind)


def lose_the_next_answer(monkeypatch: pytest.MonkeyPatch, *, carried_out: bool = True) -> None:
    """Carry the next COMMIT out, or not, and then lose its answer."""
    armed = [True]

    async def lose(driver: Driver, commit: Commit) -> None:
        if not armed:
            await commit()
            return
        armed.clear()
        await (commit() if carried_out else driver.roll_back())
        raise ConnectionResetError("gone")

    around_commits(monkeypatch, lose)
