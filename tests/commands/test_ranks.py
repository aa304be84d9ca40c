"""The ranked board, page by page, and who is told which amounts when the chat does not answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import Viewer
from commands import priorities
from tests.commands.kit import ALERTS, ANA, SAM, FrontDesk, whole_text
from tests.stories.stage import find_control


async def test_the_board_is_read_page_by_page(desk: FrontDesk) -> None:
    for number in range(23):
        await desk.declared(f"fire {number}", severity="sev4")
    assert "23 open incidents" in await desk.answers(SAM, ALERTS, "ranks")
    first = await desk.last_answer(SAM)
    assert "ranks 1 to 10" in whole_text(first)
    with pytest.raises(AssertionError, match="no control"):
        find_control(first, "ranks_earlier")
    await desk.presses(SAM, first, "ranks_later")
    await desk.answered()
    second = await desk.last_answer(SAM)
    assert "SEV4, rank 11*" in whole_text(second)
    await desk.presses(SAM, second, "ranks_later")
    await desk.answered()
    last = await desk.last_answer(SAM)
    assert "ranks 21 to 23" in whole_text(last)
    with pytest.raises(AssertionError, match="no control"):
        find_control(last, "ranks_later")
    await desk.presses(SAM, last, "ranks_earlier")
    await desk.answered()
    assert "ranks 11 to 20" in whole_text(await desk.last_answer(SAM))


async def test_nothing_burning_is_said_and_declaring_is_offered(desk: FrontDesk) -> None:
    assert "Nothing is burning" in await desk.answers(SAM, ALERTS, "priorities")
    find_control(await desk.last_answer(SAM), "open_declare")


async def test_why_tells_of_a_drill_and_of_what_is_over_that_they_have_no_rank(desk: FrontDesk) -> None:
    await desk.declared("an exercise", drill=True)
    assert "is a drill" in await desk.answers(SAM, ALERTS, "why #1")
    await desk.declared("a false alarm")
    await desk.answers(SAM, ALERTS, "cancel #2 nothing is broken")
    assert "is over" in await desk.answers(SAM, ALERTS, "why #2")


@pytest.mark.parametrize(
    ("group", "user", "expected"),
    [
        ("incident-leads", ANA, "shown"),
        ("incident-leads", SAM, "hidden"),
        ("incident-leads", "", "hidden"),
        ("no-such-group", ANA, "unknown"),
        ("", ANA, "hidden"),
    ],
)
async def test_amounts_are_for_members_of_the_group_that_the_settings_name(
    desk: FrontDesk, group: str, user: str, expected: str
) -> None:
    ctx = replace(desk.context, policy=replace(desk.context.policy, amounts_group=group))
    assert await priorities.amounts(ctx, Viewer(user)) == expected


async def test_while_the_chat_cannot_say_who_is_in_the_group_amounts_are_hidden(desk: FrontDesk) -> None:
    await desk.declared("checkout returns 500s", services=("checkout",))
    desk.fail("usergroups.users.list", "error:internal_error", count=-1)
    desk.fail("usergroups.list", "error:internal_error", count=-1)
    said = await desk.answers(ANA, ALERTS, "priorities")
    assert "EUR" not in said
    assert "cannot be looked up just now" in said
