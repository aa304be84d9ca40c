"""Who is on call, for people who wait: asked for once a minute, and never waited for too long."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.paging import OnCall, Target, TargetKind
from bot.errors import IntegrationError, Reason
from bot.http_errors import HttpError
from integrations.pagerduty import oncall
from integrations.pagerduty.oncall import OnCallBook

CHECKOUT = Target(TargetKind.SERVICE, "PCHECKO")
BEA = (OnCall("PBEA", "Bea Vogt", "UBEA"),)


class Exchange:
    """Somebody who answers when told to; `asked` counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.seconds = 0.0
        self.error: HttpError | None = None
        self.answering = asyncio.Event()
        self.answering.set()

    async def look_up(self, target: Target) -> tuple[OnCall, ...]:
        assert target == CHECKOUT
        self.asked += 1
        await self.answering.wait()
        if self.error is not None:
            raise self.error
        return BEA


async def test_an_answer_is_kept_for_a_minute():
    exchange = Exchange()
    book = OnCallBook(exchange.look_up, lambda: exchange.seconds)
    assert [await book.on_call(CHECKOUT) for _ in range(3)] == [BEA] * 3
    assert exchange.asked == 1
    exchange.seconds = 61.0
    assert await book.on_call(CHECKOUT) == BEA
    assert exchange.asked == 2


async def test_those_who_ask_at_the_same_time_are_answered_by_one_call():
    exchange = Exchange()
    book = OnCallBook(exchange.look_up, lambda: exchange.seconds)
    assert await asyncio.gather(book.on_call(CHECKOUT), book.on_call(CHECKOUT)) == [BEA, BEA]
    assert exchange.asked == 1


async def test_what_takes_too_long_goes_on_for_the_next_asker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(oncall, "ANSWER_SECONDS", 0.02)
    exchange = Exchange()
    exchange.answering.clear()
    book = OnCallBook(exchange.look_up, lambda: exchange.seconds)
    with pytest.raises(IntegrationError) as late:
        await book.on_call(CHECKOUT)
    assert late.value.reason is Reason.TIMEOUT
    exchange.answering.set()
    assert await book.on_call(CHECKOUT) == BEA
    assert exchange.asked == 1


async def test_a_failure_is_told_and_not_kept():
    exchange = Exchange()
    exchange.error = HttpError(Reason.AUTH, "PagerDuty answered with HTTP 401.")
    book = OnCallBook(exchange.look_up, lambda: exchange.seconds)
    with pytest.raises(IntegrationError):
        await book.on_call(CHECKOUT)
    exchange.error = None
    assert await book.on_call(CHECKOUT) == BEA


async def test_closing_ends_what_still_runs():
    exchange = Exchange()
    exchange.answering.clear()
    book = OnCallBook(exchange.look_up, lambda: exchange.seconds)
    waiting = asyncio.create_task(book.on_call(CHECKOUT))
    await asyncio.sleep(0)
    await book.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
