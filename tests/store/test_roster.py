"""What staffing reads, on both databases: people's newest words, who is busy unseen, and what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from bot.domain import commands as c
from bot.domain.availability import LONG_DAY, LONGEST, Whereabouts, Word
from bot.domain.model import Actor
from bot.ports import UnitOfWork
from bot.retrying import in_one_transaction
from bot.store.roster import SqlRoster
from bot.store.workspace_log import WorkspaceVerdict
from tests.conftest import PATIENT_SECONDS, House

ANA, BEA, SAM = Actor("UANA"), Actor("UBEA"), Actor("USAM")


async def say(house: House, user: str, where: Whereabouts, hours: float) -> Word:
    now = house.clock.now()
    word = Word(user, where, now + timedelta(hours=hours), now)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.words.say(word)
        await unit.commit()
    return word


async def declare(house: House, title: str, *, private: bool = False) -> str:
    return (await house.service.execute(c.Declare(title, "sev2", private=private), ANA, title)).incident.id


async def test_the_newest_word_of_each_person_counts_and_old_ones_are_left_out(house: House) -> None:
    roster = SqlRoster(house.ledger)
    await say(house, "UOLD", Whereabouts.OFF, 1)
    house.clock.advance(hours=(LONGEST + LONG_DAY) / timedelta(hours=1) + 1)
    await say(house, "UANA", Whereabouts.OFF, 1)
    newest = await say(house, "UANA", Whereabouts.ASLEEP, 8)
    other = await say(house, "UBEA", Whereabouts.AVAILABLE, 2)
    assert await roster.words(house.clock.now()) == {"UANA": newest, "UBEA": other}


async def test_words_stand_in_the_workspace_s_chained_log(house: House) -> None:
    await say(house, "UANA", Whereabouts.OFF, 1)
    [log] = [one async for one in house.audit.verify_all({}) if isinstance(one, WorkspaceVerdict)]
    assert (log.seq, log.problems) == (1, ())


async def test_whoever_holds_a_role_out_of_sight_is_busy_for_those_outside_only(house: House) -> None:
    roster = SqlRoster(house.ledger)
    hidden = await declare(house, "keys in a bucket", private=True)
    await declare(house, "the shop is down")
    await house.service.execute(c.AssignRole("commander", "UBEA", replace=True), ANA, "r", incident_id=hidden)
    assert await roster.busy_unseen("USAM") == {"UBEA"}
    assert await roster.busy_unseen("UANA") == frozenset()


async def test_only_public_incidents_that_are_over_teach_anything_newest_first(house: House) -> None:
    roster = SqlRoster(house.ledger)
    done = [await declare(house, "first"), await declare(house, "second")]
    secret = await declare(house, "secret", private=True)
    await declare(house, "still open")
    for key in (*done, secret):
        await house.service.execute(c.Resolve("restarted"), ANA, f"over-{key}", incident_id=key)
        house.clock.advance(minutes=1)
    assert {one.id for one in await roster.mitigated()} == set(done)
    assert len(await roster.mitigated(limit=1)) == 1


async def test_words_that_are_said_at_once_are_all_kept(house: House) -> None:
    now = house.clock.now()
    words = [Word(f"U{n}", Whereabouts.OFF, now + timedelta(hours=1), now) for n in range(6)]

    async def keep(word: Word) -> None:
        def say(unit: UnitOfWork) -> Awaitable[None]:
            return unit.words.say(word)

        await in_one_transaction(house.ledger, say, clock=house.clock, seconds=PATIENT_SECONDS)

    await asyncio.gather(*(keep(word) for word in words))
    assert await SqlRoster(house.ledger).words(now) == {word.user: word for word in words}


async def test_every_open_incident_is_told_with_whoever_holds_a_role_in_it(house: House) -> None:
    led = await declare(house, "one", private=True)
    await house.service.execute(c.AssignRole("commander", BEA.id, True, ""), ANA, "give", incident_id=led)
    bare = await declare(house, "two")
    held = await SqlRoster(house.ledger).holders()
    async with house.ledger.transaction(seconds=30) as unit:
        assert await unit.words.holders() == held
    assert BEA.id in held[led]
    assert BEA.id not in held[bare]
