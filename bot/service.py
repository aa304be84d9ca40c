"""The one way to change anything: a command, decided and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

from bot import faultpoints
from bot.domain.commands import Command, Declare
from bot.domain.decide import Moment
from bot.domain.effects import DirectMessage, Effect, route
from bot.domain.events import Event, Recorded
from bot.domain.model import Actor, Identity, Incident
from bot.domain.notices import RoleDuties
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Disarm, Reaction, Retry
from bot.domain.refusal import Refused
from bot.errors import Busy, Conflict, NotFound, OutcomeUnknown, UserError
from bot.ports import Accepted, Clock, Ledger, Observer, Silent, Stored, UnitOfWork

DEADLINE_SECONDS: Final = 2.0
"""From the call to COMMIT: the chat system waits three seconds for its answer."""

INTERNAL_DEADLINE_SECONDS: Final = 10.0
"""For transactions that nobody waits for: settling an effect, firing a timer."""

CARDS_IN_FULL: Final = 2
"""How often a person is told all a role's duties; whoever held it as often knows them, and finds them by a button."""

TRIES: Final = 8
"""How often a transaction is decided again after a conflict, within its deadline."""

NO_SUCH_INCIDENT: Final = "Nothing changed. There is no such incident. Check the number, or run `list`."


class Answered(Protocol):
    """What a request is answered with; `repeat`: the same request had been carried out before."""

    @property
    def repeat(self) -> bool: ...


Answer = TypeVar("Answer", bound=Answered)
Work = Callable[[UnitOfWork], Awaitable[tuple[Answer, Stored | None]]]
"""Decides and records from what is stored, and may be begun anew. Returns the answer and what the inbox is to keep of
it: None for a repeat."""

Recall = Callable[[UnitOfWork, Stored], Awaitable[Answer]]
"""Reads what the request did, once the inbox says that it did."""


@dataclass(frozen=True, slots=True)
class Core:
    """The pure functions that say what an incident is. Injected, so that the store can be tested without them."""

    decide: Callable[[Incident | None, Command, Moment], tuple[Event, ...]]
    apply: Callable[[Incident | None, Recorded], Incident]
    react: Callable[[Incident | None, Incident, Recorded, Policy], tuple[Reaction, ...]]

    def fold(self, log: Iterable[Recorded]) -> Incident:
        """Fold a log that is not empty."""
        incident: Incident | None = None
        for recorded in log:
            incident = self.apply(incident, recorded)
        if incident is None:
            raise ValueError("an empty log is no incident")
        return incident


class Service:
    """Carries out commands. `enabled` names the integrations that are on: effects of others are not queued at all.

    `in_flight` counts the commands that people are waiting for.
    """

    def __init__(
        self,
        ledger: Ledger,
        core: Core,
        *,
        clock: Clock,
        policy: Policy,
        new_id: Callable[[], str],
        workspace: str,
        enabled: frozenset[str] | None = None,
        observer: Observer | None = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._ledger = ledger
        self._core = core
        self._clock = clock
        self._policy = policy
        self._new_id = new_id
        self._workspace = workspace
        self._enabled = enabled
        self._observer = observer or Silent()
        self._deadline = deadline
        self.in_flight = 0

    async def execute(
        self, command: Command, actor: Actor, request_id: str, *, incident_id: str | None = None
    ) -> Accepted:
        """Carry out a command that somebody gave; `incident_id` is None only for `Declare`.

        The same request a second time returns the first one's result, marked `repeat`.

        Raises:
            UserError: refused; nothing changed.
            NotFound: there is no such incident.
            Busy: the database did not answer in time; nothing changed.
            OutcomeUnknown: COMMIT was sent, and whether it took effect could not be found out.
        """

        async def work(unit: UnitOfWork) -> tuple[Accepted, Stored | None]:
            before = await self._locked(unit, incident_id)
            stored = await unit.answered(request_id)
            if stored is not None:
                return await self.recall(unit, stored, repeat=True), None
            accepted = await self.carry_out(unit, before, command, actor, request_id)
            return accepted, stored_as(accepted)

        async def recall(unit: UnitOfWork, stored: Stored) -> Accepted:
            return await self.recall(unit, stored, repeat=False)

        return await self.execute_work(_name_of(command), request_id, work, recall)

    async def execute_work(self, name: str, request_id: str, work: Work[Answer], recall: Recall[Answer]) -> Answer:
        """Carry out one request as one transaction, within the deadline that holds from this call.

        `name` is what figures call it. Raises what `execute` raises.
        """
        started, outcome = self._clock.monotonic(), "failed"
        self.in_flight += 1
        try:
            answer = await self._try_until(request_id, work, recall, started + self._deadline)
            outcome = "repeat" if answer.repeat else "accepted"
        except UserError:
            outcome = "refused"
            raise
        except Busy:
            outcome = "busy"
            raise
        except OutcomeUnknown:
            outcome = "unknown"
            raise
        finally:
            self.in_flight -= 1
            self._observer.command(name, outcome, self._clock.monotonic() - started)
        return answer

    async def _try_until(self, request_id: str, work: Work[Answer], recall: Recall[Answer], deadline: float) -> Answer:
        """Try until it is carried out or known not to have been, within the deadline."""
        for _ in range(TRIES):
            left = deadline - self._clock.monotonic()
            if left <= 0:
                break
            try:
                return await self._attempt(request_id, work, left)
            except Conflict:
                continue
            except OutcomeUnknown:
                return await self._find_out(request_id, recall)
        raise Busy("too many writers at once; nothing changed")

    async def _attempt(self, request_id: str, work: Work[Answer], seconds: float) -> Answer:
        async with self._ledger.transaction(seconds=seconds) as unit:
            answer, stored = await work(unit)
            if stored is None:
                return answer
            await unit.remember(request_id, stored, self._clock.now())
            faultpoints.reach(faultpoints.BEFORE_COMMIT)
            await unit.commit()
            faultpoints.reach(faultpoints.AFTER_COMMIT)
            return answer

    async def _locked(self, unit: UnitOfWork, incident_id: str | None) -> Incident | None:
        if incident_id is None:
            return None
        incident = await unit.incident(incident_id)
        if incident is None:
            raise NotFound(NO_SUCH_INCIDENT, code="no_incident")
        return incident

    async def _find_out(self, request_id: str, recall: Recall[Answer]) -> Answer:
        """Ask the inbox after a lost COMMIT, so that nobody is told "nothing changed" when something did."""
        try:
            stored = await self._ledger.answer(request_id)
            if stored is not None:
                async with self._ledger.transaction(seconds=DEADLINE_SECONDS) as unit:
                    return await recall(unit, stored)
        except (Busy, Conflict) as error:
            raise OutcomeUnknown("whether this took effect is not known yet") from error
        raise Busy("the database dropped the transaction; nothing changed")

    async def recall(self, unit: UnitOfWork, stored: Stored, *, repeat: bool) -> Accepted:
        """Return what a request did that the inbox knows, from the log."""
        log = await unit.log(stored.incident_id, until=max(stored.last_seq, stored.first_seq - 1))
        events = tuple(recorded for recorded in log if recorded.seq >= stored.first_seq)
        return Accepted(self._core.fold(log), events, repeat=repeat)

    async def carry_out(
        self, unit: UnitOfWork, before: Incident | None, command: Command, actor: Actor, request_id: str
    ) -> Accepted:
        """Decide and record inside a transaction that the caller opened and commits; `before` is locked in it.

        Raises:
            UserError: refused; nothing was written.
            Conflict: another writer was first.
        """
        identity = None
        if before is None:
            identity = Identity(self._new_id(), self._workspace, await unit.next_number())
        moment = Moment(self._clock.now(), actor, self._policy, identity)
        try:
            decided = self._core.decide(before, command, moment)
        except Refused as refusal:
            raise UserError.of(refusal) from None
        return await self._record(unit, before, decided, moment, request_id)

    async def _record(
        self, unit: UnitOfWork, before: Incident | None, decided: tuple[Event, ...], moment: Moment, request_id: str
    ) -> Accepted:
        fold, events = before, []
        reactions: list[tuple[int, int, Reaction]] = []
        for event in decided:
            seq = fold.seq + 1 if fold is not None else 1
            recorded = Recorded(seq, event, moment.actor, moment.now, request_id)
            after = self._core.apply(fold, recorded)
            follows = self._core.react(fold, after, recorded, self._policy)
            reactions.extend((seq, n, one) for n, one in enumerate(follows))
            events.append(recorded)
            fold = after
        if fold is None:
            raise ValueError("a first command must make an incident")
        if events:
            await unit.record(before, fold, events, self._policy.severity(fold.severity).rank)
            await self._follow(unit, fold, reactions)
        return Accepted(fold, tuple(events))

    async def _follow(self, unit: UnitOfWork, incident: Incident, reactions: list[tuple[int, int, Reaction]]) -> None:
        effects: list[tuple[int, int, Effect]] = []
        revived = []
        for seq, n, follows in reactions:
            match follows:
                case Arm():
                    await unit.timers.arm(incident.id, follows)
                case Disarm(kind=kind):
                    await unit.timers.disarm(incident.id, kind)
                case Retry(effect_id=key):
                    revived.append(key)
                case _ if self._enabled is None or route(follows).integration in self._enabled:
                    effects.append((seq, n, await _shortened(unit, follows)))
        await unit.effects.enqueue(incident, effects)
        for key in revived:
            await unit.effects.revive(key, incident)


async def _shortened(unit: UnitOfWork, effect: Effect) -> Effect:
    """Make a role card short for whoever had it in full before: no incident's log knows, the workspace's counts do."""
    match effect:
        case DirectMessage(user=user, notice=RoleDuties() as duties):
            short = await unit.count(f"duties:{duties.role}:{user}") > CARDS_IN_FULL
            return replace(effect, notice=replace(duties, short=short))
    return effect


def _name_of(command: Command) -> str:
    """Return what figures call a command: declaring a drill counts by itself."""
    drill = isinstance(command, Declare) and command.drill
    return "DeclareDrill" if drill else type(command).__name__


def stored_as(accepted: Accepted) -> Stored:
    """Return what the inbox keeps of a command that was carried out."""
    seq = accepted.incident.seq
    return Stored(accepted.incident.id, seq - len(accepted.events) + 1, seq)
