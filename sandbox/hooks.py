"""response_urls: five answers within thirty minutes to what a person did."""

from __future__ import annotations

import json
import time
from typing import Any

from aiohttp import web

from sandbox.blockkit import validate_message
from sandbox.messages import Draft
from sandbox.model import JSON, Hook, Message
from sandbox.traffic import Traffic
from sandbox.workspace import Workspace

MAX_USES = 5
LIFETIME_SECONDS = 1_800.0


class Hooks:
    """Issues response_urls and does what is posted to them."""

    def __init__(self, workspace: Workspace, traffic: Traffic, *, strict: bool) -> None:
        self._workspace = workspace
        self._state = workspace.state
        self._traffic = traffic
        self._strict = strict

    def issue(self, user: str, channel: str, message: Message | None = None) -> str:
        """Return the address to answer one person's act on; ``message`` is what they acted on."""
        self._forget_expired()
        hook = Hook(self._state.token(12), user, channel, self._state.clock.now())
        if message is not None:
            hook.message_ts = message.ts
            hook.ephemeral = message.ephemeral_to is not None
            hook.thread_ts = message.thread_ts
        self._state.save(hook)
        kind = "commands" if message is None else "actions"
        return f"{self._state.base_url}/{kind}/{self._state.team.id}/{hook.id}"

    async def handle(self, request: web.Request) -> web.Response:
        """Take one answer."""
        started = time.monotonic()
        body: Any = None
        try:
            body = json.loads(await request.read() or b"null")
        except (json.JSONDecodeError, UnicodeDecodeError):
            error: str | None = "invalid_payload"
        else:
            error = self._use(request.match_info["hook"], body)
        self._traffic.record(
            "in",
            "response_url",
            request.path.split("/")[1],
            ms=(time.monotonic() - started) * 1000,
            status=200 if error is None else 404,
            error=error,
            request=body,
        )
        if error is None:
            return web.Response(text="ok")
        return web.json_response({"ok": False, "error": error}, status=404)

    def respond(self, hook: Hook, body: JSON) -> str | None:
        """Do what an answer asks for; returns an error code or None."""
        original = self._original(hook)
        if body.get("delete_original"):
            if original is not None:
                self._workspace.messages.delete(original)
            return None
        text = str(body.get("text", ""))
        blocks = body.get("blocks") or []
        if isinstance(blocks, str):
            try:
                blocks = json.loads(blocks)
            except json.JSONDecodeError:
                return "invalid_blocks"
        if not text and not blocks and not body.get("attachments"):
            return "no_text"
        if self._strict and validate_message(text, blocks):
            return "invalid_blocks"
        if body.get("replace_original") and original is not None:
            self._workspace.messages.edit(original, self._state.bot.id, text=text, blocks=blocks)
            return None
        self._post(hook, body, text, blocks)
        return None

    def _forget_expired(self) -> None:
        # Kept twice as long as they work, so that a late answer hears "expired", not "invalid".
        oldest = self._state.clock.now() - 2 * LIFETIME_SECONDS
        for hook in [hook for hook in self._state.hooks.values() if hook.issued < oldest]:
            self._state.forget(hook)

    def _use(self, hook_id: str, body: Any) -> str | None:
        hook = self._state.hooks.get(hook_id)
        if hook is None:
            return "invalid_url"
        if self._state.clock.now() - hook.issued > LIFETIME_SECONDS:
            return "expired_url"
        if hook.uses >= MAX_USES:
            return "used_url"
        if not isinstance(body, dict):
            return "invalid_payload"
        hook.uses += 1
        self._state.save(hook)
        return self.respond(hook, body)

    def _original(self, hook: Hook) -> Message | None:
        if hook.message_ts is None:
            return None
        if hook.ephemeral:
            return self._state.ephemeral(hook.user, hook.channel, hook.message_ts)
        return self._state.message(hook.channel, hook.message_ts)

    def _post(self, hook: Hook, body: JSON, text: str, blocks: list[JSON]) -> None:
        everyone = body.get("response_type") == "in_channel"
        draft = Draft(
            self._state.channels[hook.channel],
            self._state.bot.id,
            text=text,
            blocks=blocks,
            attachments=body.get("attachments") or [],
            bot_id=self._state.identity.bot_id,
            thread_ts=body.get("thread_ts") or hook.thread_ts,
            ephemeral_to=None if everyone else hook.user,
        )
        self._workspace.messages.post(draft)
