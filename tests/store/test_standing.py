"""`verify` misses what the fold says must stand in the other tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.store.engine import WRITES
from bot.store.tables import effects, messages, people, timers
from tests.conftest import House

ANA = Actor("UANA")

LOSSES: dict[str, tuple[Callable[[], Any], str]] = {
    "a person": (lambda: delete(people), "the people of the incident do not follow from its log"),
    "a timer": (lambda: delete(timers), "an update is due and no timer is set for it"),
    "an effect": (
        lambda: delete(effects).where(effects.c.type == "OpenRoom"),
        "the set-up step `channel` is open and no effect is left to do it",
    ),
    "a dead effect nobody was told of": (
        lambda: update(effects).where(effects.c.type == "PinCard").values(status="dead"),
        "the set-up step `pin` is open and no effect is left to do it",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_what_is_lost_beside_the_log_is_found(house: House, loss: str) -> None:
    incident = (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")).incident
    assert (await house.audit.verify(incident.id)).problems == ()
    statement, sentence = LOSSES[loss]

    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(statement())
        await connection.commit()

    assert (await house.audit.verify(incident.id)).problems == (sentence,)


async def test_a_message_that_nobody_recorded_is_found(house: House) -> None:
    incident = (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")).incident
    stray = {"incident": incident.id, "slot": "card", "workspace": "T1", "channel": "C1", "ts": "1.1"}
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(messages.insert().values(**stray))
        await connection.commit()
    assert (await house.audit.verify(incident.id)).problems == (
        "the places of its messages do not follow from its log",
    )
