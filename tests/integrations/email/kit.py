"""A real mail server on this machine, and the integration that speaks to it."""

from __future__ import annotations

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr

from bot.domain.model import Incident
from integrations.email.integration import EmailIntegration, Surroundings
from integrations.email.page import Unsubscribing
from integrations.email.settings import EmailSettings
from templates.message import Links
from tests.domain.world import START

SENDER = "Firebell <firebell@shop.example>"
PASSWORD = "correct-horse"
PUBLIC = "https://firebell.shop.example"


@dataclass
class Mailbox:
    """What the server was handed; `answers` are its replies to RCPT and DATA, by the step's name."""

    received: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        if "DATA" in self.answers:
            return self.answers["DATA"]
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.raw.append(envelope.content)
        self.received.append(message)
        return "250 OK"


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(*, tls: ssl.SSLContext | None = None, login: bool = False) -> AsyncIterator[Mailbox]:
    """Serve on a free port; with `tls` from the first byte, with `login` only those who know the password."""
    box = Mailbox()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        with warnings.catch_warnings():
            # It warns of passwords without TLS, which here never leave this machine.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                box, enable_SMTPUTF8=True, loop=loop, authenticator=_knows, auth_required=login, auth_require_tls=False
            )

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Book:
    """Who is called what, lives where and is written to how."""

    addresses: Mapping[str, str] = field(default_factory=lambda: {"UBEA": "bea@shop.example"})
    zones: Mapping[str, str] = field(default_factory=lambda: {"UBEA": "Europe/Madrid"})

    async def address(self, user: str) -> str:
        return self.addresses.get(user, "")

    async def members(self, group: str) -> Sequence[str]:
        return ()

    async def name(self, user: str) -> str:
        return user

    async def full_name(self, user: str) -> str:
        return {"UANA": "Ana Ruiz"}.get(user, user)

    async def zone(self, user: str) -> str:
        return self.zones.get(user, "UTC")


class Still:
    """A clock that stands."""

    def now(self) -> Any:
        return START

    def monotonic(self) -> float:
        return 0.0


async def links(incident: Incident) -> Links:
    return Links(room_url="https://shop.slack.example/archives/CROOM")


def settings_for(port: int, **others: Any) -> EmailSettings:
    url = others.pop("url", f"smtp://127.0.0.1:{port}")
    return EmailSettings(url=SecretStr(url), sender=SENDER, **others)


def integration(settings: EmailSettings, book: Book | None = None, public_url: str = PUBLIC) -> EmailIntegration:
    known = book or Book()
    around = Surroundings(known.address, known, links, Still(), Unsubscribing(b"key", public_url))
    return EmailIntegration(settings, around=around)
