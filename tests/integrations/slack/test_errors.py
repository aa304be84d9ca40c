"""Every failure of Slack has one meaning, and no text of it holds a secret."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from bot.errors import MAY_RETRY, OUTCOME_UNKNOWN, Reason
from integrations.slack import errors
from integrations.slack.codes import ADVICE, REASONS
from integrations.slack.errors import SlackError
from integrations.slack.integration import SlackIntegration
from integrations.slack.settings import SlackSettings
from tests.fakes import FakeClock
from tests.integrations.slack.kit import ROOT, Shift, draw

METHODS = json.loads((ROOT / "tests" / "data" / "slack" / "methods.json").read_text(encoding="utf-8"))
CODE = ROOT / "integrations" / "slack"
SECRET = "xoxb-1-very-secret"


def used_methods() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))
    return {name for name in METHODS if f'"{name}"' in text}


def documented_codes() -> set[str]:
    return {code for name in used_methods() for code in METHODS[name]["errors"]}


GOLDEN = {
    "ratelimited": Reason.RATE_LIMITED,
    "accesslimited": Reason.RATE_LIMITED,
    "message_limit_exceeded": Reason.RATE_LIMITED,
    "invalid_auth": Reason.AUTH,
    "token_revoked": Reason.AUTH,
    "missing_scope": Reason.AUTH,
    "internal_error": Reason.SERVER,
    "fatal_error": Reason.SERVER,
    "service_unavailable": Reason.SERVER,
    "request_timeout": Reason.UNREACHABLE,
    "team_added_to_org": Reason.UNREACHABLE,
    "name_taken": Reason.CLIENT,
    "is_archived": Reason.CLIENT,
    "channel_not_found": Reason.CLIENT,
    "restricted_action": Reason.CLIENT,
    "msg_blocks_too_long": Reason.CLIENT,
    "cant_update_message": Reason.CLIENT,
}


def test_every_documented_code_of_every_method_used_has_a_reason():
    assert len(used_methods()) > 20
    assert documented_codes() - set(REASONS) == set()


def test_the_table_holds_nothing_that_slack_does_not_document():
    everywhere = {code for method in METHODS.values() for code in method["errors"]}
    assert set(REASONS) - everywhere == set()
    assert set(ADVICE) - set(REASONS) == set()


@pytest.mark.parametrize(("code", "reason"), GOLDEN.items())
def test_a_code_means_what_it_meant(code: str, reason: Reason):
    assert errors.refused("chat.postMessage", {"ok": False, "error": code}, {}).reason is reason


def test_a_code_that_slack_invents_tomorrow_is_not_tried_again():
    error = errors.refused("chat.postMessage", {"ok": False, "error": "mercury_in_retrograde"}, {})
    assert error.reason is Reason.CLIENT
    assert not MAY_RETRY[error.reason]


def test_a_code_after_which_something_may_have_happened_is_looked_into():
    for code in ("fatal_error", "internal_error", "service_unavailable"):
        assert REASONS[code] in OUTCOME_UNKNOWN


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, Reason.UNKNOWN_OUTCOME),
        (302, Reason.CLIENT),
        (400, Reason.CLIENT),
        (401, Reason.AUTH),
        (403, Reason.AUTH),
        (404, Reason.CLIENT),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER),
        (502, Reason.SERVER),
        (503, Reason.SERVER),
        (504, Reason.SERVER),
    ],
)
def test_an_http_status_means_what_it_meant(status: int, reason: Reason):
    assert errors.reason_of_status(status) is reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (aiohttp.ConnectionTimeoutError(), Reason.UNREACHABLE),
        (TimeoutError(), Reason.TIMEOUT),
        (aiohttp.ServerTimeoutError(), Reason.TIMEOUT),
        (aiohttp.ServerDisconnectedError(), Reason.UNKNOWN_OUTCOME),
        (aiohttp.ClientPayloadError(), Reason.UNKNOWN_OUTCOME),
        (ConnectionResetError(), Reason.UNKNOWN_OUTCOME),
        (aiohttp.InvalidURL("x"), Reason.CLIENT),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.value,
)
def test_an_exception_means_what_it_meant(error: Exception, reason: Reason):
    assert errors.reason_of_exception(error) is reason


@pytest.mark.parametrize(
    ("value", "seconds"), [("12", 12.0), (None, 30.0), ("soon", 30.0), ("-1", 30.0), ("999999", 3600.0)]
)
def test_retry_after_is_respected_within_reason(value: str | None, seconds: float):
    assert errors.retry_after({} if value is None else {"Retry-After": value}) == seconds
    assert (
        errors.http_failure("chat.update", 429, {} if value is None else {"retry-after": value}).retry_after == seconds
    )


def test_a_refusal_names_the_missing_scope_the_field_at_fault_and_the_mend():
    answer = {
        "ok": False,
        "error": "missing_scope",
        "needed": "pins:write",
        "response_metadata": {"messages": ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]},
    }
    text = errors.refused("pins.add", answer, {}).detail
    assert text.startswith("Slack refused pins.add: missing_scope (needs pins:write). Add the scope")
    assert text.endswith("[json-pointer:/blocks]")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("429", Reason.RATE_LIMITED),
        ("500", Reason.SERVER),
        ("503", Reason.SERVER),
        ("timeout", Reason.TIMEOUT),
        ("lost_answer", Reason.UNKNOWN_OUTCOME),
        ("missing_scope", Reason.AUTH),
        ("error:channel_not_found", Reason.CLIENT),
    ],
)
async def test_what_the_local_slack_does_wrong_is_told_right(shift: Shift, kind: str, reason: Reason):
    shift.fail("users.info", kind, retry_after=7)
    with pytest.raises(SlackError) as caught:
        await shift.integration.directory.person("UANA")
    assert caught.value.reason is reason
    assert caught.value.retry_after == (7.0 if reason is Reason.RATE_LIMITED else None)
    for secret in (shift.slack.bot_token, shift.slack.app_token, shift.slack.signing_secret):
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None, "a library's exception may hold the request with its token"


async def answer_once(payload: bytes) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(payload)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def strange(api_url: str) -> SlackIntegration:
    settings = SlackSettings(bot_token=SECRET, api_url=api_url, call_seconds=1.0)
    return SlackIntegration(settings, summary_channel="incidents", clock=FakeClock(), draw=draw)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", Reason.UNKNOWN_OUTCOME),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n<a/>.", Reason.UNKNOWN_OUTCOME),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{", Reason.UNKNOWN_OUTCOME),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", Reason.UNKNOWN_OUTCOME),
        (b"HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", Reason.SERVER),
        (b"HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno", Reason.AUTH),
        (b"nonsense\r\n\r\n", Reason.UNKNOWN_OUTCOME),
        (b"", Reason.UNKNOWN_OUTCOME),
    ],
    ids=["text", "html", "broken json", "a list", "bad gateway", "forbidden text", "no http", "hung up"],
)
async def test_answers_that_are_not_slacks_are_told_right_and_hold_no_token(payload: bytes, reason: Reason):
    server = await answer_once(payload)
    async with server:
        port = server.sockets[0].getsockname()[1]
        integration = strange(f"http://127.0.0.1:{port}/api")
        async with integration.open():
            with pytest.raises(SlackError) as caught:
                await integration.directory.person("UANA")
    assert caught.value.reason is reason
    assert SECRET not in repr(caught.value)


async def test_nobody_listening_means_that_nothing_was_sent(unused_tcp_port: int):
    integration = strange(f"http://127.0.0.1:{unused_tcp_port}/api")
    async with integration.open():
        with pytest.raises(SlackError) as caught:
            await integration.directory.person("UANA")
    assert caught.value.reason is Reason.UNREACHABLE


def test_settings_never_show_their_secrets():
    settings = SlackSettings(bot_token=SECRET, app_token=SECRET, signing_secret=SECRET)
    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()
