"""conversations.history and conversations.replies: reading back what was said."""

from __future__ import annotations

from sandbox.errors import SlackError
from sandbox.model import JSON, Message
from sandbox.responses import message_object
from sandbox.state import micros
from sandbox.web_api.call import Call


async def history(call: Call) -> JSON:
    """Return a channel's messages, newest first; thread replies only if they were broadcast."""
    channel = call.channel()
    call.require_member(channel)
    seen = [message for message in call.state.messages(channel.id) if message.in_channel_view]
    page, cursor = call.page(list(reversed(_between(call, seen))))
    return {
        "ok": True,
        "messages": _shown(call, page),
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


async def replies(call: Call) -> JSON:
    """Return a thread, oldest first; its first message leads every page."""
    channel = call.channel()
    call.require_member(channel, "channel_not_found")
    ts = call.args.required("ts")
    known = next((m for m in call.state.messages(channel.id) if m.ts == ts), None)
    if known is None:
        raise SlackError("thread_not_found")
    root_ts = known.thread_ts if known.is_reply and known.thread_ts else known.ts
    thread = call.state.thread(channel.id, root_ts)
    roots = [message for message in thread if message.ts == root_ts]
    page, cursor = call.page(_between(call, [m for m in thread if m.ts != root_ts]))
    return {
        "ok": True,
        "messages": _shown(call, roots + page),
        "has_more": bool(cursor),
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest_text = call.args.timestamp("oldest", "invalid_ts_oldest")
    latest_text = call.args.timestamp("latest", "invalid_ts_latest")
    oldest = micros(oldest_text) if oldest_text else 0
    latest = micros(latest_text) if latest_text else None
    inclusive = call.args.flag("inclusive")

    def within(message: Message) -> bool:
        at = micros(message.ts)
        if inclusive:
            return at >= oldest and (latest is None or at <= latest)
        return at > oldest and (latest is None or at < latest)

    return [message for message in messages if within(message)]


def _shown(call: Call, messages: list[Message]) -> list[JSON]:
    metadata = call.args.flag("include_all_metadata")
    return [message_object(call.state, message, metadata=metadata) for message in messages]
