"""App Home: what needs this person comes first, and calm is said too."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from bot.domain.model import ActionItem
from templates import sample_data as data
from templates.home import home_view, outsider_view
from tests.templates.reading import labels, words


def test_without_incidents_nothing_is_burning() -> None:
    view = home_view(data.SAM, (), data.POLICY, now=data.NOW)
    assert "Nothing is burning." in words(view)
    assert labels(view) == ["Declare an incident", "Subscriptions", "Help"]


def test_declaring_is_offered_to_those_who_may_only() -> None:
    view = home_view(data.SAM, (), data.POLICY, now=data.NOW, may_declare=False)
    assert labels(view) == ["Subscriptions", "Help"]
    assert "declare" not in words(view)


def test_a_guest_is_told_whom_to_ask_and_nothing_else() -> None:
    assert "Firebell is for members of this workspace." in words(outsider_view())
    assert labels(outsider_view()) == []


def test_an_update_that_this_person_owes_comes_first() -> None:
    view = home_view(data.ANA, (data.overdue(),), data.POLICY, now=data.at("03:20"))
    text = words(view)
    assert "your update is overdue, it was due 5 min ago" in text
    assert text.index("Needs you now") < text.index("Open incidents")


def test_nobody_is_asked_for_what_another_owes() -> None:
    assert "Needs you now" not in words(home_view(data.SAM, (data.overdue(),), data.POLICY, now=data.NOW))


def test_a_declarer_is_asked_for_command_and_severity() -> None:
    text = words(home_view(data.ANA, (data.assumed(),), data.POLICY, now=data.NOW))
    assert "you declared it, and nobody is in command" in text
    assert "SEV2 is assumed; is that right?" in text


def test_a_postmortem_waits_for_its_owner() -> None:
    view = home_view(data.ANA, (data.resolved(),), data.POLICY, now=data.at("09:00"))
    assert "the postmortem waits for root cause and contributing conditions" in words(view)
    assert "Write" in labels(view)


def test_a_drill_owes_no_postmortem() -> None:
    drill = replace(data.resolved(), drill=True)
    assert "postmortem waits" not in words(home_view(data.ANA, (drill,), data.POLICY, now=data.NOW))


def test_action_items_of_this_person_are_listed_by_due_date() -> None:
    items = (
        ActionItem(1, "Later", data.BEA, "2026-12-24"),
        ActionItem(2, "Sooner", data.BEA, "2026-11-10"),
        ActionItem(3, "Done already", data.BEA, done=True),
        ActionItem(4, "Of another", data.ANA),
    )
    text = words(home_view(data.BEA, (replace(data.resolved(), action_items=items),), data.POLICY, now=data.NOW))
    assert text.index("Sooner") < text.index("Later")
    assert "Done already" not in text
    assert "Of another" not in text


def test_open_incidents_stand_worst_first() -> None:
    text = words(home_view(data.SAM, (data.earlier(), data.set_up()), data.POLICY, now=data.NOW))
    assert text.index("INC-42") < text.index("INC-41")


def test_very_many_incidents_stay_within_the_tab() -> None:
    many = [replace(data.overdue(), id=str(i), number=i, roles=MappingProxyType({})) for i in range(300)]
    view = home_view(data.ANA, many, data.POLICY, now=data.NOW)
    assert "and 275 more" in words(view)
    assert len(view["blocks"]) <= 100
