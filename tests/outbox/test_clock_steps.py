"""The database's clock is set an hour forward or back: what is being sent is left alone, and what waits does not wait
an hour.
"""

from __future__ import annotations

from bot.outbox import Outbox
from bot.rows import Claimed
from bot.store.effect_rows import SECOND
from bot.store.engine import WRITES
from bot.store.tables import buckets, effects
from tests.conftest import House
from tests.fakes import FakeChat
from tests.outbox.conftest import declare, rows, until, work_until_settled

HOUR = 3600 * SECOND
LEASE = 0.3


async def set_clock(house: House, *, forward: int) -> None:
    """Set the database's clock by moving every time that it has written the other way."""
    moved = {name: effects.c[name] - forward for name in ("not_before", "attempted_at", "lease_until")}
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(effects.update().values(**moved))
        await connection.execute(buckets.update().values(next_at=buckets.c.next_at - forward))
        await connection.commit()


async def claim(house: House, lease: float) -> Claimed:
    async with house.ledger.transaction(seconds=2) as unit:
        [claimed] = await unit.effects.claim({"chat": lease}, "a worker")
        await unit.commit()
    return claimed


async def sweep(house: House) -> int:
    async with house.ledger.transaction(seconds=2) as unit:
        swept = await unit.effects.sweep()
        await unit.commit()
    return swept


async def test_set_forward_it_takes_no_living_worker_s_lease_away(house: House) -> None:
    await declare(house)
    claimed = await claim(house, lease=30.0)
    await set_clock(house, forward=HOUR)

    assert await sweep(house) == 0
    async with house.ledger.transaction(seconds=2) as unit:
        assert await unit.effects.settle(claimed)


async def test_set_either_way_it_lets_a_dead_worker_s_lease_run_out_all_the_same(house: House) -> None:
    for forward in (HOUR, -HOUR):
        await declare(house, f"r{forward}")
        claimed = await claim(house, LEASE)
        await set_clock(house, forward=forward)
        assert await sweep(house) == 0

        async def swept() -> bool:
            return await sweep(house) == 1

        await until(swept)
        assert any(row.id == claimed.key and row.outcome_unknown for row in await rows(house))


async def test_set_back_it_makes_nothing_wait_for_an_hour(house: House, outbox: Outbox, chat: FakeChat) -> None:
    incident_id = await declare(house)
    async with house.ledger.transaction(seconds=2) as unit:
        await unit.effects.reserve("chat.update", 1.0, within=5)
        await unit.commit()
    await set_clock(house, forward=-HOUR)
    assert await outbox.work_off() == 0

    await sweep(house)
    await work_until_settled(house, outbox)

    assert (await house.check(incident_id)).room is not None
    async with house.ledger.transaction(seconds=2) as unit:
        wait, taken = await unit.effects.reserve("chat.update", 1.0, within=5)
    assert taken
    assert wait < 2
    assert len(chat.messages) == len({one.key for one in chat.messages})
