"""The live summary in a channel's canvas: made once, written whole, and no trouble to anybody where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.venue import CHANNEL, WORKSPACE, Venue
from bot.errors import IntegrationError, Reason
from integrations.slack.canvas import PACE_SECONDS
from tests.integrations.slack.kit import ANA, NOW, Shift, on_shift, page

CREATE, EDIT = "conversations.canvases.create", "canvases.edit"
FREE = "team_tier_cannot_create_channel_canvases"
WRITE = f.WriteCanvas()


async def canvas(shift: Shift) -> dict[str, Any] | None:
    rows = (await shift.see())["canvases"]
    assert len(rows) <= 1
    return rows[0] if rows else None


async def written(shift: Shift) -> str:
    found = await canvas(shift)
    assert found is not None
    return str(found["markdown"])


async def test_it_is_made_and_then_written_whole():
    async with on_shift() as shift:
        await shift.set_up(services=("checkout",))
        await shift.do(WRITE)
        first = await canvas(shift)
        assert first is not None
        assert shift.incident.venue.canvas == first["id"]
        assert first["title"] == "INC-42 Checkout returns 500s"
        assert "**Commander:** ![](@UANA)" in first["markdown"]

        shift.world.do(c.AssignRole("deputy", "UBEA"))
        shift.world.do(c.AddNote("Decided: we roll back"))
        shift.world.do(c.AddNote("Is it the <deploy> of `yesterday`?"))
        shift.desk.entries = tuple(shift.world.log)
        assert await shift.do(WRITE) == f.Done()
        text = await written(shift)
        assert "**Deputy:** ![](@UBEA)" in text
        assert "## Decisions" in text
        assert "Is it the \\<deploy\\> of \\`yesterday\\`?" in text
        assert "[checkout dashboard](https://d.example/c)" in text.lower()
        assert await shift.calls(CREATE) == 1


async def test_it_is_written_once_a_minute_at_most():
    async with on_shift() as shift:
        await shift.set_up()
        await shift.do(WRITE)
        room = shift.incident.room
        assert room is not None
        assert (f"canvas:{room.channel}", (PACE_SECONDS, 1)) in shift.desk.paced


async def test_after_a_lost_answer_our_own_is_found_again():
    async with on_shift() as shift:
        await shift.set_up()
        shift.fail(CREATE, "lost_answer")
        view, error = await shift.lose(WRITE)
        assert error.reason is Reason.UNKNOWN_OUTCOME
        facts = await shift.perform(WRITE, view)
        found = await canvas(shift)
        assert found is not None
        assert (facts, found["edits"]) == (f.CanvasFacts(found["id"]), 1)


async def test_somebody_elses_canvas_is_left_alone():
    async with on_shift() as shift:
        await shift.set_up()
        room = shift.incident.room
        assert room is not None
        await page(shift.integration, shift.slack, f"as/{ANA}/canvas", channel=room.channel, markdown="Ana's own notes")
        assert await shift.perform(WRITE) == f.CanvasDenied("somebody else's canvas", CHANNEL)
        assert await written(shift) == "Ana's own notes"


async def test_a_plan_that_forbids_it_is_remembered_and_not_asked_again():
    async with on_shift() as shift:
        await shift.set_up()
        shift.fail(CREATE, f"error:{FREE}", count=-1)
        assert await shift.do(WRITE) == f.CanvasDenied(FREE, WORKSPACE)
        assert await shift.do(WRITE) == f.Done()
        assert await shift.calls(CREATE) == 1

        another = of_a_new_incident(shift)
        shift.desk.told = [Venue(), Venue(refused=FREE, extent=WORKSPACE, refused_at=NOW)]
        assert await shift.perform(WRITE, another) == f.CanvasDenied(FREE, WORKSPACE)
        assert await shift.calls(CREATE) == 1, "another incident of the same day does not ask"


def of_a_new_incident(shift: Shift) -> Any:
    return replace(shift.view(), incident=replace(shift.incident, venue=Venue()))


async def test_a_missing_scope_is_a_refusal_of_the_workspace():
    async with on_shift() as shift:
        await shift.set_up()
        shift.fail(CREATE, "missing_scope")
        assert await shift.perform(WRITE) == f.CanvasDenied("missing_scope", WORKSPACE)


@pytest.mark.parametrize("code", ["access_denied", "no_permission"])
async def test_a_channel_that_is_restricted_is_a_refusal_of_this_channel_only(code: str):
    async with on_shift() as shift:
        await shift.set_up()
        shift.fail(CREATE, f"error:{code}")
        assert await shift.perform(WRITE) == f.CanvasDenied(code, CHANNEL)


async def test_one_that_was_deleted_is_made_anew():
    async with on_shift() as shift:
        await shift.set_up()
        await shift.do(WRITE)
        shift.fail(EDIT, "error:canvas_not_found")
        facts = await shift.do(WRITE)
        assert isinstance(facts, f.CanvasFacts)
        assert "Checkout returns 500s" in await written(shift)


async def test_an_archived_channel_keeps_what_it_has():
    async with on_shift() as shift:
        await shift.set_up()
        await shift.do(WRITE)
        await shift.archive()
        assert isinstance(await shift.do(WRITE), f.Gone)
        assert shift.incident.venue.canvas


@pytest.mark.parametrize(
    ("fault", "reason"), [("503", Reason.SERVER), ("429", Reason.RATE_LIMITED), ("timeout", Reason.TIMEOUT)]
)
async def test_what_passes_is_tried_again(fault: str, reason: Reason):
    async with on_shift() as shift:
        await shift.set_up()
        shift.fail(CREATE, fault)
        with pytest.raises(IntegrationError) as caught:
            await shift.perform(WRITE)
        assert caught.value.reason is reason
