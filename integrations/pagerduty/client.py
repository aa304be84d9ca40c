"""One call at a time to PagerDuty, by its own library in threads of its own, without the library's retries."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from pagerduty import ApiClient, Error, EventsApiV2Client, RestApiV2Client

from bot.errors import Reason
from bot.http_errors import HttpError
from integrations.pagerduty.errors import PAGERDUTY, reason_of, refused
from integrations.pagerduty.settings import PagerDutySettings, is_local

Params = Mapping[str, str | int | Sequence[str]]

_NO_RETRY: Final = {429: 1, 500: 1, 502: 1, 503: 1, 504: 1}
"""With `max_http_attempts` below 0 the library hands such an answer back at once; unlisted, it would wait out a 429."""


class Client:
    """REST and Events API. The library is synchronous; what it does runs in `pool`."""

    def __init__(self, settings: PagerDutySettings, pool: ThreadPoolExecutor) -> None:
        self._settings = settings
        self._pool = pool
        self._rest: RestApiV2Client | None = None
        self._events: dict[str, EventsApiV2Client] = {}

    @property
    def can_ask(self) -> bool:
        """Whether there is a token for the REST API."""
        return self._settings.token is not None

    @property
    def sender(self) -> str:
        """The e-mail of the user in whose name the bot acts."""
        return self._settings.sender

    async def rest(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, Any] | None = None,
        sender: str = "",
    ) -> Mapping[str, Any]:
        """Make one call of the REST API; `what` names it in errors, `sender` is the e-mail of who acts.

        Raises:
            HttpError: with the reason by the one table.
        """
        if not self.can_ask:
            raise HttpError(Reason.AUTH, f"PagerDuty cannot be asked ({what}): no PAGERDUTY_TOKEN is set.")
        given: dict[str, Any] = {"headers": {"From": sender or self._settings.sender}} if body is not None else {}
        if body is not None:
            given["json"] = dict(body)
        if params:
            given["params"] = dict(params)
        return await self._run(lambda: _ask(self._rest_client(), what, method, path, given))

    async def event(self, what: str, service: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one event with the routing key of a service of ours; the library adds the key."""
        return await self._run(
            lambda: _ask(self._events_client(service), what, "POST", "/v2/enqueue", {"json": dict(event)})
        )

    def close(self) -> None:
        """Close the connections that are open; calls that still run end with an error."""
        for client in (self._rest, *self._events.values()):
            if client is not None:
                client.close()

    async def _run(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def _rest_client(self) -> RestApiV2Client:
        if self._rest is None:
            assert self._settings.token is not None, "nothing is asked without a token"
            token, url = self._settings.token.get_secret_value(), self._settings.api_url
            self._rest = self._calmed(RestApiV2Client(token, base_url=url, **_transport(url)))
        return self._rest

    def _events_client(self, service: str) -> EventsApiV2Client:
        if service not in self._events:
            key, url = self._settings.routing_keys[service].get_secret_value(), self._settings.events_url
            self._events[service] = self._calmed(EventsApiV2Client(key, base_url=url, **_transport(url)))
        return self._events[service]

    def _calmed(self, client: Any) -> Any:
        """Turn the library's retries off: the outbox retries, waits and looks before it sends again."""
        client.timeout = self._settings.call_seconds
        client.max_network_attempts = 0
        client.max_http_attempts = -1
        client.retry = dict(_NO_RETRY)
        return client


def _transport(url: str) -> dict[str, Any]:
    """An address on this machine is not one that a proxy could know."""
    return {"trust_env": False, "verify": ssl.create_default_context()} if is_local(url) else {}


def _ask(client: ApiClient, what: str, method: str, path: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the call, in a thread."""
    try:
        response = client.request(method, path, **given)
    except Error as error:
        if error.response is None:
            raise PAGERDUTY.unanswered(what, reason_of(error.__cause__)) from None
        response = error.response
    body = _decoded(response.text)
    if not response.is_success:
        raise refused(what, response.status_code, dict(response.headers), body)
    if not isinstance(body, dict):
        raise PAGERDUTY.strange(what)
    return body


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
