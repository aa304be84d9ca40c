"""Bad input gets a clear answer, changes nothing, and loses nothing of what was typed.

Where each kind is tried (here, unless a file is named):

- unknown word, role, severity, status, number; text that is too long: the table of refusals
- empty title: `test_a_form_without_a_title_...`
- a 4,000-character title: the table of refusals (a line), `test_a_form_whose_title_is_too_long_...` (a form)
- emoji, right-to-left text, `<!channel>`, Markdown and Jinja syntax: HOSTILE, in a title and in the form here, in every
  other form in test_hostile_forms.py; in every message tests/templates/test_hostile_text.py, in the postmortem
  tests/templates/test_document.py
- a command in a channel of no incident: `test_a_command_where_...`
- a stale form: `test_a_stale_form_...`, `test_a_form_of_an_incident_that_is_gone_...`, test_roles_form.py,
  tests/stories/test_forms.py; a stale button: `test_a_button_of_an_older_message_...`
- a double click, or anything delivered twice: `test_a_double_click_...`, `test_a_form_sent_twice_...`,
  `test_an_event_that_slack_delivers_again_...`, test_acknowledgement.py
- a forged or replayed request (401), a body that is no JSON (400): `test_a_forged_replayed_or_mangled_request_...`; all
  their shapes in tests/integrations/slack/test_transport.py
- payloads that Slack does not send: `test_a_form_with_a_mangled_state_...`, test_misshapen.py
- a guest, another app: `test_a_guest_...`, `test_an_app_...`, test_permissions.py
- a deactivated person: `test_a_deactivated_person_...`; who held a role: test_messages.py
- an archived channel: `test_a_command_in_an_archived_channel_...`; under way: tests/stories/test_trouble.py
- a missing scope: `test_a_form_that_slack_does_not_open_...`; to open channels: tests/stories/test_trouble.py
- a bad `firebell.yaml`: `test_a_bad_settings_file_...`; every mistake: tests/config/test_bad_files.py
- a busy database, an unknown outcome: test_acknowledgement.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.domain.commands import Close, PostUpdate, Resolve, WritePostmortem
from bot.domain.model import Actor
from bot.errors import ConfigError
from commands.answering import NOT_OPENED
from sandbox.delivery import sign
from tests.commands.kit import ALERTS, ANA, BEA, SAM, TOMAS, FrontDesk, whole_text

pytestmark = pytest.mark.slow

LONG = "checkout " * 445
"""4,005 characters, as long as Slack lets a message be."""

HOSTILE = [
    "<!channel> the shop is down",
    "*bold* _it_ ~no~ `code` > quote",
    "{{ config }} {% raw %} {# no #}",
    "<script>alert(1)</script> & co",
    "<@U0SAMOKAF3> <#C0GENERAL1> <https://evil.example|safe>",
    "🔥🔥🔥 חנות לא עובדת 🛒",
    "المتجر لا يعمل",
    "\u202egnorw si siht",
    "@channel @here",
]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("stauts", "There is no word `stauts`. Did you mean `status`?"),
        ("reslove rolled back", "There is no word `reslove`. Did you mean `resolve`?"),
        ("#1 frobnicate", "There is no word `frobnicate`. `help` shows those there are."),
        ("assign scribee @sam", "There is no role `scribee`. Did you mean scribe?"),
        ("take xylophone", "There is no role `xylophone`. Choose one of commander, deputy"),
        ("severity sev9 worse", "There is no severity `sev9`. Choose one of sev1, sev2, sev3, sev4."),
        ("severity awful", "There is no severity `awful`. Choose one of sev1"),
        ("declare sev9 the shop", "There is no severity `sev9`. Choose one of sev1"),
        ("status mitigatng we roll back", "There is no status `mitigatng`. Did you mean mitigating?"),
        ("status resolved it works", "Resolved is not a status to set. Use `resolve`."),
        ("status #99", "There is no incident #99. Run `/incident list` to see them."),
        ("status fixedd", "There is no status `fixedd`. Choose one of declared, investigating, identified, mitig"),
        ("status reslved", "There is no status `reslved`. Choose one of declared, investigating, identified, mit"),
        (
            "unchanged we still look",
            "`unchanged` takes no words, and yours would be lost. Send it alone, or use `note`.",
        ),
        ("edit #1 Carts are empty", "`edit` takes no words, and yours would be lost. Send it alone"),
        ("correct 7 It was Spain", "INC-1 has no update yet. Post one first."),
        ("correct It was Spain", "INC-1 has no update yet. Post one first."),
        ("release scribe", "Scribe: nobody holds it. Name who should be released."),
        ("release", "You hold no role here. Name the role to release."),
        ("take scribe @sam", "`take` is for yourself. Give a role to somebody else with `assign`."),
        ("assign commander @sam @bea", "Commander is one person. Name one."),
        ("severity sev3", "Lowering the severity needs a reason. Say what makes it less bad."),
        ("reopen again", "INC-1 is declared. Only a resolved or closed one reopens."),
        ("close enough", "INC-1 is declared. Resolve it first."),
        (f"note {LONG}", "The note has 4,004 characters; the limit is 3,000."),
        (f"declare {LONG}", "The title has 4,004 characters; the limit is 300."),
    ],
)
async def test_a_refusal_says_why_and_what_next_and_hands_the_line_back(desk: FrontDesk, line: str, why: str) -> None:
    room = await desk.room()
    before = desk.count()
    answer = await desk.answers(BEA, room, line)
    assert answer.startswith(f"Nothing changed. {why}")
    assert line.strip() in answer.replace("\n", "")
    assert desk.count() == before


async def test_an_update_that_there_is_not_is_answered_with_the_last_there_is(desk: FrontDesk) -> None:
    room = await desk.room()
    for headline in ("Cards fail", "Vouchers fail"):
        await desk.do(await desk.it(), PostUpdate(headline), Actor(ANA))
    answer = await desk.answers(BEA, room, "correct 9 Gift cards fail")
    assert answer.startswith("Nothing changed. INC-1 has no update 9. Its last is update 2.")
    assert "correct 9 Gift cards fail" in answer


async def test_a_misspelt_ending_is_no_status_and_names_the_word_that_ends_it(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "monitoring; `resolve` ends it." in await desk.answers(BEA, room, "status fixedd")
    assert "monitoring; `close` ends it." in await desk.answers(BEA, room, "status closd")
    assert "ends it" not in await desk.answers(BEA, room, "status open")


@pytest.mark.parametrize("text", HOSTILE)
async def test_whatever_stands_in_a_title_stays_text(desk: FrontDesk, text: str) -> None:
    answer = await desk.answers(BEA, ALERTS, f"declare sev3 {text}")
    assert not answer.startswith("Nothing changed")
    title = (await desk.it()).title
    assert title.replace("@sam", "<@U0SAMOKAF3>").replace("#general", "<#C0GENERAL1>") in (
        " ".join(text.split()),
        " ".join(text.replace("<https://evil.example|safe>", "https://evil.example").split()),
    )
    shown = json.dumps((await desk.last_answer(BEA))["blocks"])
    assert "<!channel>" not in shown
    assert "<@U0SAMOKAF3>" not in shown


@pytest.mark.parametrize("text", HOSTILE)
async def test_whatever_stands_in_a_form_stays_text(desk: FrontDesk, text: str) -> None:
    await desk.types(BEA, ALERTS, "/incident declare")
    values: dict[str, Any] = {block: {"value": text} for block in ("title", "summary", "impact", "detected_by")}
    answer = await desk.submits(BEA, await desk.form(BEA), **values)
    assert answer["ok"], answer
    incident = await desk.it()
    assert (incident.summary, incident.impact, incident.detected_by) == (text, text, text)
    assert incident.title == " ".join(text.split())


async def test_a_form_without_a_title_says_so_beside_it(desk: FrontDesk) -> None:
    await desk.types(BEA, ALERTS, "/incident declare")
    answer = await desk.submission(BEA, await desk.form(BEA), title={"value": "  "}, summary={"value": "It hangs"})
    assert answer["response_action"] == "errors"
    assert answer["errors"] == {"title": "Say in a few words what is wrong."}
    assert desk.count() == 0


async def test_a_form_whose_title_is_too_long_says_by_how_much_and_stays_open(desk: FrontDesk) -> None:
    await desk.types(BEA, ALERTS, "/incident declare")
    view = await desk.form(BEA)
    answer = await desk.submits(BEA, view, title={"value": "x" * 3_000})
    assert set(answer["errors"]) == {"title"}
    assert "The title has 3,000 characters; the limit is 300." in answer["errors"]["title"]
    assert (await desk.form(BEA))["id"] == view["id"]


@pytest.mark.parametrize("state", [{}, {"values": None}, {"values": {"title": 7}}, {"values": {"title": {"x": []}}}])
async def test_a_form_with_a_mangled_state_is_answered_not_crashed(desk: FrontDesk, state: dict[str, Any]) -> None:
    await desk.types(BEA, ALERTS, "/incident declare")
    view = {**await desk.form(BEA), "state": state}
    payload = {"type": "view_submission", "user": {"id": BEA}, "view": view}
    status, answer = await desk.send(payload)
    assert (status, answer["response_action"]) == (200, "errors")


async def test_a_command_where_no_incident_is_asks_which_with_the_text_kept(desk: FrontDesk) -> None:
    await desk.room()
    await desk.types(BEA, ALERTS, "/incident note the cache was cold")
    view = await desk.form(BEA)
    assert view["callback_id"] == "pick_incident"
    assert "the cache was cold" in json.dumps(view)
    answer = await desk.submits(BEA, view)
    assert answer["ok"], answer
    assert desk.count("NoteAdded") == 1
    assert "It is on the timeline of INC-1." in whole_text(await desk.form(BEA))


async def test_a_command_where_nothing_is_open_says_how_to_begin(desk: FrontDesk) -> None:
    answer = await desk.answers(BEA, ALERTS, "note the cache was cold")
    assert "This channel belongs to no incident" in answer
    assert "Declare one with `/incident declare`." in answer
    assert "note the cache was cold" in answer


async def test_a_stale_form_of_a_resolved_incident_keeps_its_text(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident update")
    view = await desk.form(BEA)
    await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    answer = await desk.submits(BEA, view, headline={"value": "Half of all payments fail"})
    assert answer["errors"] == {
        "headline": "Nothing changed. INC-1 is resolved, so no further update is due. "
        "If it is happening again, reopen it."
    }
    assert (await desk.form(BEA))["id"] == view["id"], "the form stays open with what was typed"


async def test_a_stale_form_shows_what_was_missed_and_goes_out_on_the_second_submit(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident update")
    view = await desk.form(BEA)
    await desk.do(await desk.it(), PostUpdate("Half of all payments fail"), Actor(ANA))
    await desk.submits(BEA, view, headline={"value": "We roll back"})
    redrawn = await desk.form(BEA)
    assert "Half of all payments fail" in whole_text(redrawn)
    assert "We roll back" in json.dumps(redrawn)
    assert (await desk.submits(BEA, redrawn))["ok"]
    assert desk.count("UpdatePosted") == 2


async def test_a_form_of_an_incident_that_is_gone_says_so(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident note")
    view = {**await desk.form(BEA), "private_metadata": '{"i":"nowhere","s":1}'}
    answer = await desk.submission(BEA, view, text={"value": "It was DNS"})
    assert answer["errors"] == {"text": "This form belongs to an incident that is gone. Copy your text."}


async def test_a_form_that_lost_what_it_was_for_says_so(desk: FrontDesk) -> None:
    await desk.room()
    await desk.types(BEA, ALERTS, "/incident note x")
    view = await desk.form(BEA)
    incident = (await desk.it()).id
    chosen = {"selected_option": {"value": incident}}
    answer = await desk.submission(BEA, {**view, "private_metadata": '{"word":"rm"}'}, incident=chosen)
    assert answer["errors"] == {"incident": "That incident is gone. Choose another."}


async def test_a_button_of_an_older_message_says_where_to_look(desk: FrontDesk) -> None:
    await desk.room()
    await desk.answers(BEA, ALERTS, "status #1")
    await desk.presses(BEA, await desk.last_answer(BEA), "follow", value="not ours")
    await desk.answered()
    said = await desk.last_whisper(BEA)
    assert said.startswith("Nothing changed. This button belongs to an older message. Use the card instead.")
    assert desk.count("Followed") == 0


async def test_a_double_click_is_one_request(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.answers(BEA, room, "status")
    status = await desk.last_answer(BEA)
    before = len(await desk.whispers(BEA))
    for _ in range(3):
        await desk.presses(BEA, status, "follow")
        await desk.answered()
    assert desk.count("Followed") == 1
    assert len(await desk.whispers(BEA)) == before + 1, "one request has one answer"


async def test_a_form_sent_twice_is_one_request(desk: FrontDesk) -> None:
    await desk.types(BEA, ALERTS, "/incident declare")
    view = await desk.form(BEA)
    for _ in range(2):
        assert await desk.submission(BEA, view, title={"value": "Search is slow"}) == {}
    assert desk.rows("SELECT count(*) FROM incidents") == [(1,)]


async def test_an_event_that_slack_delivers_again_is_one_request(desk: FrontDesk) -> None:
    room = await desk.room()
    item = {"type": "message", "channel": room, "ts": "1.1"}
    for _ in range(3):
        assert await desk.event("Ev1", type="reaction_added", user=BEA, reaction="pushpin", item=item) == 200
    assert desk.count("PinRequested") == 1


async def test_a_forged_replayed_or_mangled_request_reaches_nobody(desk: FrontDesk) -> None:
    command = b"command=%2Fincident&text=declare+sev1+x&user_id=U0ANARUIZ1&channel_id=C1&trigger_id=1.1"
    secret = desk.local.signing_secret
    assert (await desk.knock(command))[0] == 401
    assert (await desk.knock(command, **sign("guessed", command, None)))[0] == 401
    assert (await desk.knock(command, **sign(secret, command, 1_700_000_000)))[0] == 401
    mangled = b"payload=%7B+no+json"
    assert (await desk.knock(mangled, **sign(secret, mangled, None)))[0] == 400
    assert desk.count() == 0


async def test_a_guest_is_refused_whatever_it_is_and_gets_the_text_back(desk: FrontDesk) -> None:
    room = await desk.room()
    before = desk.count()
    for line in ("declare sev1 nothing works", "list", "status", "note I was here", "help"):
        answer = await desk.answers(TOMAS, room, line)
        assert answer.startswith("Nothing changed. Guests and other apps may not use Firebell.")
        assert line in answer or line in ("list", "help"), "a mere word is no loss"
        assert "Edit and send again" not in answer
        assert "500s" not in answer
    assert desk.count() == before


async def test_a_deactivated_person_gets_no_role(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk._post(f"as/{SAM}/deactivate", deleted=True)
    answer = await desk.answers(ANA, room, f"assign scribe <@{SAM}>")
    assert answer.startswith(f"Nothing changed. <@{SAM}> is deactivated. Name somebody who can answer.")
    assert (await desk.it()).roles.get("scribe", ()) == ()


async def test_an_app_gets_no_role(desk: FrontDesk) -> None:
    room = await desk.room()
    answer = await desk.answers(ANA, room, "assign scribe @firebell")
    assert "is an app" in answer


async def test_a_command_in_an_archived_channel_never_reaches_the_bot_and_from_elsewhere_it_works(
    desk: FrontDesk,
) -> None:
    room = await desk.room()
    await desk._post(f"as/{ANA}/archive", channel=room, archived=True)
    assert not (await desk.types(BEA, room, "/incident status"))["ok"]
    assert "It is on the timeline of INC-1." in await desk.answers(BEA, ALERTS, "note #1 it was archived too early")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("missing_scope", "Nothing changed. Slack let no form open (missing_scope)."),
        ("error:expired_trigger_id", NOT_OPENED),
        ("500", NOT_OPENED),
        ("429", NOT_OPENED),
    ],
)
async def test_a_form_that_slack_does_not_open_is_said_with_the_text_handed_back(
    desk: FrontDesk, kind: str, why: str
) -> None:
    desk.fail("views.open", kind, count=1)
    answer = await desk.answers(BEA, ALERTS, "the shop is down")
    assert answer.startswith(why)
    assert "the shop is down" in answer
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    assert "the shop is down" in json.dumps(await desk.form(BEA))


def test_a_bad_settings_file_stops_the_start_with_file_line_and_key(tmp_path: Path) -> None:
    settings = tmp_path / "firebell.yaml"
    settings.write_text("services:\n  web:\n    teir: 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as complaint:
        load({"FIREBELL_CONFIG": str(settings), "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    why = "this key is not known. Did you mean `tier`?"
    assert str(complaint.value) == f"{settings}, line 3: `services.web.teir`: {why}"


async def test_closing_too_early_names_what_is_missing_beside_the_reason(desk: FrontDesk) -> None:
    room = await desk.room()
    incident = await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    await desk.do(incident, WritePostmortem(), Actor(ANA))
    with pytest.raises(Exception, match="closes with its postmortem"):
        await desk.do(incident, Close("done"), Actor(ANA))
    await desk.types(ANA, room, "/incident close")
    answer = await desk.submits(ANA, await desk.form(ANA), reason={"value": "All is well"})
    assert set(answer["errors"]) == {"reason"}
    assert "none has been published" in answer["errors"]["reason"]
