"""Links and merges: two logs in one transaction, locked in an order that is everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain import events as e
from bot.domain.commands import (
    Absorb,
    AskAfterEnd,
    Cancel,
    Command,
    LinkTo,
    MergeInto,
    ReleasePart,
    Resolve,
    Unlink,
    Unmerge,
)
from bot.domain.model import FIREBELL, Actor, Incident
from bot.domain.relations import Relation
from bot.errors import Conflict, NotFound, OutcomeUnknown, UserError
from bot.merged import parts_within
from bot.ports import Accepted, Stored, UnitOfWork
from bot.service import NO_SUCH_INCIDENT, Service, stored_as

Pair = tuple[Incident, Incident]
Orders = Callable[[Incident, Incident], tuple[Command, Command]]


@dataclass(frozen=True, slots=True)
class Related:
    """Both incidents as they now are. `changed`: something was left to do; `repeat`: the same request had done it."""

    first: Incident
    second: Incident
    changed: bool = True
    repeat: bool = False


class Relating:
    """Carries out what concerns two incidents. Every method raises what `Service.execute` raises.

    An incident that the actor may not see is, for them, not there.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def link(self, one: str, other: str, relation: Relation, actor: Actor, request_id: str) -> Related:
        """Say what one is to the other, and the other to the one."""

        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return LinkTo(second, relation), LinkTo(first, relation.inverse)

        return await self._both("LinkTo", (one, other), orders, actor, request_id)

    async def unlink(self, one: str, other: str, actor: Actor, request_id: str) -> Related:
        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return Unlink(second), Unlink(first)

        return await self._both("Unlink", (one, other), orders, actor, request_id)

    async def merge(self, source: str, target: str, reason: str, actor: Actor, request_id: str) -> Related:
        """End `source` as part of `target`."""

        def orders(first: Incident, second: Incident) -> tuple[Command, Command]:
            return MergeInto(second, reason), Absorb(first, reason)

        return await self._both("MergeInto", (source, target), orders, actor, request_id)

    async def unmerge(self, source: str, reason: str, actor: Actor, request_id: str) -> Related:
        """Take it out of what it was merged into."""

        async def work(unit: UnitOfWork) -> tuple[Related, Stored | None]:
            # Both are locked in everybody's order, so the other has to be known first, and asked after again.
            whole = await _whole_of(unit, source)
            pair = (source, whole or source)
            # Who is inside the part need not be inside the whole to take it out.
            first, second = await _locked(unit, pair, actor, seen=pair[:1])
            if (stored := await unit.answered(request_id)) is not None:
                return replace(await _unmerged(unit, stored), repeat=True), None
            if first.merged_into is None:
                text = f"Nothing changed. {first.label} is not part of another incident."
                raise UserError(text, code="not_merged")
            if first.merged_into.id != whole:
                raise Conflict("it was merged into another one meanwhile")
            orders = Unmerge(second, reason), ReleasePart(first, reason)
            return await self._carried_out(unit, (first, second), orders, actor, request_id)

        return await self._service.execute_work("Unmerge", request_id, work, _unmerged)

    async def end(self, incident_id: str, command: Resolve | Cancel, actor: Actor, request_id: str) -> Accepted:
        """End an incident; of its parts that customers still read of, somebody is asked what they are to read."""

        async def work(unit: UnitOfWork) -> tuple[Accepted, Stored | None]:
            # All are locked in everybody's order, so the parts have to be known first, and asked after again.
            known = (await unit.folds({incident_id})).get(incident_id)
            parts = set(await parts_within(unit.folds, known)) if known is not None else set[str]()
            held = await unit.incidents({incident_id, *parts})
            if incident_id not in held:
                raise NotFound(NO_SUCH_INCIDENT, code="no_incident")
            if (stored := await unit.answered(request_id)) is not None:
                return await self._service.recall(unit, stored, repeat=True), None

            async def locked(keys: set[str]) -> Mapping[str, Incident]:
                return {key: held[key] for key in keys if key in held}

            if set(await parts_within(locked, held[incident_id])) != parts:
                raise Conflict("other incidents became part of it meanwhile")
            accepted = await self._service.carry_out(unit, held[incident_id], command, actor, request_id)
            asked = AskAfterEnd(accepted.incident, actor.id)
            for part in sorted(parts & held.keys()):
                await self._service.carry_out(unit, held[part], asked, FIREBELL, request_id)
            return accepted, stored_as(accepted)

        async def recall(unit: UnitOfWork, stored: Stored) -> Accepted:
            return await self._service.recall(unit, stored, repeat=False)

        return await self._service.execute_work(type(command).__name__, request_id, work, recall)

    async def _both(
        self,
        name: str,
        pair: tuple[str, str],
        orders: Orders,
        actor: Actor,
        request_id: str,
    ) -> Related:
        async def work(unit: UnitOfWork) -> tuple[Related, Stored | None]:
            first, second = await _locked(unit, pair, actor, seen=pair)
            if await unit.answered(request_id) is not None:
                return Related(first, second, repeat=True), None
            return await self._carried_out(unit, (first, second), orders(first, second), actor, request_id)

        async def recall(unit: UnitOfWork, _: Stored) -> Related:
            return await _recalled(unit, pair)

        return await self._service.execute_work(name, request_id, work, recall)

    async def _carried_out(
        self, unit: UnitOfWork, pair: Pair, orders: tuple[Command, Command], actor: Actor, request_id: str
    ) -> tuple[Related, Stored]:
        one = await self._service.carry_out(unit, pair[0], orders[0], actor, request_id)
        other = await self._service.carry_out(unit, pair[1], orders[1], actor, request_id)
        changed = bool(one.events or other.events)
        return Related(one.incident, other.incident, changed=changed), stored_as(one)


async def _whole_of(unit: UnitOfWork, part: str) -> str | None:
    """Return what an incident is part of, as it stands."""
    found = (await unit.folds({part})).get(part)
    return found.merged_into.id if found is not None and found.merged_into is not None else None


async def _unmerged(unit: UnitOfWork, stored: Stored) -> Related:
    """Return both incidents of an `unmerge` that was carried out: the log alone still knows the other."""
    log = await unit.log(stored.incident_id, until=stored.last_seq)
    wholes = [one.event.out_of.id for one in log if isinstance(one.event, e.IncidentUnmerged)]
    if not wholes:
        raise UserError("Nothing changed. This form was sent before, for something else; open it again.", code="sent")
    return await _recalled(unit, (stored.incident_id, wholes[-1]))


async def _recalled(unit: UnitOfWork, pair: tuple[str, str]) -> Related:
    found = await unit.folds(set(pair))
    if not found.keys() >= set(pair):
        raise OutcomeUnknown("it took effect, but how both incidents stand cannot be read")
    return Related(found[pair[0]], found[pair[1]])


async def _locked(unit: UnitOfWork, pair: tuple[str, str], actor: Actor, *, seen: Sequence[str]) -> Pair:
    """Lock both; of those to be `seen`, one that is private is there only for those inside."""
    found = await unit.incidents(set(pair))
    missing = [key for key in pair if key not in found]
    if missing or any(found[key].private and actor.id not in found[key].inside for key in seen):
        raise NotFound(NO_SUCH_INCIDENT, code="no_incident")
    return found[pair[0]], found[pair[1]]
