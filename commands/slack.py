"""The commands on a Bolt app: payload in, answer out.

Every listener acknowledges after its command is committed. What the Web API is asked for here is only what lives for
seconds: opening or redrawing a form, an answer by response_url, the App Home. Everything else is an effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import telemetry
from bot.errors import Busy, OutcomeUnknown, UserError
from commands import buttons, events, forms, grammar
from commands.context import Ask, CommandContext, Open, Outcome, Quiet, Say
from commands.declare import from_message
from commands.words import WORDS, run_line
from templates import answers, modals
from templates.actions import TEXT, WORD, Action, Form, Shortcut, Value
from templates.message import Message
from templates.modals import DeclareForm, FormError

NOT_OPENED: Final = "Nothing changed. Slack did not open the form in time. Try again."

Body = Mapping[str, Any]


def register(app: AsyncApp, ctx: CommandContext) -> None:
    """Put every listener on the app."""
    desk = FrontDesk(ctx)
    app.command(ctx.command)(desk.command)
    for action in Action:
        if action in (Action.DECLARE_TITLE, Action.PREVIEW_UPDATE):
            continue
        app.action(action.value)(desk.button)
    app.action(Action.DECLARE_TITLE.value)(desk.title_typed)
    app.action(Action.PREVIEW_UPDATE.value)(desk.preview)
    for form in forms.FORMS:
        app.view(form.value)(desk.submit)
    app.shortcut(Shortcut.DECLARE.value)(desk.declare_shortcut)
    app.shortcut(Shortcut.DECLARE_FROM_MESSAGE.value)(desk.declare_from_message)
    app.shortcut(Shortcut.ADD_TO_TIMELINE.value)(desk.add_to_timeline)
    app.event("app_mention")(desk.mention)
    events.register(app, ctx)


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """The listeners. Bolt passes what each parameter's name asks for."""

    ctx: CommandContext

    async def command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """A slash command: the answer goes into the acknowledgement."""
        user = {"id": body.get("user_id"), "team_id": body.get("team_id")}
        line = str(body.get("text") or "")
        ask = Ask(await self.ctx.actor(user), request_of(context), channel=str(body.get("channel_id") or ""))
        outcome = await self._answered(lambda: run_line(self.ctx, ask, line), ask, line)
        if isinstance(outcome, Open):
            outcome = await _opened(client, str(body.get("trigger_id") or ""), outcome.view, line)
        if isinstance(outcome, Say):
            await ack(text=outcome.message.text, blocks=outcome.message.blocks, response_type="ephemeral")
        else:
            await ack()

    async def mention(self, ack: AsyncAck, event: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """`@firebell <words>` does what the command does, since commands do not work in threads."""
        text = events.without_mention(str(event.get("text") or ""), context.bot_user_id)
        channel, ts = str(event.get("channel") or ""), str(event.get("ts") or "")
        thread = str(event.get("thread_ts") or "")
        actor = await self.ctx.actor({"id": event.get("user"), "team_id": event.get("user_team") or event.get("team")})
        ask = Ask(actor, request_of(context), channel=channel, thread_ts=thread, can_open=False)
        outcome = await self._answered(lambda: run_line(self.ctx, ask, text), ask, text)
        await ack()
        if isinstance(outcome, Say):
            message = outcome.message
            self.ctx.later(
                client.chat_postMessage(
                    channel=channel, thread_ts=thread or ts, text=message.text, blocks=message.blocks
                )
            )

    async def button(
        self,
        ack: AsyncAck,
        body: Body,
        client: AsyncWebClient,
        respond: AsyncRespond,
        context: AsyncBoltContext,
    ) -> None:
        """A control in a message, a form or the App Home."""
        action = body["actions"][0]
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context), channel=_channel(body))
        pressed = _pressed(action, body.get("message") or {})
        name = str(action.get("action_id"))
        outcome = await self._answered(lambda: buttons.press(self.ctx, ask, name, pressed), ask, "")
        if isinstance(outcome, Open):
            outcome = await _opened(client, str(body.get("trigger_id") or ""), outcome.view, "")
        await ack()
        if isinstance(outcome, Say):
            self.ctx.later(_tell(outcome.message, body, client, respond))

    async def submit(self, ack: AsyncAck, body: Body, view: Body, context: AsyncBoltContext) -> None:
        """A form: refusals stand beside their input, and nothing typed is lost."""
        form = Form(str(view.get("callback_id")))
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        try:
            outcome = await forms.submit(self.ctx, ask, form, view)
        except FormError as error:
            await ack(response_action="errors", errors=error.errors)
            return
        except UserError as refusal:
            errors = {forms.field_of(refusal, view): await self._plain(str(refusal))}
            await ack(response_action="errors", errors=errors)
            return
        except (Busy, OutcomeUnknown) as error:
            text = answers.BUSY if isinstance(error, Busy) else answers.OUTCOME_UNKNOWN
            await ack(response_action="errors", errors={forms.first_input(view): text})
            return
        await _after_submit(ack, outcome)

    async def title_typed(self, ack: AsyncAck, body: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """The declare form's title was typed: show what may be the same incident, keeping all input."""
        view = body["view"]
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        alike = await forms.similar_title(self.ctx, ask, view)
        await ack()
        shown = any(block.get("block_id") == "similar" for block in view.get("blocks") or ())
        if alike or shown:
            fresh = modals.declare_view(modals.read_declare(view), self.ctx.policy, alike, focus=False)
            self.ctx.later(client.views_update(view_id=view["id"], hash=view.get("hash"), view=fresh))

    async def preview(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Draw the update form again with what it says so far."""
        view = body["view"]
        incident = await self.ctx.queries.by_id(modals.value_of(view).incident)
        await ack()
        if incident is not None:
            form = modals.read_update(view)
            fresh = modals.update_view(incident, self.ctx.policy, form, now=self.ctx.now())
            self.ctx.later(client.views_update(view_id=view["id"], hash=view.get("hash"), view=fresh))

    async def declare_shortcut(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The global shortcut opens the empty form."""
        view = modals.declare_view(DeclareForm(), self.ctx.policy)
        await _opened(client, str(body.get("trigger_id") or ""), view, "")
        await ack()

    async def declare_from_message(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """The message's text fills the form; its place is kept as where the incident came from."""
        view = from_message(self.ctx, str((body.get("message") or {}).get("text") or ""), events.origin(body))
        await _opened(client, str(body.get("trigger_id") or ""), view, "")
        await ack()

    async def add_to_timeline(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """Put a message on the timeline of the channel's incident."""
        place = events.origin(body)
        actor = await self.ctx.actor(body.get("user") or {})
        ask = Ask(actor, request_of(context), channel=place.channel, thread_ts=place.thread_ts or "")
        outcome = await self._answered(lambda: events.pin(self.ctx, ask, place, via="shortcut"), ask, "")
        await ack()
        if isinstance(outcome, Say):
            self.ctx.later(_tell(outcome.message, body, client, respond))

    async def _answered(self, work: Callable[[], Awaitable[Outcome]], ask: Ask, line: str) -> Outcome:
        """Run it, turning every expected failure into the one form of error, with the person's own text."""
        try:
            return await work()
        except UserError as refusal:
            return Say(answers.error(str(refusal), *_given_back(line, ask)))
        except Busy:
            return Say(answers.error(answers.BUSY, *_given_back(line, ask)))
        except OutcomeUnknown:
            return Say(answers.error(answers.OUTCOME_UNKNOWN, *_given_back(line, ask)))
        except FormError as error:
            return Say(answers.error(f"Nothing changed. {error}", *_given_back(line, ask)))

    async def _plain(self, text: str) -> str:
        """Name people in a text that the chat system shows without mentions."""
        return await events.with_names(self.ctx, text)


def request_of(context: AsyncBoltContext) -> str:
    """The request's id, set by the transport."""
    return str(context.get("request_id") or "")


def _given_back(line: str, ask: Ask) -> tuple[str, Value | None]:
    """What was typed, and what brings it back in a form; nothing when nothing was typed."""
    if not line.strip():
        return "", None
    typed = grammar.parse(line, WORDS)
    text = grammar.free_text(typed.rest)
    incident = ask.incident.id if ask.incident else ""
    return grammar.free_text(grammar.readable(line)), Value(incident, 0, {WORD: typed.word, TEXT: text})


def _pressed(action: Mapping[str, Any], message: Mapping[str, Any]) -> buttons.Press:
    chosen = action.get("selected_option")
    packed = chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")
    return buttons.Press(Value.unpack(str(packed or "")), str(action.get("selected_user") or ""), message)


def _channel(body: Body) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


async def _opened(client: AsyncWebClient, trigger: str, view: dict[str, Any], line: str) -> Outcome:
    """Open a form; when Slack does not, say so and hand the text back."""
    try:
        await client.views_open(trigger_id=trigger, view=view)
    except (SlackApiError, OSError, TimeoutError) as error:
        telemetry.logger("commands").warning("a form did not open", error=type(error).__name__)
        return Say(answers.error(NOT_OPENED, line))
    return Quiet()


async def _after_submit(ack: AsyncAck, outcome: Outcome) -> None:
    if isinstance(outcome, Open):
        await ack(response_action="update", view=outcome.view)
    elif isinstance(outcome, Say):
        await ack(response_action="update", view=modals.answer_view(outcome.message))
    else:
        await ack()


async def _tell(message: Message, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
    """Answer whoever pressed: by response_url, or by direct message where there is none (forms, App Home)."""
    if body.get("response_url"):
        await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)
        return
    user = str((body.get("user") or {}).get("id") or "")
    await client.chat_postMessage(channel=user, text=message.text, blocks=message.blocks)
