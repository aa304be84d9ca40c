"""Controls, forms and shortcuts: what they open, and what they carry out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.analysis.series import PanelData, PanelDocument, Series, encode
from bot.domain.commands import AssignRole, PostUpdate, Resolve
from bot.domain.model import Actor, Incident
from commands.buttons import BUTTONS, FREE_BUTTONS
from commands.forms import FORMS
from commands.slack import REDRAWS
from templates.actions import Action, Form, Shortcut, value_for
from tests.commands.kit import ALERTS, ANA, BEA, DEV, JONAS, SAM, TOMAS, FrontDesk, whole_text


def test_every_control_form_and_shortcut_is_answered() -> None:
    assert {*BUTTONS, *FREE_BUTTONS, *REDRAWS, Action.MORE} == set(Action)
    assert not set(BUTTONS) & set(FREE_BUTTONS)
    assert set(FORMS) == set(Form) - {Form.ANSWER, Form.LOADING, Form.ERROR}
    assert len(Shortcut) == 3


async def press(desk: FrontDesk, user: str, action: Action, *, ts: str = "1.1", **extra: str) -> int:
    """Press a control of INC-1 that stands in some message."""
    value = value_for(await desk.it(), **extra).pack()
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": user},
        "container": {"type": "message", "channel_id": ALERTS, "message_ts": ts},
        "actions": [{"type": "button", "action_id": action.value, "value": value}],
    }
    return (await desk.send(payload))[0]


@pytest.mark.parametrize(
    ("action", "extra", "event"),
    [
        (Action.TAKE_ROLE, {"role": "scribe"}, "RoleAssigned"),
        (Action.RELEASE_ROLE, {"role": "commander"}, "RoleReleased"),
        (Action.FOLLOW, {}, "Followed"),
        (Action.NO_CHANGE, {}, "UnchangedConfirmed"),
        (Action.PICK_SEVERITY, {"severity": "sev1"}, "SeverityConfirmed"),
        (Action.CONFIRM_SEVERITY, {}, "SeverityConfirmed"),
        (Action.DECLARED_BY_MISTAKE, {}, "IncidentCancelled"),
        (Action.DRAW_METRICS, {}, "MetricsRequested"),
        (Action.WRITE_POSTMORTEM, {}, "PostmortemRequested"),
        (Action.MORE, {"do": "follow"}, "Followed"),
    ],
)
async def test_a_control_carries_out_its_command_once(
    desk: FrontDesk, action: Action, extra: dict[str, str], event: str
) -> None:
    await desk.declared("checkout returns 500s", severity=None, services=("checkout",))
    before = desk.count(event)
    value = await desk.it()
    for _ in range(2):
        payload = {
            "type": "block_actions",
            "user": {"id": ANA},
            "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
            "actions": [{"type": "button", "action_id": action.value, "value": value_for(value, **extra).pack()}],
        }
        assert (await desk.send(payload))[0] == 200
    assert desk.count(event) == before + 1


async def test_two_choices_of_one_menu_at_one_seq_are_two_acts(desk: FrontDesk) -> None:
    await desk.declared()
    drawn = await desk.it()
    for choice in ("follow", "no_change"):
        option = {"value": value_for(drawn, do=choice).pack()}
        payload = {
            "type": "block_actions",
            "user": {"id": SAM},
            "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
            "actions": [{"type": "overflow", "action_id": "more", "selected_option": option}],
        }
        assert (await desk.send(payload))[0] == 200
    assert (desk.count("Followed"), desk.count("UnchangedConfirmed")) == (1, 1)


async def test_a_guest_who_presses_changes_nothing(desk: FrontDesk) -> None:
    await desk.declared()
    before = desk.count()
    assert await press(desk, TOMAS, Action.TAKE_ROLE, role="scribe") == 200
    assert desk.count() == before


async def test_declared_by_mistake_asks_for_a_reason_once_its_time_is_over(desk: FrontDesk) -> None:
    await desk.declared()
    desk.skip(minutes=11)
    assert await press(desk, ANA, Action.DECLARED_BY_MISTAKE) == 200
    assert desk.count("IncidentCancelled") == 0


async def test_the_roles_form_gives_and_takes_what_was_changed_in_it(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.do(await desk.it(), AssignRole("scribe", BEA), Actor(ANA))
    await desk.types(SAM, room, "/incident roles")
    chosen = {
        "role:scribe": {"selected_user": None},
        "role:deputy": {"selected_user": SAM},
        "role:operations": {"selected_users": [DEV, JONAS]},
    }
    assert (await desk.submits(SAM, await desk.form(SAM), **chosen))["ok"]
    roles = (await desk.it()).roles
    assert roles.get("scribe", ()) == ()
    assert (roles["commander"], roles["deputy"], roles["operations"]) == ((ANA,), (SAM,), (DEV, JONAS))


async def test_a_declare_form_shows_similar_incidents_and_keeps_all_input(desk: FrontDesk) -> None:
    await desk.declared("Search is slow")
    await desk.types(BEA, ALERTS, "/incident declare")
    view = await desk.form(BEA)
    title = next(block for block in view["blocks"] if block.get("block_id") == "title")["element"]
    typed = {"type": "plain_text_input", "action_id": title["action_id"], "value": "search slow"}
    state = {"title": {title["action_id"]: typed}, "summary": {"summary": {"type": "plain_text_input", "value": "hm"}}}
    container = {"type": "view", "view_id": view["id"]}
    body = {"container": container, "block_id": "title", "action": typed, "state": {"values": state}}
    assert (await desk._post(f"as/{BEA}/actions", **body))["ok"]
    await desk.answered()
    shown = await desk.form(BEA)
    assert "INC-1 Search is slow" in whole_text(shown)
    assert shown["state"]["values"]["summary"]["summary"]["value"] == "hm"
    updates = (await desk.world())["calls"]["views.update"]
    assert (await desk._post(f"as/{BEA}/actions", **body))["ok"]
    await desk.answered()
    assert (await desk.world())["calls"]["views.update"] == updates, "the same answer draws nothing anew"


async def test_declaring_from_a_message_keeps_its_words_and_its_place(desk: FrontDesk) -> None:
    ts = (await desk.says(SAM, ALERTS, "Cards fail & <b>nobody</b> knows why"))["message"]["ts"]
    used = await desk._post(f"as/{SAM}/shortcuts", callback_id="declare_from_message", channel=ALERTS, ts=ts)
    assert used["ok"], used
    assert (await desk.submits(SAM, await desk.form(SAM)))["ok"]
    incident = await desk.it()
    assert incident.title == "Cards fail & <b>nobody</b> knows why"
    assert incident.origin is not None
    assert (incident.origin.channel, incident.origin.ts) == (ALERTS, ts)


async def test_the_global_shortcut_opens_the_form_and_a_guest_is_told_why_not(desk: FrontDesk) -> None:
    await desk._post(f"as/{SAM}/shortcuts", callback_id="declare_incident")
    assert (await desk.form(SAM))["callback_id"] == "declare"
    await desk._post(f"as/{TOMAS}/shortcuts", callback_id="declare_incident")
    await desk.answered()
    assert "Guests and other apps may not use Firebell." in whole_text(await desk.form(TOMAS))


async def test_a_message_goes_onto_the_timeline_by_shortcut_in_a_room_only(desk: FrontDesk) -> None:
    room = await desk.room()
    for channel in (room, ALERTS):
        ts = (await desk.says(SAM, channel, "It began with v142"))["message"]["ts"]
        await desk._post(f"as/{SAM}/shortcuts", callback_id="add_to_timeline", channel=channel, ts=ts)
        await desk.answered()
    assert desk.count("PinRequested") == 1
    assert "This channel belongs to no incident." in await desk.last_whisper(SAM)


async def test_the_forms_of_the_end_record_what_was_typed(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(ANA, room, "/incident resolve")
    assert (await desk.submits(ANA, await desk.form(ANA), fixed_by={"value": "rolled back"}))["ok"]
    assert (await desk.it()).fixed_by == "rolled back"
    await desk.types(ANA, room, "/incident reopen")
    assert (await desk.submits(ANA, await desk.form(ANA), reason={"value": "it is back"}))["ok"]
    assert (await desk.it()).is_open


def latency(incident: Incident, now: float) -> bytes:
    """180 ms before the incident, `now` seconds since."""
    began = incident.declared_at.timestamp()
    points = tuple((began + 60.0 * minute, 0.18 if minute < 0 else now) for minute in range(-30, 6))
    panel = PanelData("checkout", "Checkout", "latency", "Latency", "seconds", "q", (Series((), points),))
    return encode(PanelDocument(began - 1800, began + 300, 60.0, (panel,)))


async def test_resolving_while_the_metrics_look_bad_is_said_and_not_stopped(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.measured(await desk.it(), latency(await desk.it(), 2.4))
    await desk.types(ANA, room, "/incident resolve")
    view = await desk.form(ANA)
    assert "is still off: Checkout, Latency at 2.4 s (180 ms before)." in whole_text(view)
    assert (await desk.submits(ANA, view, fixed_by={"value": "rolled back"}))["ok"]
    assert not (await desk.it()).is_open


@pytest.mark.parametrize("stored", ["well again", "nothing", "no panel document"])
async def test_without_bad_metrics_the_form_raises_no_doubt(desk: FrontDesk, stored: str) -> None:
    room = await desk.room()
    if stored != "nothing":
        document = latency(await desk.it(), 0.19) if stored == "well again" else b"{}"
        await desk.measured(await desk.it(), document)
    await desk.types(ANA, room, "/incident resolve")
    assert "still off" not in whole_text(await desk.form(ANA))


async def test_a_correction_by_form_keeps_the_parts_that_were_not_touched(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.do(await desk.it(), PostUpdate("Cards fail", impact="Nobody can pay"), Actor(ANA))
    await desk.types(ANA, room, "/incident correct")
    assert (await desk.submits(ANA, await desk.form(ANA), headline={"value": "Cards fail in Spain"}))["ok"]
    latest = (await desk.it()).latest_update
    assert latest is not None
    assert (latest.headline, latest.impact) == ("Cards fail in Spain", "Nobody can pay")


async def test_a_note_may_say_when_it_happened(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident note")
    happened = int((await desk.it()).declared_at.timestamp()) - 600
    values = {"text": {"value": "The deploy"}, "happened_at": {"selected_date_time": happened}}
    assert (await desk.submits(BEA, await desk.form(BEA), **values))["ok"]
    note = next(one.event for one in await desk.log() if type(one.event).__name__ == "NoteAdded")
    assert note.happened_at.timestamp() == happened


async def test_after_the_end_the_card_menu_offers_no_update(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    menu = await desk.answers(BEA, room, "")
    assert "Reopen" in menu
    assert "Post update" not in menu
    assert json.dumps((await desk.last_answer(BEA))["blocks"]).count("open_update") == 0
