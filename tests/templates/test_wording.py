"""Operators replace wordings one by one, and mistakes are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from bot.domain import notices as n
from templates import sample_data as data
from templates import wording
from templates.notices import render
from templates.wording import Wording, WordingError


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    wording.use_folder(None)


def own(folder: Path, text: str, name: str = "notices.j2") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_block_of_ones_own_replaces_ours_and_the_rest_stays(tmp_path: Path) -> None:
    mine = Wording(own(tmp_path, "{% block due %}Time to tell them about {{ name }}.{% endblock %}"))
    assert mine.say("notices.due", name="INC-42") == "Time to tell them about INC-42."
    assert mine.say("notices.sleep_none", drill=False) == "Sleep. No postmortem is owed."


def test_a_folder_in_force_speaks_in_messages(tmp_path: Path) -> None:
    wording.use_folder(own(tmp_path, "{% block due %}Report, please.{% endblock %}"))
    incident = data.overdue()
    notice = n.UpdateDue(data.at("03:15"), 0, 1)
    message = render(notice, incident, data.POLICY, links=data.links(incident), now=data.at("03:15"))
    assert message.blocks[0]["text"]["text"] == "Report, please."


def test_what_people_typed_is_escaped_in_ones_own_wording_too(tmp_path: Path) -> None:
    mine = Wording(own(tmp_path, "{% block due %}{{ name }}{% endblock %}"))
    assert mine.say("notices.due", name="<!channel>") == "&lt;!channel&gt;"


def test_typed_jinja_is_never_run() -> None:
    assert Wording().say("notices.due", name="{{ 7*7 }}") == "The update for {{ 7*7 }} is due now."


def test_a_fact_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        Wording().say("notices.due")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("notices.j2", "{% block duee %}x{% endblock %}", "no wording `duee`"),
        ("notices.j2", "{% block due %}{{ name", "notices.j2"),
        ("notice.j2", "", "no wordings of this name"),
    ],
)
def test_a_mistake_is_named_at_start(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(WordingError, match=complaint):
        Wording(own(tmp_path, text, name))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="is no folder"):
        Wording(tmp_path / "nowhere")


def test_an_unfit_folder_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(WordingError):
        wording.use_folder(own(tmp_path, "{% block nonsense %}{% endblock %}"))
    assert wording.say("notices.due", name="INC-42") == "The update for INC-42 is due now."
