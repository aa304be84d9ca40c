"""One delivery to the mail server, and a look whether it would take one."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import parseaddr
from typing import Any, Final

import aiosmtplib

from integrations.email.errors import of_exception
from integrations.email.settings import EmailSettings, Tls

LINE_MOST: Final = 998
"""Characters in a line, by RFC 5322, section 2.1.1."""


class Wire(EmailPolicy):
    """Writes what is ASCII as it is. Folded at 78, a long address becomes RFC 2047 words, which only prose may be."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold one header; what needs encoded words keeps to the short lines that these must have."""
        policy = self.clone(max_line_length=LINE_MOST) if str(value).isascii() else self
        return EmailPolicy.fold_binary(policy, name, value)


WIRE: Final = Wire(linesep=SMTP.linesep, cte_type="7bit")
"""No server needs 8BITMIME for it."""


class Client:
    """Speaks SMTP, a connection for each delivery: subscribers are few, and servers close idle ones."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._context = ssl.create_default_context()
        if settings.ca_file:
            self._context.load_verify_locations(settings.ca_file)

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises IntegrationError."""
        sender, recipient = (parseaddr(str(message[name]))[1] for name in ("From", "To"))
        utf8 = not f"{sender}{recipient}".isascii()
        written = message.as_bytes(policy=WIRE.clone(utf8=True) if utf8 else WIRE)
        options = ("SMTPUTF8", "BODY=8BITMIME") if utf8 else ()
        async with self._connection() as connection:
            await connection.sendmail(sender, recipient, written, mail_options=options)

    async def greet(self) -> None:
        """Connect and log in, and send nothing; raises IntegrationError."""
        async with self._connection() as connection:
            await connection.noop()

    def _connection(self) -> _Connection:
        settings = self._settings
        login = settings.login or (None, None)
        return _Connection(
            aiosmtplib.SMTP(
                hostname=settings.host,
                port=settings.port,
                username=login[0],
                password=login[1],
                timeout=settings.call_seconds,
                use_tls=settings.tls is Tls.FROM_THE_START,
                start_tls=settings.tls is Tls.STARTTLS,
                tls_context=self._context,
            )
        )


class _Connection:
    """A connection whose failures are IntegrationErrors."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self._smtp = smtp

    async def __aenter__(self) -> aiosmtplib.SMTP:
        try:
            await self._smtp.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._smtp.close()
            raise of_exception(error) from None
        return self._smtp

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        del kind, trace
        self._smtp.close()
        if isinstance(error, aiosmtplib.SMTPException | OSError | ValueError):
            raise of_exception(error) from None
