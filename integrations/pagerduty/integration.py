"""The integration named `pager`: PagerDuty, opened by the composition root and closed when it drains."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from aiohttp import web

from bot.domain import effects as f
from bot.domain.paging import OnCall, Target
from bot.ports import Desk, Emails, Performer, View
from integrations.pagerduty.client import Client
from integrations.pagerduty.doctor import Doctor
from integrations.pagerduty.oncall import OnCallBook
from integrations.pagerduty.pages import Pages
from integrations.pagerduty.people import People
from integrations.pagerduty.settings import PagerDutySettings
from integrations.pagerduty.webhooks import Hear, WebhookDoor

_THREADS: Final = 4

Kind = TypeVar("Kind")
Answer = TypeVar("Answer")


class PagerDutyIntegration:
    """PagerDuty as the pager. `services` are the ids that firebell.yaml names, each with where it names it.

    `open` gives the outbox its performer and makes `on_call` usable.
    """

    name = f.PAGER

    def __init__(self, settings: PagerDutySettings, *, emails: Emails, services: Mapping[str, str]) -> None:
        self._settings = settings
        self._emails = emails
        self._services = services
        self._book: OnCallBook | None = None

    def routes(self, hear: Hear) -> list[web.RouteDef]:
        """Return where PagerDuty tells by itself; none without a secret to know it by."""
        return WebhookDoor(self._settings.webhook_secrets, hear).routes()

    async def on_call(self, target: Target) -> tuple[OnCall, ...]:
        """Return who is on call now, in the order in which they would be asked.

        Somebody waits for it: what takes longer goes on, and is known when they ask again.

        Raises:
            IntegrationError: PagerDuty did not say, or not in time.
        """
        assert self._book is not None, "the integration is not open"
        return await self._book.on_call(target)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Start the threads; PagerDuty is asked nothing yet."""
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="pagerduty")
        client = Client(self._settings, pool)
        people = People(client, self._emails)
        book = self._book = OnCallBook(people.on_call, time.monotonic)
        pages = Pages(client, people, frozenset(self._settings.routing_keys))
        try:
            yield Performer(
                name=self.name,
                handlers=dict(
                    (
                        _for(f.PageOnCall, pages.page),
                        _for(f.AcknowledgePage, pages.acknowledge),
                        _for(f.ResolvePage, pages.resolve),
                        _for(f.RequestResponders, pages.request),
                    )
                ),
                reconcile=dict((_for(f.PageOnCall, pages.find_page), _for(f.RequestResponders, pages.find_request))),
                check=Doctor(self._settings, client, people, self._services).examine,
                call_timeout=self._settings.attempt_seconds,
            )
        finally:
            await book.close()
            pool.shutdown(wait=False, cancel_futures=True)
            client.close()


def _for(
    kind: type[Kind], handle: Callable[[Kind, View, Desk], Awaitable[Answer]]
) -> tuple[str, Callable[[f.Effect, View, Desk], Awaitable[Answer]]]:
    """Register a handler of one kind of effect under that kind's name."""

    async def perform(effect: f.Effect, view: View, desk: Desk) -> Answer:
        assert isinstance(effect, kind)
        return await handle(effect, view, desk)

    return kind.__name__, perform
