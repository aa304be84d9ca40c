"""Guests and other apps may read what they are shown, and change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from bot.domain import commands as c
from bot.domain.catalog import Range
from bot.domain.model import Actor, ActorKind, Status
from bot.domain.publishing import PublicStatus
from bot.domain.refusal import Refused
from bot.domain.regulation import Trigger
from bot.domain.relations import Relation
from tests.domain.world import GUEST, START, World

APP = Actor("UAPP", kind=ActorKind.BOT)
OTHER = World().declare("Search is slow")

ASKED = (
    c.Declare("Another one"),
    c.EditDetails(title="Other"),
    c.ChangeSeverity("sev1"),
    c.ChangeSeverity("sev4", "calmer"),
    c.ConfirmSeverity(),
    c.ChangeStatus(Status.MITIGATING),
    c.AssignRole("scribe", "UGUEST"),
    c.ReleaseRole("commander"),
    c.OfferHandoff("UGUEST", ("commander",), "mine"),
    c.AcceptHandoff(1),
    c.DeclineHandoff(1),
    c.WithdrawHandoff(1),
    c.ConfirmPresence(),
    c.PostUpdate("All is lost"),
    c.CorrectUpdate(1, "All is well"),
    c.ConfirmUnchanged(),
    c.SnoozeReminder(),
    c.AddNote("a note"),
    c.SetImpact(degraded=0.4),
    c.DeclareSafety("smoke"),
    c.WithdrawSafety("no smoke"),
    c.OverridePlace(1, timedelta(hours=1), "mine first"),
    c.EndOverride(),
    c.RequestPin("CROOM", "1.1"),
    c.Unpin("CROOM", "1.1"),
    c.Resolve("magic"),
    c.Cancel("no"),
    c.Follow(),
    c.CollectMetrics(),
    c.WritePostmortem(),
    c.EditSection("root_cause", "them"),
    c.SaveActionItem("theirs"),
    c.RetryEffect("e1"),
    c.RaiseDuty("gdpr"),
    c.AssessDuty("gdpr", True),
    c.AskDecider("gdpr", Trigger.AWARENESS, "UGUEST"),
    c.StartDutyClock("gdpr", Trigger.AWARENESS, START, "UGUEST"),
    c.FileDuty("gdpr", "authority", START, "UGUEST", "R1"),
    c.Page(),
    c.AcknowledgePage(1),
    c.ResolvePage(1),
    c.RequestResponders(("UANA",)),
    c.PublishPost("It is slow", "We look into it.", PublicStatus.INVESTIGATING),
    c.EstimateMitigation(40),
    c.KeepRoom(),
    c.LinkTo(OTHER, Relation.RELATED),
    c.Unlink(OTHER),
    c.MergeInto(OTHER, "same"),
    c.Absorb(OTHER, "same"),
    c.Unmerge(OTHER, "not the same"),
    c.ReleasePart(OTHER, "not the same"),
    c.TakeOut(),
    c.AcceptStaffing("p", "UGUEST", (), None, Range.exact(1), Range.exact(2)),
)
OVER = (c.Reopen("again"), c.Close("done"))
FIREBELLS = {
    "AdoptPolicy",
    "VacatePerson",
    "CatchUp",
    "EnterRoom",
    "LeaveRoom",
    "RescheduleDuties",
    "RescheduleReminders",
    "FireTimer",
    "RecordOutcome",
    "RecordFailure",
    "RecordPageMove",
    "AskAfterEnd",
}
"""Given by Firebell itself. `Unfollow` only takes away what the same person asked for."""


@pytest.fixture
def world() -> World:
    world = World()
    world.declare(severity="sev2")
    world.open_room()
    world.do(c.PostUpdate("Looking into it"))
    return world


def code_of(world: World, command: c.Command, actor: Actor) -> str:
    before = len(world.log)
    with pytest.raises(Refused) as caught:
        world.do(command, actor)
    assert len(world.log) == before
    return caught.value.code


@pytest.mark.parametrize("actor", [GUEST, APP], ids=["guest", "app"])
@pytest.mark.parametrize("command", ASKED, ids=lambda command: type(command).__name__)
def test_they_are_refused_while_it_runs(world: World, command: c.Command, actor: Actor) -> None:
    assert code_of(world, command, actor) == "guest"


@pytest.mark.parametrize("actor", [GUEST, APP], ids=["guest", "app"])
@pytest.mark.parametrize("command", OVER, ids=lambda command: type(command).__name__)
def test_they_are_refused_when_it_is_over(world: World, command: c.Command, actor: Actor) -> None:
    world.do(c.Resolve("Rolled back"))
    assert code_of(world, command, actor) == "guest"


def test_every_command_is_tried_here() -> None:
    tried = {type(command).__name__ for command in (*ASKED, *OVER)}
    assert tried | FIREBELLS | {"Unfollow"} == {kind.__name__ for kind in get_args(c.Command)}
