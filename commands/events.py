"""What happens in the chat by itself: reactions, people who come and go, the App Home; small readings of payloads."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.commands import EnterRoom, LeaveRoom, RequestPin, Unpin, VacatePerson
from bot.domain.model import FIREBELL, MessageRef
from bot.errors import UserError
from bot.ports import Viewer
from commands import catching
from commands.context import Ask, CommandContext, Outcome
from commands.grammar import canonical, first_word
from commands.home import publish

PIN: Final = "pushpin"
_STAMP: Final = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
"""How a message's `ts` is written; what is not cannot be asked for later."""

_PERSON: Final = re.compile(r"@\{([UW][A-Z0-9]+)\}")

Body = Mapping[str, Any]


def register(app: AsyncApp, ctx: CommandContext) -> None:
    """Put the event listeners on the app."""
    listener = Listener(ctx)
    app.event("reaction_added")(listener.reaction_added)
    app.event("reaction_removed")(listener.reaction_removed)
    app.event("user_change")(listener.user_changed)
    app.event("member_joined_channel")(listener.person_entered)
    app.event("member_left_channel")(listener.person_left)
    app.event("app_home_opened")(listener.home_opened)


@dataclass(frozen=True, slots=True)
class Listener:
    """Listeners to events. An event is acknowledged after its command is committed; a failure makes Slack repeat it."""

    ctx: CommandContext

    async def reaction_added(self, ack: AsyncAck, event: Body, context: AsyncBoltContext) -> None:
        """A pushpin puts the message on the timeline of the channel's incident."""
        if self._is_pin(event, context):
            ask, place = await self._reaction(event, context)
            # A pushpin in a channel of no incident, or by a guest, is just a reaction.
            with contextlib.suppress(UserError):
                await pin(self.ctx, ask, place, via="reaction")
        await ack()

    async def reaction_removed(self, ack: AsyncAck, event: Body, context: AsyncBoltContext) -> None:
        """Taking the pushpin off takes the message off again, as a new event."""
        if self._is_pin(event, context):
            ask, place = await self._reaction(event, context)
            incident = await self.ctx.find(ask)
            if incident is not None:
                await self._unpin(ask.about(incident), place)
        await ack()

    async def _unpin(self, ask: Ask, place: MessageRef) -> None:
        with contextlib.suppress(UserError):
            await self.ctx.execute(Unpin(place.channel, place.ts), ask)

    async def user_changed(self, ack: AsyncAck, event: Body, context: AsyncBoltContext) -> None:
        """A deactivated person holds no role any more."""
        user = event.get("user")
        if isinstance(user, Mapping) and user.get("deleted"):
            name = str(user.get("id") or "")
            for incident in await self.ctx.queries.held_by(name):
                request = f"{context.get('request_id')}:{incident.id}"
                await self.ctx.service.execute(VacatePerson(name), FIREBELL, request, incident_id=incident.id)
        await ack()

    async def person_entered(
        self, ack: AsyncAck, event: Body, client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        """Who is in the channel of a private incident is inside, whoever invited them; a latecomer is caught up."""
        user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
        await self._membership(EnterRoom(user), event, context)
        told = None
        if user and channel and user != context.bot_user_id:
            invited = event.get("inviter") == context.bot_user_id
            request = str(context.get("request_id") or "")
            told = await catching.newcomer(self.ctx, user, channel, request, invited=invited)
        await ack()
        if told is not None:
            self.ctx.later(client.chat_postEphemeral(channel=channel, user=user, text=told.text, blocks=told.blocks))

    async def person_left(self, ack: AsyncAck, event: Body, context: AsyncBoltContext) -> None:
        """Who leaves the channel of a private incident, or is removed, is outside."""
        await self._membership(LeaveRoom(str(event.get("user") or "")), event, context)
        await ack()

    async def _membership(self, command: EnterRoom | LeaveRoom, event: Body, context: AsyncBoltContext) -> None:
        channel = event.get("channel")
        if not command.user or command.user == context.bot_user_id or not isinstance(channel, str):
            return
        incident = await self.ctx.queries.by_channel(channel, Viewer(command.user))
        if incident is not None and incident.private:
            request = str(context.get("request_id") or "")
            await self.ctx.service.execute(command, FIREBELL, request, incident_id=incident.id)

    async def home_opened(self, ack: AsyncAck, event: Body, client: AsyncWebClient) -> None:
        """Draw the App Home as it is for whoever opened it."""
        await ack()
        if event.get("tab") in (None, "home"):
            actor = await self.ctx.actor(str(event.get("user") or ""))
            self.ctx.later(publish(self.ctx, actor, client))

    def _is_pin(self, event: Body, context: AsyncBoltContext) -> bool:
        item = event.get("item") or {}
        on_message = item.get("type") == "message" and item.get("channel") and item.get("ts")
        return bool(event.get("reaction") == PIN and on_message and event.get("user") != context.bot_user_id)

    async def _reaction(self, event: Body, context: AsyncBoltContext) -> tuple[Ask, MessageRef]:
        item = event["item"]
        place = MessageRef(str(item["channel"]), str(item["ts"]))
        actor = await self.ctx.actor(str(event.get("user") or ""))
        return Ask(actor, str(context.get("request_id") or ""), channel=place.channel), place


async def pin(ctx: CommandContext, ask: Ask, place: MessageRef, *, via: str) -> Outcome:
    """Ask for a message to be put on the timeline of the incident whose channel it is in."""
    incident = await ctx.find(ask)
    if incident is None:
        raise UserError(
            "Nothing changed. This channel belongs to no incident. Do it in an incident's channel.", code="no_incident"
        )
    if not all(_STAMP.fullmatch(one) for one in (place.ts, place.thread_ts or place.ts)):
        raise UserError("Nothing changed. That is no message. Do it on one that stands here.", code="no_message")
    command = RequestPin(place.channel, place.ts, place.thread_ts, via)
    return ctx.done("noted", await ctx.execute(command, ask.about(incident)))


def origin(body: Body) -> MessageRef:
    """Where the message of a shortcut stands."""
    message = body.get("message") or {}
    thread = message.get("thread_ts")
    ts = str(message.get("ts") or body.get("message_ts") or "")
    channel = str((body.get("channel") or {}).get("id") or "")
    return MessageRef(channel, ts, str(thread) if thread and thread != ts else None)


def without_mention(text: str, bot_user: str | None, words: Iterable[str] = ()) -> str:
    """Take the bot's own mention off, wherever it stands; what a greeting says before one of `words` goes as well."""
    if not bot_user:
        return re.sub(r"^\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>", "", text).strip()
    parts = re.split(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", text)
    asked = "".join(parts[1:]).strip()
    if canonical(first_word(asked)[0], words):
        return asked
    return "".join(parts).strip()


async def with_names(ctx: CommandContext, text: str) -> str:
    """Replace `@{id}` by names, for places that show plain text."""
    users = list(dict.fromkeys(_PERSON.findall(text)))
    for user, name in zip(users, await asyncio.gather(*map(ctx.people.name, users)), strict=True):
        text = text.replace(f"@{{{user}}}", f"@{name}")
    return text
