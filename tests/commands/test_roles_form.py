"""The form with all roles: what its sender changed is done once, and nobody they never saw loses a role."""

from __future__ import annotations

import json

import pytest

from bot.domain.commands import AssignRole, ReleaseRole
from bot.domain.model import Actor
from tests.commands.kit import ANA, BEA, DEV, JONAS, JSON, SAM, FrontDesk


async def opened(desk: FrontDesk, user: str = BEA) -> JSON:
    """The form, open for somebody in an incident's channel."""
    room = await desk.room()
    await desk.types(user, room, "/incident roles")
    return await desk.form(user)


async def test_the_same_form_delivered_twice_repeats_nothing(desk: FrontDesk) -> None:
    view = await opened(desk)
    chosen = {"role:scribe": {"selected_user": SAM}, "role:operations": {"selected_users": [DEV, JONAS]}}
    assert await desk.submission(BEA, view, **chosen) == {}
    await desk.do(await desk.it(), ReleaseRole("scribe", SAM), Actor(ANA))
    before = desk.count()
    assert await desk.submission(BEA, view, **chosen) == {}
    assert desk.count() == before, "what somebody undid meanwhile is not done again"
    assert (await desk.it()).roles["operations"] == (DEV, JONAS)


async def test_a_corrected_form_asks_for_all_it_says(desk: FrontDesk) -> None:
    view = await opened(desk)
    robot = next(user["id"] for user in (await desk.world())["users"] if user.get("is_bot"))
    chosen = {"role:deputy": {"selected_user": SAM}, "role:scribe": {"selected_user": robot}}
    answer = await desk.submission(BEA, view, **chosen)
    assert "is an app. Name somebody who can answer." in answer["errors"]["role:scribe"]
    await desk.do(await desk.it(), ReleaseRole("deputy", SAM), Actor(ANA))
    assert await desk.submission(BEA, view, **{**chosen, "role:scribe": {"selected_user": DEV}}) == {}
    roles = (await desk.it()).roles
    assert (roles["deputy"], roles["scribe"]) == ((SAM,), (DEV,))


async def test_whoever_took_a_role_meanwhile_is_not_replaced_unseen(desk: FrontDesk) -> None:
    view = await opened(desk)
    await desk.do(await desk.it(), AssignRole("scribe", DEV), Actor(ANA))
    answer = await desk.submission(BEA, view, **{"role:scribe": {"selected_user": SAM}})
    assert answer["errors"] == {
        "role:scribe": "@dev took this role while your form was open. Choose @dev, or open the form again."
    }
    assert (await desk.it()).roles["scribe"] == (DEV,)
    assert await desk.submission(BEA, view, **{"role:scribe": {"selected_user": DEV}}) == {}


async def test_whom_the_form_showed_is_replaced_and_told(desk: FrontDesk) -> None:
    view = await opened(desk)
    assert await desk.submission(BEA, view, **{"role:commander": {"selected_user": SAM}}) == {}
    assert (await desk.it()).commander == SAM
    assert "RoleTakenOver" in str(desk.rows("SELECT type, data FROM effects"))


async def test_whoever_joined_a_role_of_many_meanwhile_stays_in_it(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.do(await desk.it(), AssignRole("operations", DEV), Actor(ANA))
    await desk.types(BEA, room, "/incident roles")
    view = await desk.form(BEA)
    await desk.do(await desk.it(), AssignRole("operations", JONAS), Actor(ANA))
    assert await desk.submission(BEA, view, **{"role:operations": {"selected_users": [SAM]}}) == {}
    assert (await desk.it()).roles["operations"] == (JONAS, SAM)


@pytest.mark.parametrize("user", [SAM, ANA])
async def test_a_role_that_left_the_policy_is_refused_beside_its_picker(desk: FrontDesk, user: str) -> None:
    view = await opened(desk)
    answer = await desk.submission(BEA, view, **{"role:wizard": {"selected_user": user}})
    assert "There is no role `wizard`." in answer["errors"]["role:wizard"]
    assert "@{" not in json.dumps(answer)
