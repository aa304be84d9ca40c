"""What is taken out of the log while an effect is at work reaches nobody whom that effect had yet to be made for."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import update

from bot.domain import commands as c
from bot.domain import evolve
from bot.outbox import Outbox, People
from bot.store.engine import WRITES
from bot.store.redaction import Redactor, bare
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat
from tests.outbox.conftest import ANA, QUICK, declare, rows, work_until_settled


async def ask_a_group(house: House, key: str, data: str) -> None:
    """Let an audience be members of a group, so that the chat is asked between the claim and the messages."""
    asked = json.dumps({**json.loads(data), "audience": "oncall", "groups": ["oncall"]})
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(update(effects).where(effects.c.id == key).values(data=asked))
        await connection.commit()


async def test_a_text_that_goes_while_a_group_is_looked_up_is_told_to_nobody(house: House, chat: FakeChat) -> None:
    which = await declare(house)
    performer = chat.performer()

    async def members(group: str) -> Sequence[str]:
        (row,) = [row for row in await rows(house, "TellAudience") if row.status == "sending" and group in row.data]
        redactor = Redactor(house.ledger, evolve.fold, house.clock.now)
        await redactor.apply(which, lambda one: bare(one) if one.seq == row.seq else None, by="UANA", reason="x")
        return ["UBEA"]

    outbox = Outbox(
        house.ledger,
        house.queries,
        house.service,
        {performer.name: performer},
        policy=house.policy,
        clock=house.clock,
        habits=QUICK,
        people=People(members),
        jitter=lambda: 0.5,
    )
    await work_until_settled(house, outbox)
    await house.service.execute(c.ChangeSeverity("sev2", "card 4111"), ANA, "r2", incident_id=which)
    (told,) = [row for row in await rows(house, "TellAudience") if row.status == "pending" and "4111" in row.data]
    await ask_a_group(house, told.id, told.data)

    await work_until_settled(house, outbox)

    (message,) = [one for one in await rows(house, "DirectMessage") if one.id.startswith(told.id)]
    assert (message.status, "4111" in message.data) == ("done", False)
    assert "4111" not in str([row.data for row in await rows(house)])
