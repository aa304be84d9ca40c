"""One table from what an API answers to what is done and said."""

from __future__ import annotations

from types import MappingProxyType

import httpx
import pytest

from bot.errors import Reason
from bot.http_errors import Api, in_words, reason_of

API = Api(
    "Larkspur",
    MappingProxyType({401: Reason.AUTH, 429: Reason.RATE_LIMITED}),
    MappingProxyType({401: "Check LARKSPUR_KEY.", 429: "Buy more."}),
    wait=12.0,
)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectError("no"), Reason.UNREACHABLE),
        (httpx.ConnectTimeout("no"), Reason.UNREACHABLE),
        (httpx.PoolTimeout("no"), Reason.UNREACHABLE),
        (httpx.ProxyError("no"), Reason.UNREACHABLE),
        (httpx.UnsupportedProtocol("no"), Reason.UNREACHABLE),
        (httpx.InvalidURL("no"), Reason.UNREACHABLE),
        (httpx.ReadTimeout("no"), Reason.TIMEOUT),
        (httpx.WriteTimeout("no"), Reason.TIMEOUT),
        (httpx.ReadError("no"), Reason.UNKNOWN_OUTCOME),
        (httpx.RemoteProtocolError("no"), Reason.UNKNOWN_OUTCOME),
    ],
)
def test_before_a_connection_stands_nothing_can_have_been_carried_out(
    error: httpx.HTTPError | httpx.InvalidURL, reason: Reason
) -> None:
    assert reason_of(error) is reason


@pytest.mark.parametrize(
    ("status", "reason", "text"),
    [
        (401, Reason.AUTH, "Larkspur answered the look-up with HTTP 401: no key. Check LARKSPUR_KEY."),
        (404, Reason.CLIENT, "Larkspur answered the look-up with HTTP 404: no key."),
        (502, Reason.SERVER, "Larkspur answered the look-up with HTTP 502: no key."),
        (429, Reason.RATE_LIMITED, "Larkspur limits calls; the look-up waits."),
    ],
)
def test_a_refusal_names_the_call_the_status_their_words_and_what_helps(status: int, reason: Reason, text: str) -> None:
    error = API.refused("the look-up", status, said="no key")
    assert (error.reason, error.detail, error.status) == (reason, text, status)


def test_a_limit_that_no_waiting_ends_is_a_refusal() -> None:
    error = API.refused("the look-up", 429, ends=False)
    assert (error.reason, error.retry_after) == (Reason.CLIENT, None)
    assert error.detail == "Larkspur answered the look-up with HTTP 429. Buy more."


@pytest.mark.parametrize(
    ("written", "seconds"), [("3", 3.0), (" 41 ", 41.0), ("", 12.0), ("soon", 12.0), ("²", 12.0), ("999999", 3600.0)]
)
def test_how_long_to_wait_is_read_with_reason(written: str, seconds: float) -> None:
    assert API.refused("the look-up", 429, wait=written).retry_after == seconds


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason.UNREACHABLE, "Larkspur could not be reached for the look-up."),
        (Reason.TIMEOUT, "Larkspur did not answer the look-up in time."),
        (Reason.UNKNOWN_OUTCOME, "Larkspur's answer to the look-up was lost."),
    ],
)
def test_an_answer_that_never_came_is_told_by_what_is_known_of_it(reason: Reason, text: str) -> None:
    assert API.unanswered("the look-up", reason).detail == text


def test_their_own_words_become_one_line_and_are_cut() -> None:
    assert in_words(["No  such\npage.", None, "Try another."]) == "No such page; Try another"
    assert len(in_words(["x" * 1000])) == 200
