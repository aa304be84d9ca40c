"""Carries payloads to the app: by Socket Mode if it is connected, else by signed HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.faults import Faults
from sandbox.model import JSON
from sandbox.sockets import SocketHub, SocketLostError
from sandbox.state import State
from sandbox.traffic import Traffic

ACK_SECONDS = 3.0
Kind = Literal["event", "command", "action", "view", "shortcut", "suggestion"]
_LOGGED_AS: dict[Kind, str] = {"event": "event", "command": "command", "view": "view"}
_ENVELOPES: dict[Kind, str] = {"event": "events_api", "command": "slash_commands"}


class NotAnsweredError(Exception):
    """The app did not acknowledge; ``reason`` is Slack's word for it (http_timeout, ...)."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition of an event this is (from 1), and why it is repeated."""

    number: int
    reason: str


class Delivery:
    """One way to the app for events, commands and everything people click."""

    def __init__(
        self,
        *,
        state: State,
        hub: SocketHub,
        traffic: Traffic,
        faults: Faults,
        request_url: str | None,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._state = state
        self._hub = hub
        self._traffic = traffic
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._http: ClientSession | None = None
        self.request_url = request_url

    async def send(self, kind: Kind, name: str, payload: JSON, retry: Retry | None = None) -> Any:
        """Deliver a payload and return the app's answer (JSON, text or None).

        Raises NotAnsweredError if there was no good acknowledgement within three real seconds.
        """
        started = time.monotonic()
        error: str | None = None
        answer: Any = None
        try:
            answer = await self._carry(kind, payload, retry)
            if self._faults.lose_ack():
                raise NotAnsweredError("http_timeout")
        except NotAnsweredError as failure:
            error = failure.reason
            raise
        finally:
            self._traffic.record(
                "out",
                _LOGGED_AS.get(kind, "action"),
                name,
                ms=(time.monotonic() - started) * 1000,
                status=200 if error is None else 504,
                error=error,
                request=payload,
                response=answer,
            )
        return answer

    async def close(self) -> None:
        """Close the HTTP client."""
        if self._http is not None:
            await self._http.close()

    async def _carry(self, kind: Kind, payload: JSON, retry: Retry | None) -> Any:
        if self._hub.connected and self._faults.lose_socket():
            await self._hub.cut()
            raise NotAnsweredError("connection_failed")
        if self._hub.connected:
            return await self._by_socket(kind, payload, retry)
        if self.request_url is not None:
            return await self._by_http(self.request_url, kind, payload, retry)
        raise NotAnsweredError("connection_failed")

    async def _by_socket(self, kind: Kind, payload: JSON, retry: Retry | None) -> Any:
        extra: JSON = {"accepts_response_payload": kind != "event"}
        if kind == "event":
            extra["retry_attempt"] = 0 if retry is None else retry.number
            extra["retry_reason"] = "" if retry is None else retry.reason
        try:
            ack = await self._hub.send(_ENVELOPES.get(kind, "interactive"), payload, within=self._ack_seconds, **extra)
        except TimeoutError:
            raise NotAnsweredError("http_timeout") from None
        except SocketLostError:
            raise NotAnsweredError("connection_failed") from None
        return ack.get("payload")

    async def _by_http(self, url: str, kind: Kind, payload: JSON, retry: Retry | None) -> Any:
        if self._http is None:
            self._http = ClientSession(timeout=ClientTimeout(total=self._ack_seconds))
        body, content_type = _encode(kind, payload)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **sign(self._state.identity.signing_secret, body),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        try:
            async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as response:
                text = await response.text()
                if response.status // 100 != 2:
                    again = response.headers.get("X-Slack-No-Retry") != "1"
                    raise NotAnsweredError("http_error", retry=again)
        except TimeoutError:
            raise NotAnsweredError("http_timeout") from None
        except ClientError:
            raise NotAnsweredError("connection_failed") from None
        return _decode(text)


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """Return the two headers that prove a request comes from Slack.

    The timestamp is real time whatever the workspace's clock says: receivers compare it to theirs.
    """
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def verify_url(delivery: Delivery, state: State) -> bool:
    """Send the url_verification challenge and say whether the app gave it back."""
    challenge = state.token(16)
    payload = {
        "token": state.identity.verification_token,
        "challenge": challenge,
        "type": "url_verification",
    }
    try:
        answer = await delivery.send("event", "url_verification", payload)
    except NotAnsweredError:
        return False
    return bool(answer == challenge or (isinstance(answer, dict) and answer.get("challenge") == challenge))


def _encode(kind: Kind, payload: JSON) -> tuple[bytes, str]:
    if kind == "event":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "command" else {"payload": json.dumps(payload)}
    fields = {key: str(value).lower() if isinstance(value, bool) else value for key, value in form.items()}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _decode(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
