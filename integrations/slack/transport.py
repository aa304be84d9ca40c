"""What arrives from Slack: Bolt, set up so that nothing is acknowledged before it is committed, and its HTTP door."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot import faultpoints, telemetry
from bot.doorway import read_body, refused
from bot.errors import Busy, OutcomeUnknown
from integrations.slack.payload import payload_of
from integrations.slack.requests import request_id
from integrations.slack.settings import SlackSettings
from integrations.slack.workspace import Workspace

EVENTS_PATH: Final = "/slack/events"
MAX_BODY: Final = 1024 * 1024
"""Bytes of a request. Slack's largest payload is a view of 250 KB with its state (docs.slack.dev/reference/views)."""

BODY_SECONDS: Final = 5.0
"""For a whole body to arrive. Slack sends it at once and gives up on us after three seconds."""

MAX_AGE: Final = 300
"""Seconds by which a request's time may differ from ours; from where the signature is described, see `HttpDoor`."""

Next = Callable[[], Awaitable[BoltResponse]]

_STAMP: Final = "X-Slack-Request-Timestamp"
_SIGNATURE: Final = "X-Slack-Signature"
_STAMP_SHAPE: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE_SHAPE: Final = re.compile(r"v0=[0-9a-f]{64}")


def build_app(settings: SlackSettings, workspace: Workspace) -> AsyncApp:
    """Make the Bolt app.

    `process_before_response` and no lazy listeners: an acknowledgement leaves only after the listener has returned, and
    a listener that fails answers 500, upon which Slack delivers again. Bolt never asks Slack who we are.
    """
    log = logging.getLogger("firebell.bolt")
    log.setLevel(logging.ERROR)  # below that Bolt logs whole request bodies
    web_client = workspace.client.web
    app = AsyncApp(
        name="firebell",  # without one Bolt looks through every loaded source file for its caller's
        client=AsyncWebClient(base_url=web_client.base_url, session=web_client.session, retry_handlers=[], logger=log),
        signing_secret=settings.signing_secret.get_secret_value(),
        process_before_response=True,
        before_authorize=_NoteAddressee(),
        authorize=_authorize(settings, workspace),
        raise_error_for_unhandled_request=True,
        attaching_function_token_enabled=False,  # no steps of workflows here
        logger=log,
    )
    app.use(_Enter(workspace))
    app.error(_on_error)
    return app


class _NoteAddressee(AsyncMiddleware):
    """Keeps whom an event was sent to: before auth.test has answered, only the event itself says who the bot is."""

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next) -> BoltResponse | None:
        del resp
        rows = req.body.get("authorizations")
        bots = [row for row in rows if isinstance(row, Mapping) and row.get("is_bot")] if isinstance(rows, list) else []
        req.context["addressee"] = str(bots[0].get("user_id")) if bots else None
        return await next()


def _authorize(settings: SlackSettings, workspace: Workspace) -> Callable[..., Awaitable[AuthorizeResult]]:
    async def authorize(context: AsyncBoltContext, addressee: str | None) -> AuthorizeResult:
        """Answer from what is known; nobody waits for Slack here."""
        me = workspace.whoami.current
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            bot_user_id=me.user if me else addressee,
            bot_id=me.bot if me else None,
            bot_token=settings.bot_token.get_secret_value(),
        )

    return authorize


class _Enter(AsyncMiddleware):
    """Names the request, hands listeners the one client that is set up right, and learns who has changed.

    A class of its own, as the one above: what a plain function asks for Bolt gathers anew for each request.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def async_process(self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Next) -> BoltResponse | None:
        del resp
        faultpoints.reach(faultpoints.EVENT_RECEIVED)
        req.context["request_id"] = request_id(req.body)
        req.context["client"] = self._workspace.client.web
        event = req.body.get("event")
        if isinstance(event, Mapping):
            self._workspace.directory.notice(event)
        return await next()


async def _on_error(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """Decide the answer to what no listener took, and to a listener that failed.

    An event that nobody listens for is acknowledged, or Slack would bring it again. After a failure it shall.
    """
    if isinstance(error, BoltUnhandledRequestError):
        if body.get("type") == "event_callback":
            return BoltResponse(status=200, body="")
        telemetry.logger("slack").warning("nobody listens for this", kind=str(body.get("type") or "command"))
        return BoltResponse(status=404, body="")
    if isinstance(error, (Busy, OutcomeUnknown)):
        telemetry.logger("slack").warning("a request must come again", request=request_id(body), error=str(error))
        return BoltResponse(status=500, body="")
    telemetry.logger("slack").error("a request failed", request=request_id(body), exc_info=error)
    return BoltResponse(status=500, body="")


class HttpDoor:
    """Takes signed requests at `/slack/events`. Nothing in a request is believed before its signature is checked."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [web.post(EVENTS_PATH, self.handle), web.get(EVENTS_PATH, self.certificate_check)]

    async def certificate_check(self, request: web.Request) -> web.Response:
        """Answer the GET with which Slack looks at the certificate now and then."""
        return web.Response(status=200 if request.query.get("ssl_check") == "1" else 405)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer 401 to what is not Slack's or too old, 413 to what is too long, 408 to what does not come to its end,
        400 to what is no payload. Everything else is answered by Bolt.

        What is not signed, or was signed too long ago, is refused before its body is read.
        """
        if not _may_be_slacks(request.headers):
            return refused(401)
        body = await read_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
        if isinstance(body, web.Response):
            return body
        text = _decoded(body)
        if text is None or not self._is_slacks(request, text):
            return refused(401)
        payload = payload_of(text, request.content_type)
        if payload is None:
            telemetry.logger("slack").warning("a signed request is no payload", bytes=len(body))
            return web.Response(status=400)
        # As an envelope's: verified and read. By itself Bolt would verify and read it again, and would take a command
        # in whose text the word "payload" stands for a form without any.
        answer = await self._app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        return await to_aiohttp_response(answer)

    def _is_slacks(self, request: web.Request, text: str) -> bool:
        """Check signature and age (five minutes), by docs.slack.dev/authentication/verifying-requests-from-slack."""
        return self._verifier.is_valid(text, request.headers[_STAMP], request.headers[_SIGNATURE])


def _may_be_slacks(headers: Mapping[str, str]) -> bool:
    """Whether a request claims to be signed, and lately: what only the body can prove comes later."""
    stamp, signature = headers.get(_STAMP, ""), headers.get(_SIGNATURE, "")
    # The SDK's verifier raises on what is not ASCII or no number.
    if not _STAMP_SHAPE.fullmatch(stamp) or not _SIGNATURE_SHAPE.fullmatch(signature):
        return False
    return abs(time.time() - int(stamp)) <= MAX_AGE


def _decoded(body: bytes) -> str | None:
    """Decode a body; None for one that is no UTF-8, which Slack never sends."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
