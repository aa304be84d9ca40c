"""What people do with the app: commands, clicks, shortcuts, and modals they send or close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import payloads
from sandbox.delivery import Delivery, NotAnsweredError
from sandbox.errors import SlackError
from sandbox.forms import check_inputs
from sandbox.hooks import Hooks
from sandbox.mentions import encode
from sandbox.messages import controls
from sandbox.model import JSON, Channel, Hook, Message, User, View
from sandbox.web_api.content import check_view
from sandbox.workspace import Workspace

_NO_ANSWER = "The app did not answer in time. Nothing you typed is lost; try again."


class RefusedError(Exception):
    """An act that did not work; ``code`` for programs, ``text`` for the person."""

    def __init__(self, code: str, text: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a control: where (a message or a view), which, and what the form held then."""

    container: JSON
    block_id: str
    action: JSON
    values: JSON


class Interactivity:
    """Tells the app what people do, waits for its acknowledgement, and does what that asks for."""

    def __init__(self, workspace: Workspace, delivery: Delivery, hooks: Hooks, *, strict: bool) -> None:
        self._workspace = workspace
        self._state = workspace.state
        self._delivery = delivery
        self._hooks = hooks
        self._strict = strict

    async def command(self, user: User, channel: Channel, typed: str, thread_ts: str | None) -> None:
        """Run a slash command; raises RefusedError if there is none, or the app does not answer."""
        word, _, rest = typed.strip().partition(" ")
        known = self._state.app.command(word)
        if known is None:
            raise RefusedError("unknown_command", f"{word} is not a command here. Nothing was sent.")
        if thread_ts:
            raise RefusedError(
                "command_in_thread",
                f"{word} is not supported in threads. Send it to the channel, or mention the app here.",
            )
        if channel.is_archived:
            raise RefusedError("is_archived", "This channel is archived, so commands do not work in it.")
        text = encode(self._state, rest.strip(), named=True) if known.should_escape else rest.strip()
        url = self._hooks.issue(user.id, channel.id)
        payload = payloads.command(
            self._state,
            user,
            channel,
            word=word,
            text=text,
            response_url=url,
            trigger_id=self._workspace.triggers.issue(user.id),
        )
        answer = await self._send("command", word, payload, f"{word} did not run")
        body = {"text": answer} if isinstance(answer, str) else answer
        if isinstance(body, dict) and (body.get("text") or body.get("blocks") or body.get("attachments")):
            hook = Hook("", user.id, channel.id, self._state.clock.now())
            error = self._hooks.respond(hook, body)
            if error is not None:
                raise RefusedError(error, f"{word} ran, but Slack could not show its answer ({error}).")

    async def action(self, user: User, act: Act) -> None:
        """Use a control in a message, a modal or the Home tab."""
        payload = payloads.common(self._state, "block_actions", user)
        view, message = self._place(user, act.container)
        blocks = view.content["blocks"] if view is not None else message.blocks if message else []
        self._find_control(blocks, act)
        stamp = {"action_ts": self._state.next_ts(), "block_id": act.block_id}
        payload["actions"] = [{**act.action, **stamp}]
        payload["trigger_id"] = self._workspace.triggers.issue(user.id, view.id if view else None)
        if view is not None:
            self._workspace.views.remember_values(view, {**view.values, **act.values})
            payload |= payloads.on_view(self._state, view)
        elif message is not None:
            channel = self._state.channels[message.channel]
            payload |= payloads.on_message(self._state, channel, message)
            payload["response_url"] = self._hooks.issue(user.id, channel.id, message)
            payload["state"] = {"values": act.values}
        await self._send("action", str(act.action.get("action_id")), payload, "That did not work")

    async def suggestions(self, user: User, act: Act, typed: str) -> JSON:
        """Ask the app for the options of a select that loads them."""
        view, message = self._place(user, act.container)
        payload = payloads.common(self._state, "block_suggestion", user)
        payload |= {"action_id": act.action["action_id"], "block_id": act.block_id, "value": typed}
        if view is not None:
            payload |= payloads.on_view(self._state, view)
        elif message is not None:
            channel = self._state.channels[message.channel]
            payload |= payloads.on_message(self._state, channel, message)
        answer = await self._send(
            "suggestion", str(act.action["action_id"]), payload, "The choices could not be loaded"
        )
        groups = answer.get("option_groups") if isinstance(answer, dict) else None
        if groups is not None:
            return {"option_groups": groups[:100]}
        options = answer.get("options") if isinstance(answer, dict) else None
        return {"options": (options or [])[:100]}

    async def shortcut(self, user: User, callback_id: str, message: Message | None) -> None:
        """Use a global shortcut, or one on a message."""
        known = self._state.app.shortcut(callback_id)
        if known is None or (known.type == "message") != (message is not None):
            raise RefusedError("unknown_shortcut", "The app has no such shortcut.")
        kind = "message_action" if message is not None else "shortcut"
        payload = payloads.common(self._state, kind, user)
        payload |= {
            "callback_id": callback_id,
            "trigger_id": self._workspace.triggers.issue(user.id),
            "action_ts": self._state.next_ts(),
        }
        if message is not None:
            channel = self._state.channels[message.channel]
            payload |= payloads.on_message(self._state, channel, message)
            del payload["container"]
            payload["message_ts"] = message.ts
            payload["response_url"] = self._hooks.issue(user.id, channel.id, message)
        await self._send("shortcut", callback_id, payload, f"{known.name} did not work")

    async def submit(self, user: User, view: View, values: JSON) -> None:
        """Send a modal; raises RefusedError with the errors per field, the app's or Slack's own."""
        self._workspace.views.remember_values(view, values)
        if errors := check_inputs(view.content, values):
            raise RefusedError("invalid_inputs", "Some fields need attention.", errors)
        payload = payloads.common(self._state, "view_submission", user)
        payload |= payloads.on_view(self._state, view)
        del payload["container"]
        payload["trigger_id"] = self._workspace.triggers.issue(user.id, view.id)
        payload["response_urls"] = []
        name = str(view.content.get("callback_id", "")) or "view_submission"
        answer = await self._send("view", name, payload, "This form was not sent")
        self._after_submit(view, answer if isinstance(answer, dict) else {})

    async def close(self, user: User, view: View, *, cleared: bool) -> None:
        """Close a modal (or, ``cleared``, the whole stack) and tell the app if it asked to know."""
        gone = self._state.stack(user.id) if cleared or view.content.get("clear_on_close") else [view]
        if gone == [view]:
            self._workspace.views.close(view)
        else:
            self._workspace.views.close_all(user.id)
        for closed in reversed(gone):
            if not closed.content.get("notify_on_close"):
                continue
            payload = payloads.common(self._state, "view_closed", user)
            payload |= payloads.on_view(self._state, closed)
            del payload["container"]
            payload["is_cleared"] = len(gone) > 1 or cleared
            name = str(closed.content.get("callback_id", "")) or "view_closed"
            await self._send("view", name, payload, "The app does not know that you closed this")

    # -- the pieces ------------------------------------------------------------------------------

    async def _send(self, kind: Any, name: str, payload: JSON, what: str) -> Any:
        try:
            return await self._delivery.send(kind, name, payload)
        except NotAnsweredError as failure:
            late = failure.reason == "http_timeout"
            code = "operation_timeout" if late else "dispatch_failed"
            raise RefusedError(code, f"{what}. {_NO_ANSWER}") from failure

    def _place(self, user: User, container: JSON) -> tuple[View | None, Message | None]:
        if container.get("type") == "view":
            view = self._state.views.get(str(container.get("view_id")))
            if view is None or view.user != user.id:
                raise RefusedError("view_not_found", "This form is no longer open.")
            return view, None
        channel, ts = str(container.get("channel")), str(container.get("ts"))
        message = self._state.ephemeral(user.id, channel, ts) or self._state.message(channel, ts)
        if message is None:
            raise RefusedError("message_not_found", "This message is gone.")
        return None, message

    def _find_control(self, blocks: list[JSON], act: Act) -> None:
        wanted = act.action.get("action_id")
        for block in blocks:
            if block.get("block_id") == act.block_id and any(
                control.get("action_id") == wanted for control in _all_controls(block)
            ):
                return
        raise RefusedError("action_not_found", "This control is no longer there.")

    def _after_submit(self, view: View, answer: JSON) -> None:
        views = self._workspace.views
        match answer.get("response_action"):
            case "errors":
                errors = {str(key): str(value) for key, value in (answer.get("errors") or {}).items()}
                known = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
                if not errors or not errors.keys() <= known:
                    raise RefusedError("invalid_errors", "The app named a field that is not in this form.")
                raise RefusedError("invalid_inputs", "Some fields need attention.", errors)
            case "update":
                views.update(view, self._answered_view(answer))
            case "push":
                content = self._answered_view(answer)
                try:
                    views.push(view.user, content)
                except SlackError as error:
                    raise RefusedError(error.code, "The app could not open another form on this one.") from error
            case "clear":
                views.close_all(view.user)
            case _:
                views.close(view)

    def _answered_view(self, answer: JSON) -> JSON:
        content = answer.get("view")
        if not isinstance(content, dict):
            raise RefusedError("invalid_view", "The app answered without a form to show.")
        try:
            check_view(content, strict=self._strict)
        except SlackError as error:
            raise RefusedError(error.code, "The app answered with a form Slack would refuse.") from error
        return content


def _all_controls(block: JSON) -> list[JSON]:
    found = list(controls(block))
    for row in block.get("rows") or []:
        found += [cell for cell in row if isinstance(cell, dict) and "action_id" in cell]
    for part in block.get("actions") or []:
        if isinstance(part, dict) and "action_id" in part:
            found.append(part)
    return found
