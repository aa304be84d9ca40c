"""Who goes where: proposed to whoever asks, carried out by a press, told once; never by itself and never half."""

from __future__ import annotations

import json

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, MEI, SAM, Stage, whole_text
from tests.stories.test_priorities import three_fires

pytestmark = pytest.mark.slow

DEV, JONAS = "U0DEVPATE5", "U0JONASWE7"


async def only_ana(scene: Stage) -> None:
    """Ana has led a mild incident for half an hour when checkout fails; all the others are off or asleep."""
    for user, line in ((BEA, "off for 8h"), (MEI, "asleep for 8h"), (DEV, "off for 8h"), (JONAS, "off for 8h")):
        await scene.types(user, ALERTS, f"/incident {line}")
    await scene.types(SAM, ALERTS, "/incident declare sev4 the footer is misaligned")
    await scene.room(1)
    await scene.types(ANA, ALERTS, "/incident take commander #1")
    scene.skip(minutes=31)
    await scene.types(SAM, ALERTS, "/incident declare sev1 checkout returns 500s")
    await scene.room(2)
    await scene.types(SAM, ALERTS, "/incident release commander #2")
    await scene.settled()


async def proposed(scene: Stage, user: str) -> dict[str, object]:
    """Ask who goes where, and return the proposal as that person sees it."""
    await scene.types(user, ALERTS, "/incident staff")

    def shown(world: dict[str, object]) -> dict[str, object] | None:
        found = [one for one in world["ephemerals"] if one["user_shown"] == user]  # type: ignore[attr-defined]
        return found[-1] if found and "Who goes where" in whole_text(found[-1]) else None

    message: dict[str, object] = await scene.until(shown, "nothing was proposed")
    return {**message, "is_ephemeral": True}


async def answered(scene: Stage, user: str, words: str) -> str:
    """Wait for an answer that only this person sees."""
    await scene.until(
        lambda world: any(words in whole_text(one) for one in world["ephemerals"] if one["user_shown"] == user),
        f"{words} was not said",
    )
    return next(text for text in reversed(await scene.whispers(user)) if words in text)


async def timeline(scene: Stage, number: int) -> str:
    await scene.types(BEA, ALERTS, f"/incident timeline #{number}")
    return await scene.last_whisper(BEA)


def accepted(scene: Stage) -> list[tuple[str, str]]:
    return scene.rows("SELECT actor_id, data FROM events WHERE type = 'StaffingAccepted' ORDER BY incident")


async def test_a_press_moves_people_on_every_incident_and_tells_each_of_them_once(scene: Stage) -> None:
    await only_ana(scene)
    proposal = await proposed(scene, BEA)
    text = whole_text(proposal)
    assert f"<@{ANA}> leads, and leaves INC-1" in text
    assert "Left waiting on purpose for about" in text
    assert f"*Who moves* <@{ANA}> from INC-1 to INC-2; a handover takes 15 min." in text
    assert "*Keep everyone* would cost more." in text
    assert "EUR" not in text, "Bea is none of those who may see amounts"
    told_before = len(await scene.direct(ANA))

    await scene.presses(BEA, proposal, "accept_staffing")
    done = await answered(scene, BEA, "Done. Everyone concerned is told.")
    assert f"INC-2 checkout returns 500s: <@{ANA}> leads" in done
    assert "INC-1 the footer is misaligned: left waiting on purpose" in done
    await scene.settled()

    since = [whole_text(one) for one in (await scene.direct(ANA))[told_before:]]
    told = [text for text in since if "commander" in text]
    assert len(told) == 1, "not that she was released there and, once more, that she leads here"
    assert "You are commander of INC-2" in told[0]
    assert f"<@{BEA}> asked you to. Why: proposal for all open incidents, moved from INC-1." in told[0]
    assert f"<@{BEA}> accepted the proposal for who goes where: <@{ANA}> leads" in await timeline(scene, 2)
    waiting = await timeline(scene, 1)
    assert "left waiting on purpose, for about" in waiting
    assert "is no longer Commander: proposal for all open incidents, moved to INC-2" in waiting

    records = accepted(scene)
    assert [by for by, _ in records] == [BEA, BEA]
    parts = [json.loads(data) for _, data in records]
    saved = [one["keep"]["expected"] - one["price"]["expected"] for one in parts]
    assert min(saved) < 0 < sum(saved), "each log keeps its own part: waiting costs more, and all in all it is less"
    await scene.presses(BEA, proposal, "accept_staffing")
    assert len(accepted(scene)) == 2


async def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_done(scene: Stage) -> None:
    await only_ana(scene)
    proposal = await proposed(scene, BEA)
    await scene.types(BEA, ALERTS, "/incident available")
    await scene.presses(BEA, proposal, "accept_staffing")
    anew = await answered(
        scene, BEA, "Nothing changed yet: people or incidents are no longer as the proposal saw them."
    )
    assert f"<@{BEA}> leads, with <@{ANA}> (from INC-1)" in anew, "together they know all that checkout needs"
    assert accepted(scene) == []


async def test_whoever_may_not_accept_changes_nothing_not_even_half_of_it(scene: Stage) -> None:
    await only_ana(scene)
    proposal = await proposed(scene, SAM)
    await scene.presses(SAM, proposal, "accept_staffing")
    refusal = await answered(scene, SAM, "Nothing changed.")
    assert "Only responders may accept a staffing proposal here." in refusal
    await scene.types(BEA, ALERTS, "/incident status #1")
    assert f"*Commander* <@{ANA}>" in await scene.last_whisper(BEA)
    assert accepted(scene) == []


async def test_a_commander_s_own_figure_bears_their_name_and_amounts_are_for_those_who_may_see_them(
    scene: Stage,
) -> None:
    await only_ana(scene)
    await scene.types(ANA, ALERTS, "/incident staff #1 eta 5m")
    noted = await scene.last_whisper(ANA)
    assert "you expect INC-1 to be mitigated in 5 min" in noted
    assert "within a factor of 3 of history" in noted
    await scene.types(BEA, ALERTS, "/incident staff #1 eta 5m")
    assert "is for the commander or the deputy of INC-1 to say" in await scene.last_whisper(BEA)
    assert f"<@{ANA}> expects it to be mitigated in 5 min" in await timeline(scene, 1)
    text = whole_text(await proposed(scene, ANA))
    assert "*The proposal* costs about" in text
    assert "EUR" in text


async def test_whoever_leads_what_the_asker_does_not_know_of_is_not_proposed_for_anything(scene: Stage) -> None:
    for user in (MEI, DEV, JONAS, BEA):
        await scene.types(user, ALERTS, "/incident off for 8h")
    await scene.types(ANA, ALERTS, "/incident declare private sev2 keys in a public bucket")
    await scene.submits(ANA, await scene.form(ANA))
    await scene.settled()
    await scene.types(ANA, ALERTS, "/incident take commander #1")
    await scene.types(SAM, ALERTS, "/incident declare sev1 checkout returns 500s")
    await scene.room(2)
    await scene.types(SAM, ALERTS, "/incident release commander #2")
    text = whole_text(await proposed(scene, BEA))
    assert "INC-1" not in text
    assert f"<@{ANA}>" not in text
    assert "Left waiting on purpose" in text


async def test_one_team_with_three_fires_at_once_is_told_who_goes_where_and_what_waits(scene: Stage) -> None:
    for user in (BEA, JONAS):
        await scene.types(user, ALERTS, "/incident off for 8h")
    await three_fires(scene)
    proposal = await proposed(scene, ANA)
    text = whole_text(proposal)
    said = [
        f"INC-1 Recommendations are wrong for key accounts\n<@{MEI}> leads",
        f"INC-2 Internal dashboards are down\n<@{ANA}> leads, with <@{DEV}>",
        "INC-3 Training jobs queue up\nLeft waiting on purpose for about",
        "*Keep everyone* is the proposal: nobody is taken off an incident. It costs about",
    ]
    places = [text.index(one) for one in said]
    assert places == sorted(places)
    assert "a handover" not in text
    await scene.presses(ANA, proposal, "accept_staffing")
    done = await answered(scene, ANA, "Done. Everyone concerned is told.")
    assert f"key accounts: <@{MEI}> leads" in done
    assert f"dashboards are down: <@{ANA}> leads" in done
    assert "Training jobs queue up: left waiting on purpose" in done
    assert "Nobody needs to move." in whole_text(await proposed(scene, ANA))
