"""What the operators' channel is told, at a local Slack: once for all replicas, edited when well again, no flood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.alarm import Behind, Noticeboard
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import IntegrationError, Reason
from bot.watchdog import Operators, Patience, Watchdog
from tests.conftest import House
from tests.integrations.slack.kit import Shift, on_shift
from tests.watchdog.test_watchdog import LATE, WELL

PATIENCE = Patience(late=0.0, well=0.0, rest=0.0, refresh=0.0)
CHANNEL = "general"


@dataclass
class Office:
    """A house, a Slack with an operators' channel, and a replica that keeps watch."""

    house: House
    shift: Shift
    dog: Watchdog
    board: Noticeboard
    operators: Operators

    def replica(self, dog: Watchdog | None = None, board: Noticeboard | None = None, **patience: float) -> Operators:
        rests = replace(PATIENCE, **patience)
        board, dog = board or self.board, dog or self.dog
        return Operators(self.house.ledger, board, dog, self.shift.clock, workspace="T1", patience=rests)

    async def told(self) -> list[str]:
        """The messages of the channel as they now read, without the greeting."""
        rows = [row for row in await self.shift.messages(CHANNEL) if row.get("bot_id")]
        return [row["blocks"][0]["text"]["text"] for row in rows if row.get("blocks")]


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    async with on_shift(operators=CHANNEL) as shift:
        board = shift.integration.operators
        assert board is not None
        dog = Watchdog(timedelta(minutes=2), shift.clock, PATIENCE)
        operators = Operators(house.ledger, board, dog, shift.clock, workspace="T1", patience=PATIENCE)
        yield Office(house, shift, dog, board, operators)


async def test_a_bot_that_has_always_been_well_says_nothing(office: Office) -> None:
    office.dog.saw(WELL)
    assert not await office.operators.tell()
    assert await office.told() == []


async def test_it_is_told_once_and_the_message_changes_when_it_has_caught_up(office: Office) -> None:
    office.dog.saw(LATE)
    assert await office.operators.tell()
    assert not await office.operators.tell()
    (said,) = await office.told()
    assert said.startswith("*Firebell is behind* since <!date^")
    assert "7 effects waiting to be sent, the oldest for 2 min." in said

    office.shift.clock.advance(minutes=30)
    office.dog.saw(WELL)
    assert await office.operators.tell()
    (said,) = await office.told()
    assert said.startswith("Firebell has caught up.")
    assert said.endswith("(30 min).")


async def test_of_many_replicas_one_tells(office: Office) -> None:
    office.dog.saw(LATE)
    replicas = [office.replica(rest=60.0) for _ in range(5)]
    told = await asyncio.gather(*(one.tell() for one in replicas))
    assert told.count(True) == 1
    assert len(await office.told()) == 1


async def test_a_replica_that_starts_later_edits_what_another_one_left_behind(office: Office) -> None:
    office.dog.saw(LATE)
    await office.operators.tell()
    fresh = Watchdog(timedelta(minutes=2), office.shift.clock, PATIENCE)
    fresh.saw(WELL)
    assert await office.replica(dog=fresh).tell()
    assert [said[:23] for said in await office.told()] == ["Firebell has caught up."]


async def test_behind_again_within_the_hour_edits_the_same_message(office: Office) -> None:
    for lateness in (LATE, WELL, LATE, WELL, LATE):
        office.dog.saw(lateness)
        await office.operators.tell()
    assert [said[:20] for said in await office.told()] == ["*Firebell is behind*"]


async def test_behind_again_much_later_is_another_message(office: Office) -> None:
    patient = office.replica(quiet=0.0)
    for lateness in (LATE, WELL, LATE):
        office.dog.saw(lateness)
        await patient.tell()
    assert [said[:23] for said in await office.told()] == ["Firebell has caught up.", "*Firebell is behind* si"]


async def test_an_answer_that_was_lost_doubles_nothing(office: Office) -> None:
    await office.board.find("enter the channel", office.shift.clock.now())
    office.dog.saw(LATE)
    office.shift.fail("chat.postMessage", "lost_answer")
    with pytest.raises(IntegrationError):
        await office.operators.tell()
    assert len(await office.told()) == 1

    assert await office.operators.tell()
    assert len(await office.told()) == 1


async def test_a_message_in_doubt_does_not_stay_when_all_is_well_again(office: Office) -> None:
    await office.board.find("enter the channel", office.shift.clock.now())
    office.dog.saw(LATE)
    office.shift.fail("chat.postMessage", "lost_answer")
    with pytest.raises(IntegrationError):
        await office.operators.tell()

    office.dog.saw(WELL)
    assert await office.operators.tell()
    assert [said[:23] for said in await office.told()] == ["Firebell has caught up."]


class Dying:
    """A board that posts, after which the process is gone."""

    def __init__(self, board: Noticeboard) -> None:
        self._board = board
        self.find, self.edit = board.find, board.edit

    async def post(self, told: Behind, key: str) -> tuple[str, str]:
        await self._board.post(told, key)
        raise asyncio.CancelledError


async def test_a_replica_that_dies_after_it_posted_is_not_doubled(office: Office) -> None:
    office.dog.saw(LATE)
    with pytest.raises(asyncio.CancelledError):
        await office.replica(board=Dying(office.board)).tell()
    assert await office.operators.tell()
    assert len(await office.told()) == 1


class Away:
    """A board behind which Slack cannot be reached; counts what was tried."""

    def __init__(self) -> None:
        self.tried = 0

    async def post(self, told: Behind, key: str) -> tuple[str, str]:
        self.tried += 1
        raise IntegrationError(Reason.UNREACHABLE, "Slack cannot be reached.")

    async def find(self, key: str, since: Any) -> tuple[str, str] | None:
        raise AssertionError("what never left need not be looked for")

    async def edit(self, place: tuple[str, str], told: Behind) -> bool:
        raise AssertionError("there is nothing to edit")


async def test_while_slack_is_away_it_waits_longer_each_time(office: Office) -> None:
    away = Away()
    impatient = office.replica(board=away, rest=0.05, rest_most=60.0)
    office.dog.saw(LATE)
    async with asyncio.timeout(10):
        while away.tried < 4:
            try:
                assert not await impatient.tell()
            except IntegrationError:
                tried_at = asyncio.get_running_loop().time()
            await asyncio.sleep(0.005)
    async with office.house.ledger.transaction(seconds=5) as unit:
        alarm = await unit.alarm.lock()
    waited = asyncio.get_running_loop().time() - tried_at
    assert 0.05 * 2**3 - waited - 0.1 < alarm.rest <= 0.05 * 2**3


async def test_a_clock_of_the_database_that_is_set_back_silences_nobody(office: Office) -> None:
    async with office.house.ledger.transaction(seconds=5) as unit:
        alarm = await unit.alarm.lock()
        await unit.alarm.claim("before the clock was set", alarm, lease=3600.0)
        await unit.alarm.failed("before the clock was set", unknown=False)
        await unit.commit()
    office.dog.saw(LATE)
    assert await office.operators.tell()


async def test_what_was_over_before_it_could_be_told_is_not_told(office: Office) -> None:
    office.dog.saw(LATE)
    with pytest.raises(IntegrationError):
        await office.replica(board=Away()).tell()
    office.dog.saw(WELL)
    assert not await office.operators.tell()
    assert await office.told() == []


async def test_a_deleted_message_is_not_missed_when_all_is_well_and_replaced_when_not(office: Office) -> None:
    office.dog.saw(LATE)
    await office.operators.tell()
    rows = [row for row in await office.shift.messages(CHANNEL) if row.get("blocks")]
    await office.shift.as_bot("chat.delete", channel="C0GENERAL", ts=rows[0]["ts"])
    office.dog.saw(WELL)
    assert not await office.operators.tell()
    assert await office.told() == []

    office.dog.saw(LATE)
    assert await office.operators.tell()
    assert len(await office.told()) == 1


async def test_a_private_incident_is_counted_and_never_named(office: Office) -> None:
    declared = c.Declare("Acquisition of Lumen leaked", severity="sev1", private=True)
    await office.house.service.execute(declared, Actor("UANA"), "r1")
    office.house.clock.advance(hours=1)
    office.dog.saw(await office.house.queries.lateness(office.house.clock.now()))
    assert await office.operators.tell()
    (said,) = await office.told()
    assert "1 timer due, the oldest" in said
    for told in ("Acquisition", "Lumen", "INC-", "#1", "UANA", "SEV"):
        assert told not in said


class Broken(Watchdog):
    """A watchdog with a bug, the first time it is asked."""

    asked = 0

    @property
    def behind(self) -> bool | None:
        self.asked += 1
        if self.asked == 1:
            raise RuntimeError("a bug")
        return True

    @behind.setter
    def behind(self, value: bool | None) -> None:
        """What it is told does not matter."""


async def test_a_bug_in_one_round_does_not_end_the_watch(office: Office) -> None:
    broken = Broken(timedelta(minutes=2), office.shift.clock, PATIENCE)
    watch = asyncio.create_task(office.replica(broken, look=0.01).run())
    try:
        async with asyncio.timeout(10):
            while not await office.told():
                await asyncio.sleep(0.02)
    finally:
        watch.cancel()
    assert broken.asked > 1
