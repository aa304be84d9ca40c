"""Failures by the one table, and nothing secret in what is said of them."""

from __future__ import annotations

import httpx2
import pytest

from bot.domain import effects as f
from bot.domain.paging import Target, TargetKind
from bot.errors import IntegrationError, Reason
from integrations.pagerduty import errors
from tests.integrations.pagerduty.kit import on_shift, unreachable


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (httpx2.ConnectError("no"), Reason.UNREACHABLE),
        (httpx2.ConnectTimeout("no"), Reason.UNREACHABLE),
        (httpx2.ReadTimeout("no"), Reason.TIMEOUT),
        (httpx2.WriteTimeout("no"), Reason.TIMEOUT),
        (httpx2.ReadError("no"), Reason.UNKNOWN_OUTCOME),
        (httpx2.RemoteProtocolError("no"), Reason.UNKNOWN_OUTCOME),
        (None, Reason.UNKNOWN_OUTCOME),
    ],
)
def test_before_a_connection_stands_nothing_can_have_been_carried_out(cause: Exception | None, reason: Reason):
    assert errors.PAGERDUTY.unanswered("the page", errors.reason_of(cause)).reason is reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (301, Reason.CLIENT),
        (400, Reason.CLIENT),
        (401, Reason.AUTH),
        (402, Reason.CLIENT),
        (403, Reason.AUTH),
        (404, Reason.CLIENT),
        (408, Reason.SERVER),
        (409, Reason.SERVER),
        (418, Reason.CLIENT),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER),
        (599, Reason.SERVER),
    ],
)
def test_every_status_has_its_reason(status: int, reason: Reason):
    assert errors.PAGERDUTY.reason(status) is reason


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"ratelimit-reset": "41"}, 41.0),
        ({"Retry-After": "soon"}, 15.0),
        ({}, 15.0),
        ({"Retry-After": "999999"}, 3600.0),
    ],
)
def test_how_long_to_wait_is_read_with_reason(headers: dict[str, str], seconds: float):
    assert errors.refused("the page", 429, headers, None).retry_after == seconds


def test_pagerdutys_own_words_are_kept_and_cut():
    body = {"error": {"message": "Invalid Input Provided", "code": 2001, "errors": ["Title is too long."]}}
    assert errors.words(body) == "Invalid Input Provided; Title is too long"
    assert errors.words({"status": "invalid event", "message": "Event object is invalid"}) == "Event object is invalid"
    assert len(errors.words({"error": {"message": "x" * 1000}})) == 200
    assert errors.words("<html>") == ""


async def test_an_answer_without_what_was_asked_for_is_said_to_be_one():
    async with on_shift() as shift:
        shift.pd.trouble["GET /services/PCHECKO"] = [200]
        shift.pd.judges = ()
        with pytest.raises(IntegrationError) as odd:
            await shift.pager.on_call(Target(TargetKind.SERVICE, "PCHECKO"))
        assert odd.value.reason is Reason.CLIENT
        assert "no escalation policy" in odd.value.detail


async def test_without_a_token_nothing_is_asked():
    async with on_shift(token=None) as shift:
        with pytest.raises(IntegrationError) as unasked:
            await shift.pager.on_call(Target(TargetKind.SERVICE, "PCHECKO"))
        assert unasked.value.reason is Reason.AUTH
        assert shift.pd.calls == []
        shift.page("payments")
        await shift.performer.handlers["PageOnCall"](f.PageOnCall(1), shift.view(), shift.desk)
        assert shift.pd.calls == ["POST /v2/enqueue"]


async def test_an_address_at_which_nobody_listens_is_unreachable():
    async with unreachable() as (pager, _):
        with pytest.raises(IntegrationError) as away:
            await pager.on_call(Target(TargetKind.SERVICE, "PCHECKO"))
        assert away.value.reason is Reason.UNREACHABLE
