"""What people do through the page: say, click, react, join."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.changes import HomeOpened, UserChanged
from sandbox.channels import check_name
from sandbox.errors import SlackError
from sandbox.interactivity import Act, Interactivity, RefusedError
from sandbox.mentions import encode
from sandbox.messages import Draft
from sandbox.model import JSON, Channel, Message, User, View
from sandbox.page_feed import PageFeed
from sandbox.page_shapes import page_channel, page_message
from sandbox.responses import file_object, view_object
from sandbox.workspace import Workspace

Body = dict[str, Any]
Deed = Callable[[User, Body], Awaitable[JSON]]


class PageAct:
    """The page's POST routes; a refusal answers ``{ok: false, error, text?, errors?}``."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        interactivity: Interactivity,
        feed: PageFeed,
    ) -> None:
        self._workspace = workspace
        self._state = workspace.state
        self._interactivity = interactivity
        self._feed = feed

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /sandbox/api."""
        acts: dict[str, Deed] = {
            "messages": self.post_message,
            "messages/edit": self.edit_message,
            "messages/delete": self.delete_message,
            "commands": self.command,
            "actions": self.action,
            "suggestions": self.suggestions,
            "shortcuts": self.shortcut,
            "reactions": self.react,
            "pins": self.pin,
            "canvas": self.write_canvas,
            "join": self.join,
            "leave": self.leave,
            "invite": self.invite,
            "dm": self.direct_message,
            "read": self.read,
            "home": self.open_home,
            "archive": self.archive,
            "channels": self.create_channel,
            "deactivate": self.deactivate,
        }
        prefix = "/sandbox/api/as/{user}"
        routes = [web.post(f"{prefix}/{path}", self._as(act)) for path, act in acts.items()]
        return [
            *routes,
            web.post(f"{prefix}/views/{{view}}/submit", self._as(self.submit)),
            web.post(f"{prefix}/views/{{view}}/close", self._as(self.close_view)),
            web.post(f"{prefix}/files", self.upload),
        ]

    # -- messages ----------------------------------------------------------------------------------

    async def post_message(self, user: User, body: Body) -> JSON:
        """Say something."""
        channel = self._open_channel(user, body)
        text = encode(self._state, str(body.get("text", "")).strip())
        if not text:
            raise SlackError("no_text")
        draft = Draft(channel, user.id, text=text, details={"client_msg_id": self._state.token(16)})
        if body.get("thread_ts"):
            root = self._message(channel, body["thread_ts"])
            draft.thread_ts = root.thread_ts if root.is_reply else root.ts
            draft.broadcast = bool(body.get("broadcast"))
        message = self._workspace.messages.post(draft)
        return {"message": page_message(self._state, message)}

    async def edit_message(self, user: User, body: Body) -> JSON:
        """Change one's own words."""
        message = self._own_message(user, body, "cant_update_message")
        text = encode(self._state, str(body.get("text", "")).strip())
        if not text:
            raise SlackError("no_text")
        self._workspace.messages.edit(message, user.id, text=text, blocks=[])
        return {"message": page_message(self._state, message)}

    async def delete_message(self, user: User, body: Body) -> JSON:
        """Take one's own words back, or put away what only oneself sees."""
        channel = self._channel(user, body)
        private = self._state.ephemeral(user.id, channel.id, str(body.get("ts")))
        self._workspace.messages.delete(private or self._own_message(user, body, "cant_delete_message"))
        return {}

    async def react(self, user: User, body: Body) -> JSON:
        """React to a message, or take the reaction back."""
        channel = self._open_channel(user, body)
        message = self._message(channel, body.get("ts"))
        name = str(body.get("name", "")).strip(":")
        if body.get("add", True):
            self._workspace.messages.react(message, user.id, name)
        else:
            self._workspace.messages.unreact(message, user.id, name)
        return {}

    async def write_canvas(self, user: User, body: Body) -> JSON:
        """Write a channel's canvas, which is made if there is none."""
        channel, markdown = self._open_channel(user, body), str(body.get("markdown", ""))
        canvas = self._state.canvas_of(channel.id)
        if canvas is None:
            self._workspace.canvases.create(channel, title=channel.name, markdown=markdown, by=user.id)
        else:
            self._workspace.canvases.replace(canvas, markdown)
        return {}

    async def pin(self, user: User, body: Body) -> JSON:
        """Pin or unpin a message."""
        channel = self._open_channel(user, body)
        message = self._message(channel, body.get("ts"))
        if body.get("add", True):
            self._workspace.messages.pin(channel, message, user.id)
        else:
            self._workspace.messages.unpin(channel, message, user.id)
        return {}

    async def read(self, user: User, body: Body) -> JSON:
        """Remember how far this person has read."""
        channel = self._channel(user, body)
        self._workspace.channels.mark_read(channel, user.id, str(body["ts"]))
        self._feed.tell(user.id, "channel", channel=page_channel(self._state, channel, user.id))
        return {}

    # -- the app -----------------------------------------------------------------------------------

    async def command(self, user: User, body: Body) -> JSON:
        """Run a slash command."""
        channel = self._channel(user, body)
        await self._interactivity.command(user, channel, str(body.get("text", "")), body.get("thread_ts"))
        return {}

    async def action(self, user: User, body: Body) -> JSON:
        """Use a control."""
        await self._interactivity.action(user, _act(body))
        return {}

    async def suggestions(self, user: User, body: Body) -> JSON:
        """Load a select's options."""
        return await self._interactivity.suggestions(user, _act(body), str(body.get("value", "")))

    async def shortcut(self, user: User, body: Body) -> JSON:
        """Use a shortcut."""
        message = None
        if body.get("ts"):
            message = self._message(self._channel(user, body), body["ts"])
        await self._interactivity.shortcut(user, str(body.get("callback_id")), message)
        return {}

    async def submit(self, user: User, body: Body) -> JSON:
        """Send a modal."""
        view = self._view(user, body)
        await self._interactivity.submit(user, view, (body.get("state") or {}).get("values") or {})
        return {}

    async def close_view(self, user: User, body: Body) -> JSON:
        """Close a modal."""
        await self._interactivity.close(user, self._view(user, body), cleared=bool(body.get("cleared")))
        return {}

    async def open_home(self, user: User, _: Body) -> JSON:
        """Open the app's Home tab."""
        channel = self._workspace.channels.open_direct([self._state.bot.id, user.id])[0]
        view = self._state.home(user.id)
        self._workspace.changes.tell(HomeOpened(user.id, channel, view))
        return {"view": None if view is None else view_object(self._state, view)}

    # -- channels ----------------------------------------------------------------------------------

    async def join(self, user: User, body: Body) -> JSON:
        """Enter a public channel."""
        channel = self._channel(user, body)
        if channel.is_archived:
            raise SlackError("is_archived")
        self._workspace.channels.join(channel, user.id)
        return {"channel": page_channel(self._state, channel, user.id)}

    async def leave(self, user: User, body: Body) -> JSON:
        """Leave a channel."""
        channel = self._channel(user, body)
        if channel.is_general:
            raise SlackError("cant_leave_general")
        self._workspace.channels.leave(channel, user.id)
        return {}

    async def invite(self, user: User, body: Body) -> JSON:
        """Bring others into a channel."""
        channel = self._open_channel(user, body)
        for invited in body.get("users", []):
            if invited not in self._state.users:
                raise SlackError("user_not_found")
            self._workspace.channels.join(channel, invited, inviter=user.id)
        return {}

    async def direct_message(self, user: User, body: Body) -> JSON:
        """Open a direct message with someone."""
        other = self._state.users.get(str(body.get("user")))
        if other is None:
            raise SlackError("user_not_found")
        channel, _ = self._workspace.channels.open_direct([user.id, other.id])
        return {"channel": page_channel(self._state, channel, user.id)}

    async def archive(self, user: User, body: Body) -> JSON:
        """Archive a channel, or bring it back."""
        channel = self._channel(user, body)
        wanted = bool(body.get("archived", True))
        if wanted == channel.is_archived:
            raise SlackError("already_archived" if wanted else "not_archived")
        if wanted:
            self._workspace.channels.archive(channel, user.id)
        else:
            self._workspace.channels.unarchive(channel, user.id)
        return {}

    async def create_channel(self, user: User, body: Body) -> JSON:
        """Make a channel."""
        name = str(body.get("name", ""))
        check_name(name)
        channel = self._workspace.channels.create(name, user.id, private=bool(body.get("is_private")))
        return {"channel": page_channel(self._state, channel, user.id)}

    async def deactivate(self, user: User, body: Body) -> JSON:
        """Deactivate this person's account, or bring it back, as an administrator would."""
        user.deleted = bool(body.get("deleted", True))
        user.updated = self._state.now()
        self._state.save(user)
        self._workspace.changes.tell(UserChanged(user))
        return {}

    async def upload(self, request: web.Request) -> web.Response:
        """Upload a file into a channel; without one it is kept for a form and shared nowhere."""
        user = self._user(request)
        fields: dict[str, str] = {}
        content, name = b"", ""
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "file":
                content, name = bytes(await part.read()), part.filename or "file"
            elif part.name is not None:
                fields[part.name] = await part.text()
        try:
            channel = self._open_channel(user, fields) if fields.get("channel") else None
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.code})
        file = self._workspace.uploads.announce(name, len(content), user.id)
        self._workspace.uploads.receive(file, content)
        if channel is None:
            self._workspace.uploads.finish(file)
            return web.json_response({"ok": True, "file": file_object(self._state, file)})
        text = encode(self._state, fields.get("text", ""))
        draft = Draft(channel, user.id, text=text, thread_ts=fields.get("thread_ts") or None)
        self._workspace.uploads.share([file], draft)
        return web.json_response({"ok": True, "file": file_object(self._state, file)})

    # -- finding what an act is about ------------------------------------------------------------------

    def _as(self, act: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            user = self._user(request)
            body = await _json_object(request)
            body |= {key: request.match_info[key] for key in ("view",) if key in request.match_info}
            try:
                return web.json_response({"ok": True, **(await act(user, body))})
            except RefusedError as refused:
                if refused.errors is not None:
                    return web.json_response({"ok": False, "errors": refused.errors})
                return web.json_response({"ok": False, "error": refused.code, "text": refused.text})
            except SlackError as error:
                return web.json_response({"ok": False, "error": error.code})

        return handle

    def _user(self, request: web.Request) -> User:
        user = self._state.users.get(request.match_info["user"])
        if user is None:
            raise web.HTTPNotFound(text="There is no such person here.")
        if user.deleted and not request.path.endswith("/deactivate"):
            raise web.HTTPForbidden(text="This account is deactivated.")
        return user

    def _channel(self, user: User, body: Body) -> Channel:
        channel = self._state.channels.get(str(body.get("channel")))
        if channel is None or not self._state.may_see(user.id, channel):
            raise SlackError("channel_not_found")
        return channel

    def _open_channel(self, user: User, body: Body) -> Channel:
        channel = self._channel(user, body)
        if channel.is_archived:
            raise SlackError("is_archived")
        if user.id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def _message(self, channel: Channel, ts: object) -> Message:
        message = self._state.message(channel.id, str(ts))
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _own_message(self, user: User, body: Body, error: str) -> Message:
        message = self._message(self._channel(user, body), body.get("ts"))
        if message.user != user.id:
            raise SlackError(error)
        return message

    def _view(self, user: User, body: Body) -> View:
        view = self._state.views.get(str(body["view"]))
        if view is None or view.user != user.id or view.type != "modal":
            raise RefusedError("view_not_found", "This form is no longer open.")
        return view


async def _json_object(request: web.Request) -> Body:
    try:
        body = await request.json() if request.can_read_body else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not a JSON object.")
    return body


def _act(body: Body) -> Act:
    return Act(
        container=dict(body.get("container") or {}),
        block_id=str(body.get("block_id") or ""),
        action={"action_id": body.get("action_id"), **dict(body.get("action") or {})},
        values=dict((body.get("state") or {}).get("values") or {}),
    )
