"""Whatever people do in whatever order: the log folds to the incident, and an open incident is never forgotten."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.evolve import fold
from bot.domain.model import Actor, Status
from bot.domain.reaction import UPDATE
from bot.domain.refusal import Refused
from tests.domain.world import ANA, BEA, GUEST, SAM, World

SEVERITIES = st.sampled_from(["sev1", "sev2", "sev3", "sev4", "sev9"])
ROLES = st.sampled_from(["commander", "deputy", "communications", "operations", "nobody"])
PEOPLE = st.sampled_from([ANA, BEA, SAM, GUEST])
WORDS = st.text(max_size=40)


class Incidents(RuleBasedStateMachine):
    """Random commands by random people, time passing, timers firing and the chat system answering."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize(severity=st.sampled_from(["sev1", "sev2", "sev3", "sev4", None]), private=st.booleans())
    def declare(self, severity: str | None, private: bool) -> None:
        self.world.declare(severity=severity, private=private, services=("checkout",))

    def attempt(self, command: c.Command, actor: Actor = ANA) -> None:
        before, why = self.world.incident, None
        try:
            self.world.do(command, actor)
        except Refused as refusal:
            why = refusal.why
        if why is not None:
            assert why
            assert self.world.incident == before

    @rule(span=st.integers(0, 200))
    def time_passes(self, span: int) -> None:
        self.world.wait(minutes=span)

    @rule()
    def the_room_opens(self) -> None:
        if self.world.it.room is None:
            self.world.open_room()

    @rule(kind=st.sampled_from(["update", "no_commander", "confirm_severity", "panels_after", "postmortem_nudge"]))
    def a_timer_fires(self, kind: str) -> None:
        if kind in self.world.timers:
            self.world.fire(kind)

    @rule(severity=SEVERITIES, reason=WORDS, actor=PEOPLE)
    def severity_moves(self, severity: str, reason: str, actor: Actor) -> None:
        self.attempt(c.ChangeSeverity(severity, reason), actor)

    @rule(status=st.sampled_from(Status), actor=PEOPLE)
    def status_moves(self, status: Status, actor: Actor) -> None:
        self.attempt(c.ChangeStatus(status), actor)

    @rule(headline=WORDS, severity=st.none() | SEVERITIES, actor=PEOPLE)
    def update(self, headline: str, severity: str | None, actor: Actor) -> None:
        self.attempt(c.PostUpdate(headline, severity=severity, severity_reason="because"), actor)

    @rule(number=st.integers(0, 4), headline=WORDS)
    def correct(self, number: int, headline: str) -> None:
        self.attempt(c.CorrectUpdate(number, headline))

    @rule(role=ROLES, actor=PEOPLE, replace=st.booleans())
    def take(self, role: str, actor: Actor, replace: bool) -> None:
        self.attempt(c.AssignRole(role, actor.id, replace), actor)

    @rule(role=ROLES, actor=PEOPLE)
    def release(self, role: str, actor: Actor) -> None:
        self.attempt(c.ReleaseRole(role), actor)

    @rule(
        command=st.sampled_from(
            [
                c.ConfirmUnchanged(),
                c.SnoozeReminder(),
                c.ConfirmSeverity(),
                c.Follow(),
                c.Unfollow(),
                c.CollectMetrics(),
                c.WritePostmortem(),
                c.AddNote("a finding"),
                c.RequestPin("C", "1.1"),
                c.Unpin("C", "1.1"),
                c.Reopen("it is back"),
                c.Resolve("rolled back"),
                c.Cancel("false alarm"),
                c.Close("done"),
                c.EditDetails(title="New title"),
                c.EditSection("root_cause", "A retry storm"),
                c.SaveActionItem("Add a limit", due="2026-12-01"),
                c.VacatePerson("UANA"),
                c.EnterRoom("UANA"),
                c.LeaveRoom("UANA"),
                c.RecordFailure("e1", f.SetTopic(), "client", "too_long"),
                c.RetryEffect("e1"),
            ]
        ),
        actor=PEOPLE,
    )
    def anything_else(self, command: c.Command, actor: Actor) -> None:
        self.attempt(command, actor)

    @invariant()
    def the_log_folds_to_the_incident(self) -> None:
        if self.world.log:
            assert fold(self.world.log) == self.world.incident
            assert [one.seq for one in self.world.log] == list(range(1, len(self.world.log) + 1))

    @invariant()
    def an_open_incident_is_never_forgotten(self) -> None:
        if self.world.incident is None or self.world.it.severity == "sev4":
            return
        assert (UPDATE in self.world.timers) is self.world.it.is_open

    @invariant()
    def nothing_private_reaches_the_summary_channel(self) -> None:
        if self.world.incident is None or not self.world.it.private:
            return
        for effect in self.world.effects:
            assert not (isinstance(effect, f.PostMessage) and effect.place == "summary")
            assert effect != f.PostCard(f.SUMMARY_CARD)

    @invariant()
    def the_next_update_is_never_further_off_than_the_longest_cadence(self) -> None:
        if self.world.incident is None or self.world.it.clock.due_at is None:
            return
        clock = self.world.it.clock
        assert clock.due_at - clock.restarted_at <= max(one.cadence for one in self.world.policy.severities)


Incidents.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestIncidents = Incidents.TestCase
