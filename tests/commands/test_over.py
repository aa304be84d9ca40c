"""Controls and forms of an incident that is over: they answer as the typed word does, before anybody has written."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain.model import Actor, Incident
from bot.errors import UserError
from commands import buttons
from commands.context import Ask, Open, Outcome
from templates.actions import Action, value_for
from templates.modals import reason_view, severity_view, update_view
from templates.modals.update import fresh_update
from tests.commands.kit import ANA, BEA, JSON, FrontDesk

MERGED = "Nothing changed. INC-2 was merged into INC-1, so"


async def merge(desk: FrontDesk) -> Incident:
    """Make INC-2 part of INC-1."""
    whole, part = await desk.it(1), await desk.it(2)
    await desk.context.relating.merge(part.id, whole.id, "One fault", Actor(ANA), "merge")
    return await desk.it(2)


async def press(desk: FrontDesk, action: Action, incident: Incident, **extra: str) -> Outcome:
    ask = Ask(Actor(ANA), f"press {action}")
    return await buttons.press(desk.context, ask, action, buttons.Press(value_for(incident, **extra)))


OPENING = [
    (Action.OPEN_UPDATE, {}, "no further update is due"),
    (Action.OPEN_ROLES, {}, "its roles stand"),
    (Action.OPEN_SEVERITY, {}, "its severity stands"),
    (Action.OPEN_RESOLVE, {}, "there is nothing to resolve"),
    (Action.OPEN_SAFETY, {}, "its safety class stands"),
    (Action.OPEN_OVERRIDE, {}, "it has no rank"),
    (Action.OPEN_REASON, {"kind": "cancel"}, "there is nothing to cancel"),
    (Action.DECLARED_BY_MISTAKE, {}, "there is nothing to cancel"),
]


async def test_a_control_of_a_merged_incident_is_refused_before_a_form_opens(desk: FrontDesk) -> None:
    await desk.declared()
    drawn = await desk.declared("cards are declined")
    await merge(desk)
    also = (
        (Action.OPEN_EDIT, {}, "its details stand"),
        (Action.OPEN_REASON, {"kind": "close"}, "it is over already, and there is nothing to close"),
    )
    for action, extra, what in (*OPENING, *also):
        with pytest.raises(UserError) as refused:
            await press(desk, action, drawn, **extra)
        assert str(refused.value) == f"{MERGED} {what}. Do it there: name #1."


async def test_a_control_of_a_cancelled_incident_is_refused_before_a_form_opens(desk: FrontDesk) -> None:
    drawn = await desk.declared()
    await desk.do(drawn, c.Cancel("A test alarm"), Actor(ANA))
    for action, extra, what in OPENING:
        with pytest.raises(UserError) as refused:
            await press(desk, action, drawn, **extra)
        assert str(refused.value).startswith(f"Nothing changed. INC-1 is cancelled, so {what}. ")


async def test_a_form_whose_incident_was_merged_meanwhile_names_what_to_type(desk: FrontDesk) -> None:
    await desk.declared()
    drawn = await desk.declared("cards are declined")
    policy, now = desk.policy, desk.context.now()
    update = update_view(drawn, policy, fresh_update(drawn, policy, now=now, draft=""), now=now)
    severity = severity_view(drawn, policy)
    mistake, danger = reason_view("cancel", drawn), reason_view("safety", drawn)
    await merge(desk)
    sent: list[tuple[JSON, dict[str, JSON], str]] = [
        (update, {"headline": {"value": "Cards work again"}}, "update"),
        (severity, {"severity": {"selected_option": {"value": "sev2"}}, "reason": {"value": "half"}}, "severity"),
        (mistake, {"reason": {"value": "a test"}}, "cancel"),
        (danger, {"reason": {"value": "smoke"}}, "safety"),
    ]
    for view, typed, word in sent:
        answer = await desk.submission(BEA, {**view, "id": f"V{word}"}, **typed)
        [told] = answer["errors"].values()
        assert told == (
            f"Nothing changed. INC-2 was merged into INC-1 meanwhile. Copy your words, and send `/incident {word} #1`."
        )


async def test_the_roles_form_of_a_merged_incident_names_what_to_type(desk: FrontDesk) -> None:
    await desk.declared()
    room = await desk.room()
    await desk.types(BEA, room, "/incident roles")
    view = await desk.form(BEA)
    await merge(desk)
    answer = await desk.submission(BEA, view, **{"role:scribe": {"selected_user": BEA}})
    assert "Copy your words, and send `/incident assign #1`." in str(answer["errors"])


@pytest.mark.parametrize(
    "meanwhile",
    [
        c.PostUpdate("Nobody can pay"),
        c.DeclareSafety("Two pumps lost their alarm"),
        c.AssignRole("commander", BEA, replace=True),
    ],
    ids=["an update", "danger", "a role handed on"],
)
async def test_declared_by_mistake_asks_why_once_people_have_taken_it_up(desk: FrontDesk, meanwhile: c.Command) -> None:
    drawn = await desk.declared()
    await desk.do(drawn, meanwhile, Actor(ANA))
    outcome = await press(desk, Action.DECLARED_BY_MISTAKE, drawn)
    assert isinstance(outcome, Open)
    assert outcome.view["title"]["text"] == "Cancel INC-1"
    assert (await desk.it()).is_open


async def test_declared_by_mistake_asks_why_after_a_merge_and_after_a_reopening(desk: FrontDesk) -> None:
    drawn = await desk.declared()
    await desk.declared("cards are declined")
    await merge(desk)
    assert isinstance(await press(desk, Action.DECLARED_BY_MISTAKE, drawn), Open)
    again = await desk.declared("search is slow")
    await desk.do(again, c.Resolve("It recovered"), Actor(ANA))
    await desk.do(again, c.Reopen("It is none"), Actor(ANA))
    assert isinstance(await press(desk, Action.DECLARED_BY_MISTAKE, again), Open)
    assert desk.count("IncidentCancelled") == 0


async def test_withdrawing_danger_where_there_is_none_is_answered_before_a_reason_is_asked(desk: FrontDesk) -> None:
    room = await desk.room()
    for line in ("safety withdraw", "safety off", "safety withdraw they alarm again"):
        assert "INC-1" in await desk.answers(BEA, room, line)
        assert "is not “safety first”" in await desk.last_whisper(BEA)
    assert not (await desk.world())["views"]


async def test_offer_is_no_word_and_handing_over_is_named(desk: FrontDesk) -> None:
    room = await desk.room()
    assert "Did you mean `handoff`?" in await desk.answers(BEA, room, "offer @sam")
