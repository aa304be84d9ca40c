"""The outbox's rows: queueing, claiming the head of a stream, and what may become of a claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Update, bindparam, case, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effects import Effect, Route, route
from bot.domain.model import Incident
from bot.domain.needs import needs_met
from bot.domain.unread import Unread
from bot.rows import UNREADABLE, Claimed, Lease, Unreadable
from bot.store import codec
from bot.store.claiming import claiming
from bot.store.direct import Statement
from bot.store.effect_row import claimed_as, may_go, payload, read_effect
from bot.store.engine import db_now
from bot.store.history import tell_unreadable
from bot.store.sql import upsert
from bot.store.tables import DEAD, DONE, PENDING, SENDING, UNSETTLED, WAITING, buckets, effects, incidents, stands

SECOND: Final = 1_000_000
DETAIL_LENGTH: Final = 1000

LONGEST_WAIT: Final = 300 * SECOND
"""Nothing is put off for longer. What is due later than that was put off before the database's clock was set back."""

FOREIGN_WAIT: Final = 10 * SECOND
"""For how long an effect is left alone that holds what only a newer release can read; one may serve beside this one."""


class SqlEffectRows:
    """Implements `rows.EffectRows` within one transaction."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self.changed = False
        self.unreadable: list[Unreadable] = []

    async def enqueue(self, incident: Incident, queued: Sequence[tuple[int, int, Effect]]) -> None:
        rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for seq, n, effect in queued:
            way = route(effect)
            key = f"{incident.id}:{seq}:{n}:{way.integration}"
            twin = ("collapse", way.integration, way.collapse) if way.collapse else ("key", key)
            if twin in rows:
                rows[twin] |= payload(effect)
            elif not way.collapse or not await self._replace_twin(incident.id, way, effect):
                rows[twin] = self._row(incident, key, seq, n, way) | payload(effect)
        if rows:
            await _ENQUEUE.run_all(self._connection, list(rows.values()))
            self.changed = True

    async def _replace_twin(self, incident_id: str, way: Route, effect: Effect) -> bool:
        """Give a twin that nobody has claimed the newest facts, if there is one.

        The lock makes a worker that claims it at this moment wait or go first: it never performs a twin that was
        replaced after it had read the incident.
        """
        same = {"whose": incident_id, "by": way.integration, "same": way.collapse}
        twin = (await _TWIN.run(self._connection, same)).first()
        if twin is None:
            return False
        await _REPLACE.run(self._connection, {"which": twin.id} | payload(effect))
        return True

    def _row(self, incident: Incident, key: str, seq: int, n: int, way: Route) -> dict[str, Any]:
        return {
            "id": key,
            "workspace": self._workspace,
            "incident": incident.id,
            "whose": incident.id,
            "seq": seq,
            "n": n,
            "integration": way.integration,
            "stream": way.stream,
            "collapse": way.collapse,
            "status": PENDING if needs_met(incident, way) else WAITING,
        }

    async def reorder(self, incident_id: str, rank: int) -> None:
        """Let what is queued already take the place of the incident's new rank."""
        await _REORDER.run(self._connection, {"whose": incident_id, "new_rank": rank})

    async def release(self, incident: Incident) -> None:
        query = select(effects).where(
            effects.c.incident == incident.id, stands(effects, *UNSETTLED), effects.c.status == WAITING
        )
        waiting = (await self._connection.execute(query)).all()
        verdicts = {row.id: may_go(incident, row) for row in waiting}
        # What cannot be read here goes too: whoever reads it lets it wait again if it must.
        for verdict, told in ((True, {}), (None, {"last_reason": UNREADABLE})):
            ready = [key for key, found in verdicts.items() if found is verdict]
            if ready:
                free = update(effects).where(effects.c.id.in_(ready))
                await self._connection.execute(free.values(status=PENDING, created_at=db_now(), **told))
                self.changed = True

    async def revive(self, key: str, incident: Incident) -> None:
        query = select(effects).where(effects.c.id == key, effects.c.incident == incident.id, effects.c.status == DEAD)
        row = (await self._connection.execute(query.with_for_update())).one_or_none()
        if row is None:
            return
        status = WAITING if may_go(incident, row) is False else PENDING
        # Its age begins anew: nobody was to perform it while it was dead.
        values = {"status": status, "attempts": 0, "created_at": db_now(), "not_before": db_now(), "settled_at": None}
        # An attempt may have got through unnoticed, so that it is looked for before it is sent once more.
        values |= {"outcome_unknown": True, "rank": _RANK}
        await self._connection.execute(
            update(effects).where(effects.c.id == key).values(**values), {"whose": incident.id}
        )
        self.changed = True

    async def claim(
        self, leases: Mapping[str, float], token: str, *, most: int = 1, without: Collection[str] = ()
    ) -> Sequence[Claimed]:
        lasts = tuple((name, round(seconds * SECOND)) for name, seconds in leases.items())
        query = claiming(lasts, tuple(sorted(without)))
        asked = {"in_workspace": self._workspace, "token": token, "most": most}
        rows = (await self._connection.execute(query, asked)).all()
        found, foreign = [], []
        for row in rows:
            try:
                found.append(claimed_as(row))
            except codec.CodecError as error:
                foreign.append(row.id)
                tell_unreadable(row.incident, f"{row.type}: {error}")
                again, what = row.last_reason == UNREADABLE, Unread(row.type, row.stream)
                self.unreadable.append(Unreadable(row.id, row.incident, what, row.created_at, again))
        if foreign:
            # Of a kind that is known, with something in it that is not: a newer release reads it.
            await self._connection.execute(_LEAVE, {"which": foreign})
            self.changed = True
        return found

    async def settle(self, claimed: Claimed) -> bool:
        return claimed.key in await self.settle_all([claimed])

    async def settle_all(self, claimed: Sequence[Claimed]) -> Collection[str]:
        """Mark them done. That wakes nobody: whoever settles has room for another, and claims what may go now."""
        if not claimed:
            return ()
        held = {"held": [(one.key, one.token) for one in claimed]}
        return set((await self._connection.execute(_SETTLE, held)).scalars())

    async def bury(self, claimed: Claimed, reason: str, detail: str) -> bool:
        told = {"last_reason": reason, "last_detail": detail[:DETAIL_LENGTH]}
        return await self._end(claimed, status=DEAD, settled_at=db_now(), **told)

    async def give_up(self, unreadable: Unreadable, detail: str) -> bool:
        same = (effects.c.id == unreadable.key, effects.c.created_at == unreadable.queued)
        still = (*same, effects.c.status == PENDING, effects.c.last_reason == UNREADABLE)
        told = {"last_detail": detail[:DETAIL_LENGTH], "settled_at": db_now()}
        given_up = await self._changed(update(effects).where(*still).values(status=DEAD, **told))
        self.changed = self.changed or given_up
        return given_up

    async def wait(self, claimed: Claimed, incident: Incident) -> None:
        status = PENDING if needs_met(incident, route(claimed.effect)) else WAITING
        await self._end(claimed, status=status, attempts=claimed.attempt - 1)

    async def postpone(
        self, claimed: Claimed, delay: float, *, reason: str, detail: str, unknown: bool, counts: bool
    ) -> bool:
        return await self._end(
            claimed,
            status=PENDING,
            not_before=db_now() + _within_reason(delay),
            attempts=claimed.attempt if counts else claimed.attempt - 1,
            outcome_unknown=unknown,
            last_reason=reason,
            last_detail=detail[:DETAIL_LENGTH],
        )

    async def standing(self, claimed: Claimed) -> Effect:
        row = (await self._connection.execute(select(effects).where(effects.c.id == claimed.key))).one()
        return read_effect(row)

    async def expand(self, claimed: Claimed, expanded: Mapping[str, Effect]) -> None:
        """Queue one effect for each recipient; a doubt about the whole is a doubt about each."""
        parent = select(effects).where(effects.c.id == claimed.key)
        row = (await self._connection.execute(parent)).one()
        doubt = {"outcome_unknown": True, "first_attempt_at": row.first_attempt_at} if claimed.unknown else {}
        for recipient, effect in expanded.items():
            way = route(effect)
            if way.collapse and await self._replace_twin(row.incident, way, effect):
                continue
            query = upsert(self._connection, effects).values(
                id=f"{claimed.key}:{recipient}",
                workspace=self._workspace,
                incident=row.incident,
                seq=row.seq,
                n=row.n,
                integration=way.integration,
                stream=way.stream,
                rank=row.rank,
                collapse=way.collapse,
                status=PENDING,
                created_at=row.created_at,
                not_before=db_now(),
                **doubt,
                **payload(effect),
            )
            await self._connection.execute(query.on_conflict_do_nothing())

    async def checkpoint(self, claimed: Claimed, progress: Mapping[str, str]) -> bool:
        return await self._changed(self._of(claimed).values(progress=codec.canonical(dict(progress))))

    async def hold(self, claimed: Claimed, *, wait: float, lease: float) -> bool:
        values = {"attempted_at": db_now(), "lease_until": db_now() + round((wait + lease) * SECOND)}
        return await self._changed(self._of(claimed).values(**values))

    async def reserve(self, bucket: str, interval: float, *, within: float, burst: int = 1) -> tuple[float, bool]:
        """Take the bucket's next slot by the generic cell rate algorithm: slots not used lie in the past, and of these
        the last `burst` - 1 may still be taken.
        """
        step = round(interval * SECOND)
        key = {"workspace": self._workspace, "name": bucket}
        earliest = db_now() - (burst - 1) * step
        free = case((buckets.c.next_at > earliest, buckets.c.next_at), else_=earliest)
        query = (
            upsert(self._connection, buckets)
            .values(**key, next_at=earliest + step)
            .on_conflict_do_update(
                index_elements=list(key),
                set_={"next_at": free + step},
                where=buckets.c.next_at <= db_now() + round(within * SECOND),
            )
            .returning(buckets.c.next_at - step - db_now())
        )
        slot = (await self._connection.execute(query)).scalar_one_or_none()
        if slot is not None:
            return max(0.0, slot / SECOND), True
        look = select(buckets.c.next_at - db_now()).filter_by(**key)
        return max(0.0, (await self._connection.execute(look)).scalar_one() / SECOND), False

    async def hold_back(self, bucket: str, seconds: float) -> None:
        """Move the bucket's next slot on; slots that lie before it are lost, so that no burst follows a rate limit."""
        key = {"workspace": self._workspace, "name": bucket}
        until = db_now() + _within_reason(seconds)
        later = case((buckets.c.next_at > until, buckets.c.next_at), else_=until)
        query = upsert(self._connection, buckets).values(**key, next_at=until)
        await self._connection.execute(query.on_conflict_do_update(index_elements=list(key), set_={"next_at": later}))

    async def forget_full_buckets(self) -> None:
        """Forget those that rested for longer than any fills up: without a row one is full, too.

        Every channel and person has one, so that they would be as many as incidents ever were.
        """
        full = delete(buckets).where(
            buckets.c.workspace == self._workspace, buckets.c.next_at < db_now() - LONGEST_WAIT
        )
        await self._connection.execute(full)

    async def leases(self) -> Sequence[Lease]:
        over = (effects.c.lease_until <= db_now()).label("over")
        columns = (effects.c.id, effects.c.lease_token, effects.c.attempted_at, _LEASE.label("lasts"), over)
        query = select(*columns).where(effects.c.workspace == self._workspace, stands(effects, SENDING))
        rows = (await self._connection.execute(query)).all()
        return [Lease(row.id, row.lease_token, row.attempted_at, row.lasts / SECOND, row.over) for row in rows]

    async def sweep(self, leases: Sequence[Lease], *, wait: bool) -> int:
        """Give back what a worker left behind.

        A lease is twice (call timeout + grace), so half of it is how long an attempt that may just have been made is
        not looked into.
        """
        swept = 0
        for one in leases:
            query = update(effects).where(
                effects.c.id == one.key,
                effects.c.lease_token == one.token,
                effects.c.attempted_at == one.begun,
                effects.c.status == SENDING,
            )
            earliest = db_now() + round(one.seconds / 2 * SECOND) if wait else db_now()
            free = query.values(status=PENDING, lease_token=None, outcome_unknown=True, not_before=earliest)
            swept += (await self._connection.execute(free)).rowcount
        await self._release_misplaced_waits()
        self.changed = self.changed or swept > 0
        return swept

    async def _release_misplaced_waits(self) -> None:
        """Let go what waits for longer than anything is ever put off: the database's clock was set back."""
        query = update(effects).where(
            effects.c.workspace == self._workspace,
            effects.c.status.in_((WAITING, PENDING)),
            effects.c.not_before > db_now() + LONGEST_WAIT,
        )
        released = (await self._connection.execute(query.values(not_before=db_now()))).rowcount
        self.changed = self.changed or released > 0
        full = update(buckets).where(
            buckets.c.workspace == self._workspace, buckets.c.next_at > db_now() + LONGEST_WAIT
        )
        await self._connection.execute(full.values(next_at=db_now()))

    async def next_attempt(self) -> float | None:
        query = select(func.min(effects.c.not_before) - db_now()).where(
            effects.c.workspace == self._workspace, effects.c.status == PENDING, effects.c.not_before > db_now()
        )
        wait = (await self._connection.execute(query)).scalar_one()
        return None if wait is None else max(0.0, wait / SECOND)

    def _of(self, claimed: Claimed) -> Update:
        return update(effects).where(
            effects.c.id == claimed.key, effects.c.lease_token == claimed.token, effects.c.status == SENDING
        )

    async def _end(self, claimed: Claimed, **values: Any) -> bool:
        """End this attempt, which lets the next of its stream go."""
        ended = await self._changed(self._of(claimed).values(lease_token=None, **values))
        self.changed = self.changed or ended
        return ended

    async def _changed(self, query: Update) -> bool:
        return (await self._connection.execute(query)).rowcount == 1


_RANK: Final = select(incidents.c.rank).where(incidents.c.id == bindparam("whose")).scalar_subquery()

_ENQUEUE: Final = Statement(insert(effects).values(created_at=db_now(), not_before=db_now(), rank=_RANK))

_TWIN: Final = Statement(
    select(effects.c.id)
    .where(
        effects.c.incident == bindparam("whose"),
        effects.c.integration == bindparam("by"),
        effects.c.collapse == bindparam("same"),
        stands(effects, *UNSETTLED),
        effects.c.status != SENDING,
    )
    .order_by(effects.c.seq, effects.c.n)
    .limit(1)
    .with_for_update()
)
_REPLACE: Final = Statement(update(effects).where(effects.c.id == bindparam("which")))

_LEAVE: Final = (
    update(effects)
    .where(effects.c.id.in_(bindparam("which", expanding=True)))
    .values(
        status=PENDING,
        lease_token=None,
        attempts=effects.c.attempts - 1,
        not_before=db_now() + FOREIGN_WAIT,
        last_reason=UNREADABLE,
    )
)

_LEASE: Final = effects.c.lease_until - effects.c.attempted_at
"""How long a lease was given for."""


def _in_order(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition of an update of several rows that locks them by id, so that two never wait for each other."""
    # A common table expression runs once; a subquery might be run for each row anew.
    locked = select(effects.c.id).where(*which).order_by(effects.c.id).with_for_update().cte("locked")
    return effects.c.id.in_(select(locked.c.id))


_REORDER: Final = Statement(
    update(effects)
    .where(_in_order(effects.c.incident == bindparam("whose"), stands(effects, *UNSETTLED)))
    .values(rank=bindparam("new_rank"))
)
_SETTLE: Final = (
    update(effects)
    .where(
        _in_order(
            tuple_(effects.c.id, effects.c.lease_token).in_(bindparam("held", expanding=True)),
            stands(effects, SENDING),
        )
    )
    .values(status=DONE, settled_at=db_now(), outcome_unknown=False, lease_token=None)
    .returning(effects.c.id)
)
"""Built once: putting a statement together takes longer than running it, and this one ends every effect."""


def _within_reason(seconds: float) -> int:
    """Return a delay in microseconds, at most `LONGEST_WAIT`."""
    return min(round(seconds * SECOND), LONGEST_WAIT)
