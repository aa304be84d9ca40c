"""The board within Slack's limits, and without a figure for those who may not see any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.model import Incident
from sandbox.blockkit import validate_message, validate_view
from templates import answers, home
from templates import sample_data as data
from templates import sample_ranks as fires
from templates.answers.ranks import money
from templates.cards import room_card
from tests.templates.reading import words

FIGURES = ("EUR", "1,050", "900", "154")


def many(count: int) -> list[Incident]:
    return [replace(fires.quality(), id=f"i{number}", number=number) for number in range(1, count + 1)]


@pytest.mark.parametrize("amounts", ["shown", "hidden", "unknown"])
@pytest.mark.parametrize("page", [1, 3, 30, 99])
def test_hundreds_of_incidents_are_told_in_pages_that_slack_takes(amounts: answers.Amounts, page: int) -> None:
    incidents = many(300)
    known = {one.id: one for one in incidents}
    board = fires.board(*incidents)
    drawn = answers.priorities(board, known, fires.POLICY, now=data.NOW, amounts=amounts, page=page)
    assert validate_message(drawn.text, drawn.blocks) == []
    assert f"ranks {min(page, 30) * 10 - 9} to {min(page, 30) * 10}" in words(drawn)


def test_home_holds_the_first_of_hundreds() -> None:
    incidents = many(300)
    view = home.home_view(
        data.SAM, incidents, fires.POLICY, now=data.NOW, board=fires.board(*incidents), amounts="shown"
    )
    assert validate_view(view) == []
    assert "and 275 more" in str(view)


@pytest.mark.parametrize("amounts", ["hidden", "unknown"])
def test_nobody_else_reads_a_figure(amounts: answers.Amounts) -> None:
    incidents = (fires.quality(), fires.dashboards(), fires.training())
    board, known = fires.board(*incidents), {one.id: one for one in incidents}
    said = words(answers.priorities(board, known, fires.POLICY, now=data.NOW, amounts=amounts))
    said += "".join(words(answers.why(board, one, fires.POLICY, now=data.NOW, amounts=amounts)) for one in incidents)
    said += str(home.home_view(data.SAM, incidents, fires.POLICY, now=data.NOW, board=board, amounts=amounts))
    card = room_card(
        fires.quality(), fires.POLICY, links=data.links(fires.quality()), now=data.NOW, standing=fires.standing()
    )
    said += words(card)
    assert [figure for figure in FIGURES if figure in said] == []


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0, "0"), (0.04, "0"), (3.25, "3.2"), (12.4, "12"), (999.6, "1,000"), (1054.0, "1,050"), (12_345.0, "12,300")],
)
def test_amounts_claim_no_more_than_three_digits(amount: float, said: str) -> None:
    assert money(amount) == said


def test_beside_danger_to_people_stands_no_amount() -> None:
    incidents = (fires.harmful(), fires.training())
    board, known = fires.board(*incidents), {one.id: one for one in incidents}
    told = words(answers.why(board, incidents[0], fires.POLICY, now=data.NOW, amounts="shown"))
    assert "Safety first: Night staff read dosages from them" in told
    assert "per hour" not in told
    listed = words(answers.priorities(board, known, fires.POLICY, now=data.NOW, amounts="shown"))
    assert listed.count("Left waiting:") == 1, "that of the other"
