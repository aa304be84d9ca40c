"""Who goes where, on request: the situation from what is stored, a proposal worked out elsewhere, its acceptance.

Nothing here happens by itself. What was proposed is worked out again when somebody accepts it; if people or incidents
have changed so that another plan comes out, that one is shown instead. Then every role is handed out in one
transaction, under the incidents' locks, so that no half of a plan is ever carried out. There the incidents and the
people of the plan are looked at once more: whoever has taken something on meanwhile is not given a second thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, ParamSpec, Protocol, TypeVar

import structlog

from bot.analysis.staffing import propose
from bot.domain.availability import LONGEST, Whereabouts, Word
from bot.domain.decisions.paging import service_target
from bot.domain.mitigation import History, past_of
from bot.domain.model import Actor, Incident
from bot.domain.muster import Known, Look, digest, muster, orders
from bot.domain.paging import OnCall, Target
from bot.domain.policy import Policy
from bot.domain.priority import Board
from bot.domain.staffing import Proposal, Situation
from bot.errors import IntegrationError, UserError
from bot.ports import READ_AT_ONCE, Clock, Ledger, Queries, Stored, UnitOfWork, Viewer
from bot.retrying import in_one_transaction
from bot.roster import Roster, Rota
from bot.service import Service

SOLVE_SECONDS: Final = 20.0
"""For working a proposal out once it is its turn, the start of its process included: what others asked for before takes
nothing from it, and giving it up takes nothing from theirs.

The solver gives up after two seconds for each of its three questions by itself, twice: with moves and without.
"""

HISTORY_SECONDS: Final = 600.0
"""How long what earlier incidents teach is kept at hand."""

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Workshop(Protocol):
    """A process of its own for what takes long. It begins with the first piece of work."""

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module's function there; raises IntegrationError when the process ended before it was done."""

    def close(self) -> None:
        """Let the process go; the next piece of work begins another."""


class Boards(Protocol):
    """Which fire first, for a viewer."""

    async def board(self, viewer: Viewer, *, also: str = "") -> Board: ...


@dataclass(frozen=True, slots=True)
class Done:
    """A proposal that was carried out: the incidents after it. `repeat`: the same request had done so before."""

    look: Look | None
    incidents: tuple[Incident, ...]
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A proposal, and who held a role in which open incident just before it was worked out."""

    look: Look
    holders: Mapping[str, frozenset[str]]


class Staffing:
    """Proposes, and carries out what was accepted. `rota` is a pager that knows who is on call, where there is one."""

    def __init__(
        self,
        ledger: Ledger,
        queries: Queries,
        roster: Roster,
        service: Service,
        *,
        boards: Boards,
        workshop: Workshop,
        policy: Policy,
        clock: Clock,
        rota: Rota | None = None,
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._roster = roster
        self._service = service
        self._boards = boards
        self._workshop = workshop
        self._policy = policy
        self._clock = clock
        self._rota = rota
        self._history: tuple[float, History] | None = None
        self._turn = asyncio.Lock()

    async def look(self, viewer: Viewer) -> Look:
        """Propose for every open incident that the viewer may see.

        Raises:
            UserError: no proposal could be worked out; nothing changed.
            Busy: the database did not answer.
        """
        return (await self._seen(viewer)).look

    async def _seen(self, viewer: Viewer) -> Seen:
        holders = await self._roster.holders()
        board = await self._boards.board(viewer)
        incidents = await self._read([one.scored.case.id for one in board])
        now = self._clock.now()
        known = await self._known(viewer, incidents.values(), now)
        seen = muster(board, incidents, await self.history(), known, self._policy, now=now)
        proposal = await self._proposed(seen.situation)
        look = Look(board, seen, proposal, digest(proposal, seen), unlisted=not self._policy.people)
        return Seen(look, holders)

    async def _read(self, ids: Sequence[str]) -> Mapping[str, Incident]:
        """Read incidents some at a time, so that others get a turn between."""
        found: dict[str, Incident] = {}
        for start in range(0, len(ids), READ_AT_ONCE):
            found |= await self._queries.by_ids(ids[start : start + READ_AT_ONCE])
            await asyncio.sleep(0)
        return found

    async def _known(self, viewer: Viewer, incidents: Iterable[Incident], now: datetime) -> Known:
        on_call = await self._on_call(incidents)
        return Known(await self._roster.words(now), await self._roster.busy_unseen(viewer.user), on_call)

    async def _on_call(self, incidents: Iterable[Incident]) -> frozenset[str]:
        """Return whom the pager has on call for the affected services: of each escalation, who is asked first."""
        rota = self._rota
        if rota is None or self._policy.pager is None:
            return frozenset()
        affected = dict.fromkeys(key for incident in incidents for key in incident.services)
        targets = (service_target(key, self._policy) for key in affected)
        found = await asyncio.gather(*(_asked(rota, one) for one in targets if one is not None and one.id))
        return frozenset(one.user for some in found for one in some if one.user and one.level == 1)

    async def history(self) -> History:
        """Return what earlier incidents teach, read anew every few minutes."""
        now = self._clock.monotonic()
        if self._history is None or now - self._history[0] > HISTORY_SECONDS:
            past = [past_of(one) for one in await self._roster.mitigated()]
            self._history = now, History(one for one in past if one is not None)
        return self._history[1]

    async def _proposed(self, situation: Situation) -> Proposal:
        try:
            async with self._turn, asyncio.timeout(SOLVE_SECONDS):
                return await self._workshop.run(propose, situation)
        except TimeoutError as error:
            # Whoever asks next must not wait behind what nobody wants any more.
            self._workshop.close()
            raise _unsolved(f"it took longer than {SOLVE_SECONDS:.0f} s") from error
        except ImportError as error:
            raise _unsolved("scipy, which works it out, is not installed as it should be") from error
        except IntegrationError as error:
            raise _unsolved(error.detail) from error

    async def accept(self, name: str, actor: Actor, request_id: str, viewer: Viewer) -> Done | Look:
        """Carry out the proposal of that name, or return the one that holds by now.

        Raises:
            UserError: this person may not, or an incident refuses; nothing changed.
            Busy, OutcomeUnknown: as for every command.
        """
        if (before := await self._ledger.answer(request_id)) is not None:
            return await self._repeated(before)
        seen = await self._seen(viewer)
        if seen.look.name != name:
            # The same press, sent twice, may have done it while this look was taken: then that is why it differs.
            before = await self._ledger.answer(request_id)
            return seen.look if before is None else await self._repeated(before)

        async def work(unit: UnitOfWork) -> Done | Stored | None:
            return await self._carry_out(unit, seen, actor, request_id)

        done = await in_one_transaction(self._ledger, work, clock=self._clock)
        if done is None:
            return await self.look(viewer)
        return done if isinstance(done, Done) else await self._repeated(done)

    async def _repeated(self, before: Stored) -> Done:
        again = await self._queries.by_id(before.incident_id)
        return Done(None, (again,) if again else (), repeat=True)

    async def _carry_out(self, unit: UnitOfWork, seen: Seen, actor: Actor, request_id: str) -> Done | Stored | None:
        """Hand all roles out at once.

        Returns what the same request did before, where it did, and None where things are no longer as the plan saw
        them; then nothing is written.
        """
        look = seen.look
        wanted = orders(look.proposal, look.muster, self._policy)
        locked = await unit.incidents(wanted)
        if (before := await unit.answered(request_id)) is not None:
            return before
        if any(key not in locked or _differs(locked[key], look.muster.incidents[key]) for key in wanted):
            return None
        if _moved_on(look.proposal, seen.holders, await unit.words.holders()):
            return None
        changed: list[Incident] = []
        for key in sorted(wanted):
            incident = locked[key]
            for command in wanted[key]:
                incident = (await self._service.carry_out(unit, incident, command, actor, request_id)).incident
            changed.append(incident)
        if changed:
            last = changed[-1]
            await unit.remember(request_id, Stored(last.id, last.seq, last.seq), self._clock.now())
        return Done(look, tuple(changed))

    async def say_where(self, user: str, where: Whereabouts, until: datetime) -> Word:
        """Note where somebody is until when.

        Raises:
            UserError: that time is past, or too far ahead.
            Busy: the database did not answer; nothing changed.
        """
        now = self._clock.now()
        if not now < until <= now + LONGEST:
            raise UserError(
                "Nothing changed. That is not within the next 14 days. Write a time like `until 18:00` or `for 8h`.",
                code="until_out_of_range",
            )
        word = Word(user, where, until, now)
        await in_one_transaction(self._ledger, lambda unit: unit.words.say(word), clock=self._clock)
        return word


async def _asked(rota: Rota, target: Target) -> Sequence[OnCall]:
    """Ask the pager; where it does not say, people's own words and working hours count."""
    try:
        return await rota.on_call(target)
    except IntegrationError as error:
        log.warning("on_call_unknown", service=target.service, reason=error.reason.value)
        return ()


def _differs(now: Incident, then: Incident) -> bool:
    return (now.roles, now.status, now.safety, now.mitigated_at) != (
        then.roles,
        then.status,
        then.safety,
        then.mitigated_at,
    )


def _moved_on(proposal: Proposal, then: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]) -> bool:
    """Whether another incident is open, or somebody of the plan holds roles in other incidents than it saw."""
    people = {place.user for place in proposal.plan.places}
    return {key: users & people for key, users in then.items()} != {key: users & people for key, users in now.items()}


def _unsolved(why: str) -> UserError:
    return UserError(
        f"Nothing changed. Who goes where could not be worked out: {why}. "
        "Try again in a moment; `priorities` shows the order meanwhile.",
        code="unsolved",
    )
