"""PagerDuty's official documents judge every call that is made and every answer that is read, in every test here."""

from __future__ import annotations

import ssl

import aiohttp
import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.paging import Target, TargetKind
from tests.integrations.pagerduty import judge
from tests.integrations.pagerduty.double import TOKEN
from tests.integrations.pagerduty.kit import on_shift

pytestmark = pytest.mark.skipif(judge.folder() is None, reason=judge.ABSENT)


async def test_every_call_that_is_ever_made_is_one_of_the_documents_and_fits_it():
    async with on_shift() as shift:
        shift.page()
        await shift.perform(f.PageOnCall(1))
        await shift.find(f.PageOnCall(1))
        shift.world.do(c.RequestResponders(("UANA",), "Please come"))
        await shift.perform(f.RequestResponders(1, 0))
        await shift.perform(f.AcknowledgePage(1, "UBEA"))
        await shift.perform(f.ResolvePage(1, "UBEA", "It is over"))
        await shift.pager.on_call(Target(TargetKind.SERVICE, "PCHECKO"))
        shift.page("payments")
        await shift.perform(f.PageOnCall(2))
        shift.world.do(c.ResolvePage(1))
        shift.page()
        assert await shift.find(f.PageOnCall(3)) is None
        rest, events = shift.pd.judges
        assert rest.seen == {
            "POST /incidents",
            "GET /incidents",
            "GET /incidents/{id}",
            "PUT /incidents/{id}",
            "POST /incidents/{id}/responder_requests",
            "GET /oncalls",
            "GET /users",
            "GET /users/{id}",
            "GET /services/{id}",
        }
        assert events.seen == {"POST /v2/enqueue"}
        assert shift.pd.violations == []


@pytest.mark.parametrize(
    ("method", "path", "body", "wrong"),
    [
        ("PUT", "/incidents/Q1", {"incident": {"status": "acknowledged"}}, "type"),
        ("PUT", "/incidents/Q1", {"incident": {"type": "incident", "status": "gone"}}, "gone"),
        ("GET", "/incidents?date_range=some&incident_key=k", None, "date_range"),
    ],
)
async def test_the_judge_finds_what_does_not_fit(method: str, path: str, body: object, wrong: str):
    async with on_shift() as shift, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Token token={TOKEN}", "From": "ana@test.example", "Accept": "application/json"}
        given = ssl.create_default_context()
        async with session.request(method, shift.pd.url + path, json=body, headers=headers, ssl=given) as answer:
            await answer.read()
        asked = [one for one in shift.pd.judges[0].violations if "->" not in one]
        assert len(asked) == 1
        assert wrong in asked[0]
        shift.pd.judges = ()
