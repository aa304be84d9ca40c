"""Every command is measured once, by name and outcome, and never by who gave it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.domain.policy import Policy
from bot.errors import UserError
from bot.ports import Silent
from bot.service import Service
from bot.store.ledger import SqlLedger
from tests.conftest import CORE
from tests.fakes import FakeClock

ANA, GUEST = Actor("UANA"), Actor("UGUEST", guest=True)


@dataclass
class Tally(Silent):
    """Keeps what it is told of commands."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def command(self, name: str, outcome: str, seconds: float) -> None:
        assert 0 <= seconds < 60
        self.told.append((name, outcome))


async def test_a_command_is_told_with_its_outcome(ledger: SqlLedger, clock: FakeClock, policy: Policy) -> None:
    tally = Tally()
    service = Service(
        ledger, CORE, clock=clock, policy=policy, new_id=lambda: "i1", workspace=ledger.workspace, observer=tally
    )
    await service.execute(c.Declare("Checkout fails", "sev1"), ANA, "r1")
    await service.execute(c.Declare("Checkout fails", "sev1"), ANA, "r1", incident_id="i1")
    with pytest.raises(UserError):
        await service.execute(c.AddNote("hello"), GUEST, "r2", incident_id="i1")
    with pytest.raises(UserError):
        await service.execute(c.AddNote("hello"), ANA, "r3", incident_id="elsewhere")
    assert tally.told == [
        ("Declare", "accepted"),
        ("Declare", "repeat"),
        ("AddNote", "refused"),
        ("AddNote", "refused"),
    ]
