"""The way to Zoom's API: one access token at a time, each call tried once, its failure told by one table."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import httpx

from bot.http_errors import reason_of
from bot.ports import Clock
from integrations.zoom.errors import ZOOM, refused
from integrations.zoom.settings import ZoomSettings

_EARLY: Final = 60.0
"""Seconds before its end from which a token is not used any more."""


class Client:
    """Calls under the app's own token, which Zoom gives out for an hour."""

    def __init__(self, settings: ZoomSettings, http: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._token = ""
        self._good_until = 0.0
        self._signing_in = asyncio.Lock()

    async def call(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Make one call; `what` names it in errors. A token that was taken back is replaced once.

        Raises:
            HttpError: with the reason by the one table.
        """
        url = f"{self._settings.api_url}/v2{path}"
        for last in (False, True):
            token = await self.sign_in()
            headers = {"Authorization": f"Bearer {token}"}
            try:
                response = await self._http.request(method, url, params=params, json=body, headers=headers)
            except httpx.HTTPError as error:
                raise ZOOM.unanswered(what, reason_of(error)) from None
            if response.status_code != 401 or last:
                break
            self._forget(token)
        return _read(what, response)

    async def sign_in(self) -> str:
        """Return an access token, a new one if need be."""
        async with self._signing_in:
            if not self._token or self._clock.monotonic() >= self._good_until:
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        settings, what = self._settings, "the request for a token"
        asked = {"grant_type": "account_credentials", "account_id": settings.account}
        login = httpx.BasicAuth(settings.client, settings.secret.get_secret_value())
        try:
            response = await self._http.post(f"{settings.sign_in_url}/oauth/token", data=asked, auth=login)
        except httpx.HTTPError as error:
            raise ZOOM.unanswered(what, reason_of(error)) from None
        answer = _read(what, response)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int | float):
            raise ZOOM.strange(what)
        self._token, self._good_until = token, self._clock.monotonic() + seconds - _EARLY

    def _forget(self, token: str) -> None:
        if self._token == token:
            self._token = ""


def _read(what: str, response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not response.is_success:
        raise refused(what, response, body)
    if not isinstance(body, dict):
        raise ZOOM.strange(what)
    return body
