"""Two logs in one transaction, on a database that is slow, busy, or gone in the middle of COMMIT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from bot import faultpoints
from bot.domain import commands as c
from bot.domain.model import Actor, Incident, Status
from bot.domain.policy import Policy
from bot.domain.publishing import PublicService, PublicStatus, StatusPagePolicy
from bot.domain.relations import Relation
from bot.domain.subscriptions import Kind, Subscription, concerned
from bot.errors import Busy, Conflict, NotFound, OutcomeUnknown, UserError
from bot.merged import subscribed
from bot.ports import Silent, UnitOfWork
from bot.relating import Relating
from bot.service import DEADLINE_SECONDS, Service
from bot.store.ledger import SqlLedger
from bot.store.unit_of_work import SqlUnitOfWork
from bot.subscribing import Subscribing
from tests.committing import lose_the_next_answer
from tests.conftest import CORE, House
from tests.fakes import StillClock

ANA = Actor("UANA")
WHY = "Both are the deploy"


@dataclass
class Seen(Silent):
    """Keeps how commands ended."""

    commands: list[tuple[str, str]] = field(default_factory=list)

    def command(self, name: str, outcome: str, seconds: float) -> None:
        self.commands.append((name, outcome))


async def two(house: House) -> tuple[str, str]:
    first = await house.service.execute(c.Declare("Checkout fails"), ANA, "r1")
    second = await house.service.execute(c.Declare("Nobody can pay"), ANA, "r2")
    return first.incident.id, second.incident.id


def service_of(house: House, clock: StillClock, seen: Seen, *, policy: Policy | None = None) -> Service:
    return Service(
        house.ledger,
        CORE,
        clock=clock,
        policy=policy or house.policy,
        new_id=str,
        workspace=house.ledger.workspace,
        observer=seen,
    )


async def test_an_unmerge_that_is_sent_twice_is_answered_twice_and_happens_once(house: House) -> None:
    first, second = await two(house)
    relating = Relating(house.service)
    await relating.merge(second, first, WHY, ANA, "m1")
    done = await relating.unmerge(second, "Not the same", ANA, "u1")
    again = await relating.unmerge(second, "Not the same", ANA, "u1")
    assert (again.first, again.second, again.repeat) == (done.first, done.second, True)
    with pytest.raises(UserError, match="not part of another"):
        await relating.unmerge(second, "Not the same", ANA, "u2")


async def test_a_request_that_was_answered_for_something_else_unmerges_nothing(house: House) -> None:
    first, second = await two(house)
    relating = Relating(house.service)
    await house.service.execute(c.AddNote("It was the cache"), ANA, "n1", incident_id=second)
    await relating.merge(second, first, WHY, ANA, "m1")
    with pytest.raises(UserError, match="for something else"):
        await relating.unmerge(second, "Not the same", ANA, "n1")
    assert (await house.check(second)).status is Status.MERGED


async def test_who_is_not_inside_takes_no_private_incident_out_of_another(house: House) -> None:
    """They may have left after they opened the form."""
    first, second = [
        (await house.service.execute(c.Declare(title, private=True), ANA, title)).incident.id
        for title in ("Keys leaked", "Keys are used")
    ]
    relating = Relating(house.service)
    await relating.merge(second, first, WHY, ANA, "m1")
    with pytest.raises(NotFound):
        await relating.unmerge(second, "Not the same", Actor("UEVE"), "u1")
    assert (await house.check(second)).status is Status.MERGED


async def test_after_a_lost_answer_both_incidents_are_told_as_they_stand(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(house)
    relating = Relating(house.service)
    lose_the_next_answer(monkeypatch, carried_out=True)
    merged = await relating.merge(second, first, WHY, ANA, "m1")
    assert merged.first.status is Status.MERGED
    assert not merged.repeat
    lose_the_next_answer(monkeypatch, carried_out=True)
    taken_out = await relating.unmerge(second, "Not the same", ANA, "u1")
    assert (taken_out.first.id, taken_out.second.id) == (second, first)
    assert taken_out.first.is_open
    lose_the_next_answer(monkeypatch, carried_out=False)
    with pytest.raises(Busy, match="nothing changed"):
        await relating.link(first, second, Relation.RELATED, ANA, "l1")


async def test_the_end_of_the_whole_asks_about_every_part_within_it_once(house: House) -> None:
    page = StatusPagePolicy((PublicService("checkout", "Shop checkout"),), own=True)
    service = service_of(house, StillClock(), Seen(), policy=replace(house.policy, status_page=page))
    first, second = await two(house)
    third = (await house.service.execute(c.Declare("Carts are empty"), ANA, "r3")).incident.id
    words = c.PublishPost("Checkout fails", "We are looking into it.", PublicStatus.INVESTIGATING)
    await service.execute(words, ANA, "p1", incident_id=third)
    relating = Relating(service)
    await relating.merge(third, second, WHY, ANA, "m1")
    await relating.merge(second, first, WHY, ANA, "m2")
    done = await relating.end(first, c.Resolve("Rolled back"), ANA, "e1")
    assert done.incident.status is Status.RESOLVED
    again = await relating.end(first, c.Resolve("Rolled back"), ANA, "e1")
    assert (again.repeat, again.incident.seq) == (True, done.incident.seq)
    assert (await house.check(third)).whole_over_at is not None
    assert (await house.check(second)).whole_over_at is None
    with pytest.raises(UserError, match="resolved already"):
        await relating.end(first, c.Resolve("Once more"), ANA, "e2")
    with pytest.raises(NotFound):
        await relating.end("nowhere", c.Cancel("A test"), ANA, "e3")


async def test_while_nobody_knows_whether_a_merge_took_effect_nobody_says_that_nothing_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(house)
    seen = Seen()
    relating = Relating(service_of(house, StillClock(), seen))

    async def away(ledger: SqlLedger, request_id: str) -> None:
        raise Busy("the database is away")

    monkeypatch.setattr(SqlLedger, "answer", away)
    lose_the_next_answer(monkeypatch, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        await relating.merge(second, first, WHY, ANA, "m1")
    assert seen.commands == [("MergeInto", "unknown")]


@pytest.mark.parametrize("busy", [True, False])
async def test_a_merge_that_took_effect_is_never_said_to_have_changed_nothing_when_it_cannot_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    first, second = await two(house)
    relating = Relating(house.service)

    async def nothing(unit: SqlUnitOfWork, keys: object) -> Mapping[str, Incident]:
        if busy:
            raise Busy("the database is away")
        return {}

    monkeypatch.setattr(SqlUnitOfWork, "folds", nothing)
    lose_the_next_answer(monkeypatch, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        await relating.merge(second, first, WHY, ANA, "m1")
    assert (await house.check(second)).status is Status.MERGED


async def test_the_deadline_holds_from_the_call_however_often_others_are_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(house)
    clock, seen = StillClock(), Seen()
    began: list[float] = []

    async def late(unit: UnitOfWork, keys: object) -> Mapping[str, Incident]:
        began.append(clock.seconds)
        clock.seconds += DEADLINE_SECONDS / 2
        raise Conflict("another writer was first")

    monkeypatch.setattr(SqlUnitOfWork, "incidents", late)
    with pytest.raises(Busy):
        await Relating(service_of(house, clock, seen)).merge(second, first, WHY, ANA, "m1")
    assert began == [0.0, DEADLINE_SECONDS / 2]
    assert seen.commands == [("MergeInto", "busy")]


async def test_whoever_links_is_waited_for_and_passes_the_points_of_every_command(house: House) -> None:
    first, second = await two(house)
    passed: list[tuple[str, int]] = []
    faultpoints.install(lambda name: passed.append((name, house.service.in_flight)))
    try:
        await Relating(house.service).link(first, second, Relation.RELATED, ANA, "l1")
    finally:
        faultpoints.install(None)
    assert passed == [(faultpoints.BEFORE_COMMIT, 1), (faultpoints.AFTER_COMMIT, 1)]
    assert house.service.in_flight == 0


async def test_whoever_subscribed_to_a_part_hears_of_the_whole_as_long_as_it_is_part_of_it(house: House) -> None:
    first, second = await two(house)
    third = (await house.service.execute(c.Declare("Carts are empty"), ANA, "r3")).incident.id
    subscribing = Subscribing(house.ledger, house.queries, house.clock)
    for user, incident in (("UMEI", second), ("UINES", third), ("USAM", third), ("USAM", first)):
        await subscribing.subscribe(Subscription(user, Kind.INCIDENT, incident))
    relating = Relating(house.service)
    await relating.merge(third, second, WHY, ANA, "m1")
    whole = (await relating.merge(second, first, WHY, ANA, "m2")).second
    assert [other.id for part in whole.parts for other in part.within] == [third]

    async def reached() -> dict[str, str]:
        """Who hears of the first, and by a subscription to what."""
        async with house.ledger.transaction(seconds=30) as unit:
            incident = (await unit.folds({first}))[first]
            return {user: one.name for user, one in concerned(incident, await subscribed(unit, incident)).items()}

    assert await reached() == {"UMEI": second, "UINES": third, "USAM": first}
    await relating.unmerge(third, "Not the same", ANA, "u1")
    assert await reached() == {"UMEI": second, "USAM": first}
    await relating.unmerge(second, "Not the same", ANA, "u2")
    assert await reached() == {"USAM": first}
    assert [one.name for one in await subscribing.of("UMEI")] == [second]
