"""Possible duties to report: legal and command are told and reminded; nobody else learns that there are any."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.stage import (
    ALERTS,
    ANA,
    BEA,
    INCIDENTS,
    INES,
    SAM,
    TOMAS,
    Stage,
    find_control,
    messages_in,
    whole_text,
)

pytestmark = pytest.mark.slow

GDPR = "GDPR, breach of personal data"
HOURS = 60.0


async def declared(scene: Stage) -> str:
    """Checkout may fall under the GDPR, and Ines is legal."""
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout leaks addresses")
    return await scene.room()


async def legal_hears(scene: Stage, count: int) -> dict[str, Any]:
    """The newest of so many messages to Ines."""
    await scene.until(lambda _: told(scene) >= count, f"Ines was not told {count} times")
    await scene.settled()
    heard = await scene.direct(INES)
    assert len(heard) == count
    return heard[-1]


def told(scene: Stage) -> int:
    rows = scene.rows(f"SELECT count(*) FROM effects WHERE type = 'DirectMessage' AND data LIKE '%{INES}%'")
    return int(rows[0][0])


async def answers(scene: Stage, message: dict[str, Any], action: str, **values: Any) -> dict[str, Any]:
    """Ines presses a button and sends the form that opens; returns what the bot acknowledged."""
    await scene.presses(INES, message, action)
    return await scene.submits(INES, await scene.form(INES), **values)


async def test_a_clock_runs_from_the_first_word_to_the_filing_whatever_becomes_of_the_incident(scene: Stage) -> None:
    room = await declared(scene)
    first = await legal_hears(scene, 1)
    assert "possible duty, legal decides" in first["text"]
    assert GDPR in whole_text(first)
    assert "not started: since when have we been aware of it?" in whole_text(first)

    await answers(scene, first, "duty_started")
    assert "(72 hours from awareness)" in whole_text(await scene.form(INES))

    scene.skip(minutes=36.5 * HOURS)
    assert "50 % of the time is gone" in whole_text(await legal_hears(scene, 2))
    commander = len(await scene.direct(ANA))

    await scene.types(ANA, room, "/incident resolve Rotated the keys")
    assert "That ends none of its possible duties: 1 report left" in whole_text(await legal_hears(scene, 3))
    scene.skip(minutes=21.5 * HOURS)
    assert "80 % of the time is gone" in whole_text(await legal_hears(scene, 4))
    assert len(await scene.direct(ANA)) > commander, "from 80 per cent on command hears of it as well"

    scene.skip(minutes=11 * HOURS)
    assert "95 % of the time is gone" in whole_text(await legal_hears(scene, 5))
    scene.skip(minutes=4 * HOURS)
    passed = await legal_hears(scene, 6)
    assert "a possible duty is overdue" in passed["text"]
    assert "and nothing is recorded yet" in whole_text(passed)

    await scene.presses(INES, passed, "duty_filed")
    form = await scene.form(INES)
    refused = await scene.submits(INES, form, reference={"value": "  "})
    assert "reference" in str(refused)
    await scene.submits(INES, form, reference={"value": "AP-2026-4711"})
    assert "AP-2026-4711" in whole_text(await scene.form(INES))
    assert not scene.rows("SELECT kind FROM timers WHERE kind = 'regulatory'")


async def test_an_ordinary_member_sees_nothing_of_it_anywhere(scene: Stage) -> None:
    room = await declared(scene)
    heard = await legal_hears(scene, 1)
    await answers(scene, heard, "duty_started")
    await answers(scene, heard, "duty_applies", why={"value": "Addresses of customers"})
    await scene.types(SAM, room, "/incident follow")
    await scene.types(ANA, room, "/incident resolve Rotated the keys")
    await scene.settled()

    for words in ("regulatory", "regulatory gdpr", "timeline all", "status", "list", "help"):
        await scene.types(SAM, room, f"/incident {words}")
    said = [*await scene.whispers(SAM), *map(whole_text, await scene.direct(SAM))]
    public = [*await scene.messages(room), *await scene.messages(INCIDENTS), *await scene.messages(ALERTS)]
    for text in (*said, *map(whole_text, public)):
        assert "GDPR" not in text
        assert "Addresses of customers" not in text
    assert any("Regulatory matters are for legal and command" in text for text in said)

    bytes_ = scene.rows("SELECT data FROM blobs")
    assert bytes_
    assert not [data for (data,) in bytes_ if b"GDPR" in data], "the postmortem leaves it out"

    await scene.types(ANA, room, "/incident timeline")
    assert "Possible duty, legal decides" in await scene.last_whisper(ANA)


async def test_a_mention_is_not_answered_where_everybody_reads_it(scene: Stage) -> None:
    room = await declared(scene)
    bot = next(user["id"] for user in (await scene.world())["users"] if user.get("is_bot"))
    await scene.says(ANA, room, f"<@{bot}> regulatory")
    await scene.until(
        lambda world: any("Everybody would read" in whole_text(one) for one in messages_in(world, room)), "no answer"
    )
    assert not any("GDPR" in whole_text(one) for one in await scene.messages(room))


async def test_whoever_is_asked_to_decide_may_answer(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(BEA, room, "/incident regulatory")
    assert "for legal and command" in await scene.last_whisper(BEA)
    await scene.types(ANA, room, "/incident regulatory")
    shown = next(one for one in reversed((await scene.world())["ephemerals"]) if one["user_shown"] == ANA)
    await scene.presses(ANA, shown, "duty_started")
    form = await scene.form(ANA)
    nobody = await scene.submits(ANA, form, started_at={"selected_date_time": None})
    assert "choose below who decides it" in str(nobody)
    guest = await scene.submits(ANA, form, by={"selected_user": TOMAS}, started_at={"selected_date_time": None})
    assert "is a guest. Name somebody who can answer." in str(guest)
    await scene.submits(ANA, form, by={"selected_user": BEA}, started_at={"selected_date_time": None})
    await scene.settled()
    asked = (await scene.direct(BEA))[-1]
    assert "Since when have we been aware of it?" in whole_text(asked)
    await scene.types(BEA, room, "/incident regulatory")
    assert f"<@{BEA}> was asked" in await scene.last_whisper(BEA)

    await scene.presses(BEA, asked, "duty_started")
    await scene.submits(BEA, await scene.form(BEA))
    assert "(72 hours from awareness)" in whole_text(await scene.form(BEA))


async def test_a_draft_opens_to_be_copied(scene: Stage) -> None:
    await declared(scene)
    heard = await legal_hears(scene, 1)
    _, menu = find_control(heard, "more")
    choice = next(one for one in menu["options"] if "regulator" in one["text"]["text"])
    await scene.presses(INES, heard, "more", selected_option=choice)
    draft = whole_text(await scene.form(INES))
    assert "To: the supervisory authority" in draft
    assert "checkout leaks addresses" in draft


async def test_home_shows_what_is_left_to_legal_and_command_alone(scene: Stage) -> None:
    await declared(scene)
    for user, sees in ((INES, True), (ANA, True), (SAM, False)):
        await scene._post(f"as/{user}/home")
        view = await scene.until(lambda world, user=user: _home(world, user), "no Home")
        assert (GDPR in str(view)) is sees


def _home(world: dict[str, Any], user: str) -> dict[str, Any] | None:
    wanted = world["homes"].get(user)
    return next((view for view in world["views"] if view["id"] == wanted), None)
