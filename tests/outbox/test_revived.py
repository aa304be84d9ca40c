"""What was given up may have got through all the same: a retry looks for it before it sends it once more."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import IntegrationError, Reason
from bot.outbox import Outbox
from tests.conftest import House
from tests.fakes import FakeChat
from tests.outbox.conftest import declare, rows, work_until_settled


async def test_a_message_that_was_given_up_although_it_got_through_stands_once_after_a_retry(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    chat.failures["PostMessage"] = [IntegrationError(Reason.CLIENT, "the answer was misread")]
    chat.lost.add("PostMessage")
    await house.service.execute(c.ChangeSeverity("sev2", "less"), Actor("UANA"), "a", incident_id=incident_id)
    await work_until_settled(house, outbox)
    [dead] = [row.id for row in await rows(house, "PostMessage") if row.status == "dead"]

    await house.service.execute(c.RetryEffect(dead), Actor("UANA"), "again", incident_id=incident_id)
    await work_until_settled(house, outbox)

    assert [what for key, what in chat.calls if key == dead] == ["PostMessage", "reconcile PostMessage"]
    assert sum(one.key == dead for one in chat.messages) == 1
