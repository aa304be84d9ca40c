"""What arrives as events: mentions, direct messages, pushpins, people who leave, the App Home."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.commands import AssignRole, SaveActionItem
from bot.domain.model import Actor
from tests.commands.kit import ALERTS, ANA, BEA, INCIDENTS, SAM, TOMAS, FrontDesk, whole_text


async def bot_of(desk: FrontDesk) -> str:
    return next(user["id"] for user in (await desk.world())["users"] if user.get("is_bot"))


async def mention(desk: FrontDesk, user: str, channel: str, text: str, **more: Any) -> None:
    """Somebody speaks to Firebell in a channel; returns once it has answered."""
    event = {
        "type": "app_mention",
        "user": user,
        "channel": channel,
        "ts": "9.9",
        "text": f"<@{await bot_of(desk)}> {text}",
    }
    assert await desk.event(f"Ev{user}{text}", **{**event, **more}) == 200
    await desk.answered()


async def said_in(desk: FrontDesk, channel: str) -> list[str]:
    return [whole_text(one) for one in await desk.messages(channel)]


async def test_a_mention_in_a_thread_does_what_the_command_does_and_answers_there(desk: FrontDesk) -> None:
    room = await desk.room()
    root = (await desk.says(SAM, room, "what now?"))["message"]["ts"]
    await mention(desk, BEA, room, "note the cache was cold", ts="9.8", thread_ts=root)
    assert desk.count("NoteAdded") == 1
    [answer] = await desk.messages(room)
    assert answer["thread_ts"] == root
    assert "It is on the timeline of INC-1." in whole_text(answer)


async def test_a_mention_names_people_as_the_command_does(desk: FrontDesk) -> None:
    room = await desk.room()
    root = (await desk.says(SAM, room, "who writes?"))["message"]["ts"]
    await mention(desk, BEA, room, f"note <@{SAM}> called the bank", thread_ts=root)
    note = next(one.event for one in await desk.log() if type(one.event).__name__ == "NoteAdded")
    assert note.text == "@sam called the bank"
    await mention(desk, BEA, room, f"assign scribe <@{SAM}>", thread_ts=root)
    assert (await desk.it()).roles["scribe"] == (SAM,)


async def test_what_needs_a_form_is_answered_with_a_button_that_opens_it(desk: FrontDesk) -> None:
    room = await desk.room()
    root = (await desk.says(SAM, room, "what now?"))["message"]["ts"]
    await mention(desk, BEA, room, "resolve", thread_ts=root)
    [answer] = await desk.messages(room)
    await desk.presses(SAM, answer, "reopen_input")
    assert (await desk.form(SAM))["callback_id"] == "resolve"


async def test_an_answer_that_everybody_reads_tells_of_no_private_incident(desk: FrontDesk) -> None:
    await desk.declared("Leaked keys", private=True)
    await desk.declared("Search is slow")
    world = await desk.world()
    assert await bot_of(desk) in world["channels"][INCIDENTS]["members"]
    root = (await desk.says(ANA, INCIDENTS, "so?"))["message"]["ts"]
    for line in ("list", "status #1", "declare sev4 leaked keys again", ""):
        await mention(desk, ANA, INCIDENTS, line, thread_ts=root)
    said = "\n".join(await said_in(desk, INCIDENTS))
    assert "Search is slow" in said
    assert "Leaked keys" not in said
    assert "There is no incident #1." in said


async def test_in_its_own_room_a_private_incident_is_spoken_of(desk: FrontDesk) -> None:
    room = await desk.room(private=True, title="Leaked keys")
    root = (await desk.says(SAM, room, "so?"))["message"]["ts"]
    await mention(desk, SAM, room, "status", thread_ts=root)
    assert "Leaked keys" in "\n".join(await said_in(desk, room))


async def test_a_guest_who_mentions_firebell_is_refused(desk: FrontDesk) -> None:
    room = await desk.room()
    root = (await desk.says(SAM, room, "so?"))["message"]["ts"]
    await mention(desk, TOMAS, room, "status", thread_ts=root)
    [answer] = await said_in(desk, room)
    assert "Guests and other apps may not use Firebell." in answer


async def test_a_direct_message_is_a_line_of_the_command_and_may_be_private(desk: FrontDesk) -> None:
    await desk.declared("Leaked keys", private=True)
    opened = await desk._post(f"as/{ANA}/dm", user=await bot_of(desk))
    await desk.says(ANA, opened["channel"]["id"], "status #1")
    await desk.until(lambda world: "Leaked keys" in json.dumps(world["channels"][opened["channel"]["id"]]), "no answer")


async def test_edits_and_other_apps_words_are_no_lines(desk: FrontDesk) -> None:
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": ANA, "ts": "1.1"}
    assert await desk.event("Ev1", **event, text="declare sev1 x", subtype="message_changed") == 200
    assert await desk.event("Ev2", **event, text="declare sev1 x", bot_id="B1") == 200
    assert await desk.event("Ev3", **{**event, "channel_type": "channel"}, text="declare sev1 x") == 200
    assert desk.count() == 0


async def test_a_pushpin_asks_for_a_message_and_taking_it_off_takes_it_back(desk: FrontDesk) -> None:
    room = await desk.room()
    ts = (await desk.says(BEA, room, "The deploy changed the timeout"))["message"]["ts"]
    await desk.reacts(BEA, room, ts, "eyes")
    await desk.reacts(BEA, room, ts, "pushpin")
    await desk.until(lambda _: desk.count("PinRequested") == 1, "not asked for")
    await desk.reacts(BEA, room, ts, "pushpin", add=False)
    await desk.until(lambda _: desk.count("MessageUnpinned") == 1, "not taken back")


async def test_a_pushpin_elsewhere_by_a_guest_or_by_firebell_itself_is_just_a_reaction(desk: FrontDesk) -> None:
    room = await desk.room()
    item = {"type": "message", "channel": room, "ts": "1.1"}
    reaction = {"type": "reaction_added", "reaction": "pushpin"}
    assert await desk.event("Ev1", **reaction, user=BEA, item={**item, "channel": ALERTS}) == 200
    assert await desk.event("Ev2", **reaction, user=TOMAS, item=item) == 200
    assert await desk.event("Ev3", **reaction, user=await bot_of(desk), item=item) == 200
    assert await desk.event("Ev4", **reaction, user=BEA, item={"type": "file", "file": "F1"}) == 200
    assert desk.count("PinRequested") == 0


async def test_whoever_is_deactivated_holds_no_role_any_more(desk: FrontDesk) -> None:
    for title in ("checkout returns 500s", "search is slow"):
        incident = await desk.declared(title)
        await desk.do(incident, AssignRole("scribe", SAM), Actor(ANA))
    await desk._post(f"as/{SAM}/deactivate", deleted=True)
    await desk.until(lambda _: desk.count("RoleReleased") == 2, "the roles were kept")
    assert [(await desk.it(number)).roles.get("scribe", ()) for number in (1, 2)] == [(), ()]


async def test_the_home_shows_what_one_may_see_and_is_drawn_again_after_an_act(desk: FrontDesk) -> None:
    incident = await desk.declared("Leaked keys", private=True)
    await desk.do(incident, SaveActionItem("Rotate the keys", ANA), Actor(ANA))
    for user in (ANA, SAM, TOMAS):
        await desk._post(f"as/{user}/home")
    home = await desk.until(lambda world: _home(world, ANA), "no home")
    other = await desk.until(lambda world: _home(world, SAM), "no home")
    assert "Rotate the keys" in json.dumps(home)
    assert "Leaked" not in json.dumps(other)
    guests = await desk.until(lambda world: _home(world, TOMAS), "a guest is told nothing")
    assert "Firebell is for members of this workspace." in json.dumps(guests)
    assert "action_id" not in json.dumps(guests), "a guest is offered nothing"
    block = next(one for one in home["blocks"] if "finish_action_item" in json.dumps(one))
    action = {key: block["accessory"][key] for key in ("type", "action_id", "value")}
    container = {"type": "view", "view_id": home["id"]}
    done = await desk._post(f"as/{ANA}/actions", container=container, block_id=block["block_id"], action=action)
    assert done["ok"], done
    await desk.answered()
    assert (await desk.it()).action_items[0].done
    assert "Rotate the keys" not in json.dumps(_home(await desk.world(), ANA))


def _home(world: dict[str, Any], user: str) -> dict[str, Any] | None:
    return next((view for view in world["views"] if view["type"] == "home" and view["user"] == user), None)
