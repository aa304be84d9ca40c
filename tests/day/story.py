"""The story itself: what people do, what Firebell then does, and a look at whether it did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.day.cast import Day
from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, INES, JSON, MEI, SAM, messages_in, whole_text

Look = Callable[[str], Awaitable[None]]
"""Called with a scene's name when there is something to see."""

HEADLINE = "Half of all checkouts fail with an error page. We are looking for the cause."
CAUSE = "Release v142 is the cause: its session store is full. A rollback is under way."
BACK = "Checkout is back on v141 and the error rate falls."
CALM = "The error rate has been normal for {minutes} minutes. We keep watching."
FIX = "Rolled checkout back to v141."


async def nobody_looks(_: str) -> None:
    """Without pictures."""


async def play(day: Day, look: Look = nobody_looks, *, whole: bool = True) -> None:
    """Play the day; not `whole`, it ends after the handoff: what comes then has stories of its own."""
    await _stakeholders(day)
    await _declared(day, look)
    await _merged(day, look)
    await _handed_over(day, look)
    if whole:
        await _missed(day, look)
        await _mended(day, look)
        await _over(day, look)


async def _stakeholders(day: Day) -> None:
    await day.scene.types(SAM, INCIDENTS, "/incident subscribe checkout as support")
    await day.scene.types(INES, INCIDENTS, "/incident subscribe sev1 by email as executives")
    day.tell("Before it begins, Sam (support) has subscribed to Checkout by direct message, Ines (operations) to sev1")
    day.tell("incidents by e-mail. Everybody else reads #incidents.")


async def _declared(day: Day, look: Look) -> None:
    scene = day.scene
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = day.rooms[1] = await scene.room(1)
    await day.seen(INCIDENTS, "INC-1")
    await day.told(SAM, "has begun")
    await day.mailed("declared")
    day.says(
        "Ana declares a sev1 in one line. INC-1 has its channel, its card, and a card in #incidents; Sam and Ines know."
    )
    await look("declared")

    await day.at(2)
    await scene.types(ANA, room, "/incident update")
    await scene.submits(
        ANA, await scene.form(ANA), **_report(HEADLINE, "One in two customers cannot pay.", "Reading the logs")
    )
    await day.seen(room, HEADLINE)
    await day.told(SAM, HEADLINE)
    await day.mailed("update 1")
    day.says("She posts the first update by form: once in the channel, once in #incidents, once to Sam, once to Ines.")
    await look("told")
    await scene.types(ANA, room, "/incident assign deputy @mei")
    await scene.types(ANA, room, "/incident note Decided: we roll back rather than forward")
    await scene.types(ANA, room, "/incident note Is the session store full?")
    await scene.settled()


async def _merged(day: Day, look: Look) -> None:
    scene, room = day.scene, day.rooms[1]
    await day.at(5)
    await scene.types(BEA, ALERTS, "/incident declare sev2 nobody can pay")
    later = day.rooms[2] = await scene.room(2)
    day.says("Bea, who has not seen it, declares INC-2: nobody can pay.")
    await day.at(7)
    await scene.types(ANA, room, "/incident merge #2")
    await scene.submits(ANA, await scene.form(ANA), reason={"value": "Both are the release of v142"})
    await scene.settled()
    pointer = (await scene.messages(later))[-1]
    assert f"<#{room}>" in whole_text(pointer), "the later channel does not point to the earlier"
    day.says("Ana merges INC-2 into INC-1. Its channel points to hers, and its people are in it now.")
    await look("merged")


async def _handed_over(day: Day, look: Look) -> None:
    scene, room = day.scene, day.rooms[1]
    await day.at(10)
    await scene.types(ANA, room, "/incident handoff commander @bea")
    form = await scene.form(ANA)
    await scene.submits(ANA, form)
    await _put_away(day, ANA)
    asked = await day.told(BEA, "asks you to take over")
    assert "we roll back rather than forward" in whole_text(asked), "the note does not tell what was decided"
    day.says("Ana's shift ends. The handoff note is drafted from the log: state, impact, decisions, open questions.")
    await look("handoff")
    await scene.presses(BEA, asked, "accept_handoff")
    await day.seen(room, "is now commander, handed over by")
    day.says("Bea accepts and commands. Until then Ana did.")


async def _missed(day: Day, look: Look) -> None:
    room = day.rooms[1]
    await day.at(14.1)
    await day.told(BEA, "A draft from the timeline")
    day.says("A quiet reminder: the next update is due in three minutes. The draft is written; Bea is busy.")
    await day.at(17.1)
    await day.told(BEA, "is due now")
    day.says("The update is overdue. Bea, who owes it, is told by direct message; nobody else is.")
    await day.at(22.1)
    await day.told(MEI, "was due")
    day.says("A third of the cadence later Mei is, who is her deputy.")
    await day.at(27.1)
    await day.seen(room, "The update was due")
    day.says("Now the channel is, without an @here.")
    assert not day.pd.incidents, "somebody was paged too early"
    await day.at(32.2)
    paged = await day.seen(room, "was paged")
    (page,) = day.pd.incidents.values()
    assert page["status"] == "triggered"
    day.says(
        "Two updates missed, a quarter of an hour without a word: whoever is on call is paged. PagerDuty confirms it."
    )
    await look("paged")
    await day.scene.presses(BEA, paged, "acknowledge_page")
    await day.seen(room, "acknowledged the page of")
    await day.scene.settled()
    assert page["status"] == "acknowledged", "PagerDuty does not know of the acknowledgement"
    day.says("Bea acknowledges in the channel; PagerDuty knows it at once.")


async def _mended(day: Day, look: Look) -> None:
    await day.at(34)
    await _update(day, CAUSE, "One in two customers cannot pay.", status="mitigating")
    await day.scene.until(
        lambda world: any("Answered: update 2" in whole_text(one) for one in messages_in(world, day.rooms[1])),
        "the reminder in the channel still asks",
    )
    day.says("Update 2: the cause is known. The reminders say that they are answered.")
    await day.at(46)
    await day.scene.http.post("controls/roll-back", json={})
    await _update(day, BACK, "Payments work again.", status="monitoring")
    day.says("Update 3: checkout is back on v141.")
    for number, minute in enumerate((60, 74, 88, 102), start=4):
        await day.at(minute)
        await _update(day, CALM.format(minutes=minute - 46), "Payments work.")
        day.says(f"Update {number}, in time. Edits and thread replies ring nobody's phone.")
    await day.canvas("The error rate has been normal")
    await look("canvas")


async def _over(day: Day, look: Look) -> None:
    scene, room = day.scene, day.rooms[1]
    await day.at(118)
    await scene.types(BEA, room, f"/incident resolve {FIX}")
    if (form := await _open_form(day, BEA)) is not None:
        await scene.submits(BEA, form, fixed_by={"value": FIX})
    await day.seen(room, "The postmortem of INC-1")
    await scene.settled()
    (page,) = day.pd.incidents.values()
    assert page["status"] == "resolved", "the page did not end with the incident"
    await day.told(SAM, FIX)
    day.says(
        "Bea resolves. The page ends in PagerDuty, Sam and Ines are told, and the postmortem is there, with its charts."
    )
    await look("resolved")
    assert len({str(one["Message-ID"]) for one in day.mail.received}) == len(day.mail.received), "a mail came twice"
    ((updates,),) = scene.rows("SELECT count(*) FROM events WHERE type = 'UpdatePosted'")
    sent = len(await scene.messages(room))
    day.tell(
        f"Two hours, {updates} updates, {sent} messages of Firebell's in the channel, one page; nobody was told twice."
    )


async def _update(day: Day, headline: str, impact: str, *, status: str = "") -> None:
    scene, room = day.scene, day.rooms[1]
    await scene.types(BEA, room, "/incident update")
    form = await scene.form(BEA)
    changes = _report(headline, impact, "")
    if status:
        option = next(
            one
            for block in form["blocks"]
            if block.get("block_id") == "status"
            for one in block["element"]["options"]
            if one["value"] == status
        )
        changes["status"] = {"selected_option": option}
    await scene.submits(BEA, form, **changes)
    await day.told(SAM, headline)
    await day.seen(room, headline)


async def _put_away(day: Day, user: str) -> None:
    """Close whatever says that a form was taken."""
    for view in (await day.scene.world())["stacks"].get(user) or []:
        await day.scene.http.post(f"as/{user}/views/{view}/close", json={})


async def _open_form(day: Day, user: str) -> JSON | None:
    await day.scene.settled()
    world = await day.scene.world()
    return await day.scene.form(user) if world["stacks"].get(user) else None


def _report(headline: str, impact: str, doing: str) -> dict[str, JSON]:
    found = {"headline": headline, "impact": impact, "doing": doing}
    return {name: {"value": text} for name, text in found.items() if text}
