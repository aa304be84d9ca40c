"""The canvas of an incident's channel: the live summary, written whole each time.

Writing it again is harmless, so nothing has to be looked for after a lost answer; only a canvas that Slack says is
there already is looked at, because it may be somebody else's, and theirs is left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.briefing import brief
from bot.domain.venue import CHANNEL, WORKSPACE, denied_before
from bot.errors import Reason
from bot.ports import Desk, View
from integrations.slack.errors import SlackError
from integrations.slack.workspace import Workspace, room_of
from templates.live import Live, live_summary, people_in

PACE_SECONDS: Final = 60.0
"""Between two writings of one canvas: it is looked at now and then, while cards are what people watch."""

EXISTS: Final = frozenset({"channel_canvas_already_exists", "free_team_canvas_tab_already_exists"})

NOT_HERE: Final = frozenset(
    {
        "canvas_disabled_user_team",
        "canvas_globally_disabled",
        "method_deprecated",
        "missing_scope",
        "not_allowed_token_type",
        "team_tier_cannot_create_channel_canvases",
        "unknown_method",
    }
)
"""A plan, a setting or a scope: no channel of the workspace gets a canvas until it is changed."""

NOT_IN_THIS_CHANNEL: Final = frozenset({"access_denied", "no_permission"})
"""Somebody restricted this channel or its canvas; it says nothing about the next one."""

_GONE: Final = "canvas_not_found"


class Canvases:
    """The handler of the canvas. A thread that stands in for a room has none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client

    async def write(self, _effect: f.WriteCanvas, view: View, desk: Desk) -> f.Facts:
        """Make the canvas say how things now stand. What cannot be is no trouble to people: the card stands."""
        room, venue = room_of(view), view.incident.venue
        if room.thread_ts or venue.refused:
            return f.Done()
        if not venue.canvas:
            told = denied_before(await desk.venues(), self._workspace.clock.now())
            if told:
                return f.CanvasDenied(told, WORKSPACE)
        await asyncio.sleep(await desk.pace(f"canvas:{room.channel}", PACE_SECONDS))
        live = await self._live(view, desk)
        try:
            return await self._written(room.channel, venue.canvas, live, desk)
        except SlackError as error:
            if error.reason is not Reason.CLIENT and error.code not in NOT_HERE | NOT_IN_THIS_CHANNEL:
                raise
            if venue.canvas:
                return f.Gone(error.detail)
            return f.CanvasDenied(error.code or error.reason.value, WORKSPACE if error.code in NOT_HERE else CHANNEL)

    async def _written(self, channel: str, canvas: str, live: Live, desk: Desk) -> f.Facts:
        if canvas:
            try:
                await self._replace(canvas, live, desk)
            except SlackError as error:
                if error.code != _GONE:
                    raise
            else:
                return f.Done()
        try:
            return f.CanvasFacts(await self._create(channel, live, desk))
        except SlackError as error:
            if error.code not in EXISTS:
                raise
            canvas = await self._ours(channel)
        if not canvas:
            return f.CanvasDenied("somebody else's canvas", CHANNEL)
        await self._replace(canvas, live, desk)
        return f.CanvasFacts(canvas)

    async def _create(self, channel: str, live: Live, desk: Desk) -> str:
        answer = await self._client.call(
            "conversations.canvases.create",
            desk=desk,
            channel_id=channel,
            title=live.title,
            document_content=_document(live),
        )
        return str(answer["canvas_id"])

    async def _replace(self, canvas: str, live: Live, desk: Desk) -> None:
        change = {"operation": "replace", "document_content": _document(live)}
        await self._client.call("canvases.edit", desk=desk, canvas_id=canvas, changes=[change])

    async def _ours(self, channel: str) -> str:
        """Return the channel's canvas if this app made it, as when an answer was lost; "" if somebody else did."""
        answer = await self._client.call("conversations.info", channel=channel)
        canvas = _canvas_in(answer["channel"].get("properties") or {})
        if not canvas:
            return ""
        file = (await self._client.call("files.info", file=canvas))["file"]
        return canvas if file.get("user") == (await self._workspace.whoami.get()).user else ""

    async def _live(self, view: View, desk: Desk) -> Live:
        workspace, incident = self._workspace, view.incident
        known = brief(await desk.log(), view.policy)
        return live_summary(
            incident,
            view.policy,
            known,
            links=await workspace.links(incident),
            now=workspace.clock.now(),
            standing=await workspace.standing(incident, f.CARD),
            names={user: await workspace.directory.full_name(user) for user in sorted(people_in(known))},
        )


def _document(live: Live) -> Mapping[str, Any]:
    return {"type": "markdown", "markdown": live.markdown}


def _canvas_in(properties: Mapping[str, Any]) -> str:
    """Read the canvas's id; newer channels name it among their tabs only."""
    named = (properties.get("canvas") or {}).get("file_id")
    tabs = [tab for tab in properties.get("tabs") or () if tab.get("type") == "canvas"]
    return str(named or next(((tab.get("data") or {}).get("file_id") for tab in tabs), "") or "")
