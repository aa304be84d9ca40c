"""What was said to an audience reaches each person before what was said to that person later."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.outbox import Outbox
from bot.store.engine import WRITES, db_now
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat
from tests.outbox.conftest import declare, work_until_settled

BEN = Actor("UBEN")
HOUR = 3600 * 1_000_000


async def set_not_before(house: House, microseconds: int) -> None:
    """Set when the effect for the audience may be tried, from now."""
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        waits = effects.update().where(effects.c.type == "TellAudience").values(not_before=db_now() + microseconds)
        await connection.execute(waits)
        await connection.commit()


async def test_a_message_to_one_waits_for_an_earlier_one_to_all(house: House, outbox: Outbox, chat: FakeChat) -> None:
    incident_id = await declare(house)
    await house.service.execute(c.Follow(), BEN, "follow", incident_id=incident_id)
    await work_until_settled(house, outbox)
    before = len(chat.messages)

    await house.service.execute(c.PostUpdate("We are looking"), BEN, "update", incident_id=incident_id)
    await set_not_before(house, HOUR // 60)
    await house.service.execute(c.AssignRole("communications", BEN.id), BEN, "role", incident_id=incident_id)
    await outbox.work_off()
    assert not any(one.channel == "DUBEN" for one in chat.messages[before:])

    await set_not_before(house, 0)
    await work_until_settled(house, outbox)
    told = [one.key for one in chat.messages[before:] if one.channel == "DUBEN"]
    assert [key.endswith(":UBEN") for key in told] == [True, False], told
