"""The commands on a Bolt app: payload in, answer out.

Every listener acknowledges after its command is committed. What the Web API is asked for here is only what lives for
seconds: opening or redrawing a form, an answer by response_url, the App Home. Everything else is an effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Busy, OutcomeUnknown, UserError
from commands import answering, buttons, events, forms, grammar
from commands.context import LONG_SECONDS, Ask, CommandContext, Open, Outcome, Say, admit
from commands.declare import form as declare_form
from commands.declare import from_message
from commands.home import publish
from commands.words import WORDS, run_line
from templates import answers, modals
from templates.actions import Action, Form, Shortcut, Value
from templates.modals import FormError

Body = Mapping[str, Any]

REDRAWS: Final = frozenset({Action.DECLARE_TITLE, Action.PREVIEW_UPDATE})
"""Inputs that draw their own form again; every other action is a control of `buttons`."""


def register(app: AsyncApp, ctx: CommandContext) -> None:
    """Put every listener on the app."""
    desk = FrontDesk(ctx)
    app.command(ctx.command)(desk.command)
    app.action(_any_of(action for action in Action if action not in REDRAWS))(desk.button)
    app.action(Action.DECLARE_TITLE.value)(desk.title_typed)
    app.action(Action.PREVIEW_UPDATE.value)(desk.preview)
    app.view(_any_of(forms.FORMS))(desk.submit)
    app.shortcut(Shortcut.DECLARE.value)(desk.declare_shortcut)
    app.shortcut(Shortcut.DECLARE_FROM_MESSAGE.value)(desk.declare_from_message)
    app.shortcut(Shortcut.ADD_TO_TIMELINE.value)(desk.add_to_timeline)
    app.event("app_mention")(desk.mention)
    app.event("message")(desk.direct_message)
    events.register(app, ctx)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """One listener for many names: Bolt asks one listener after the other, and gathers all that each may want."""
    return re.compile(rf"\A(?:{'|'.join(map(re.escape, names))})\Z")


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """The listeners. Bolt passes what each parameter's name asks for."""

    ctx: CommandContext

    async def command(
        self,
        ack: AsyncAck,
        body: Body,
        client: AsyncWebClient,
        respond: AsyncRespond,
        context: AsyncBoltContext,
    ) -> None:
        """A slash command: the answer goes into the acknowledgement; one that takes longer follows it."""
        user = {"id": body.get("user_id"), "team_id": body.get("team_id")}
        line = grammar.readable(str(body.get("text") or ""))
        ask = Ask(await self.ctx.actor(user), request_of(context), channel=str(body.get("channel_id") or ""))
        outcome = await answering.outcome_of(lambda: run_line(self.ctx, ask, line), ask, line)
        outcome = await answering.opened(client, body, outcome, line)
        if isinstance(outcome, Say):
            await ack(text=outcome.message.text, blocks=outcome.message.blocks, response_type="ephemeral")
            self._follow(outcome, lambda said: answering.tell(said, body, client, respond))
        else:
            await ack()

    async def mention(self, ack: AsyncAck, event: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """`@firebell <words>` does what the command does, since commands do not work in threads."""
        text = events.without_mention(str(event.get("text") or ""), context.bot_user_id, WORDS)
        thread = str(event.get("thread_ts") or "")
        answer = await self._heard(event, text, context, aloud=True)
        await ack()
        self._say(answer, event, thread or str(event.get("ts") or ""), client)

    async def direct_message(
        self, ack: AsyncAck, event: Body, client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        """What somebody writes to Firebell alone is a line of the command; edits and other apps' words are not."""
        answer = None
        if event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id"):
            answer = await self._heard(event, str(event.get("text") or ""), context, aloud=False)
        await ack()
        self._say(answer, event, str(event.get("thread_ts") or ""), client)

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
        actor = await self.ctx.actor(body.get("user") or {})
        ask = Ask(actor, request_of(context), channel=_channel(body), thread_ts=_thread(body))
        pressed = _pressed(action, body.get("message") or {})
        name = str(action.get("action_id"))
        outcome = await answering.outcome_of(lambda: buttons.press(self.ctx, ask, name, pressed), ask)
        outcome = await answering.opened(client, body, outcome)
        await ack()
        if isinstance(outcome, Say) and not outcome.repeat:
            self.ctx.later(answering.tell(outcome, body, client, respond))
            self._follow(outcome, lambda said: answering.tell(said, body, client, respond))
        if (body.get("view") or {}).get("type") == "home":
            self.ctx.later(publish(self.ctx, actor, client))

    async def submit(self, ack: AsyncAck, body: Body, view: Body, context: AsyncBoltContext) -> None:
        """A form: refusals stand beside their input, and nothing typed is lost."""
        form = Form(str(view.get("callback_id")))
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        try:
            admit(ask.actor)
            outcome = await forms.submit(self.ctx, ask, form, view)
        except FormError as error:
            errors = {block: await self._plain(text) for block, text in error.errors.items()}
            await ack(response_action="errors", errors=errors)
        except UserError as refusal:
            errors = {forms.field_of(refusal, view): await self._plain(str(refusal))}
            await ack(response_action="errors", errors=errors)
        except (Busy, OutcomeUnknown) as error:
            text = answers.BUSY if isinstance(error, Busy) else answers.FORM_OUTCOME_UNKNOWN
            await ack(response_action="errors", errors={forms.first_input(view): text})
        else:
            await answering.acknowledge_form(ack, outcome)

    async def title_typed(self, ack: AsyncAck, body: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """The declare form's title was typed: show what may be the same incident, keeping all input."""
        view = body.get("view") or {}
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        alike = [] if ask.actor.guest else await forms.similar_title(self.ctx, ask, view)
        await ack()
        fresh = modals.declare_view(modals.read_declare(view), self.ctx.policy, alike, focus=False)
        # Every letter asks; the form is drawn again only when what it shows would change.
        if _similar_shown(fresh) != _similar_shown(view):
            self.ctx.later(client.views_update(view_id=view["id"], hash=view.get("hash"), view=fresh))

    async def preview(self, ack: AsyncAck, body: Body, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        """Draw the update form again with what it says so far."""
        view = body.get("view") or {}
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        incident = await self.ctx.carried(modals.value_of(view).incident, ask)
        await ack()
        if incident is not None:
            form = modals.read_update(view)
            fresh = modals.update_view(incident, self.ctx.policy, form, now=self.ctx.now())
            self.ctx.later(client.views_update(view_id=view["id"], hash=view.get("hash"), view=fresh))

    async def declare_shortcut(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """The global shortcut opens the empty form."""
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        outcome = await answering.outcome_of(lambda: declare_form(self.ctx, ask), ask)
        await self._shortcut(ack, body, client, respond, outcome)

    async def declare_from_message(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """The message's text fills the form; its place is kept as where the incident came from."""
        ask = Ask(await self.ctx.actor(body.get("user") or {}), request_of(context))
        text = str((body.get("message") or {}).get("text") or "")

        async def filled() -> Outcome:
            return from_message(self.ctx, replace(ask, text=await self._named(text)), events.origin(body))

        await self._shortcut(ack, body, client, respond, await answering.outcome_of(filled, ask))

    async def add_to_timeline(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """Put a message on the timeline of the channel's incident."""
        place = events.origin(body)
        actor = await self.ctx.actor(body.get("user") or {})
        ask = Ask(actor, request_of(context), channel=place.channel, thread_ts=place.thread_ts or "")
        outcome = await answering.outcome_of(lambda: events.pin(self.ctx, ask, place, via="shortcut"), ask)
        await self._shortcut(ack, body, client, respond, outcome)

    async def _shortcut(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond, outcome: Outcome
    ) -> None:
        outcome = await answering.opened(client, body, outcome)
        await ack()
        if isinstance(outcome, Say):
            self.ctx.later(answering.tell(outcome, body, client, respond))

    async def _heard(self, event: Body, text: str, context: AsyncBoltContext, *, aloud: bool) -> Say | None:
        """Run a line that came as a message. What needs a form is answered with a button, since no trigger came."""
        line = grammar.readable(await self._named(text))
        actor = await self.ctx.actor({"id": event.get("user"), "team_id": event.get("user_team") or event.get("team")})
        ask = Ask(actor, request_of(context), aloud=aloud, channel=str(event.get("channel") or ""))
        ask = replace(ask, thread_ts=str(event.get("thread_ts") or ""))
        outcome = await answering.heard(lambda: run_line(self.ctx, ask, line), ask, line)
        if isinstance(outcome, Open):
            return answering.by_form(line)
        return outcome if isinstance(outcome, Say) else None

    def _say(self, answer: Say | None, event: Body, thread: str, client: AsyncWebClient) -> None:
        async def say(said: Say) -> None:
            await answering.say_in(str(event.get("channel") or ""), thread, said.message, client)

        if answer is not None:
            self.ctx.later(say(answer))
            self._follow(answer, say)

    def _follow(self, answer: Say, tell: Callable[[Say], Coroutine[Any, Any, None]]) -> None:
        """Give the answer proper when it is ready, where the acknowledgement could not wait for it."""
        if answer.then is not None:
            self.ctx.later(answering.followed(answer.then, tell), within=LONG_SECONDS)

    async def _plain(self, text: str) -> str:
        """Name people in a text that the chat system shows without mentions."""
        return await events.with_names(self.ctx, text)

    async def _named(self, text: str) -> str:
        """Give the mentions of a message the names that those of a command bring along."""
        for user in grammar.nameless(text):
            text = text.replace(f"<@{user}>", f"<@{user}|{await self.ctx.people.name(user)}>")
        return text


def request_of(context: AsyncBoltContext) -> str:
    """The request's id, set by the transport."""
    return str(context.get("request_id") or "")


def _pressed(action: Mapping[str, Any], message: Mapping[str, Any]) -> buttons.Press:
    chosen = action.get("selected_option")
    packed = chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")
    return buttons.Press(Value.unpack(str(packed or "")), str(action.get("selected_user") or ""), message)


def _channel(body: Body) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def _thread(body: Body) -> str:
    return str((body.get("container") or {}).get("thread_ts") or (body.get("message") or {}).get("thread_ts") or "")


def _similar_shown(view: Mapping[str, Any]) -> str:
    """What a declare form says about similar incidents."""
    blocks: Sequence[Mapping[str, Any]] = view.get("blocks") or ()
    shown = (block.get("text") or {} for block in blocks if block.get("block_id") == "similar")
    return "".join(str(text.get("text") or "") for text in shown)
