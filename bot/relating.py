"""Links and merges: two logs in one transaction, locked in an order that is everybody's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.commands import Absorb, Command, LinkTo, MergeInto, ReleasePart, Unlink, Unmerge
from bot.domain.model import Actor, Incident
from bot.domain.relations import Relation
from bot.domain.subscriptions import Kind
from bot.errors import Busy, NotFound, OutcomeUnknown, UserError
from bot.ports import Clock, Ledger, Observer, Queries, Silent, Stored, UnitOfWork
from bot.retrying import in_one_transaction
from bot.service import NO_SUCH_INCIDENT, Service

Pair = tuple[Incident, Incident]
Orders = Callable[[Incident, Incident], tuple[Command, Command]]
After = Callable[[UnitOfWork, Pair, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Related:
    """Both incidents as they now are. `changed`: something was left to do; `repeat`: the same request had done it."""

    first: Incident
    second: Incident
    changed: bool = True
    repeat: bool = False


async def nothing_more(unit: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Where the two logs are all there is to write."""
    del unit, pair, now


class Relating:
    """Carries out what concerns two incidents. Every method raises what `Service.execute` raises.

    An incident that the actor may not see is, for them, not there.
    """

    def __init__(
        self, ledger: Ledger, queries: Queries, service: Service, clock: Clock, observer: Observer | None = None
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._service = service
        self._clock = clock
        self._observer = observer or Silent()

    async def link(self, one: str, other: str, relation: Relation, actor: Actor, request_id: str) -> Related:
        """Say what one is to the other, and the other to the one."""

        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return LinkTo(second, relation), LinkTo(first, relation.inverse)

        return await self._both((one, other), orders, actor, request_id)

    async def unlink(self, one: str, other: str, actor: Actor, request_id: str) -> Related:
        return await self._both((one, other), lambda first, second: (Unlink(second), Unlink(first)), actor, request_id)

    async def merge(self, source: str, target: str, reason: str, actor: Actor, request_id: str) -> Related:
        """End `source` as part of `target`; who subscribed to the one is subscribed to the other."""

        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return MergeInto(second, reason), Absorb(first, reason)

        return await self._both((source, target), orders, actor, request_id, after=_subscribe_along)

    async def unmerge(self, source: str, reason: str, actor: Actor, request_id: str) -> Related:
        """Take it out of what it was merged into."""
        found = await self._queries.by_id(source)
        if found is None or found.merged_into is None:
            label = found.label if found else "It"
            raise UserError(f"Nothing changed. {label} is not part of another incident.", code="not_merged")

        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return Unmerge(second, reason), ReleasePart(first, reason)

        # Who is inside the part need not be inside the whole to take it out.
        pair = (source, found.merged_into.id)
        return await self._both(pair, orders, actor, request_id, everybody=True)

    async def _both(
        self,
        pair: tuple[str, str],
        orders: Orders,
        actor: Actor,
        request_id: str,
        *,
        after: After = nothing_more,
        everybody: bool = False,
    ) -> Related:
        async def work(unit: UnitOfWork) -> Related:
            first, second = await _locked(unit, pair, actor, everybody=everybody)
            if await unit.answered(request_id) is not None:
                return Related(first, second, repeat=True)
            ours, theirs = orders(first, second)
            one = await self._service.carry_out(unit, first, ours, actor, request_id)
            other = await self._service.carry_out(unit, second, theirs, actor, request_id)
            await after(unit, (first, second), self._clock.now())
            seq = one.incident.seq
            await unit.remember(request_id, Stored(first.id, seq - len(one.events) + 1, seq), self._clock.now())
            return Related(one.incident, other.incident, changed=bool(one.events or other.events))

        started, outcome = self._clock.monotonic(), "failed"
        try:
            related = await self._carried_out(work, pair, request_id)
            outcome = "repeat" if related.repeat else "accepted"
        except UserError:
            outcome = "refused"
            raise
        except Busy:
            outcome = "busy"
            raise
        finally:
            self._observer.command("Relate", outcome, self._clock.monotonic() - started)
        return related

    async def _carried_out(
        self, work: Callable[[UnitOfWork], Awaitable[Related]], pair: tuple[str, str], request_id: str
    ) -> Related:
        try:
            return await in_one_transaction(self._ledger, work)
        except OutcomeUnknown:
            if await self._ledger.answer(request_id) is None:
                raise Busy("the database dropped the transaction; nothing changed") from None
            found = await self._queries.by_ids(pair)
            return Related(found[pair[0]], found[pair[1]])


async def _locked(unit: UnitOfWork, pair: tuple[str, str], actor: Actor, *, everybody: bool) -> Pair:
    """Lock both; one that is private is there only for those inside."""
    found = await unit.incidents(set(pair))
    missing = [key for key in pair if key not in found]
    hidden = [one for one in found.values() if one.private and actor.id not in one.inside]
    if missing or (hidden and not everybody):
        raise NotFound(NO_SUCH_INCIDENT, code="no_incident")
    return found[pair[0]], found[pair[1]]


async def _subscribe_along(unit: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Whoever subscribed to the part hears of the whole, each as they chose; their own wish for it stays as it is."""
    source, target = pair
    for one in await unit.subscriptions.reaching(source):
        if one.kind is not Kind.INCIDENT:
            continue
        mine = await unit.subscriptions.of(one.user)
        if not any((other.kind, other.name) == (Kind.INCIDENT, target.id) for other in mine):
            await unit.subscriptions.put(replace(one, name=target.id), now)
