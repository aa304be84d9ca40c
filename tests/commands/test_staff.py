"""`staff` where things go wrong or take long, and the words by which people say where they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot import staffing
from bot.domain import commands as c
from bot.domain.availability import Whereabouts
from bot.domain.mitigation import History
from bot.domain.model import Actor, Status
from bot.domain.paging import OnCall, Target
from bot.domain.policy import PagerPolicy, ServicePolicy
from bot.errors import IntegrationError, Reason, UserError
from bot.ports import Viewer
from bot.staffing import Staffing
from bot.store.roster import SqlRoster
from commands import staff
from tests.commands.kit import ALERTS, ANA, BEA, SAM, FrontDesk


class Workshop:
    """Runs work where it is asked for, after a while, or fails instead."""

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.seconds, self.error, self.closed = seconds, error, 0
        self.running = self.most = 0

    async def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.running -= 1
        if self.error is not None:
            raise self.error
        return work(*args, **kwargs)

    def close(self) -> None:
        self.closed += 1


class Rota:
    """A pager that has Bea on call, and somebody behind her; or does not answer."""

    def __init__(self, error: IntegrationError | None = None) -> None:
        self.error = error
        self.asked: list[str] = []

    async def on_call(self, target: Target) -> Sequence[OnCall]:
        self.asked.append(target.id)
        if self.error is not None:
            raise self.error
        return (OnCall("P1", "Bea", BEA), OnCall("P2", "Tom", "UTOM", level=2))


def staffed(desk: FrontDesk, workshop: Workshop, **more: Any) -> Staffing:
    context = desk.context
    return Staffing(
        desk.ledger,
        context.queries,
        SqlRoster(desk.ledger),
        desk.service,
        boards=context.ranks,
        workshop=workshop,
        policy=more.pop("policy", context.policy),
        clock=context.clock,
        **more,
    )


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ImportError("no scipy"), "scipy, which works it out, is not installed as it should be"),
        (IntegrationError(Reason.UNREACHABLE, "the drawing process ended"), "the drawing process ended"),
    ],
)
async def test_a_solver_that_fails_is_told_and_changes_nothing(desk: FrontDesk, error: Exception, why: str) -> None:
    await desk.declared()
    with pytest.raises(UserError, match="Nothing changed") as caught:
        await staffed(desk, Workshop(error=error)).look(Viewer(ANA))
    assert why in str(caught.value)
    assert desk.count("StaffingAccepted", "RoleReleased") == 0


async def test_a_solver_that_takes_too_long_is_given_up_with_its_process(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staffing, "SOLVE_SECONDS", 0.05)
    await desk.declared()
    workshop = Workshop(seconds=5)
    with pytest.raises(UserError, match="it took longer than"):
        await staffed(desk, workshop).look(Viewer(ANA))
    assert workshop.closed == 1


async def test_one_proposal_is_worked_out_at_a_time_so_that_nobodys_time_runs_while_others_are_served(
    desk: FrontDesk,
) -> None:
    await desk.declared()
    workshop = Workshop(seconds=0.02)
    office = staffed(desk, workshop)
    found = await asyncio.gather(*(office.look(Viewer(ANA)) for _ in range(4)))
    assert len(found) == 4
    assert (workshop.most, workshop.closed) == (1, 0)


async def test_what_takes_longer_than_an_acknowledgement_is_announced_and_follows(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "QUICK_SECONDS", 0.01)
    await desk.room()
    first = await desk.answers(ANA, ALERTS, "staff")
    assert first.startswith("Working out who goes where.") or "Who goes where" in first
    await desk.answered()
    assert "Who goes where" in await desk.last_whisper(ANA)


@pytest.mark.parametrize(("rota", "there"), [(Rota(), {BEA}), (Rota(IntegrationError(Reason.TIMEOUT, "late")), set())])
async def test_whoever_the_pager_has_on_call_is_there_and_its_silence_costs_nothing(
    desk: FrontDesk, rota: Rota, there: set[str]
) -> None:
    await desk.declared(services=("checkout",), by=SAM)
    paged = ServicePolicy("checkout", "Checkout", pagerduty_service="PX")
    policy = replace(desk.policy, people=(), services=(paged,), pager=PagerPolicy(asks=True))
    found = await staffed(desk, Workshop(), policy=policy, rota=rota).look(Viewer(ANA))
    assert rota.asked == ["PX"]
    assert {one.user for one in found.muster.situation.people if one.available} - {SAM} == there


async def test_people_say_where_they_are_and_the_newest_word_counts(desk: FrontDesk) -> None:
    assert "you are off until" in await desk.answers(ANA, ALERTS, "off until 23:59")
    assert "you are asleep until" in await desk.answers(ANA, ALERTS, "asleep for 2h")
    assert "you are available until" in await desk.answers(BEA, ALERTS, "available")
    words = await SqlRoster(desk.ledger).words(desk.context.now())
    assert {user: word.where for user, word in words.items()} == {
        ANA: Whereabouts.ASLEEP,
        BEA: Whereabouts.AVAILABLE,
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("off until noon", "`until noon` is no time. Write `until 18:00` or `for 8h`."),
        ("off for 20d", "That is not within the next 14 days."),
        ("staff everyone", "`staff` proposes who goes where; `staff eta 40m` says"),
        ("staff #1 eta soon", "`soon` is no span of time. Write `staff eta 40m` or `staff eta clear`."),
        ("staff eta 40m", "Say which incident is meant: `staff #42 eta 40m`"),
    ],
)
async def test_what_cannot_be_read_is_said_with_what_would_be_right(desk: FrontDesk, line: str, said: str) -> None:
    await desk.room()
    assert said in await desk.answers(ANA, ALERTS, line)


async def test_history_is_read_from_what_is_over(desk: FrontDesk) -> None:
    found = await staffed(desk, Workshop()).history()
    assert found.expected("sev1", ()).hours == History(()).expected("sev1", ()).hours


async def test_an_incident_that_does_not_exist_is_said_not_to(desk: FrontDesk) -> None:
    await desk.room()
    assert "There is no incident #9." in await desk.answers(ANA, ALERTS, "staff #9 eta 40m")


async def test_taking_a_figure_back_that_nobody_gave_says_so(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(ANA, room, "take commander")
    assert "Nothing changed: INC-1 has no figure to take back." in await desk.answers(ANA, room, "staff eta clear")
    await desk.answers(ANA, room, "staff eta 40m")
    assert "Your figure for INC-1 is taken back." in await desk.answers(ANA, room, "staff eta clear")


async def test_a_figure_for_what_is_mitigated_is_refused_and_one_in_a_drill_counts_for_nothing(desk: FrontDesk) -> None:
    room = await desk.room(drill=True)
    await desk.answers(ANA, room, "take commander")
    assert "In a drill it counts for nothing" in await desk.answers(ANA, room, "staff eta 40m")
    [drill] = await desk.context.queries.open_incidents(Viewer(ANA))
    await desk.service.execute(c.ChangeStatus(Status.MONITORING), Actor(ANA), "mitigated", incident_id=drill.id)
    assert "INC-1 is mitigated, so nobody waits for it" in await desk.answers(ANA, room, "staff eta 40m")
