"""The integration named `email`: what subscribers chose to read as mail, sent by SMTP."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from aiohttp import web

from bot.domain import effects as f
from bot.domain.model import Incident
from bot.errors import IntegrationError, Reason
from bot.ports import Check, Clock, Desk, Directory, Performer, View
from integrations.email.client import Client
from integrations.email.page import End, Unsubscribing
from integrations.email.settings import EmailSettings
from templates import mail
from templates.message import Links
from templates.scene import Scene
from templates.stakeholders import Told

PACE_SECONDS: Final = 0.2
BURST: Final = 50
"""Five a second after the first fifty: far under what mail servers take from one sender."""

Address = Callable[[str], Awaitable[str]]
"""A person's address; "" when there is none. Raises IntegrationError."""

LinksOf = Callable[[Incident], Awaitable[Links]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mail needs to know of the chat: addresses, names and zones, links, and where a subscription ends."""

    address: Address
    directory: Directory
    links: LinksOf
    clock: Clock
    unsubscribing: Unsubscribing


class EmailIntegration:
    """Sends mail; a connection is made for each."""

    name = f.EMAIL

    def __init__(self, settings: EmailSettings, *, around: Surroundings) -> None:
        self._settings = settings
        self._around = around
        self._client = Client(settings)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Nothing is asked of the mail server yet."""
        yield Performer(
            name=self.name,
            handlers={f.SendEmail.__name__: self._send},
            check=self._check,
            call_timeout=self._settings.attempt_seconds,
        )

    def routes(self, end: End) -> Sequence[web.RouteDef]:
        """Return what a mail's unsubscribe address leads to; `end` ends a subscription."""
        return self._around.unsubscribing.routes(end)

    async def _send(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        """Send one mail. Whether an earlier attempt arrived cannot be asked; a repeat has the same Message-ID."""
        assert isinstance(effect, f.SendEmail)
        address = await self._around.address(effect.user)
        if not address:
            return f.Gone("There is no e-mail address in that person's profile.")
        try:
            message = await self._message(effect, view)
        except ValueError as error:
            detail = f"The mail could not be written ({type(error).__name__})."
            raise IntegrationError(Reason.CLIENT, detail) from error
        try:
            message["To"] = address
        except ValueError:
            raise IntegrationError(Reason.CLIENT, "The address in the profile is none that mail can go to.") from None
        await asyncio.sleep(await desk.pace("email", PACE_SECONDS, burst=BURST))
        await self._client.send(message)
        return f.Done()

    async def _message(self, effect: f.SendEmail, view: View) -> EmailMessage:
        around, incident = self._around, view.incident
        if not isinstance(effect.notice, Told):
            raise IntegrationError(Reason.CLIENT, "This is not told by e-mail.")
        scene = Scene(incident, view.policy, await around.links(incident), around.clock.now())
        named = mail.people_in(effect.notice, scene, effect.because)
        where = around.unsubscribing.url(effect.because)
        reader = mail.Reader(
            zone=await around.directory.zone(effect.user),
            names={user: await around.directory.full_name(user) for user in sorted(named)},
            unsubscribe_url=where,
        )
        written = mail.write(effect.notice, scene, effect.because, reader)
        message = EmailMessage()
        message["Subject"] = written.subject
        message["From"] = self._settings.sender
        message["Date"] = format_datetime(scene.now)
        message["Message-ID"] = message_id(view.key, effect, self._settings.domain)
        message["References"] = f"<{incident.id}@{self._settings.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if where:
            message["List-Unsubscribe"] = f"<{where}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        return message

    async def _check(self) -> Sequence[Check]:
        settings = self._settings
        name, mend = "E-mail", "Check SMTP_URL, and that this machine may reach the mail server."
        try:
            await self._client.greet()
        except IntegrationError as error:
            return (Check(name, False, error.detail, mend),)
        return (Check(name, True, f"{settings.host} takes connections, TLS {settings.tls.value}; nothing was sent"),)


def message_id(key: str, effect: f.SendEmail, domain: str) -> str:
    """Derive a mail's id from its effect and what it says: a repeat is recognised, and what replaced it is not it."""
    digest = hashlib.sha256(f"{key}\n{effect!r}".encode()).hexdigest()[:40]
    return f"<{digest}@{domain}>"
