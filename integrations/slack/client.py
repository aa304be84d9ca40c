"""The one way to the Web API: every call is paced, limited in time, tried once, and its failure told by one table."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Desk
from integrations.slack import errors
from integrations.slack.settings import SlackSettings


@dataclass(frozen=True, slots=True)
class Pace:
    """Calls `interval` seconds apart; after a rest the first `burst` of them at once."""

    interval: float
    burst: int = 1


def tier(a_minute: int, *, burst: int) -> Pace:
    """Return the pace that keeps every minute, the one that begins with a burst included, within a tier."""
    return Pace(60 / (a_minute - burst), burst)


METHOD_PACES: Final[Mapping[str, Pace]] = MappingProxyType(
    {
        "chat.update": tier(50, burst=10),
        "conversations.setTopic": tier(20, burst=4),
        "pins.add": tier(20, burst=4),
        "bookmarks.add": tier(20, burst=4),
        "conversations.canvases.create": tier(20, burst=4),
        "canvases.edit": tier(50, burst=10),
    }
)
"""For methods whose tier binds long before a person would notice, each counted over the workspace.

Tier 3 is 50 a minute and tier 2 is 20 (docs.slack.dev/apis/web-api/rate-limits). The bursts let two incidents be set up
at once without a wait. Other methods go out at once and wait only after Slack has said 429.
"""

AT_ONCE: Final = Pace(0.0)

MESSAGE_PACE: Final = Pace(1.0)
"""Messages in one channel (docs.slack.dev/reference/methods/chat.postMessage)."""

_CHANNEL_ARGUMENT: Final[Mapping[str, str]] = MappingProxyType(
    {"chat.postMessage": "channel", "files.completeUploadExternal": "channel_id"}
)
"""What puts a message into a channel, and the argument that names it."""

_PAGE: Final = 200
_MAX_PAGES: Final = 50
_ARGUMENT = str | int | float | bool | list[Any] | Mapping[str, Any] | None


class SlackClient:
    """Slack's Web API under the bot token. `web` is the SDK's client, made for the same address and session."""

    def __init__(self, settings: SlackSettings, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._haste = settings.haste
        self.web = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.api_url,
            session=session,
            retry_handlers=[],  # the outbox decides what is tried again, and when
        )
        if settings.is_local:
            self.web.proxy = None

    async def call(self, method: str, *, desk: Desk | None = None, **arguments: _ARGUMENT) -> AsyncSlackResponse:
        """Call a method once and return its answer.

        With a desk, the lease is looked at and the shared bucket is waited for first. Arguments go as a form, which
        every method accepts; None is left out.

        Raises:
            SlackError: with the reason by the one table.
        """
        if desk is not None:
            await self._wait_for_turn(desk, method, arguments)
        return await self._send(method, arguments)

    async def _wait_for_turn(self, desk: Desk, method: str, arguments: Mapping[str, _ARGUMENT]) -> None:
        bucket, pace = method, METHOD_PACES.get(method, AT_ONCE)
        if method in _CHANNEL_ARGUMENT:
            bucket, pace = message_bucket(str(arguments.get(_CHANNEL_ARGUMENT[method]))), MESSAGE_PACE
        wait = await desk.pace(bucket, pace.interval / self._haste, burst=pace.burst)
        if wait > 0:
            await asyncio.sleep(wait)

    async def _send(self, method: str, arguments: Mapping[str, _ARGUMENT]) -> AsyncSlackResponse:
        form = {name: _encode(value) for name, value in arguments.items() if value is not None}
        try:
            return await self.web.api_call(method, data=form)
        except SlackApiError as error:
            raise _failure(method, error.response) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.transport_failure(method, error) from None
        except AttributeError:
            # The SDK takes every body for JSON; text with status 200 comes from something between us and Slack.
            raise errors.http_failure(method, 200, {}) from None

    async def call_as_app(self, method: str, token: str) -> AsyncSlackResponse:
        """Call a method that wants the app-level token."""
        try:
            return await self.web.api_call(method, headers={"Authorization": f"Bearer {token}"})
        except SlackApiError as error:
            raise _failure(method, error.response) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.transport_failure(method, error) from None

    async def pages(self, method: str, field: str, **arguments: _ARGUMENT) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the rows of a listing, page after page."""
        cursor = ""
        for _ in range(_MAX_PAGES):
            answer = await self._send(method, {"limit": _PAGE, **arguments, "cursor": cursor or None})
            for row in answer.get(field) or ():
                yield row
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def upload(self, url: str, data: bytes) -> None:
        """Send a file's bytes to the address that files.getUploadURLExternal gave."""
        what = "a file upload"
        try:
            async with self._session.post(url, data=io.BytesIO(data), proxy=self.web.proxy) as answer:
                if answer.status != 200:
                    raise errors.http_failure(what, answer.status, answer.headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.transport_failure(what, error) from None


def message_bucket(channel: str) -> str:
    """Name the bucket of a channel's messages."""
    return f"chat.postMessage:{channel}"


def _encode(value: _ARGUMENT) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _failure(method: str, response: Any) -> errors.SlackError:
    """Classify what the SDK complains about: its own response, or the bare HTTP response when the body was no JSON."""
    if not isinstance(response, AsyncSlackResponse):
        return errors.http_failure(method, response.status, response.headers)
    status, data = response.status_code, response.data
    if isinstance(data, dict) and data.get("error") and status < 500 and status != 429:
        return errors.refused(method, data, response.headers)
    return errors.http_failure(method, status, response.headers)
