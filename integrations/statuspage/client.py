"""One call at a time to Statuspage's REST API."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from bot import __version__
from bot.http_errors import reason_of
from integrations.statuspage.errors import STATUSPAGE, refused
from integrations.statuspage.settings import StatuspageSettings


class Client:
    """Speaks for one page. It neither retries nor waits: the outbox does."""

    def __init__(self, settings: StatuspageSettings) -> None:
        self._page = f"/pages/{settings.page}"
        self._http = httpx.AsyncClient(
            base_url=settings.api_url,
            headers={
                "Authorization": f"OAuth {settings.key.get_secret_value()}",
                "User-Agent": f"firebell/{__version__}",
            },
            timeout=settings.call_seconds,
            verify=ssl.create_default_context(),
            trust_env=not settings.is_local,
        )

    async def ask(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Make one call below the page and return the decoded answer; `what` names it in errors.

        Raises:
            HttpError: with the reason by the one table.
        """
        try:
            answer = await self._http.request(method, f"{self._page}{path}", params=params, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise STATUSPAGE.unanswered(what, reason_of(error)) from None
        if not answer.is_success:
            raise refused(what, answer)
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise STATUSPAGE.strange(what) from None

    async def aclose(self) -> None:
        await self._http.aclose()
