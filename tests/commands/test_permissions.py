"""Who may not declare is offered no declaring, and is told so before a form is filled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.kit import ALERTS, BEA, JSON, SAM, FrontDesk, front_desk, whole_text


@pytest.fixture
async def strict(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[FrontDesk]:
    """Here responders declare. Bea is one, Sam is none."""
    async with front_desk(tmp_path, sqlite_template, {"declare": "responders"}) as made:
        yield made


async def offers(desk: FrontDesk, user: str, line: str) -> bool:
    """Whether the answer to a line offers to declare."""
    await desk.answers(user, ALERTS, line)
    return "declare" in json.dumps((await desk.last_answer(user))["blocks"])


@pytest.mark.parametrize("line", ["", "list", "help"])
async def test_answers_offer_declaring_to_those_who_may(strict: FrontDesk, line: str) -> None:
    assert await offers(strict, BEA, line)
    assert not await offers(strict, SAM, line)


async def test_the_home_offers_declaring_to_those_who_may(strict: FrontDesk) -> None:
    for user, offered in ((BEA, True), (SAM, False)):
        await strict._post(f"as/{user}/home")
        home = await strict.until(lambda world, user=user: home_of(world, user), "no home")
        assert ("open_declare" in json.dumps(home)) is offered


def home_of(world: JSON, user: str) -> JSON | None:
    return next((view for view in world["views"] if view["type"] == "home" and view["user"] == user), None)


@pytest.mark.parametrize("line", ["declare", "declare sev1", "declare sev1 the shop is down", "the shop is down"])
async def test_no_form_opens_for_those_who_may_not(strict: FrontDesk, line: str) -> None:
    answer = await strict.answers(SAM, ALERTS, line)
    assert answer.startswith("Nothing changed. Only responders may declare incidents here.")
    assert line in answer
    assert "reopen_input" not in json.dumps((await strict.last_answer(SAM))["blocks"]), "nothing to edit would help"


async def test_the_shortcuts_say_so_at_once(strict: FrontDesk) -> None:
    await strict._post(f"as/{SAM}/shortcuts", callback_id="declare_incident")
    await strict.answered()
    assert "Only responders may declare incidents here." in whole_text(await strict.form(SAM))
    ts = (await strict.says(SAM, ALERTS, "Cards fail"))["message"]["ts"]
    await strict._post(f"as/{SAM}/shortcuts", callback_id="declare_from_message", channel=ALERTS, ts=ts)
    await strict.answered()
    assert "Only responders may declare incidents here." in await strict.last_whisper(SAM)
