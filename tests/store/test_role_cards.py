"""The full role card goes out the first two times a person gets a role, in whichever incidents; then one line."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.effects import DirectMessage
from bot.domain.model import Actor
from bot.domain.notices import RoleDuties
from bot.store import codec
from tests.conftest import House
from tests.outbox.conftest import rows

ANA = Actor("UANA", responder=False)


async def declare(house: House, request: str) -> str:
    return (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, request)).incident.id


async def assign(house: House, incident_id: str, role: str, user: str, request: str) -> None:
    await house.service.execute(c.AssignRole(role, user), ANA, request, incident_id=incident_id)


async def cards(house: House, role: str, user: str) -> list[bool]:
    """Whether each role card was short, in order."""
    found = []
    for row in sorted(await rows(house, "DirectMessage"), key=lambda row: (row.created_at, row.seq)):
        effect = codec.EFFECTS.load(row.type, row.version, row.data)
        assert isinstance(effect, DirectMessage)
        if isinstance(effect.notice, RoleDuties) and (effect.notice.role, effect.user) == (role, user):
            found.append(effect.notice.short)
    return found


async def test_the_third_card_of_a_role_is_one_line_across_incidents(house: House) -> None:
    for number in range(4):
        incident_id = await declare(house, f"d{number}")
        await assign(house, incident_id, "responder", "UBEA", f"a{number}")
    assert await cards(house, "responder", "UBEA") == [False, False, True, True]


async def test_another_role_and_another_person_begin_anew(house: House) -> None:
    for number in range(3):
        await assign(house, await declare(house, f"d{number}"), "responder", "UBEA", f"a{number}")
    incident_id = await declare(house, "last")
    await assign(house, incident_id, "communications", "UBEA", "b")
    await assign(house, incident_id, "responder", "USAM", "c")
    assert await cards(house, "communications", "UBEA") == [False]
    assert await cards(house, "responder", "USAM") == [False]


async def test_a_request_that_comes_again_counts_once(house: House) -> None:
    incident_id = await declare(house, "d")
    for _ in range(3):
        await assign(house, incident_id, "responder", "UBEA", "the same")
    await assign(house, await declare(house, "d2"), "responder", "UBEA", "another")
    assert await cards(house, "responder", "UBEA") == [False, False]
