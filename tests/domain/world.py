"""A pure incident to play with: commands in; events, effects and timers out; no store, and a clock you turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain import reaction
from bot.domain.commands import Command, Declare, FireTimer, RecordOutcome
from bot.domain.decide import Moment, decide
from bot.domain.effects import Effect, Facts, Placed, RoomFacts
from bot.domain.events import Event, Recorded
from bot.domain.evolve import apply
from bot.domain.model import FIREBELL, Absence, Actor, Identity, Incident
from bot.domain.policy import Panel, Policy, ServicePolicy
from bot.domain.react import react

START = datetime(2026, 11, 19, 2, 47, tzinfo=UTC)
ANA, BEA, SAM = Actor("UANA"), Actor("UBEA"), Actor("USAM", responder=False)
GUEST = Actor("UGUEST", guest=True)

LATENCY = Panel("latency", "p99 latency", "histogram_quantile(0.99, latency)", "seconds")
POLICY = Policy(
    severities=SEVERITIES,
    roles=ROLES,
    services=(
        ServicePolicy(
            "checkout", "Checkout", aliases=("cart",), tier=1, panels=(LATENCY,), dashboard="https://d.example/c"
        ),
        ServicePolicy("search", "Search", tier=3),
    ),
)


@dataclass
class World:
    """One incident under one policy. `do` returns what the command's events made happen."""

    policy: Policy = POLICY
    now: datetime = START
    incident: Incident | None = None
    log: list[Recorded] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    timers: dict[str, reaction.Arm] = field(default_factory=dict)
    retried: list[str] = field(default_factory=list)

    @property
    def it(self) -> Incident:
        assert self.incident is not None
        return self.incident

    def do(self, command: Command, actor: Actor = ANA) -> list[Event]:
        """Decide, fold and react, as the service would; new effects replace the earlier ones in `effects`."""
        identity = Identity("01", "W", 42) if isinstance(command, Declare) else None
        events = decide(self.incident, command, Moment(self.now, actor, self.policy, identity))
        self.effects = []
        for event in events:
            recorded = Recorded(len(self.log) + 1, event, actor, self.now, "r")
            before, self.incident = self.incident, apply(self.incident, recorded)
            self.log.append(recorded)
            for follows in react(before, self.incident, recorded, self.policy):
                self._take(follows)
        return list(events)

    def _take(self, follows: reaction.Reaction) -> None:
        match follows:
            case reaction.Arm(kind=kind):
                self.timers[kind] = follows
            case reaction.Disarm(kind=kind):
                self.timers.pop(kind, None)
            case reaction.Retry(effect_id=effect_id):
                self.retried.append(effect_id)
            case _:
                self.effects.append(follows)

    def declare(
        self, title: str = "Checkout returns 500s", severity: str | None = "sev1", **fields: object
    ) -> Incident:
        self.do(Declare(title, severity, **fields))
        return self.it

    def settle(self, effect: Effect, facts: Facts) -> list[Event]:
        return self.do(RecordOutcome("e1", effect, facts), FIREBELL)

    def open_room(self) -> None:
        """Let the chat system answer what set-up asked for first."""
        from bot.domain.effects import CARD, SUMMARY_CARD, OpenRoom, PostCard

        self.settle(OpenRoom(), RoomFacts("CROOM", "inc-42"))
        self.settle(PostCard(CARD), Placed("CROOM", "1.1"))
        if not self.it.private:
            self.settle(PostCard(SUMMARY_CARD), Placed("CSUM", "1.2"))

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def fire(self, kind: str = reaction.UPDATE, *, away: Absence | None = None) -> list[Event]:
        """Move to the timer's due time (never back) and fire it; `away` is when Firebell was away last."""
        timer = self.timers.pop(kind)
        self.now = max(self.now, timer.due_at)
        return self.do(FireTimer(kind, timer.due_at, timer.step, away), FIREBELL)
