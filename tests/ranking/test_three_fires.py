"""The example's shop with three fires at once; one number is changed at a time, and the order follows where it should.

A P2 loss of quality of a model for a few VIP customers, a P1 outage of internal dashboards that operations use, and a
P3 backlog of training jobs. An hour in they cost 1,054, 160 and 40 an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.config.file import policy_of, read_file
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Incident
from bot.domain.notices import RankMoved
from bot.domain.policy import Policy
from bot.ports import EVERYBODY
from tests.architecture.tree import ROOT
from tests.ranking.conftest import ANA, Fires

HOUR = timedelta(hours=1)


@pytest.fixture
def policy() -> Policy:
    return policy_of(read_file(ROOT / "deploy" / "firebell.example.yaml"))


@dataclass
class Three:
    """The incidents by their letter: model (a), dashboards (b), training (c)."""

    fires: Fires
    by_letter: dict[str, Incident]

    async def do(self, letter: str, command: c.Command) -> None:
        incident, request = self.by_letter[letter], f"{letter}:{command}:{self.fires.house.clock.now()}"
        await self.fires.house.service.execute(command, ANA, request, incident_id=incident.id)

    async def order(self) -> str:
        """The order as it is shown after an hour in which somebody looked at it."""
        self.fires.house.clock.advance(hours=1)
        await self.fires.ranking.review()
        board = await self.fires.ranking.board(EVERYBODY)
        letters = {incident.id: letter for letter, incident in self.by_letter.items()}
        return "".join(letters[one.scored.case.id] for one in board)

    async def moves(self) -> list[RankMoved]:
        """What people are to be told of changes of the order."""
        queued = [one for _, one in await self.fires.queued() if isinstance(one, f.PostMessage)]
        return [one.notice for one in queued if isinstance(one.notice, RankMoved)]

    async def sentence(self, letter: str) -> str:
        standing = await self.fires.ranking.standing(self.by_letter[letter], f.CARD)
        assert standing is not None
        return standing.sentence


@pytest.fixture
async def three(fires: Fires) -> Three:
    found = {
        "a": await fires.placed("Recommendations are wrong for key accounts", "recommender"),
        "b": await fires.placed("Internal dashboards are down", "dashboards"),
        "c": await fires.placed("Training jobs queue up", "training"),
    }
    made = Three(fires, found)
    for letter, severity in (("a", "sev2"), ("b", "sev1")):
        await made.do(letter, c.ChangeSeverity(severity, "as reported"))
    await made.do("a", c.SetImpact(degraded=0.3, customers=4, vips=("Northwind", "Acme", "Fjord Foods")))
    await made.do("b", c.SetImpact(degraded=1.0, customers=60))
    await made.do("c", c.SetImpact(customers=0, backlog_per_hour=40.0))
    return made


async def test_they_are_ranked_and_each_place_is_justified(three: Three) -> None:
    assert await three.order() == "abc"
    assert [await three.sentence(letter) for letter in "abc"] == [
        "Rank 1: mostly revenue lost.",
        "Rank 2: what depends on it, then customers affected. Fix first: speeds 2 others.",
        "Rank 3: mostly its growing backlog.",
    ]


NUMBERS: list[tuple[str, str, c.SetImpact, str]] = [
    ("a backlog eight times as fast passes the dashboards", "c", c.SetImpact(backlog_per_hour=320.0), "acb"),
    ("one that costs a tenth more than they does not", "c", c.SetImpact(backlog_per_hour=285.0), "abc"),
    ("many more who use the dashboards pass the model", "b", c.SetImpact(customers=1_400), "bac"),
    ("a few more do not", "b", c.SetImpact(customers=200), "abc"),
    ("without the loss the VIPs alone hold the model's place", "a", c.SetImpact(revenue_per_hour=200.0), "abc"),
    (
        "health data that leaks comes before all",
        "c",
        c.SetImpact(data_classes=("health",), exposed_per_hour=500.0),
        "cab",
    ),
]


@pytest.mark.parametrize(
    ("letter", "change", "expected"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
async def test_one_number_at_a_time(three: Three, letter: str, change: c.SetImpact, expected: str) -> None:
    assert await three.order() == "abc"
    await three.fires.settle_all()
    await three.do(letter, change)
    assert await three.order() == expected
    assert len(await three.moves()) == (expected != "abc"), "a change of the order is told once, and only a change"


async def test_severity_alone_moves_nothing_where_people_said_what_is_lost(three: Three) -> None:
    assert await three.order() == "abc"
    await three.do("c", c.ChangeSeverity("sev1", "they all shout"))
    assert await three.order() == "abc"


async def test_safety_stands_above_money(three: Three) -> None:
    await three.do("c", c.DeclareSafety("The model doses insulin"))
    assert await three.order() == "cab"
    assert (await three.sentence("c")).startswith("Rank 1, safety first: The model doses insulin")
    assert await three.moves() == [], "danger is told as danger, not as a rank"
    await three.do("c", c.WithdrawSafety("It only suggests recipes"))
    assert await three.order() == "abc"
    assert await three.moves() == [RankMoved(2, 1, (3,))]


async def test_a_place_set_by_hand_holds_until_its_time_is_over(three: Three) -> None:
    await three.do("c", c.OverridePlace(1, 2 * HOUR, "The audit needs the model tonight"))
    assert await three.order() == "cab"
    assert (await three.sentence("c")).startswith("Rank 1, set by hand: The audit needs the model tonight")
    assert await three.moves() == [], "whoever set it has told it"
    assert await three.order() == "abc"


async def test_figures_of_one_person_are_marked_as_theirs(three: Three) -> None:
    board = await three.fires.ranking.board(EVERYBODY)
    marks = {one.key: (one.source, one.by) for one in board[0].scored.score.factors}
    assert {by for _, by in marks.values()} == {ANA.id}
