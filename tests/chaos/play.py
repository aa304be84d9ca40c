"""The play: people work through incidents while the bot is killed at random moments and Slack misbehaves."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from bot.domain import events as e
from tests.chaos.kit import Book, Bot, Slack, slack, until
from tests.chaos.people import ANA, BEA, MEI, SAM, People
from tests.chaos.reckoning import Reckoning
from tests.chaos.ties import halves
from tests.chaos.weather import AWAY_SECONDS, STEPS, Weather
from tests.crash.nursery import Nursery

SEVERITIES: Final = ("sev1", "sev2", "sev3")
TROUBLES: Final = ("checkout is slow", "odd prices", "search finds nothing", "late e-mails", "cards are declined")
DURING_START: Final = 0.15
"""How many of the kills may come while the bot still starts."""

TWO_OF_ONE: Final = 2
"""Every second incident is declared twice, as happens when two people see the same."""

ACTS: Final[Mapping[type, str]] = {
    e.IncidentLinked: "halves of links",
    e.IncidentMerged: "merges",
    e.IncidentUnmerged: "merges undone",
}

LINES: Final = (e.NoteAdded, e.UpdatePosted)
"""Of each thing that people say, one of these is left in the log; resolving leaves its last update."""


@dataclass(frozen=True)
class Plan:
    """How much chaos. `pause` bounds the seconds from the bot being ready (or, now and then, from its start) to its
    end; people work on `at_once` incidents at a time.
    """

    kills: int
    seed: int
    at_once: int = 4
    pause: tuple[float, float] = (0.2, 4.5)
    away_seconds: float = AWAY_SECONDS
    rest_seconds: float = 300.0


@dataclass(frozen=True)
class Score:
    """What became of a play."""

    engine: str
    kills: int
    seconds: float
    typed: int
    retyped: int
    effects: int
    given_up: int
    weather: Counter[str]
    found: Reckoning
    problems: tuple[str, ...]
    acts: Counter[str]

    @property
    def clean(self) -> bool:
        return self.found.clean and not self.problems


@dataclass
class Load:
    """People who begin a new incident whenever one is over. `marks` are words that each stand in one line only."""

    people: People
    chance: random.Random
    begun: int = 0
    marks: list[str] = field(default_factory=list)
    ending: bool = False

    async def work(self) -> None:
        while not self.ending:
            self.begun += 1
            await self.live_through(self.begun)

    async def live_through(self, n: int) -> None:
        """One incident, from its declaration to its end; some are left open."""
        people, chance = self.people, self.chance
        severity, other = chance.sample(SEVERITIES, 2)
        number = await people.declare(ANA, f"{chance.choice(TROUBLES)} in place{n}x", severity)
        await people.tells(SAM, number, "follow", lambda log: has(log, e.Followed))
        lines = [
            partial(self.says, BEA, number, "note The cache was cold"),
            partial(self.says, ANA, number, "update Half of all orders fail"),
            partial(self.says, MEI, number, "update Fewer fail now"),
            partial(self.mentions, BEA, number, "note Rolled back"),
            partial(people.tells, SAM, number, "take scribe", takes_scribe),
            partial(people.tells, ANA, number, f"severity {other} as we now know", moves_severity),
        ]
        chance.shuffle(lines)
        if n % TWO_OF_ONE == 0:
            lines.insert(chance.randrange(len(lines)), partial(self.lives_through_another, number, n))
        for line in lines:
            await line()
        if chance.random() < 0.8:
            await self.says(ANA, number, "resolve The rollback")

    async def lives_through_another(self, number: int, n: int) -> None:
        """Somebody declares the same once more; both are linked and merged, and half of them are taken apart again."""
        people, chance = self.people, self.chance
        other = await people.declare(BEA, f"{chance.choice(TROUBLES)} beside place{n}x", chance.choice(SEVERITIES))
        await people.tells(SAM, other, "follow", lambda log: has(log, e.Followed))
        await people.tells(MEI, other, f"link #{number} caused by", lambda log: has(log, e.IncidentLinked))
        await self.says(BEA, other, "note The same deploy")
        await people.merges(MEI, other, number, "one deploy")
        if chance.random() < 0.5:
            await self.says(ANA, number, "note Both are the deploy")
            await people.tells(BEA, other, "unmerge another cause", lambda log: has(log, e.IncidentUnmerged))
            await self.says(BEA, other, "update The certificate had expired")

    def mark(self) -> str:
        self.marks.append(f"mark{len(self.marks)}x")
        return self.marks[-1]

    async def says(self, user: str, number: int, words: str) -> None:
        mark = self.mark()
        await self.people.tells(user, number, f"{words} {mark}", lambda log: mark in str(log))

    async def mentions(self, user: str, number: int, words: str) -> None:
        await self.people.mentions(user, number, f"{words} {self.mark()}")


def has(log: Sequence[e.Recorded], kind: type[e.Event]) -> bool:
    return any(isinstance(one.event, kind) for one in log)


def moves_severity(log: Sequence[e.Recorded]) -> bool:
    return has(log, e.SeverityChanged)


def takes_scribe(log: Sequence[e.Recorded]) -> bool:
    return any(isinstance(one.event, e.RoleAssigned) and one.event.role == "scribe" for one in log)


async def play(engine: str, url: str, folder: Path, nursery: Nursery, plan: Plan) -> Score:
    """Play it to the end and reckon."""
    started = time.monotonic()
    async with slack(nursery, folder) as local, Book(url) as book:
        weather = Weather(local, folder / "bot-clock", random.Random(f"weather {plan.seed}"))
        weather.keep_step()
        load = Load(People(local, book), random.Random(f"load {plan.seed}"))
        async with Bot(nursery, local, url, clock=weather.clock) as bot:
            workers = [asyncio.create_task(load.work()) for _ in range(plan.at_once)]
            storm = asyncio.create_task(endless(weather))
            try:
                await kill_again_and_again(bot, plan, weather, workers)
                storm.cancel()
                await asyncio.gather(storm, return_exceptions=True)
                await weather.clear_up()
                load.ending = True
                await asyncio.gather(*workers)
            finally:
                for task in (storm, *workers):
                    task.cancel()
            await come_to_rest(local, book, bot, plan.rest_seconds)
            weather.keep_step()
            found = await book.reckon(await local.world(), offset=float(local.clock.read_text()))
        problems = (*await book.problems(), *await miscounted(book, load.marks), *await torn(book))
        acts = await counted(book)
        effects, given_up = await book.count_effects(), await book.given_up()
    people = load.people
    seconds = time.monotonic() - started
    return Score(
        engine,
        bot.killed,
        seconds,
        people.typed,
        people.retyped,
        effects=effects,
        given_up=given_up,
        weather=weather.seen,
        found=found,
        problems=problems,
        acts=acts,
    )


async def endless(weather: Weather) -> None:
    while True:
        await weather.change()


async def kill_again_and_again(bot: Bot, plan: Plan, weather: Weather, workers: Sequence[asyncio.Task[None]]) -> None:
    """Kill as often as planned; clocks step and Slack goes away at set parts of it."""
    chance = random.Random(f"kills {plan.seed}")
    steps = list(STEPS)
    away = plan.kills // 2
    while bot.killed < plan.kills:
        if chance.random() > DURING_START:
            await bot.is_ready()
        await asyncio.sleep(chance.uniform(*plan.pause))
        for worker in workers:
            if worker.done():
                worker.result()
        bot.kill()
        if steps and bot.killed >= steps[0][0] * plan.kills:
            weather.step(steps.pop(0)[1])
        if away and bot.killed >= away:
            away = 0
            await weather.go_away(plan.away_seconds)


async def come_to_rest(local: Slack, book: Book, bot: Bot, seconds: float) -> None:
    """Wait until Slack has brought everything and nothing is left to send, also not by a timer that was just due.

    What was given up meanwhile is tried once more, where somebody is offered that.
    """
    for _ in range(2):
        await until(local.has_brought_all, bot.last_words, within=seconds)
        await until(book.at_rest, bot.last_words, within=seconds)
        if await book.unsettled():
            await local.retry_everywhere(ANA)
        await asyncio.sleep(2)
    await until(book.settled, bot.last_words, within=seconds)


async def miscounted(book: Book, marks: Sequence[str]) -> list[str]:
    """Name each line that people said and that does not stand in the logs exactly once."""
    logs = [recorded for one in await book.incident_ids() for recorded in await book.log(one)]
    texts = [str(one.event) for one in logs if isinstance(one.event, LINES)]
    counts = Counter(mark for text in texts for mark in marks if mark in text)
    return [f"{mark} stands {counts[mark]} times in the logs" for mark in marks if counts[mark] != 1]


async def counted(book: Book) -> Counter[str]:
    """Count what concerned two incidents, by what is printed of it."""
    logs = [await book.log(one) for one in await book.incident_ids()]
    return Counter(ACTS[type(one.event)] for log in logs for one in log if type(one.event) in ACTS)


async def torn(book: Book) -> list[str]:
    """Name each link, merge or undoing of which only one of both logs knows."""
    return halves([await book.log(one) for one in await book.incident_ids()])
