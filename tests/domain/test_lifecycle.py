"""Declaring, moving and ending an incident: given events, when a command, then events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.decisions import lifecycle
from bot.domain.model import FIREBELL, OPEN_STATUSES, Actor, ActorKind, SetupStep, Status, StepState
from bot.domain.notices import NoCommander
from bot.domain.reaction import CONFIRM_SEVERITY, NO_COMMANDER, PANELS_AFTER, POSTMORTEM_NUDGE, UPDATE
from bot.domain.refusal import Refused
from tests.domain.world import ANA, BEA, GUEST, POLICY, SAM, World


def refused(world: World, command: c.Command, actor: Actor = ANA) -> Refused:
    before = world.incident
    with pytest.raises(Refused) as caught:
        world.do(command, actor)
    assert world.incident == before
    assert str(caught.value).startswith("Nothing changed.")
    return caught.value


def test_a_responder_who_declares_commands() -> None:
    world = World()
    world.declare()
    assert world.it.commander == "UANA"
    assert world.it.label == "INC-42"
    assert world.it.status is Status.DECLARED


def test_someone_who_is_no_responder_declares_without_commanding() -> None:
    world = World()
    world.do(c.Declare("Odd prices", "sev3"), SAM)
    assert world.it.commander is None
    assert NO_COMMANDER in world.timers


def test_the_room_opens_first_then_the_invite_and_the_card_at_once() -> None:
    world = World()
    world.declare()
    kinds = [type(effect) for effect in world.effects]
    assert kinds[:3] == [f.OpenRoom, f.InviteToRoom, f.PostCard]
    furniture = {f.SetTopic, f.PinCard, f.AddBookmark}
    for effect in world.effects:
        if type(effect) in furniture:
            assert f.CARD in f.route(effect).needs
    assert f.route(world.effects[1]).stream != f.route(world.effects[2]).stream


def test_not_sure_is_stored_by_the_services_tier_and_asked_about_once() -> None:
    world = World()
    world.declare(severity=None, services=("search",))
    assert (world.it.severity, world.it.severity_assumed) == ("sev3", True)
    world.fire(CONFIRM_SEVERITY)
    assert [type(one).__name__ for one in world.effects] == ["DirectMessage"]
    assert CONFIRM_SEVERITY not in world.timers
    world.do(c.ConfirmSeverity())
    assert not world.it.severity_assumed


def test_not_sure_without_services_is_the_second_worst() -> None:
    world = World()
    assert world.declare(severity=None).severity == "sev2"


def test_a_private_incident_tells_the_summary_channel_nothing() -> None:
    world = World()
    world.declare(private=True)
    world.open_room()
    world.do(c.PostUpdate("Looking"))
    world.do(c.ChangeSeverity("sev2", "fewer affected"))
    world.do(c.Resolve("rolled back"))
    places = [one.place for one in world.effects if isinstance(one, f.PostMessage)]
    assert "summary" not in places
    assert "summary" not in [step.name for step in world.it.setup]


def test_a_private_incident_invites_no_group_and_a_public_one_those_of_its_severity_and_services() -> None:
    severities = tuple(replace(one, invite_groups=("responders",)) for one in POLICY.severities)
    services = tuple(replace(one, oncall_group=f"{one.key}-oncall") for one in POLICY.services)
    policy = replace(POLICY, severities=severities, services=services)
    invited = []
    for private in (False, True):
        world = World(policy=policy)
        world.declare(services=("checkout",), private=private)
        invited.append([one.groups for one in world.effects if isinstance(one, f.InviteToRoom) and one.groups])
    assert invited == [[("responders", "checkout-oncall")], []]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Declare("   "), "title_empty"),
        (c.Declare("x" * 4000), "title_too_long"),
        (c.Declare("a", "sev9"), "unknown_severity"),
        (c.Declare("a", services=("nope",)), "unknown_service"),
    ],
)
def test_a_wrong_declaration_says_which_field(command: c.Declare, code: str) -> None:
    refusal = refused(World(), command)
    assert refusal.code == code
    assert refusal.field
    assert refusal.next_act


@pytest.mark.parametrize("actor", [GUEST, Actor("B1", ActorKind.BOT)])
def test_guests_and_other_apps_cannot_declare(actor: Actor) -> None:
    assert refused(World(), c.Declare("a"), actor).code == "guest"


@pytest.mark.parametrize("old", OPEN_STATUSES)
@pytest.mark.parametrize("new", OPEN_STATUSES)
def test_any_open_status_moves_to_any_other(old: Status, new: Status) -> None:
    world = World()
    world.declare()
    world.do(c.ChangeStatus(old))
    assert world.it.status is old
    events = world.do(c.ChangeStatus(new))
    assert world.it.status is new
    assert len(events) == (0 if old is new else 1)


def test_lowering_needs_a_reason_and_raising_does_not() -> None:
    world = World()
    world.declare(severity="sev2")
    assert refused(world, c.ChangeSeverity("sev3")).code == "reason_needed"
    world.do(c.ChangeSeverity("sev1"))
    world.do(c.ChangeSeverity("sev3", "only one shop"))
    assert world.it.severity == "sev3"


def test_resolving_sends_the_last_update_stops_the_clock_and_keeps_evidence() -> None:
    world = World()
    world.declare(services=("checkout",))
    world.open_room()
    world.wait(minutes=40)
    events = world.do(c.Resolve("Rolled back v142"))
    assert [type(one) for one in events] == [e.UpdatePosted, e.IncidentResolved, e.MetricsRequested]
    assert UPDATE not in world.timers
    assert {PANELS_AFTER, POSTMORTEM_NUDGE} <= set(world.timers)
    assert world.it.clock.due_at is None
    assert any(isinstance(one, f.CollectPanels) for one in world.effects)


def test_the_postmortem_waits_for_the_charts_and_renders_again_later() -> None:
    world = World()
    world.declare(services=("checkout",))
    world.open_room()
    world.do(c.Resolve("Rolled back"))
    collect = next(one for one in world.effects if isinstance(one, f.CollectPanels))
    world.settle(collect, f.PanelFacts("b1", 1))
    assert world.effects == [f.RenderPostmortem(1)]
    world.settle(f.RenderPostmortem(1), f.DocumentFacts((("md", "m1"), ("html", "h1"))))
    for kind, blob in (("html", "h1"), ("md", "m1")):
        world.settle(f.ShareDocument(1, kind, blob), f.FileFacts((f"F-{kind}",), (f"p.{kind}",), ("",)))
    assert any(isinstance(one, f.PostMessage) and one.slot == "postmortem" for one in world.effects)
    world.fire(PANELS_AFTER)
    world.settle(world.effects[0], f.PanelFacts("b2", 1))
    assert world.effects == [f.RenderPostmortem(2)]


def test_old_files_go_only_after_every_new_one_is_up() -> None:
    world = World()
    world.declare()
    world.open_room()
    world.do(c.WritePostmortem())
    both = f.DocumentFacts((("md", "m"), ("html", "h")))
    world.settle(f.RenderPostmortem(1), both)
    world.settle(f.ShareDocument(1, "html", "h"), f.FileFacts(("F1",), ("a",), ("",)))
    world.settle(f.ShareDocument(1, "md", "m"), f.FileFacts(("F2",), ("b",), ("",)))
    world.settle(f.PostMessage("room", world.effects[0].notice, "postmortem"), f.Placed("CROOM", "9.9"))
    world.do(c.EditSection("root_cause", "A retry storm"))
    assert f.RenderPostmortem(2) in world.effects
    world.settle(f.RenderPostmortem(2), both)
    world.settle(f.ShareDocument(2, "html", "h"), f.FileFacts(("F3",), ("a",), ("",)))
    assert not any(isinstance(one, f.RemoveFiles) for one in world.effects)
    world.settle(f.ShareDocument(2, "md", "m"), f.FileFacts(("F4",), ("b",), ("",)))
    assert f.RemoveFiles(("F1", "F2")) in world.effects
    assert any(isinstance(one, f.EditMessage) and one.slot == "postmortem" for one in world.effects)
    world.settle(f.RemoveFiles(("F1", "F2")), f.Done())
    assert world.it.postmortem.stale_files == ()
    assert world.it.sections["root_cause"].text == "A retry storm"


def share(world: World, version: int, *file_ids: str) -> None:
    """Have both files of an edition uploaded."""
    for kind, file_id in zip(("html", "md"), file_ids, strict=True):
        world.settle(f.ShareDocument(version, kind, kind), f.FileFacts((file_id,), (kind,), ("",)))


def test_two_postmortems_asked_for_at_once_become_two_editions_of_which_one_is_left() -> None:
    world = World()
    world.declare()
    world.open_room()
    both = f.DocumentFacts((("md", "m"), ("html", "h")))
    for _ in range(2):
        world.do(c.WritePostmortem())
        assert world.effects == [f.RenderPostmortem(1)]
    for version in (1, 2):
        world.settle(f.RenderPostmortem(1), both)
        assert [one.version for one in world.effects if isinstance(one, f.ShareDocument)] == [version] * 2
    share(world, 1, "F1", "F2")
    assert not any(isinstance(one, f.PostMessage) for one in world.effects)
    share(world, 2, "F3", "F4")
    assert [one.file_id for one in world.it.postmortem.files] == ["F3", "F4"]
    assert f.RemoveFiles(("F1", "F2")) in world.effects
    assert any(isinstance(one, f.PostMessage) and one.slot == "postmortem" for one in world.effects)


def test_a_file_of_an_old_edition_that_comes_up_last_is_taken_down_again() -> None:
    world = World()
    world.declare()
    world.open_room()
    both = f.DocumentFacts((("md", "m"), ("html", "h")))
    for _ in range(2):
        world.do(c.WritePostmortem())
        world.settle(f.RenderPostmortem(1), both)
    share(world, 2, "F3", "F4")
    world.settle(f.ShareDocument(1, "html", "h"), f.FileFacts(("F1",), ("html",), ("",)))
    assert world.effects == [f.RemoveFiles(("F1",))]


def test_a_bookmark_that_was_given_up_stays_on_the_card_until_its_retry_succeeds() -> None:
    world = World()
    world.declare(services=("checkout",))
    world.open_room()
    first, last = (one for one in lifecycle.bookmarks(False, world.it.services, world.policy))
    world.do(c.RecordFailure("e1", f.AddBookmark(first), "client", "not_allowed"), FIREBELL)
    world.do(c.RecordOutcome("e2", f.AddBookmark(last), f.Done()), FIREBELL)
    assert bookmarks_step(world).state is StepState.FAILED
    world.do(c.RetryEffect("e1"))
    assert bookmarks_step(world).state is StepState.PENDING
    world.do(c.RecordOutcome("e1", f.AddBookmark(first), f.Done()), FIREBELL)
    assert bookmarks_step(world).state is StepState.DONE


@pytest.mark.parametrize("apart_again", [False, True])
def test_a_merge_that_brings_a_service_leaves_no_bookmark_to_wait_for(*, apart_again: bool) -> None:
    world, part = World(), World()
    for one, services in ((world, ()), (part, ("checkout",))):
        one.declare(services=services)
        one.open_room()
    [only] = lifecycle.bookmarks(False, (), world.policy)
    merged = replace(part.it, id="02", number=43)
    world.do(c.Absorb(merged, "one deploy"))
    if apart_again:
        world.do(c.ReleasePart(merged, "another cause"))
    world.do(c.RecordOutcome("e1", f.AddBookmark(only), f.Done()), FIREBELL)
    assert bookmarks_step(world).state is StepState.DONE


def bookmarks_step(world: World) -> SetupStep:
    return next(one for one in world.it.setup if one.name == "bookmarks")


def test_sev1_closes_only_behind_its_postmortem() -> None:
    world = World()
    world.declare()
    world.do(c.Resolve("Rolled back"))
    assert refused(world, c.Close("done")).code == "gate"


def test_an_optional_postmortem_does_not_hold_up_closing() -> None:
    world = World()
    world.declare(severity="sev3")
    world.do(c.Resolve("Rolled back"))
    world.do(c.Close("all well"))
    assert world.it.status is Status.CLOSED


def test_reopening_needs_a_reason_and_restarts_the_clock() -> None:
    world = World()
    world.declare()
    world.do(c.Resolve("Rolled back"))
    assert refused(world, c.Reopen(" ")).code == "reason_empty"
    world.do(c.Reopen("Errors are back"))
    assert world.it.status is Status.INVESTIGATING
    assert UPDATE in world.timers
    assert PANELS_AFTER not in world.timers


def test_a_cancelled_incident_reminds_nobody() -> None:
    world = World()
    world.declare()
    world.do(c.Cancel("A test of the alert"))
    assert world.it.status is Status.CANCELLED
    assert set(world.timers) <= {PANELS_AFTER}


def test_an_over_incident_takes_no_updates_but_takes_corrections() -> None:
    world = World()
    world.declare()
    world.do(c.PostUpdate("Looking"))
    world.do(c.Resolve("Rolled back"))
    assert refused(world, c.PostUpdate("again")).code == "not_open"
    world.do(c.CorrectUpdate(1, "Looking at checkout"))
    assert world.it.updates[0].headline == "Looking at checkout"


def test_a_stale_edit_is_handed_back() -> None:
    world = World()
    world.declare()
    seen = world.it.seq
    world.do(c.EditDetails(summary="by Bea"), BEA)
    assert refused(world, c.EditDetails(summary="by Ana", based_on=seen)).code == "stale"


def test_a_dead_setup_step_shows_and_retries() -> None:
    world = World()
    world.declare()
    world.do(c.RecordFailure("e9", f.OpenRoom(), "auth", "missing_scope: channels:manage"), ANA)
    step = next(one for one in world.it.setup if one.name == "channel")
    assert (step.state.value, step.effect_id) == ("failed", "e9")
    assert any(isinstance(one, f.DirectMessage) for one in world.effects)
    world.do(c.RetryEffect("e9"))
    assert world.retried == ["e9"]
    assert world.do(c.RetryEffect("e9")) == []


def test_a_failing_card_edit_never_begets_another() -> None:
    world = World()
    world.declare()
    world.open_room()
    world.do(c.RecordFailure("e1", f.RefreshCard(f.CARD), "client", "is_archived"), ANA)
    assert world.effects == []


def test_the_same_trouble_is_told_once() -> None:
    world = World()
    world.declare()
    world.open_room()
    message = f.PostMessage("room", NoCommander(5))
    world.do(c.RecordFailure("e1", message, "client", "is_archived"), ANA)
    first = [one for one in world.effects if isinstance(one, f.DirectMessage)]
    world.do(c.RecordFailure("e2", message, "client", "is_archived"), ANA)
    again = [one for one in world.effects if isinstance(one, f.DirectMessage)]
    assert (len(first), len(again)) == (1, 0)


def test_where_the_summary_thread_stands_in_for_a_channel_nothing_is_said_twice() -> None:
    world = World()
    world.declare()
    world.settle(f.PostCard(f.SUMMARY_CARD), f.Placed("CSUM", "1.2"))
    world.settle(f.OpenRoom(), f.RoomFacts("CSUM", "incidents", "1.2"))
    world.do(c.PostUpdate("Looking"))
    posts = [one for one in world.effects if isinstance(one, f.PostMessage)]
    assert [one.place for one in posts] == ["summary"]


def test_the_bookmark_step_ends_although_services_were_edited_before_the_last_bookmark_stood() -> None:
    world = World()
    world.declare(services=())
    world.open_room()
    world.do(c.EditDetails(services=("checkout",)))
    world.settle(f.AddBookmark("summary"), f.Done())
    assert next(step for step in world.it.setup if step.name == "bookmarks").state is StepState.DONE


def test_the_bookmark_step_ends_with_the_last_bookmark() -> None:
    world = World()
    world.declare(services=("checkout",))
    world.open_room()
    world.settle(f.AddBookmark("summary"), f.Done())
    assert next(step for step in world.it.setup if step.name == "bookmarks").state is StepState.PENDING
    world.settle(f.AddBookmark("dashboard:checkout"), f.Done())
    assert next(step for step in world.it.setup if step.name == "bookmarks").state is StepState.DONE
