"""Tells the app what happened, for the event types its manifest subscribes to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from sandbox import changes as ch
from sandbox.delivery import Delivery, NotAnsweredError, Retry
from sandbox.faults import Faults
from sandbox.model import JSON, Channel, Message, PendingEvent
from sandbox.responses import channel_object, message_object, user_object, view_object
from sandbox.state import State

# Slack repeats an unacknowledged event at once, after a minute, after five minutes, then gives up.
RETRY_DELAYS = (0.0, 60.0, 300.0)
_REORDER_SECONDS = 0.3
_MESSAGE_EVENTS = {"channel": "message.channels", "group": "message.groups", "im": "message.im",
                   "mpim": "message.mpim"}  # fmt: skip


class Events:
    """Turns changes into events, delivers each, and repeats what is not acknowledged."""

    def __init__(self, state: State, delivery: Delivery, faults: Faults) -> None:
        self._state = state
        self._delivery = delivery
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: PendingEvent | None = None

    def on_change(self, change: ch.Change) -> None:
        """Queue the events that follow from a change."""
        for subscription, event in self._events(change):
            if subscription in self._state.app.events:
                self._publish(event)

    def resume(self) -> None:
        """Go on with what was unacknowledged when the workspace stopped."""
        for pending in list(self._state.pending.values()):
            self._start(pending)

    async def close(self) -> None:
        """Stop delivering; what is unacknowledged stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _publish(self, event: JSON) -> None:
        identity = self._state.identity
        envelope = {
            "token": identity.verification_token,
            "team_id": self._state.team.id,
            "context_team_id": self._state.team.id,
            "context_enterprise_id": None,
            "api_app_id": identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._state.next_id("Ev"),
            "event_time": self._state.now(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._state.team.id,
                    "user_id": identity.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._state.token(12)}",
        }
        pending = PendingEvent(str(envelope["event_id"]), envelope, due=self._state.clock.now())
        self._state.save(pending)
        if not self._faults.delivery.reorder:
            self._start(pending)
        elif self._held is None:
            self._held = pending
            asyncio.get_running_loop().call_later(_REORDER_SECONDS, self._release)
        else:
            self._start(pending)
            self._release()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._start(held)

    def _start(self, pending: PendingEvent) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(pending))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._faults.delivery.duplicate and pending.attempt == 0:
            copy = asyncio.get_running_loop().create_task(self._again(pending))
            self._tasks.add(copy)
            copy.add_done_callback(self._tasks.discard)

    async def _again(self, pending: PendingEvent) -> None:
        try:
            await self._delivery.send("event", _name(pending), pending.envelope, Retry(1, "http_timeout"))
        except NotAnsweredError:
            return

    async def _deliver(self, pending: PendingEvent) -> None:
        while True:
            await self._state.clock.sleep_until(pending.due)
            retry = Retry(pending.attempt, pending.reason) if pending.attempt else None
            try:
                await self._delivery.send("event", _name(pending), pending.envelope, retry)
            except NotAnsweredError as failure:
                if not failure.retry or pending.attempt >= len(RETRY_DELAYS):
                    break
                pending.due = self._state.clock.now() + RETRY_DELAYS[pending.attempt]
                pending.attempt += 1
                pending.reason = failure.reason
                self._state.save(pending)
            else:
                break
        self._state.forget(pending)

    # -- what follows from what ----------------------------------------------------------------

    def _events(self, change: ch.Change) -> Iterator[tuple[str, JSON]]:
        match change:
            case ch.MessagePosted() | ch.MessageChanged() | ch.MessageDeleted():
                yield from self._message_events(change)
            case ch.Reacted():
                yield from self._reaction_events(change)
            case ch.Pinned():
                yield from self._pin_events(change)
            case ch.Membership():
                yield from self._membership_events(change)
            case ch.ChannelChanged():
                yield from self._channel_events(change)
            case ch.UserChanged():
                user = user_object(self._state, change.user)
                yield "user_change", self._event("user_change", user=user, cache_ts=self._state.now())
            case ch.HomeOpened():
                yield "app_home_opened", self._home_event(change)
            case _:
                return

    def _event(self, kind: str, **fields: object) -> JSON:
        return {"type": kind, **fields, "event_ts": self._state.next_ts()}

    def _hears(self, channel: Channel | None) -> bool:
        return channel is not None and self._state.identity.bot_user_id in channel.members

    def _message_events(
        self, change: ch.MessagePosted | ch.MessageChanged | ch.MessageDeleted
    ) -> Iterator[tuple[str, JSON]]:
        message = change.message
        channel = self._state.channels.get(message.channel)
        if message.ephemeral_to is not None or channel is None or not self._hears(channel):
            return
        place: JSON = {"channel": channel.id, "channel_type": channel.kind}
        shown = message_object(self._state, message, metadata=True)
        if isinstance(change, ch.MessagePosted):
            event = {**shown, **place, "event_ts": message.ts}
            yield _MESSAGE_EVENTS[channel.kind], event
            if self._mentions_bot(message) and channel.kind != "im":
                mention = {**event, "type": "app_mention"}
                del mention["channel_type"]
                yield "app_mention", mention
            return
        hidden: JSON = {"type": "message", "hidden": True, **place, "ts": self._state.next_ts()}
        hidden["event_ts"] = hidden["ts"]
        if isinstance(change, ch.MessageChanged):
            before = message_object(self._state, change.before, metadata=True)
            hidden |= {"subtype": "message_changed", "message": shown, "previous_message": before}
        else:
            hidden |= {
                "subtype": "message_deleted",
                "deleted_ts": message.ts,
                "previous_message": shown,
            }
        yield _MESSAGE_EVENTS[channel.kind], hidden

    def _mentions_bot(self, message: Message) -> bool:
        return message.subtype is None and f"<@{self._state.identity.bot_user_id}" in message.text

    def _reaction_events(self, change: ch.Reacted) -> Iterator[tuple[str, JSON]]:
        message = change.message
        if not self._hears(self._state.channels.get(message.channel)):
            return
        kind = "reaction_added" if change.added else "reaction_removed"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        yield (
            kind,
            self._event(kind, user=change.user, reaction=change.name, item=item, item_user=message.user),
        )

    def _pin_events(self, change: ch.Pinned) -> Iterator[tuple[str, JSON]]:
        if not self._hears(change.channel):
            return
        kind = "pin_added" if change.added else "pin_removed"
        item = {
            "type": "message",
            "channel": change.channel.id,
            "message": message_object(self._state, change.message),
            "created": change.pin.created,
            "created_by": change.pin.user,
        }
        yield (
            kind,
            self._event(
                kind,
                user=change.user,
                channel_id=change.channel.id,
                item=item,
                item_user=change.message.user,
                pin_count=len(change.channel.pins),
            ),
        )

    def _membership_events(self, change: ch.Membership) -> Iterator[tuple[str, JSON]]:
        is_self = change.user == self._state.identity.bot_user_id
        if not (is_self or self._hears(change.channel)):
            return
        kind = "member_joined_channel" if change.joined else "member_left_channel"
        fields: JSON = {
            "user": change.user,
            "channel": change.channel.id,
            "channel_type": "G" if change.channel.kind == "group" else "C",
            "team": self._state.team.id,
        }
        if change.inviter is not None and change.joined:
            fields["inviter"] = change.inviter
        yield kind, self._event(kind, **fields)

    def _channel_events(self, change: ch.ChannelChanged) -> Iterator[tuple[str, JSON]]:
        channel = change.channel
        prefix = "group" if channel.kind == "group" else "channel"
        if channel.is_private and not self._hears(channel):
            return
        shown = channel_object(self._state, channel, self._state.identity.bot_user_id)
        match change.what:
            case "created" if not channel.is_private:
                brief = {key: shown[key] for key in ("id", "name", "is_channel", "created", "creator")}
                yield "channel_created", self._event("channel_created", channel=brief)
            case "renamed":
                brief = {key: shown[key] for key in ("id", "name", "is_channel", "created")}
                yield f"{prefix}_rename", self._event(f"{prefix}_rename", channel=brief)
            case "archived" | "unarchived":
                kind = f"{prefix}_{change.what[:-1]}"
                yield kind, self._event(kind, channel=channel.id, user=change.by)
            case _:
                return

    def _home_event(self, change: ch.HomeOpened) -> JSON:
        event = self._event("app_home_opened", user=change.user, channel=change.channel.id, tab="home")
        if change.view is not None:
            event["view"] = view_object(self._state, change.view)
        return event


def _name(pending: PendingEvent) -> str:
    event = pending.envelope["event"]
    return f"{event['type']}.{event['subtype']}" if event.get("subtype") else str(event["type"])
