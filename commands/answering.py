"""From an outcome to what the person sees: the one form of error, forms that open, answers that find their way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import telemetry
from bot.errors import Busy, OutcomeUnknown, UserError
from commands import grammar
from commands.context import UNREACHABLE, Ask, Open, Outcome, Quiet, Say, admit
from commands.words import mere_word
from templates import answers, modals
from templates.actions import TEXT, Form, Value
from templates.message import Message

OPEN_SECONDS: Final = 2.0
"""For opening a form: its trigger lives three seconds (docs.slack.dev/interactivity/handling-user-interaction)."""

FINAL: Final = frozenset({"guest", "not_allowed"})
"""Codes of refusals that are about who asks, whatever was asked."""

NOT_OPENED: Final = "Nothing changed. Slack did not open the form in time. Try again."
NEEDS_FORM: Final = "That goes by a form, which opens from here."

Body = Mapping[str, Any]


async def outcome_of(work: Callable[[], Awaitable[Outcome]], ask: Ask, line: str = "") -> Outcome:
    """Run it for somebody, turning every expected failure into the one form of error, with the person's own text."""
    return await _or_error(_admitted(work, ask), line)


async def heard(work: Callable[[], Awaitable[Outcome]], ask: Ask, line: str = "") -> Outcome:
    """Run what came as an event. `Busy` and `OutcomeUnknown` go through: it is not acknowledged, and comes again.

    Its answer is a message, which may fail as well; whoever was told nothing would take for done what was lost.
    """
    try:
        return await _admitted(work, ask)
    except UserError as refusal:
        return refused(str(refusal), line, final=refusal.code in FINAL)


async def _admitted(work: Callable[[], Awaitable[Outcome]], ask: Ask) -> Outcome:
    admit(ask.actor)
    return await work()


async def _or_error(work: Awaitable[Outcome], line: str = "") -> Outcome:
    try:
        return await work
    except UserError as refusal:
        return refused(str(refusal), line, final=refusal.code in FINAL)
    except Busy:
        return refused(answers.BUSY, line)
    except OutcomeUnknown:
        return refused(answers.OUTCOME_UNKNOWN, line)


def refused(text: str, line: str = "", *, final: bool = False) -> Say:
    """Say what was not done, why, and what next. `line` is what was typed: it is shown, and a button reopens it.

    `final`: no other words would be accepted either, so none are asked for.
    """
    if not line.strip() or mere_word(line):
        return Say(answers.error(text))
    return Say(answers.error(text, grammar.free_text(line), None if final else _brings_back(line)))


def by_form(line: str) -> Say:
    """Where no form can open, a button that opens it with the text kept."""
    return Say(answers.error(NEEDS_FORM, "", _brings_back(line), label="Open the form"))


def _brings_back(line: str) -> Value:
    return Value(extra={TEXT: line})


async def opened(client: AsyncWebClient, body: Body, outcome: Outcome, line: str = "") -> Outcome:
    """Open the form that an outcome holds; when Slack does not, say so and hand the text back."""
    if not isinstance(outcome, Open):
        return outcome
    trigger = str(body.get("trigger_id") or "")
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            if _in_modal(body):
                await client.views_push(trigger_id=trigger, view=outcome.view)
            else:
                await client.views_open(trigger_id=trigger, view=outcome.view)
    except UNREACHABLE as error:
        telemetry.logger("commands").warning("a form did not open", error=_code(error))
        return refused(_not_opened(_code(error)), line)
    return Quiet()


def _not_opened(code: str) -> str:
    """A refusal that will come again names Slack's word for it; the others are only a matter of time."""
    if code in ("missing_scope", "not_authed", "invalid_auth", "account_inactive", "token_revoked"):
        return f"Nothing changed. Slack let no form open ({code}). Ask an administrator to run `firebell doctor`."
    return NOT_OPENED


def _code(error: BaseException) -> str:
    answer = error.response if isinstance(error, SlackApiError) else None
    code = answer.get("error") if answer is not None and hasattr(answer, "get") else None
    return str(code or type(error).__name__)


async def acknowledge_form(ack: AsyncAck, outcome: Outcome) -> None:
    """Answer a submitted form: close it, or put another form or the answer in its place."""
    if isinstance(outcome, Open):
        await ack(response_action="update", view=outcome.view)
    elif isinstance(outcome, Say):
        await ack(response_action="update", view=modals.answer_view(outcome.message))
    else:
        await ack()


async def tell(said: Say, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
    """Answer whoever pressed: below the message or in place of it, or in a form where there is no channel."""
    message = said.message
    if body.get("response_url"):
        instead = said.instead and bool((body.get("container") or {}).get("is_ephemeral"))
        await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=instead)
        return
    view = body.get("view") or {}
    fresh = modals.answer_view(message, title="Firebell")
    trigger = str(body.get("trigger_id") or "")
    if view.get("callback_id") == Form.ANSWER:
        await client.views_update(view_id=str(view.get("id")), view=fresh)
    elif _in_modal(body):
        await client.views_push(trigger_id=trigger, view=fresh)
    else:
        await client.views_open(trigger_id=trigger, view=fresh)


async def say_in(channel: str, thread: str, message: Message, client: AsyncWebClient) -> None:
    """Answer where everybody of a channel or thread reads it."""
    await client.chat_postMessage(
        channel=channel, thread_ts=thread or None, text=message.text, blocks=message.blocks, unfurl_links=False
    )


async def followed(then: Awaitable[Say], tell: Callable[[Say], Awaitable[None]]) -> None:
    """Tell an answer that took longer, or the one form of error."""
    outcome = await _or_error(then)
    if isinstance(outcome, Say):
        await tell(outcome)


def _in_modal(body: Body) -> bool:
    return (body.get("view") or {}).get("type") == "modal"
