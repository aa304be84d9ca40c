"""The ranked board, page by page, and who is told which amounts when the chat does not answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.ports import Viewer
from commands import priorities
from commands.context import Ask, Say
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


async def test_a_rank_by_hand_is_told_as_the_place_that_it_really_has(desk: FrontDesk) -> None:
    await desk.declared("checkout returns 500s", severity="sev1")
    await desk.declared("pumps stop", severity="sev3")
    assert "INC-1 has rank 2, not 50: fewer are open" in await desk.answers(ANA, ALERTS, "override #1 50 1h far")
    assert "INC-1 has rank 1 for 1 h" in await desk.answers(ANA, ALERTS, "override #1 1 1h a deal")
    said = await desk.answers(SAM, ALERTS, "override #2 1 1h another deal")
    assert "INC-2 has rank 1 for 1 h" in said
    assert "It goes before INC-1, set to the same rank by hand." in said
    await desk.do(await desk.it(2), c.DeclareSafety("the pumps stop"), Actor(SAM))
    assert "INC-1 has rank 2, not 1: INC-2 is safety first" in await desk.answers(ANA, ALERTS, "override #1 1 1h mine")
    assert "INC-2 has rank 1, not 2: it is safety first itself" in await desk.answers(
        SAM, ALERTS, "override #2 2 1h later"
    )
    listed = await desk.answers(SAM, ALERTS, "priorities")
    assert "Safety first: the pumps stop. Also set by hand: later." in listed


async def test_words_after_priorities_are_refused_as_after_why(desk: FrontDesk) -> None:
    room = await desk.room()
    for word in ("priorities", "why"):
        assert f"`{word}` takes no words" in await desk.answers(SAM, room, f"{word} sev1")


async def test_aloud_in_a_private_room_why_and_priorities_tell_of_the_same_board(desk: FrontDesk) -> None:
    await desk.declared("checkout returns 500s", severity="sev2")
    secret = await desk.declared("keys leaked", severity="sev1", private=True)
    assert secret.room is None
    room = await desk.room(private=True, title="more keys leaked", severity="sev1")
    inside = Ask(Actor(ANA), "r1", aloud=True, channel=room)
    told = await priorities.show(desk.context, inside)
    assert isinstance(told, Say)
    board = whole_text({"text": told.message.text, "blocks": told.message.blocks})
    assert "more keys leaked" in board
    assert "2 open incidents" in board
    why = await priorities.why(desk.context, inside.about(await desk.it(3)))
    assert isinstance(why, Say)
    assert "of 2" in why.message.text
    elsewhere = await priorities.show(desk.context, Ask(Actor(ANA), "r2", aloud=True, channel=ALERTS))
    assert isinstance(elsewhere, Say)
    assert "leaked" not in str(elsewhere.message.blocks)
