"""A small app behind signed HTTP: it answers commands, opens a form, refuses some of it, and publishes a Home tab."""

from __future__ import annotations

import json
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import ClientSession, web

from tests.browser.gallery import MODAL, mrkdwn, option, plain

JSON = dict[str, Any]


class SmallApp:
    """Keeps every payload it was sent; words in a command or a title decide how it answers, `refuse` makes it fail."""

    def __init__(self) -> None:
        self.received: list[JSON] = []
        self.refuse = False
        self.api_url = ""
        self.token = ""
        self._client: ClientSession | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where the workspace sends payloads; known while it runs."""
        assert self._runner is not None
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/slack/events"

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.add_routes([web.post("/slack/events", self._handle)])
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._client = ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._client is not None
        assert self._runner is not None
        await self._client.close()
        await self._runner.cleanup()

    async def call(self, method: str, **arguments: Any) -> JSON:
        """Call the Web API; returns the answer, which may be a refusal."""
        assert self._client is not None
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self._client.post(f"{self.api_url}{method}", json=arguments, headers=headers) as response:
            answer: JSON = await response.json()
            return answer

    def sent(self, kind: str) -> list[JSON]:
        """Return the payloads of one type, oldest first."""
        return [payload for payload in self.received if payload.get("type") == kind]

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        if request.content_type == "application/json":
            payload = json.loads(body)
        else:
            form = dict(parse_qsl(body))
            payload = json.loads(form["payload"]) if "payload" in form else {"type": "command", **form}
        self.received.append(payload)
        if self.refuse:
            return web.Response(status=500)
        answer = await self._answer(payload)
        return web.json_response(answer) if answer is not None else web.Response()

    async def _answer(self, payload: JSON) -> JSON | None:
        match payload["type"]:
            case "command":
                return await self._command(payload)
            case "view_submission":
                return self._submission(payload)
            case "block_suggestion":
                typed = payload["value"]
                return {"options": [option(f"{typed} town", "town"), option(f"{typed} city", "city")]}
            case "event_callback" if payload["event"]["type"] == "app_home_opened":
                await self._publish(payload["event"]["user"])
            case "shortcut" | "message_action":
                await self.call("views.open", trigger_id=payload["trigger_id"], view=MODAL)
        return None

    async def _command(self, payload: JSON) -> JSON | None:
        text = payload.get("text", "")
        if text == "form":
            opened = await self.call("views.open", trigger_id=payload["trigger_id"], view=MODAL)
            assert opened["ok"], opened
            return None
        return {"text": f"You said {text}"}

    def _submission(self, payload: JSON) -> JSON | None:
        title = payload["view"]["state"]["values"]["title"]["v"]["value"]
        if "taken" in title:
            return {"response_action": "errors", "errors": {"title": "Somebody has taken this already."}}
        if "next" in title:
            view = {"type": "modal", "title": plain("The next one"), "blocks": [_section(f"After *{title}*")]}
            return {"response_action": "push", "view": view}
        return None

    async def _publish(self, user: str) -> None:
        blocks = [{"type": "header", "text": plain("Nothing is burning.")}, _section(f"Good day, <@{user}>.")]
        await self.call("views.publish", user_id=user, view={"type": "home", "blocks": blocks})


def _section(text: str) -> JSON:
    return {"type": "section", "text": mrkdwn(text)}
